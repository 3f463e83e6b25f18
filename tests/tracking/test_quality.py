"""What was not seen is unscored and listed; what makes a score doubtful is flagged with a number.

The clips are drawn for each test: one or two dark ellipses that swim on pale
water at 15 frames/s, beating their size five times in two seconds.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from behave.errors import TrialError
from behave.model.flags import Flag
from behave.scoring import MotionSignal, Score, ScoringOptions, score
from behave.tracking import Arena, Track, TrackingOptions, Trial, find_crowded, track
from behave.tracking.video.camera import Camera
from behave.tracking.video.picture import Frame

RATE, SECONDS = 15, 30
COUNT = RATE * SECONDS
TALL, WIDE = 120, 160
ARENA = Arena("1", 10, 10, 140, 100)
Draw = Callable[[int], np.ndarray]

rows, columns = np.mgrid[:TALL, :WIDE]
speckles = np.random.default_rng(0).normal(0, 2, (8, TALL, WIDE))
# A tank with walls: a scene that can be seen to move.
scene = np.full((TALL, WIDE), 190.0)
scene[[10, 109], 10:150], scene[10:110, [10, 149]] = 120, 120
scene[:8] = 150


def swimmer(index: int, coat: float = 50, centre: tuple[float, float] = (80, 60)) -> np.ndarray:
    """Return one frame of a swimming animal."""
    since = index / RATE
    x, y = centre[0] + 25 * np.sin(since), centre[1] + 15 * np.cos(1.3 * since)
    beat = 1 + 0.25 * np.sin(2 * np.pi * 2.5 * since)
    inside = ((columns - x) / 17) ** 2 + ((rows - y) / (9 * beat)) ** 2 < 1
    return np.where(inside, coat, scene)


def film(draw: Draw, count: int = COUNT) -> Iterator[np.ndarray]:
    """Yield frames with the camera's noise."""
    for index in range(count):
        yield np.clip(draw(index) + speckles[index % 8], 0, 255).astype(np.uint8)


@pytest.fixture
def follow(write_video) -> Callable[..., Track]:
    """Return a function that draws a clip and follows its first animal."""

    def followed(draw: Draw, *arenas: Arena, times_s: np.ndarray | None = None) -> Track:
        count = COUNT if times_s is None else len(times_s)
        path: Path = write_video(film(draw, count), fps=RATE, times_s=times_s)
        trials = [Trial(arena.name, arena) for arena in arenas or (ARENA,)]
        return track(path, trials, TrackingOptions())[0]

    return followed


def scored(found: Track, window_s: tuple[float, float] = (0.0, 30.0)) -> Score:
    """Score a track in one window."""
    return score(
        MotionSignal(found.motion, found.entry_s, found.switch_penalty_s),
        epochs={"score_window": window_s},
        bin_s=30,
        immobile_below=found.immobile_below,
        options=ScoringOptions(),
    )


def flag(flags: tuple[Flag, ...], name: str) -> Flag | None:
    """Return the flag of a name."""
    return next((one for one in flags if one.name == name), None)


def unscored(result: Score) -> list[tuple[float, float]]:
    """Return the unscored stretches of more than half a second."""
    bouts = result.bouts[(result.bouts["state"] == "unscored") & (result.bouts["duration_s"] > 0.5)]
    return list(zip(bouts["start_s"], bouts["stop_s"], strict=True))


def test_a_plain_swim_has_no_flag_at_all(follow):
    found = follow(swimmer)
    result = scored(found, (0.0, 29.0))
    assert [one.name for one in found.flags] == []
    assert unscored(result) == []
    assert result.measures.loc[0, "immobility_s"] < 2


@pytest.mark.parametrize(
    "hidden",
    [np.zeros((TALL, WIDE)), np.full((TALL, WIDE), 235.0)],
    ids=["black frames", "a white card in front of the lens"],
)
def test_frames_that_show_no_animal_are_unscored_and_listed(follow, hidden):
    result = scored(follow(lambda i: hidden if 150 <= i < 180 else swimmer(i)), (0.0, 29.0))
    ((start, stop),) = unscored(result)
    assert (start, stop) == (pytest.approx(10, abs=0.2), pytest.approx(12, abs=0.4))
    assert "10." in flag(result.flags, "gaps").text
    assert flag(result.flags, "unscored_score_window").value == pytest.approx(2 / 29, abs=0.02)


def test_an_animal_behind_something_is_unscored_not_immobile(follow):
    """A pale board stands before the animal for three seconds."""

    def covered(index: int) -> np.ndarray:
        picture = swimmer(index).copy()
        if 200 <= index < 245:
            picture[20:100, 20:140] = scene[20:100, 20:140]
        return picture

    result = scored(follow(covered), (0.0, 29.0))
    assert sum(stop - start for start, stop in unscored(result)) == pytest.approx(3, abs=0.5)


def test_a_hole_in_the_recording_is_unscored_and_listed_once(follow):
    times = np.arange(COUNT) / RATE
    times[200:] += 4.0
    found = follow(swimmer, times_s=times)
    result = scored(found)
    ((start, stop),) = unscored(result)
    assert stop - start == pytest.approx(4, abs=0.2)
    named = [one.name for one in (*found.flags, *result.flags)]
    assert named.count("gaps") == 1


def test_over_a_fifth_unseen_fails_the_trial(follow):
    found = follow(lambda i: np.zeros((TALL, WIDE)) if 100 <= i < 220 else swimmer(i))
    with pytest.raises(TrialError, match="too little of the animal was seen"):
        scored(found)


@pytest.mark.parametrize(("rate", "few"), [(6, True), (15, False)])
def test_frames_too_few_for_strokes_are_flagged(follow, rate, few):
    found = follow(swimmer, times_s=np.arange(12 * rate) / rate)
    assert any(one.name == "few_frames" for one in found.flags) == few


