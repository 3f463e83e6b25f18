"""Which camera filmed which video, and how its motion is read."""

from dataclasses import replace
from itertools import count

import numpy as np
import pandas as pd
import pytest

from behave.errors import InputError
from behave.scoring import EarlierCalibration, MotionSignal, ScoringOptions
from behave.scoring.calibration import measure_histogram
from behave.stats import compare
from behave.study.cameras import Measured, group_scenes, name_cameras, read_scales
from behave.study.inputs.freeze import compare_lock, freeze
from behave.study.inputs.plan import given_thresholds, plan_videos
from behave.study.inputs.study_file import load_study
from behave.study.run_record import configuration_of
from behave.tracking import TrackingOptions

HEADER = "camera,tracker,n_animals,minutes,immobile_below,clarity,source\n"


def scene(seed, noise_seed=0, shape=(48, 192)):
    """Return a scene of edges, with another noise at each look."""
    edges = np.random.default_rng(seed).random(shape) ** 4
    noise = np.random.default_rng(noise_seed).normal(0, 0.05, shape)
    return np.clip(255 * (edges + noise), 0, 255).astype(np.uint8)


def numbers():
    return (str(number) for number in count(1))


def test_videos_of_one_scene_are_of_one_camera():
    scenes = {"a": scene(1, 1), "b": scene(2, 2), "c": scene(1, 3), "d": scene(2, 4)}
    assert group_scenes(scenes, numbers()) == {"a": "1", "b": "2", "c": "1", "d": "2"}


def test_pictures_of_another_size_are_of_another_camera():
    scenes = {"a": scene(1), "b": scene(1, shape=(64, 192))}
    assert group_scenes(scenes, numbers()) == {"a": "1", "b": "2"}


@pytest.fixture
def plan(tmp_path):
    """Plan two videos of two animals each."""
    videos = [tmp_path / f"{name}.mp4" for name in ("a", "b")]
    for video in videos:
        video.touch()
    return plan_videos(videos, None, 2, TrackingOptions(), ScoringOptions())


