"""Hanging animals: what swings is still, what climbs is not, what fell is not scored."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from behave.simulate.suspension import Hang
from behave.simulate.suspension_render import SuspensionWorld, compartments, render_suspension
from behave.simulate.swim import Bout
from behave.tracking import Arena, Track, TrackingOptions, Trial, track
from behave.tracking.suspension.tracks import IMMOBILE_BELOW

SMALL = SuspensionWorld(width=320, height=240, fps=15, arenas=2)
RESTS = Hang((Bout(0, 6, "swimming"), Bout(6, 20, "immobile")), entry_s=2.5, swing=0.3)
FALLS = Hang((Bout(0, 20, "immobile"),), entry_s=4.0, falls_s=10.0)


def arenas_of(world: SuspensionWorld) -> list[Arena]:
    """Return a world's compartments."""
    return [Arena(str(number), *box) for number, box in enumerate(compartments(world), 1)]


def follow(video: Path, arenas: list[Arena]) -> list[Track]:
    """Follow the animals of a video."""
    trials = [Trial(arena.name, arena) for arena in arenas]
    return track(video, trials, TrackingOptions(test="tst"))


@pytest.fixture(scope="module")
def hung(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame, list[Track]]:
    """Return a video of `RESTS` and `FALLS`, its truth and what was tracked."""
    video = tmp_path_factory.mktemp("tst") / "hung.mp4"
    truth = render_suspension(video, SMALL, [RESTS, FALLS], 1, 22.0)
    return video, truth, follow(video, arenas_of(SMALL))


def test_a_struggle_moves_and_the_swing_after_it_does_not(hung):
    motion = hung[2][0].motion
    since = motion["time_s"] - RESTS.entry_s
    assert motion["motion"][(since > 0.5) & (since < 5.8)].median() > IMMOBILE_BELOW
    swinging = motion["motion"][(since > 6.3) & (since < 12)]
    assert (swinging > IMMOBILE_BELOW).mean() < 0.03


def test_each_animal_enters_when_the_hand_has_hung_it(hung):
    for hang, found in zip((RESTS, FALLS), hung[2], strict=True):
        assert found.entry_source == "detected"
        assert found.entry_s == pytest.approx(hang.entry_s, abs=0.4)


def test_the_body_is_found_where_it_is(hung):
    _, truth, tracks = hung
    mine = truth[truth["arena"] == 1].reset_index(drop=True)
    there = mine["time_s"] > RESTS.entry_s + 1
    away = np.hypot(
        mine["x_px"] - tracks[0].motion["x_px"], mine["y_px"] - tracks[0].motion["y_px"]
    )
    assert away[there].median() < 6


def test_a_fall_ends_the_trial_there(hung):
    fell = hung[2][1]
    flag = next(flag for flag in fell.flags if flag.name == "animal_fell")
    assert flag.value == pytest.approx(FALLS.entry_s + FALLS.falls_s, abs=0.5)
    after = fell.motion["time_s"] > flag.value + 0.1
    assert fell.motion["motion"][after].isna().all()
    assert not any(flag.name == "animal_fell" for flag in hung[2][0].flags)


def test_holding_on_to_the_tail_is_no_rest(tmp_path: Path):
    bouts = (Bout(0, 5, "immobile"), Bout(5, 11, "climbing"), Bout(11, 18, "immobile"))
    world = replace(SMALL, arenas=1)
    render_suspension(tmp_path / "a.mp4", world, [Hang(bouts)], 2, 18.0)
    (found,) = follow(tmp_path / "a.mp4", arenas_of(world))
    flag = next(flag for flag in found.flags if flag.name == "tail_climbing")
    assert flag.value == pytest.approx(6 / 18, abs=0.06)
    time_s, motion = found.motion["time_s"], found.motion["motion"]
    assert (motion[(time_s > 6) & (time_s < 10.5)] > IMMOBILE_BELOW).all()
    assert (motion[(time_s > 12.5)] < IMMOBILE_BELOW).mean() > 0.97


@pytest.mark.parametrize(("coat", "wall"), [(0.12, 0.75), (0.85, 0.3)], ids=["dark", "white"])
def test_both_coats_hang_still(tmp_path: Path, coat: float, wall: float):
    world = replace(SMALL, arenas=1, coat=coat, wall=wall)
    hang = Hang((Bout(0, 10, "immobile"),), swing=0.35)
    render_suspension(tmp_path / "a.mp4", world, [hang], 3, 8.0)
    (found,) = follow(tmp_path / "a.mp4", arenas_of(world))
    assert (found.motion["motion"].dropna() < IMMOBILE_BELOW).mean() > 0.97
    assert [flag.name for flag in found.flags] == []


@pytest.mark.parametrize(
    ("change", "flag"),
    [({"upside_down": True}, "upside_down"), ({"bar": -0.25}, "suspension_not_seen")],
)
def test_a_wrong_picture_is_told(tmp_path: Path, change: dict[str, object], flag: str):
    world = replace(SMALL, arenas=1, **change)
    render_suspension(tmp_path / "a.mp4", world, [Hang((Bout(0, 9, "swimming"),))], 4, 8.0)
    (found,) = follow(tmp_path / "a.mp4", arenas_of(world))
    assert flag in {one.name for one in found.flags}
    if flag == "upside_down":
        assert found.motion["motion"].isna().all()


def test_an_arena_with_two_animals_or_none_has_no_motion(tmp_path: Path):
    both = arenas_of(replace(SMALL, arenas=1))
    world = replace(SMALL, arenas=2)
    hangs = [Hang((Bout(0, 9, "swimming"),)), Hang((Bout(0, 9, "swimming"),))]
    render_suspension(tmp_path / "a.mp4", world, hangs, 5, 8.0)
    (found,) = follow(tmp_path / "a.mp4", both)
    assert [flag.name for flag in found.flags] == ["two_animals"]
    assert found.motion["motion"].isna().all()
    never = [hangs[0], replace(hangs[1], entry_s=100.0)]
    render_suspension(tmp_path / "b.mp4", world, never, 6, 8.0)
    seen, empty = follow(tmp_path / "b.mp4", arenas_of(world))
    assert "animal_not_found" in {flag.name for flag in empty.flags}
    assert empty.motion["motion"].isna().all()
    assert seen.motion["motion"].notna().mean() > 0.95
