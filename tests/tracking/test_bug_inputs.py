"""Files as cameras and programs write them give the results of their sound twins."""

import numpy as np
import pandas as pd
import pytest

from behave.scoring import ScoringOptions
from behave.study import pipeline
from behave.study.execution.processes import Execution
from behave.study.inputs.plan import plan_videos
from behave.tracking import TrackingOptions

pytestmark = [pytest.mark.slow, pytest.mark.shared_data]


def score(shared_data, out, name, fps=None):
    """Score a file of four cylinders; return its measures and its log."""
    video = shared_data / "bug_inputs" / name
    plan = plan_videos([video], None, 4, TrackingOptions(fps=fps), ScoringOptions())
    pipeline.score(plan, out, Execution())
    log = pd.read_csv(out / "trials_log.csv", keep_default_na=False)
    return pd.read_csv(out / "measures.csv"), log


@pytest.mark.parametrize(("name", "fps"), [("h264_bframes.avi", None), ("pi.h264", 30.0)])
def test_a_file_is_scored_as_its_sound_twin(shared_data, tmp_path, name, fps):
    twin = {"h264_bframes.avi": "right_h264.mp4", "pi.h264": "right_pi.mp4"}[name]
    sound, _ = score(shared_data, tmp_path / "sound", twin)
    measures, log = score(shared_data, tmp_path / "odd", name, fps)
    expected = sound["immobility_s"]
    assert set(log["status"]) == {"done"}
    np.testing.assert_allclose(measures["immobility_s"], expected, atol=0.5)
    assert not log["flags"].str.contains("time_jumps_back|frames_missing").any()


def test_a_recording_without_an_index_is_scored(shared_data, tmp_path):
    measures, log = score(shared_data, tmp_path, "no_index.avi")
    assert set(log["status"]) == {"done"}
    np.testing.assert_allclose(measures["immobility_s"], [6.7, 3.0, 5.4, 6.9], atol=0.5)


def test_a_bare_stream_without_a_rate_fails_and_says_why(shared_data, tmp_path):
    _, log = score(shared_data, tmp_path, "pi.h264")
    assert set(log["status"]) == {"failed"}
    assert log["message"].str.contains("without any times.*--fps").all()


def test_one_wild_stamp_costs_one_frame(shared_data, tmp_path):
    measures, _ = score(shared_data, tmp_path / "wild", "one_wild_stamp.mkv")
    sound, _ = score(shared_data, tmp_path / "sound", "right_plain.mp4")
    np.testing.assert_allclose(measures["stop_s"], sound["stop_s"], atol=0.05)
    np.testing.assert_allclose(measures["immobility_s"], sound["immobility_s"], atol=0.5)
    assert (measures["unscored_s"] <= 0.1).all()
    last = pd.read_csv(tmp_path / "wild" / "bouts.csv").query("trial_id.str.endswith('arena1')")
    last = last[last["state"] == "immobile"].iloc[-1]
    assert (last["start_s"], last["stop_s"]) == (
        pytest.approx(49.0, abs=0.1),
        pytest.approx(50.0, abs=0.1),
    )


def test_a_still_camera_on_equal_cylinders_was_not_moved(shared_data, tmp_path):
    _, log = score(shared_data, tmp_path, "alike_cylinders.mp4")
    assert not log["flags"].str.contains("camera_moved").any()
