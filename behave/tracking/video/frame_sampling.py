"""Which frames of a video are looked at, and which of the others need not be decoded.

An animal is looked at about 15 times a second, most videos have 25 to 60 frames.
A frame that nobody looks at and of which no other frame is made can be left out
without a change to any other: every second one of many recordings, which is a
third of the work of decoding them.
"""

from collections.abc import Callable

import numpy as np

from behave.tracking.video.container import Packets, Spared

# Looks per second. More changed the scored immobility by at most 1.2 points.
LOOKS_PER_S = 15


def pace(rate: float) -> Callable[[float], bool]:
    """Return a function that is given each frame's time in turn and returns whether to look at it.

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


def spare(packets: Packets, rate: float) -> Spared | None:
    """Choose which frames of a video need not be decoded; None where all must be.

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
