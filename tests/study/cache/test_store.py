"""What is kept for reuse comes back the same, and only under its own key."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from behave.errors import TrialError
from behave.model.flags import Flag
from behave.model.tables import MOTION
from behave.schema import Column, conform
from behave.study.cache import ratings, store
from behave.tracking import Arena, Track


@pytest.fixture
def track():
    """Return a track of three frames, of which the second was not measured."""
    motion = pd.DataFrame(
        {
            "frame": [0, 1, 2],
            "time_s": [0, 1 / 30, 2 / 30],
            "motion": [0.123456789, np.nan, 0.5],
            "x_px": [1.005, np.nan, 3.25],
            "y_px": [1, np.nan, 3.0],
            "area_px": [100.04, np.nan, 90.0],
        }
    )
    flags = (Flag("low_contrast", 0.1, "The animal is hard to see."),)
    return Track("007", conform(motion, MOTION), 1.5, "detected", 0.06, 0.2, flags)


def test_a_track_comes_back_as_it_was_kept(tmp_path, track):
    store.save_track(tmp_path, "key", track)
    again = store.load_track(tmp_path, "key", "007")
    pd.testing.assert_frame_equal(again.motion, track.motion, check_exact=True)
    assert (again.entry_s, again.entry_source, again.flags) == (1.5, "detected", track.flags)


def test_another_key_finds_nothing(tmp_path, track):
    store.save_track(tmp_path, "key", track)
    assert store.load_track(tmp_path, "other", "007") is None


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8b", b"not a gzip"])
def test_a_damaged_motion_file_is_made_again(tmp_path, track, damage):
    store.save_track(tmp_path, "key", track)
    (tmp_path / "cache" / "motion" / "007.csv.gz").write_bytes(damage)
    assert store.load_track(tmp_path, "key", "007") is None


def test_a_run_killed_between_motion_and_key_leaves_no_key(tmp_path, track, monkeypatch):
    store.save_track(tmp_path, "old", track)

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(store.files, "write_text", die)
    with pytest.raises(KeyboardInterrupt):
        store.save_track(tmp_path, "new", track)
    assert store.load_track(tmp_path, "old", "007") is None


def test_arenas_come_back_as_they_were_kept(tmp_path):
    arenas = [Arena("1", 0, 0, 10, 20), Arena("2", 10.5, 0, 10, 20, "ellipse", 12.5)]
    store.save_arenas(tmp_path, "k" * 64, arenas)
    assert store.load_arenas(tmp_path, "k" * 64) == arenas
    assert store.load_arenas(tmp_path, "j" * 64) is None


def test_the_key_changes_with_every_part():
    keys = {
        store.key_of("a", 1),
        store.key_of("a", 2),
        store.key_of("b", 1),
        store.key_of("a", "1"),
    }
    assert len(keys) == 4
    assert store.key_of({"x": 1, "y": 2}) == store.key_of({"y": 2, "x": 1})


def test_a_file_is_read_again_only_where_it_may_have_changed(tmp_path, monkeypatch):
    video = tmp_path / "a.mp4"
    video.write_bytes(b"one")
    state, sha256 = store.file_state(video), store.content_hash(video)
    monkeypatch.setattr(store, "content_hash", lambda _: pytest.fail("read again"))
    store.check_unchanged(video, sha256, state)
    monkeypatch.undo()

    video.touch()
    store.check_unchanged(video, sha256, state)  # another time, the same content

    video.write_bytes(b"two")
    with pytest.raises(TrialError, match="changed while it was read"):
        store.check_unchanged(video, sha256, state)


def test_a_file_that_is_gone_has_no_state(tmp_path):
    assert store.file_state(tmp_path / "a.mp4") == ""
    with pytest.raises(TrialError, match="not there"):
        store.check_unchanged(tmp_path / "a.mp4", "hash", "")


def aged(path, change):
    """Change what was kept and seal it again, as an earlier version would have written it."""
    content = store.read_sealed(path)
    change(content)
    store.write_sealed(content, path)


@pytest.mark.parametrize("field", ["layout", "kept", "switch_penalty_s", "entry_source", "motion"])
def test_a_track_kept_by_a_version_without_a_field_is_made_again(tmp_path, track, field):
    store.save_track(tmp_path, "key", track)
    aged(tmp_path / "cache" / "motion" / "007.json", lambda content: content.pop(field))
    assert store.load_track(tmp_path, "key", "007") is None


def test_a_track_whose_flags_have_other_fields_is_made_again(tmp_path, track):
    store.save_track(tmp_path, "key", track)
    path = tmp_path / "cache" / "motion" / "007.json"
    aged(path, lambda content: content["flags"][0].pop("text"))
    assert store.load_track(tmp_path, "key", "007") is None
    store.save_track(tmp_path, "key", track)
    aged(path, lambda content: content["flags"][0].update(colour="red"))
    assert store.load_track(tmp_path, "key", "007") is None


def test_what_was_kept_with_other_columns_is_made_again(tmp_path, track, monkeypatch):
    store.save_track(tmp_path, "key", track)
    assert store.load_track(tmp_path, "key", "007") is not None
    more = replace(MOTION, columns=(*MOTION.columns, Column("tilt", "number", "A new one.")))
    monkeypatch.setattr(store, "MOTION", more)
    assert store.load_track(tmp_path, "key", "007") is None


@pytest.mark.parametrize("scene", [[1, 2], [None, 2, "x"], None])
def test_a_scene_of_another_form_is_made_again(tmp_path, scene):
    store.save_scene(tmp_path, "key", scene)
    assert store.load_scene(tmp_path, "key") is None


def test_a_score_kept_by_a_version_without_a_field_is_made_again(tmp_path):
    empty = pd.DataFrame({"state": ["mobile"]})
    rating = ratings.Rating(
        1.0, "detected", {}, (Flag("gaps", 1.0, "Unseen."),), 0.2, 0.06,
        empty, empty, empty, empty, empty, None, None,
    )  # fmt: skip
    path = store.score_file(tmp_path, "007")
    for field in ("layout", "rescored", "samples", "switch_penalty_s", "frames"):
        ratings.save_rating(tmp_path, "key", "007", rating, {})
        assert ratings.load_rating(tmp_path, "key", "007") is not None
        aged(path, lambda content, field=field: content.pop(field))
        assert ratings.load_rating(tmp_path, "key", "007") is None
