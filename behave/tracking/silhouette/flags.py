"""What a careful reader should know about a recording, each with its number."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from behave.model.flags import Flag
from behave.tracking.silhouette.background import Background
from behave.tracking.silhouette.entry import Entry
from behave.tracking.silhouette.series import Series
from behave.tracking.trial import Arena, Track, Trial
from behave.tracking.video.frozen import frozen_within
from behave.tracking.video.reader import Reading

Float64 = npt.NDArray[np.float64]

FAINT = 0.12  # contrast below 12 % of the range from black to white
NOISY = 8.0  # contrast over the usual change of the water
STEP = 0.1  # change of light within a second
DRIFT = 0.25  # change of light over the recording
AT_EDGE = 0.5  # share of the looks
UNSEEN = 0.05  # share of the looks after entry
# A second body has at least this much of the animal's area, in more than that share of the
# looks. On rendered animals parts, mirror images and hands reach 6 % of them in 158, and 27 %
# in one of 33 others; of 65 pairs in one arena 64 were seen in 43 % or more.
SECOND_BODY, BESIDE = 0.5, 1 / 3
LOOKS = 15  # in a second
FEW_FRAMES = 12.0  # a second; a stroke takes about a fifth of one
HEADER_ERROR = 0.01  # share of frames by which headers are usually wrong
REPEATED_SHARE = 0.05  # of the frames; fewer are a container's imprecision
SHARED = 0.02  # share of an arena that lies in another, or of the time spent there


def flag_file(times: Float64, reading: Reading) -> Iterator[Flag]:
    """Flag the file: broken frames, frames that are not there.

    Gaps are listed with the score, which knows what else was not seen.

    Parameters
    ----------
    times
        Times of a trial's looks.
    reading
        The reading, after its last frame.
    """
    info, log, frames = reading.video.info, reading.log, reading.times_s.size
    if log.broken:
        yield Flag("broken_frames", log.broken, f"{log.broken} frames could not be decoded.")
    rate = 1 / float(np.median(np.diff(times))) if times.size > 1 else np.inf
    if rate < FEW_FRAMES:
        text = f"{rate:.1f} frames a second: strokes are quicker than that and are seen in part."
        yield Flag("few_frames", rate, text)
    if log.resized:
        text = (
            f"{log.resized} frames have a picture of another size than the first and are unscored."
        )
        yield Flag("size_changes", log.resized, text)
    frozen_s = frozen_within(reading.frozen_s, times[0], times[-1]) if times.size else 0.0
    if frozen_s > 0:
        text = f"The picture stood still for {frozen_s:.1f} s while time ran on; they are unscored."
        yield Flag("frozen_picture", frozen_s, text)
    if log.out_of_order or log.restarts:
        count = log.out_of_order + log.restarts
        yield Flag("time_jumps_back", count, f"Time stamps jump back in {count} places.")
    if log.repeated > REPEATED_SHARE * frames:
        text = f"{log.repeated} frames have the time stamp of the one before and were left out."
        yield Flag("time_stands_still", log.repeated, text)
    if log.cut_short:
        at = f", at {times[-1]:.0f} s" if times.size else ""
        yield Flag("cut_short", frames, f"The file is damaged after {frames} frames{at}.")
    if info.declared_frames and info.stored_frames < (1 - HEADER_ERROR) * info.declared_frames:
        lacking = info.declared_frames - info.stored_frames
        yield Flag(
            "frames_missing",
            lacking,
            f"The file promises {info.declared_frames} frames and holds {info.stored_frames}.",
        )
    if info.variable_rate:
        yield Flag(
            "variable_rate",
            info.average_rate,
            f"The frame rate varies round {info.average_rate:.1f} per second; time stamps are used.",
        )


def flag_animal(
    series: Series,
    background: Background | None,
    entry: Entry,
    during: npt.NDArray[np.bool_],
) -> Iterator[Flag]:
    """Flag the animal: whether and how well it was seen."""
    if background is None:
        yield Flag("animal_not_found", 0, "No animal stands out from the arena.")
        return
    if not entry.found:
        yield Flag("entry_not_found", 0, "The animal's entry was not found; time counts from 0 s.")
    if background.contrast < FAINT or background.contrast < NOISY * background.noise:
        yield Flag(
            "low_contrast",
            background.contrast,
            f"The animal differs from the water by {100 * background.contrast:.0f} % of the range "
            f"from black to white; the water itself changes by {100 * background.noise:.1f} %.",
        )
    seen = np.isfinite(np.array(series.x_px))[during]
    if seen.size and 1 - seen.mean() > UNSEEN:
        share = float(1 - seen.mean())
        yield Flag(
            "animal_lost", share, f"The animal was not found in {100 * share:.0f} % of the time."
        )
    second = share_with_two(np.array(series.beside)[during])
    if second > BESIDE:
        yield Flag(
            "two_animals",
            second,
            f"A second body was seen in {100 * second:.0f} % of the time: the arena must hold one "
            "animal, and this score may be that of another one.",
        )
    edge = np.array(series.at_edge)[during]
    if edge.size and edge.mean() > AT_EDGE:
        share = float(edge.mean())
        yield Flag(
            "edge_contact",
            share,
            f"The animal touches the arena's edge in {100 * share:.0f} % of the time; "
            "the arena may be drawn too small.",
        )


def share_with_two(beside: Float64) -> float:
    """Return in which share of the looks at the whole arena two bodies were there.

    Parameters
    ----------
    beside
        See `behave.tracking.silhouette.series.Series`.
    """
    known = beside[np.isfinite(beside)]
    return float((known >= SECOND_BODY).mean()) if known.size else 0.0


def flag_light(times: Float64, light: Float64) -> Iterator[Flag]:
    """Flag the light: steps and drift."""
    known = np.isfinite(light)
    times, light = times[known], light[known]
    if times.size < 2 * LOOKS:
        return
    # A median over a second of looks before and after each look passes over flicker.
    windows = np.lib.stride_tricks.sliding_window_view(light, LOOKS)
    level = np.median(windows, axis=1)
    steps = np.abs(level[LOOKS:] / level[:-LOOKS] - 1)
    if steps.size and steps.max() > STEP:
        at = float(times[int(steps.argmax()) + LOOKS])
        yield Flag(
            "light_step",
            float(steps.max()),
            f"The light changed by {100 * steps.max():.0f} % within a second at about {at:.0f} s.",
        )
    drift = float(np.ptp(level) / np.median(level))
    if drift > DRIFT:
        yield Flag("light_drift", drift, f"The light varied by {100 * drift:.0f} %.")


def flag_neighbours(trials: Sequence[Trial], tracks: Sequence[Track]) -> list[Track]:
    """Flag arenas that reach into each other: one animal may be taken for two.

    Parameters
    ----------
    trials, tracks
        The trials of one video and what was tracked, in the same order.

    Returns
    -------
    list of Track
        The tracks, with a flag where an arena reaches into another.
    """
    found = []
    for trial, track in zip(trials, tracks, strict=True):
        # Animals that were filmed one after the other share their arena.
        others = (other.arena for other in trials if other.arena != trial.arena)
        flags = (_bleeds(trial.arena, other, track) for other in others)
        first = next((flag for flag in flags if flag), None)
        found.append(replace(track, flags=(*track.flags, first)) if first else track)
    return found


def _bleeds(arena: Arena, other: Arena, track: Track) -> Flag | None:
    """Flag an arena that reaches into another one."""
    rows, columns = np.mgrid[0.5:64, 0.5:64] / 64
    across, down = arena.x + columns * arena.width, arena.y + rows * arena.height
    own = _holds(arena, across, down)
    overlap = float((own & _holds(other, across, down)).sum() / own.sum())
    place = track.motion[["x_px", "y_px"]].to_numpy(np.float64)
    place = place[np.isfinite(place).all(axis=1)]
    there = float(_holds(other, *place.T).mean()) if len(place) else 0.0
    if max(overlap, there) <= SHARED:
        return None
    return Flag(
        "arena_overlaps",
        max(overlap, there),
        f"{100 * overlap:.0f} % of the arena lies in arena {other.name}, and its animal was found "
        f"there in {100 * there:.0f} % of the time; its neighbour may have been scored.",
    )


def _holds(arena: Arena, across: Float64, down: Float64) -> npt.NDArray[np.bool_]:
    """Return which points of the frame lie in an arena."""
    x = (across - arena.x) / arena.width * 2 - 1
    y = (down - arena.y) / arena.height * 2 - 1
    held: npt.NDArray[np.bool_] = (
        x**2 + y**2 <= 1 if arena.shape == "ellipse" else (np.abs(x) <= 1) & (np.abs(y) <= 1)
    )
    return held