def measured(scale, seed, default=0.06):
    """Return what is measured of a synthetic animal that floats half of four minutes."""
    rng = np.random.default_rng(seed)
    level = np.where(np.arange(3600) // 60 % 2, 0.012, 0.25)
    motion = scale * level * np.exp(rng.normal(0, 0.5, 3600))
    frames = pd.DataFrame({"time_s": np.arange(3600) / 15, "motion": motion})
    return (Measured(measure_histogram(MotionSignal(frames, 0.0, 0.06), np.inf), default),)


def followed(plan, scales):
    """Return what was measured of each trial, by the scale of its video."""
    rows = plan.active[["trial_id", "video"]].itertuples(index=False)
    return {trial: measured(scales[video], n) for n, (trial, video) in enumerate(rows)}


def nothing_to_do(function, tasks):
    raise AssertionError((function, tasks))


def test_a_column_names_the_cameras_and_no_video_is_looked_at(plan, tmp_path):
    named = replace(plan, trials=plan.trials.assign(camera=["left", "left", "right", "right"]))
    hashes = {"a.mp4": "1", "b.mp4": "2"}
    found = name_cameras(named, hashes, tmp_path, nothing_to_do)
    assert found == {"a.mp4": "left", "b.mp4": "right"}
    scales = read_scales(named, found, followed(named, {"a.mp4": 1.0, "b.mp4": 0.4}))
    left, right = scales.calibrations
    assert (left.camera, left.n_animals, left.source) == ("left", 2, "learnt")
    assert right.immobile_below / left.immobile_below == pytest.approx(0.4, rel=0.1)
    by_trial = {trial: scales.immobile_below(trial) for trial in named.trials["trial_id"]}
    assert by_trial["a_arena1"] == by_trial["a_arena2"] == (left.immobile_below,)
    assert by_trial["b_arena1"] == (right.immobile_below,)


def test_a_single_video_is_one_camera(plan, tmp_path):
    assert name_cameras(plan, {"a.mp4": "1"}, tmp_path, nothing_to_do) == {"a.mp4": "1"}


def test_groups_have_no_way_in(plan):
    """The table of trials may say what it likes of treatments."""
    cameras, found = (
        dict.fromkeys(("a.mp4", "b.mp4"), "1"),
        followed(plan, {"a.mp4": 1, "b.mp4": 1}),
    )
    tables = [
        read_scales(
            replace(plan, trials=plan.trials.assign(treatment=list(groups))), cameras, found
        )
        for groups in ("kkvv", "kvkv")
    ]
    pd.testing.assert_frame_equal(tables[0].table(), tables[1].table(), check_exact=True)


def test_hanging_animals_are_cut_where_rest_and_struggle_are_equally_likely(plan):
    """The same motion: struggle is as narrow as in a swim, and rest is twice as wide."""
    hung = replace(plan, tracking=TrackingOptions(test="tst"))
    seen = {}
    for n, trial in enumerate(plan.active["trial_id"]):
        rng = np.random.default_rng(n)
        still = np.arange(3600) // 60 % 2 == 1
        spread = np.where(still, 1.0, 0.3) * rng.normal(0, 1, 3600)
        frames = pd.DataFrame({"time_s": np.arange(3600) / 15})
        frames["motion"] = np.where(still, 0.012, 0.25) * np.exp(spread)
        signal = MotionSignal(frames, 0.0, 0.06)
        seen[trial] = (Measured(measure_histogram(signal, np.inf), 0.06),)
    cameras = {"a.mp4": "1", "b.mp4": "1"}
    swum, hanging = (
        read_scales(one, cameras, seen).table()["immobile_below"].item() for one in (plan, hung)
    )
    assert hanging > 1.15 * swum


def test_a_number_is_that_number(plan):
    numbered = replace(plan, given={(None, "silhouette"): 0.2})
    cameras = {"a.mp4": "1", "b.mp4": "2"}
    scales = read_scales(numbered, cameras, followed(plan, {"a.mp4": 1, "b.mp4": 1}))
    assert scales.table()["immobile_below"].tolist() == [0.2, 0.2]
    assert scales.table()["source"].tolist() == ["given", "given"]


def test_an_earlier_calibration_is_used_again_to_the_digit(plan, tmp_path):
    earlier = read_scales(
        plan, dict.fromkeys(("a.mp4", "b.mp4"), "1"), followed(plan, {"a.mp4": 1, "b.mp4": 1})
    )
    file = tmp_path / "calibration.csv"
    earlier.table().to_csv(file, index=False)
    options = ScoringOptions.model_validate({"immobile_below": {"from": str(file)}})
    given = given_thresholds(options, plan.tracker, plan.trials)
    again = read_scales(
        replace(plan, given=given),
        dict.fromkeys(("a.mp4", "b.mp4"), "1"),
        followed(plan, {"a.mp4": 3, "b.mp4": 3}),
    )
    assert again.calibrations[0].immobile_below == earlier.calibrations[0].immobile_below
    assert again.calibrations[0].source == "given"


def given_from(write, text, plan, trials=None):
    options = ScoringOptions(
        immobile_below=EarlierCalibration(file=write("calibration.csv", HEADER + text))
    )
    return given_thresholds(options, plan.tracker, plan.trials if trials is None else trials)


def test_of_several_earlier_cameras_the_trials_must_say_which(write, plan):
    two = "left,silhouette,8,30,0.05,1,learnt\nright,silhouette,8,30,0.1,1,learnt\n"
    with pytest.raises(InputError, match="a column 'camera' in the table of trials"):
        given_from(write, two, plan)
    trials = plan.trials.assign(camera=["left", "left", "right", "right"])
    assert given_from(write, two, plan, trials) == {
        ("left", "silhouette"): 0.05,
        ("right", "silhouette"): 0.1,
    }
    with pytest.raises(InputError, match="camera 'top'"):
        given_from(write, two, plan, trials.assign(camera="top"))


def test_the_calibration_of_another_tracker_is_refused(write, plan):
    with pytest.raises(InputError, match="another tracker"):
        given_from(write, "1,keypoints_fst,8,30,0.3,1,learnt\n", plan)


@pytest.mark.parametrize("threshold", ["", "0", "-1"])
def test_a_calibration_without_a_threshold_is_refused(write, plan, threshold):
    with pytest.raises(InputError, match="immobile_below"):
        given_from(write, f"1,silhouette,8,30,{threshold},0,default\n", plan)


def test_a_lock_holds_what_is_in_the_earlier_calibration(study_file, write):
    """Not only what the file is called."""
    write("calibration.csv", HEADER + "1,silhouette,8,30,0.05,1,learnt\n")
    study_file.write_text(
        study_file.read_text() + "scoring: {immobile_below: {from: calibration.csv}}\n"
    )
    study = load_study(study_file)
    freeze(study_file, study, configuration_of(study))
    assert compare_lock(study_file, study, configuration_of(study))["matches"]
    write("calibration.csv", HEADER + "1,silhouette,8,30,0.06,1,learnt\n")
    found = compare_lock(study_file, study, configuration_of(study))
    assert [item["key"] for item in found["differs"]] == ["scoring.immobile_below.sha256"]


def test_cameras_that_filmed_one_arm_only_are_flagged(design):
    """All animals with the antagonist were filmed by the second camera."""
    rows = [
        {"animal_id": f"{pre}{drug}{n}", "pretreatment": pre, "treatment": drug,
         "camera": "1" if pre == "vehicle" else "2", "immobility_s": 100.0 + n, "status": "done"}
        for pre in ("vehicle", "NBQX") for drug in ("vehicle", "ketamine") for n in range(4)
    ]  # fmt: skip
    flags = compare(pd.DataFrame(rows), design).verdict["flags"]
    (told,) = [flag["text"] for flag in flags if flag["name"] == "block_in_one_arm"]
    assert told.startswith("'camera' 1, 2 holds animals of one arm only")
