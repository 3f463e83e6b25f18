"""A real mouse, filmed from above while it walks, held against another tool's track."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli

pytestmark = [pytest.mark.slow, pytest.mark.shared_data]


@pytest.fixture(scope="module")
def scored(shared_data, tmp_path_factory):
    """Score the whole video, its one arena found by itself."""
    folder = tmp_path_factory.mktemp("mouse")
    video = shared_data / "mouse_topview" / "mouse_video.mp4"
    ran = CliRunner().invoke(cli, ["score", str(video), "--count", "1", "--out", str(folder)])
    assert ran.exit_code == 0, ran.output
    return folder


def test_the_centre_is_where_the_other_tool_saw_it(scored, shared_data):
    frames = pd.read_csv(scored / "frames" / "mouse_video_arena1.csv.gz")
    track = pd.read_csv(shared_data / "mouse_topview" / "mouse_video_tracked.csv")
    track["frame"] = track["frame"].astype(int) - 1  # theirs count from 1
    both = frames.merge(track, on="frame")
    assert len(both) == 10000
    error = np.hypot(both["x_px"] - both["pos_x"], both["y_px"] - both["pos_y"])
    assert error.median() < 5
    assert error.quantile(0.95) < 10
    assert error.isna().mean() < 0.02


def test_its_measures_are_written(scored):
    measures = pd.read_csv(scored / "measures.csv")
    assert list(measures["epoch"]) == ["whole"]
    row = measures.iloc[0]
    assert row["scored_s"] + row["unscored_s"] == pytest.approx(10000 / 30, abs=0.1)
    # It walks about and rests: neither may swallow the other.
    assert 0.1 < row["immobility_s"] / row["scored_s"] < 0.9
