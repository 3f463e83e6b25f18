"""What is kept is used again if and only if all that made it is the same."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from behave.schema import conform
from behave.study import stages, store
from behave.study.stages import Follow, follow
from behave.tables import MOTION
from behave.tracking import Arena, Track, TrackingOptions, Trial

# Another value for every option of tracking.
OTHERS = {
    "method": "deeplabcut",
    "test": "fst",
    "outputs": Path("elsewhere"),
    "project": Path("elsewhere"),
    "shuffle": 2,
    "snapshot": "other.pt",
    "trust_snapshot": True,
    "device": "cuda",
    "batch_size": 9,
    "fps": 25.0,
    "keypoints": ("nose",),
    "likelihood_above": 0.5,
    "longest_gap_s": 1.0,
    "body_length_cm": 9.0,
}
# Where the network and its files lie, and on what it runs: their content is in the key.
ELSEWHERE = {"outputs", "project", "snapshot", "trust_snapshot", "device", "batch_size"}
OTHER_TRIAL = {"arena": Arena("2", 0, 0, 10, 10), "entry_s": 2.0, "duration_s": 99.0}
OTHER_ARENA = {
    "name": "2", "x": 1, "y": 1, "width": 11, "height": 11, "shape": "ellipse",
    "px_per_cm": 30.0, "points": ((0, 0), (5, 0), (5, 5)),
}  # fmt: skip


@pytest.fixture
def task(tmp_path):
    """Return the task of following two animals side by side."""
    trials = tuple(
        Trial(name, Arena(name, x, 0, 10, 10), 1.0, 60.0) for name, x in (("1", 0), ("2", 10))
    )
    video = tmp_path / "a.mp4"
    video.write_bytes(b"a video")
    sha256 = store.content_hash(video)
    return Follow(video, sha256, trials, TrackingOptions(), tmp_path, force=False)


@pytest.fixture
def tracked(monkeypatch):
    """Put a tracker in place that measures nothing; return the ids of its calls."""
    calls = []

    def track(video, trials, options, advance=None):
        del video, options, advance
        calls.append([trial.trial_id for trial in trials])
        motion = conform(pd.DataFrame({"frame": [0], "time_s": [0.0], "motion": [0.5]}), MOTION)
        return [Track(trial.trial_id, motion, 1.0, "given", 0.07) for trial in trials]

    monkeypatch.setattr(stages.tracking, "track", track)
    monkeypatch.setattr(stages.tracking, "fingerprint", lambda *_: "")
    return calls


def options_with(name, value):
    return TrackingOptions().model_copy(update={name: value})


def test_every_option_of_tracking_has_another_value_here():
    assert OTHERS.keys() == TrackingOptions.model_fields.keys()
    plain = TrackingOptions()
    assert all(getattr(plain, name) != value for name, value in OTHERS.items())


@pytest.mark.parametrize("name", OTHERS)
def test_an_option_that_is_changed_measures_again_and_one_put_back_too(task, tracked, name):
    follow(task)
    changed = replace(task, options=options_with(name, OTHERS[name]))
    follow(changed)
    follow(changed)
    assert len(tracked) == (1 if name in ELSEWHERE else 2)
    follow(task)
    assert len(tracked) == (1 if name in ELSEWHERE else 3)


@pytest.mark.parametrize("name", OTHER_TRIAL)
def test_what_is_told_of_a_trial_is_part_of_its_key_and_of_its_neighbours(task, name):
    first, second = task.trials
    changed = replace(task, trials=(first, replace(second, **{name: OTHER_TRIAL[name]})))
    assert changed.key(second) != task.key(second)
    assert changed.key(first) != task.key(first)


@pytest.mark.parametrize("name", OTHER_ARENA)
def test_all_of_an_arena_is_part_of_the_key(task, name):
    first = task.trials[0]
    arena = replace(first.arena, **{name: OTHER_ARENA[name]})
    assert arena != first.arena
    assert task.key(replace(first, arena=arena)) != task.key(first)


def test_a_trial_by_another_name_or_another_file_of_the_same_content_has_the_same_key(task):
    first, second = task.trials
    renamed = replace(first, trial_id="007")
    moved = task.video.with_name("b.mp4")
    moved.write_bytes(b"a video")
    other = replace(task, video=moved, trials=(renamed, second), force=True)
    assert other.key(renamed) == task.key(first)


def test_one_byte_of_the_video_measures_again(task, tracked):
    follow(task)
    task.video.write_bytes(b"A video")
    follow(replace(task, sha256=store.content_hash(task.video)))
    assert len(tracked) == 2


def test_a_new_version_of_the_program_measures_again(task, tracked, monkeypatch):
    follow(task)
    monkeypatch.setattr(stages, "__version__", "99.0")
    follow(task)
    assert len(tracked) == 2


def test_force_measures_again_and_gives_what_was_kept_the_same_key(task, tracked):
    follow(task)
    follow(replace(task, force=True))
    follow(task)
    assert len(tracked) == 2


def test_a_run_killed_between_two_animals_measures_both_together_again(task, tracked, monkeypatch):
    save_track = store.save_track

    def die_at_the_second(folder, key, track):
        if track.trial_id == "2":
            raise KeyboardInterrupt
        save_track(folder, key, track)

    with monkeypatch.context() as dying:
        dying.setattr(store, "save_track", die_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            follow(task)
    follow(task)
    assert tracked == [["1", "2"], ["1", "2"]]
