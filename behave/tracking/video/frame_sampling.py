"""Which frames of a video are looked at, and which of the others need not be decoded.

An animal is looked at about 15 times a second, most videos have 25 to 60 frames.
A frame that nobody looks at and of which no other frame is made can be left out
without a change to any other: every second one of many recordings, which is a
third of the work of decoding them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from behave.tracking.video.container import Packets, Spared
from behave.tracking.video.reader import Frame

Float64 = npt.NDArray[np.float64]

# Looks per second. More changed the scored immobility by at most 1.2 points.
LOOKS_PER_S = 15


def pace(rate: float) -> Callable[[float], bool]:
    """Return what tells of each frame in turn, by its time, whether it is looked at.

    Parameters
    ----------
    rate
        Usual frames per second.
    """
    pause_s = (max(round(rate / LOOKS_PER_S), 1) - 0.5) / rate
    last_s = -np.inf

    def due(time_s: float) -> bool:
        nonlocal last_s
        if time_s - last_s < pause_s:
            return False
        last_s = time_s
        return True

    return due


def looked_at(
    frames: Iterable[Frame], rate: float, end_s: float | None, times: list[float]
) -> Iterator[Frame]:
    """Yield the frames that are looked at, `LOOKS_PER_S` or more.

    Parameters
    ----------
    frames
        Frames of a video: all, or at least those that `spare` wants.
    rate
        Usual frames per second.
    end_s
        Only frames up to this time are read; none: all.
    times
        Given the time of every frame that is read.
    """
    due = pace(rate)
    for frame in frames:
        if end_s is not None and frame.time_s > end_s:
            return
        times.append(frame.time_s)
        if due(frame.time_s):
            yield frame


def spare(packets: Packets, rate: float) -> Spared | None:
    """Choose which frames of a video need not be decoded; none where all are.

    Parameters
    ----------
    packets
        What is stored in it.
    rate
        Usual frames per second.
    """
    if packets.spare == "none":
        return None
    stamps = np.sort(packets.stamps)
    times = (stamps - stamps[0]) * packets.base
    due = pace(rate)
    wanted = (
        stamp for stamp, time_s in zip(stamps.tolist(), times.tolist(), strict=True) if due(time_s)
    )
    return Spared(frozenset(wanted), apart=packets.spare == "all")


def with_spared(
    times: Sequence[float], spared: Spared | None, packets: Packets, end_s: float | None
) -> Float64:
    """Return the times of all frames: those that were decoded and those that were spared.

    Parameters
    ----------
    times
        Those that were decoded.
    spared
        What became of the others; none where all were decoded.
    packets
        What is stored in the video.
    end_s
        Only frames up to this time were read; none: all.
    """
    if spared is None or spared.first is None:
        return np.array(times)
    others = (np.array(spared.stamps) - spared.first) * packets.base
    last_s = np.inf if end_s is None else end_s
    return np.union1d(times, others[(others >= 0) & (others <= last_s)])
