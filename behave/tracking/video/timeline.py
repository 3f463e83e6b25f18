"""When each frame of a video is shown: from the stamps of packets and frames to seconds.

Decoded order is display order. So a stamp is trusted where it fits its neighbours, and
where it does not, the order tells more:

- stamps that rise as packets are stored, of a codec that stores them in another order
  than they are shown (B frames in AVI), are the times of the n-th frame, not of theirs;
- stamps out of place (one wild stamp, a file joined to another) are mended on the frames
  as they are decoded;
- a container without times, or with a rate that no camera has, tells nothing: a person
  must.
"""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from behave.errors import Problem, TrialError
from behave.tracking.trial import Recording
from behave.tracking.video.container import Packets, ReadLog, decode_packets, open_video

Float64 = npt.NDArray[np.float64]

# Frames per second that a camera can have; others come from a header nobody filled in.
SLOWEST, FASTEST = 2.0, 250.0
# A later file joined to an earlier one starts at 0 again; a jitter of time
# stamps steps back by a frame or two.
RESTART_S = 1.0
# Stamps that must rise normally before and after a place where time starts anew.
RUN = 5
# Steps that differ from the usual one by less than this share of it are even.
UNEVEN = 0.2
# From this share of steps back on, stamps belong to other frames; fewer are outliers.
SHUFFLED = 0.05


@dataclass(frozen=True)
class Timeline:
    """When the frames of a video are shown.

    Parameters
    ----------
    by
        What tells a decoded frame's time: its own ``stamp``, the n-th stored ``packet``,
        the n-th decoded ``frame``, or a rate ``given`` by a person.
    times_s
        Times of the stored frames in the order in which they are shown; NaN for a frame
        that is left out.
    repeated, out_of_order, restarts
        What was mended; see `ReadLog`.
    """

    by: Literal["stamp", "packet", "frame", "given"]
    times_s: Float64
    repeated: int = 0
    out_of_order: int = 0
    restarts: int = 0

    @property
    def shown_s(self) -> Float64:
        """The times of the frames that are not left out."""
        return self.times_s[np.isfinite(self.times_s)]


def find_timeline(recording: Recording, packets: Packets) -> Timeline:
    """Tell when the frames of a recording are shown.

    Raises
    ------
    TrialError
        If the file holds no times, or a rate that no camera has, and nobody gave one.
    """
    if recording.fps is not None:
        return Timeline("given", np.arange(packets.count) / recording.fps)
    if packets.timeless:
        raise TrialError(_without_times(recording))
    stamps_s = np.array(packets.stamps * packets.base, np.float64)
    if len(stamps_s) < packets.count or _is_out_of_place(packets, stamps_s):
        found = mend(_decoded_stamps(recording))
    else:
        by: Literal["packet", "stamp"] = "packet" if _is_shuffled(packets) else "stamp"
        found = Timeline(by, np.sort(stamps_s))
    _check_rate(recording, found.shown_s)
    return found


def _is_shuffled(packets: Packets) -> bool:
    """Return whether stamps rise as stored although the frames are stored in another order."""
    return packets.reorders and bool((np.diff(packets.stamps) > 0).all())


def _is_out_of_place(packets: Packets, stamps_s: Float64) -> bool:
    """Return whether a stamp lies farther from its place than frames are stored from theirs."""
    stamps = packets.stamps
    if len(stamps) < 2:  # noqa: PLR2004 - one frame has no neighbour
        return False
    if not packets.reorders and (np.diff(stamps) < 0).any():
        return True
    ranks = np.empty(len(stamps), np.int64)
    ranks[np.argsort(stamps, kind="stable")] = np.arange(len(stamps))
    moved = np.abs(ranks - np.arange(len(stamps)))
    return bool(moved.max() > 2 * np.quantile(moved, 0.99) + 1) or _ends_wild(np.sort(stamps_s))