def test_a_light_step_is_flagged_with_its_size_and_time_and_scored_through(follow):
    found = follow(lambda i: swimmer(i) * (0.8 if i >= 225 else 1.0))
    step = flag(found.flags, "light_step")
    assert step.value == pytest.approx(0.2, abs=0.04)
    assert "at about 15 s" in step.text or "at about 16 s" in step.text
    assert unscored(scored(found, (0.0, 29.0))) == []


def test_light_that_drifts_is_flagged(follow):
    found = follow(lambda i: swimmer(i) * (1 - 0.4 * i / COUNT))
    assert flag(found.flags, "light_drift").value > 0.25
    assert flag(found.flags, "light_step") is None


def test_an_animal_as_pale_as_the_water_is_flagged(follow):
    found = follow(lambda i: swimmer(i, coat=168))
    assert flag(found.flags, "low_contrast").value < 0.12


def seen_by_camera(draw: Draw) -> Flag | None:
    """Return what a camera that looks at every tenth frame flags."""
    camera = Camera()
    for index, picture in enumerate(film(draw)):
        if index % 10 == 0:
            camera.look(Frame(index, index / RATE, picture, full_range=True))
    return camera.flag()


def test_a_camera_that_was_pushed_is_flagged_with_how_far_and_when():
    moved = seen_by_camera(lambda i: np.roll(swimmer(i), 4 if i >= 300 else 0, axis=1))
    assert moved.value == pytest.approx(4 / WIDE, abs=0.01)
    assert "at about 2" in moved.text


def test_a_camera_that_stays_is_not_flagged_whatever_the_light_does():
    assert seen_by_camera(lambda i: swimmer(i) * (0.7 if i >= 225 else 1.0)) is None


def test_an_arena_drawn_too_small_is_flagged(follow):
    found = follow(swimmer, Arena("1", 60, 40, 40, 40))
    assert flag(found.flags, "edge_contact").value > 0.5


def test_an_empty_arena_says_that_nothing_was_found(follow):
    found = follow(lambda _: scene)
    assert flag(found.flags, "animal_not_found") is not None
    assert found.motion["motion"].isna().all()


def test_an_animal_that_is_never_in_sight_for_two_seconds_has_no_entry(follow):
    found = follow(lambda i: swimmer(i) if i % 30 < 12 else scene)
    assert flag(found.flags, "entry_not_found") is not None


def two_animals(index: int) -> np.ndarray:
    """Return one frame of two tanks side by side."""
    left = swimmer(index, centre=(45, 60))
    right = swimmer(index + 40, centre=(115, 60))
    return np.where(columns < 80, left, right)


def test_an_arena_that_reaches_into_its_neighbour_is_flagged(follow):
    """The left arena takes in most of the right one, whose animal may be scored for the left."""
    left, right = Arena("1", 10, 10, 130, 100), Arena("2", 82, 10, 68, 100)
    overlap = flag(follow(two_animals, left, right).flags, "arena_overlaps")
    assert overlap.value > 0.3
    assert "arena 2" in overlap.text


def test_arenas_side_by_side_do_not_overlap(follow):
    left, right = Arena("1", 10, 10, 68, 100), Arena("2", 82, 10, 68, 100)
    assert flag(follow(two_animals, left, right).flags, "arena_overlaps") is None


def test_animals_filmed_one_after_the_other_in_one_arena_do_not_overlap(follow):
    arena = Arena("1", 10, 10, 68, 100)
    assert flag(follow(two_animals, arena, arena).flags, "arena_overlaps") is None


def test_two_animals_in_one_arena_are_flagged_with_the_share_of_time_that_shows_them(follow):
    crowded = flag(follow(two_animals, ARENA).flags, "two_animals")
    assert crowded.value > 0.6  # at times the two touch and are one
    assert "must hold one animal" in crowded.text


def test_a_hind_part_that_the_surface_cuts_off_is_no_second_animal(follow):
    def cut(index: int) -> np.ndarray:
        picture = swimmer(index)
        x = 80 + 25 * np.sin(index / RATE)
        return np.where(np.abs(columns - x + 6) < 3, scene, picture)

    assert flag(follow(cut).flags, "two_animals") is None


def test_one_animal_is_no_pair(follow):
    assert flag(follow(swimmer).flags, "two_animals") is None


def test_a_hand_that_puts_an_animal_in_is_no_second_animal(follow):
    def placed(index: int) -> np.ndarray:
        hand = (np.abs(columns - 130) < 12) & (rows < 70)
        return np.where(hand, 60, swimmer(index)) if index < 3 * RATE else swimmer(index)

    assert flag(follow(placed).flags, "two_animals") is None


def test_arenas_with_two_animals_are_named_from_a_few_frames(write_video):
    video = write_video(film(two_animals), fps=RATE)
    left, right = Arena("1", 10, 10, 68, 100), Arena("2", 82, 10, 68, 100)
    assert find_crowded(video, [left, right, replace(ARENA, name="3")]) == ["3"]


def test_motion_that_lies_near_the_threshold_is_flagged_with_its_seconds(follow):
    found = follow(swimmer)
    still = found.motion.assign(motion=1.1 * found.immobile_below)
    result = score(
        MotionSignal(still, 0.0, found.switch_penalty_s), epochs={"score_window": (0.0, 29.0)}, bin_s=30,
        immobile_below=found.immobile_below, options=ScoringOptions(),
    )  # fmt: skip
    near = flag(result.flags, "near_threshold")
    assert near.value == pytest.approx(1.0)
    assert "In 30 s" in near.text
