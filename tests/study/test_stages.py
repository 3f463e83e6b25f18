"""What is kept is used again if and only if all that made it is the same."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from behave.errors import TrialError
from behave.model.tables import MOTION
from behave.schema import conform
from behave.scoring import ScoringOptions
from behave.study import stages
from behave.study.cache import store
from behave.study.stages import Follow, LayOut, Rate, follow, lay_out, rate
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

    def track(video, trials, options, advance=None, *, ahead=False):
        del video, options, advance, ahead
        calls.append([trial.trial_id for trial in trials])
        motion = conform(pd.DataFrame({"frame": [0], "time_s": [0.0], "motion": [0.5]}), MOTION)
        return [Track(trial.trial_id, motion, 1.0, "given", 0.07, 0.06) for trial in trials]

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


# Another value for everything that a score is made of, beside the motion.
OTHER_SCORING = {"min_bout_s": 0.1, "time_sampling_s": 1.0}
OTHER_RATE = {
    "epochs": {"whole": (0.0, 4.0)},
    "bin_s": 0.5,
    "windows": {"whole test": (0.0, 5.0)},
    "immobile_below": (0.4,),
}


@pytest.fixture
def scoring(tmp_path):
    """Return the task of scoring an animal that rests for the middle two of six seconds."""
    time_s = [number / 10 for number in range(60)]
    motion = [0.02 if 2 <= time < 4 else 0.5 for time in time_s]
    table = pd.DataFrame({"frame": range(60), "time_s": time_s, "motion": motion})
    store.save_track(tmp_path, "m", Track("1", conform(table, MOTION), 0.0, "given", 0.1, 0.06))
    return Rate("1", {"whole": (0.0, 5.0)}, 1.0, ScoringOptions(), tmp_path, {}, (0.1,))


@pytest.fixture
def scored(monkeypatch):
    """Count how often motion is really scored."""
    calls = []
    score = stages.score

    def count(*given, **named):
        calls.append(1)
        return score(*given, **named)

    monkeypatch.setattr(stages, "score", count)
    return calls


def finish(task):
    """Score a trial and give its frames their name, as a run does at its end."""
    rating = rate(task)
    for name, temporary in rating.prepared.items():
        (task.folder / temporary).replace(task.folder / name)
    return rating


def test_a_kept_score_is_the_score_that_was_made(scoring, scored):
    made, again = finish(scoring), finish(scoring)
    assert len(scored) == 1
    assert made.prepared
    assert not again.prepared
    assert again.measures["immobility_s"].iloc[0] == pytest.approx(2.0, abs=0.2)
    for name in ("bouts", "measures", "bins", "samples", "rescored"):
        first, second = (getattr(one, name).astype(object) for one in (made, again))
        pd.testing.assert_frame_equal(first, second, check_exact=True, check_column_type=False)
    assert (made.flags, made.entry_s, made.kept) == (again.flags, again.entry_s, again.kept)


def test_every_option_of_scoring_has_another_value_here():
    # Where the threshold comes from is not in the key, but what it is: see OTHER_RATE.
    assert OTHER_SCORING.keys() | {"immobile_below"} == ScoringOptions.model_fields.keys()


@pytest.mark.parametrize("name", [*OTHER_SCORING, *OTHER_RATE])
def test_anything_that_makes_a_score_scores_again(scoring, scored, name):
    finish(scoring)
    changes = (
        {"options": ScoringOptions(**{name: OTHER_SCORING[name]})}
        if name in OTHER_SCORING
        else {name: OTHER_RATE[name]}
    )
    finish(replace(scoring, **changes))
    assert len(scored) == 2


def test_other_motion_scores_again_and_no_motion_fails(scoring, scored):
    finish(scoring)
    track = store.load_track(scoring.folder, "m", "1")
    store.save_track(scoring.folder, "m", track)
    finish(scoring)
    assert len(scored) == 2
    (scoring.folder / "cache" / "motion" / "1.json").unlink()
    with pytest.raises(TrialError, match="gone"):
        rate(scoring)


@pytest.mark.parametrize("damage", ["frames", "score", "never given their name"])
def test_a_score_that_is_damaged_or_not_its_frames_is_made_again(scoring, scored, damage):
    if damage == "never given their name":  # the run was killed before its end
        rate(scoring)
    else:
        finish(scoring)
        kept = {
            "frames": scoring.folder / "frames" / "1.csv.gz",
            "score": store.score_file(scoring.folder, "1"),
        }[damage]
        kept.write_bytes(kept.read_bytes().replace(b"0", b"1"))
    finish(scoring)
    assert len(scored) == 2


def test_a_picture_shows_the_arenas_of_the_last_run(task, monkeypatch):
    monkeypatch.setattr(stages.tracking, "require_inside", lambda *_: None)
    monkeypatch.setattr(stages.tracking, "declared_length", lambda *_: 1.0)
    monkeypatch.setattr(
        stages.tracking, "draw_arenas", lambda _, arenas: repr(list(arenas)).encode()
    )
    picture = task.folder / "arenas" / "a.mp4.png"
    one, other = ((Arena("1", x, 0, 10, 10),) for x in (0, 50))
    for arenas in (one, other, one):
        lay_out(LayOut(task.video, "a.mp4", arenas, 0, task.folder))
        assert picture.read_bytes() == repr(list(arenas)).encode()
    before = picture.stat().st_mtime_ns
    lay_out(LayOut(task.video, "a.mp4", one, 0, task.folder))
    assert picture.stat().st_mtime_ns == before