def _ends_wild(rising_s: Float64) -> bool:
    """Return whether the last of otherwise even stamps lies far behind the others."""
    steps = np.diff(rising_s)
    if len(steps) <= RUN:
        return False
    usual = float(np.median(steps))
    return bool(steps[-1] > max(RESTART_S, RUN * usual) and _is_even(steps[:-1]))


def _is_even(steps: Float64) -> bool:
    """Return whether steps are whole multiples of the usual one, almost all of them."""
    usual = float(np.median(steps))
    if usual <= 0:
        return False
    multiples = steps / usual
    off = np.abs(multiples - np.round(multiples)) > UNEVEN
    return bool((off | (np.round(multiples) < 1)).mean() <= 0.01)  # noqa: PLR2004 - 1 %


def _decoded_stamps(recording: Recording) -> Float64:
    """Return the stamps of the frames as they are decoded, s; NaN where there is none."""
    with open_video(recording) as (container, stream):
        base = float(stream.time_base or 0)
        told = (
            decoded.pts if decoded.pts is not None else decoded.dts
            for decoded in decode_packets(container, stream, ReadLog())
        )
        return np.array([np.nan if stamp is None else stamp * base for stamp in told], np.float64)


def mend(stamps_s: Float64) -> Timeline:
    """Return the time line of frames in display order whose stamps may be missing or wrong.

    Parameters
    ----------
    stamps_s
        Stamps of the decoded frames, s; NaN where there is none; shape (frames,).

    Returns
    -------
    Timeline
        Times from the first frame kept, rising. A frame whose stamp does not lie between
        its neighbours' is left out: no time is invented for it.

    Examples
    --------
    One wild stamp is left out, and moves nothing after it:

    >>> wild = np.arange(12) / 10
    >>> wild[4] += 5
    >>> mend(wild).times_s.round(1).tolist()
    [0.0, 0.1, 0.2, 0.3, nan, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1]
    """
    known = np.flatnonzero(np.isfinite(stamps_s))
    if len(known) < 2:  # noqa: PLR2004 - nothing to mend by
        return Timeline("frame", np.where(np.isfinite(stamps_s), 0.0, np.nan))
    times = np.interp(np.arange(len(stamps_s)), known, stamps_s[known])
    steps = np.diff(times)
    forward = steps[steps > 0]
    usual = float(np.median(forward)) if forward.size else 0.0
    restarts = 0
    for at in np.flatnonzero(np.diff(times) < -max(RESTART_S, usual)) + 1:
        before, after = times[max(at - RUN, 0) : at], times[at : at + RUN]
        if _rises(before, usual) and _rises(after, usual):
            times[at:] += times[at - 1] + usual - times[at]
            restarts += 1
    back = np.diff(times) < 0
    if back.mean() > SHUFFLED and _is_even(np.diff(np.sort(times))):
        return Timeline("frame", np.sort(times) - times.min(), restarts=restarts)
    kept = _longest_rise(times)
    if _ends_wild(times[kept]):
        kept = kept[:-1]
    left = np.setdiff1d(np.arange(len(times)), kept)
    before_it = times[np.maximum(left - 1, 0)]
    same = int((np.abs(times[left] - before_it) < usual / 2).sum())
    mended = np.full(len(times), np.nan)
    mended[kept] = times[kept] - times[kept[0]]
    return Timeline("frame", mended, same, len(left) - same, restarts)


def _rises(times: Float64, usual: float) -> bool:
    """Return whether several times in a row rise by plausible steps."""
    steps = np.diff(times)
    return len(times) == RUN and bool(((steps > 0) & (steps <= max(RESTART_S, 5 * usual))).all())


def _longest_rise(times: Float64) -> npt.NDArray[np.int64]:
    """Return the places of the longest run of rising times, others left out between them.

    Patience sorting; of runs of one length the one with the first frames.
    """
    ends: list[float] = []
    places: list[int] = []
    before = np.full(len(times), -1)
    for place, time_s in enumerate(times.tolist()):
        length = bisect_left(ends, time_s)
        before[place] = places[length - 1] if length else -1
        if length == len(ends):
            ends.append(time_s)
            places.append(place)
        else:
            # An equal time is a repeat: the first one stays.
            if time_s < ends[length]:
                places[length] = place
            ends[length] = time_s
    run = []
    at = places[-1]
    while at >= 0:
        run.append(at)
        at = int(before[at])
    return np.array(run[::-1], np.int64)


def _check_rate(recording: Recording, shown_s: Float64) -> None:
    """Refuse a rate that no camera has."""
    steps = np.diff(shown_s)
    steps = steps[steps > 0]
    if steps.size < RUN:
        return
    rate = 1 / float(np.median(steps))
    if not SLOWEST <= rate <= FASTEST:
        raise TrialError(
            Problem(
                "the video tells a frame rate that no camera has",
                file=str(recording),
                expected=f"between {SLOWEST:g} and {FASTEST:g} frames per second",
                found=f"{rate:.4g} frames per second, {shown_s[-1]:.4g} s in all",
                fix="say how many frames per second were filmed: --fps, or 'tracking: {fps: ...}' "
                "in the study file",
            )
        )


def _without_times(recording: Recording) -> Problem:
    return Problem(
        "the file holds pictures without any times",
        file=str(recording),
        expected="the frames per second with which it was filmed",
        found="a bare stream as a Raspberry Pi's camera writes it",
        fix="say how many frames per second were filmed: --fps, or 'tracking: {fps: ...}' "
        "in the study file",
    )


class Clock:
    """Turns decoded frames into seconds from the first frame that never go back.

    Parameters
    ----------
    timeline
        What tells the time.
    stream
        The opened stream.
    log
        How reading goes; what the time line mended is added to it.
    fps
        The rate given by a person, if there is one.
    """

    def __init__(
        self, timeline: Timeline, stream: Any, log: ReadLog, fps: float | None = None
    ) -> None:
        self.timeline, self.log, self.fps = timeline, log, fps
        self.base = float(stream.time_base)
        self.step_s = 1 / float(stream.average_rate or stream.guessed_rate or 25)
        self.first: int | None = None
        self.last_s = -np.inf
        self.slot, self.corrupt = -1, 0
        self.delay: int | None = None
        log.repeated += timeline.repeated
        log.out_of_order += timeline.out_of_order
        log.restarts += timeline.restarts

    def time_of(self, decoded: Any) -> float | None:
        """Return the frame's time, or none where it is left out."""
        if self.timeline.by == "stamp":
            return self._by_stamp(decoded)
        self.slot += 1
        if self.fps is not None:
            # Packets that gave no frame took time too; corrupt frames are counted as frames.
            time_s = (self.slot + self.log.broken - self.corrupt) / self.fps
            self.corrupt += bool(decoded.is_corrupt)
            return time_s
        if self.timeline.by == "packet":
            # A decoder holds back the same number of packets; one of which no frame
            # came leaves a gap and does not shift the others.
            fed = self.log.packets - 1
            self.delay = fed if self.delay is None else self.delay
            self.slot = max(self.slot, fed - self.delay)
        times = self.timeline.times_s
        if self.slot >= len(times) or np.isnan(times[self.slot]):
            return None
        first_s = times[0] if self.timeline.by == "packet" else 0.0
        return float(times[self.slot] - first_s)

    def _by_stamp(self, decoded: Any) -> float | None:
        """Return the stamped time, or none where it is not after the last frame's."""
        stamp = decoded.pts if decoded.pts is not None else decoded.dts
        if stamp is None:
            time_s = max(self.last_s, -self.step_s) + self.step_s
        else:
            self.first = stamp if self.first is None else self.first
            time_s = float((stamp - self.first) * self.base)
        if time_s <= self.last_s:
            # MPEG's program streams stamp packets, and a frame now and then gets its
            # neighbour's stamp: that is no jump.
            same = time_s > self.last_s - self.step_s / 2
            self.log.repeated += same
            self.log.out_of_order += not same
            return None
        self.last_s = time_s
        return time_s
