"""The outlines of an animal's parts, as the tracker itself sees them."""

from threading import Lock

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.silhouette.tracker import SilhouetteTracker
from behave.tracking.silhouette.tracks import learn
from behave.tracking.trial import Trial
from behave.tracking.video.browse import Browser
from behave.tracking.video.picture import Frame
from behave.tracking.video.reader import VideoReader
from behave.tracking.video.watching import needed_until

Points = npt.NDArray[np.float64]

SMOOTHED = 5  # points of the outline averaged, so that no steps of px are seen


class Outliner(SilhouetteTracker):
    """Finds an animal as the tracker does, but measures nothing of it."""

    def outlines(self, frame: Frame) -> list[Points]:
        """Return the outline of each part of the body, px of the frame, shape (points, 2).

        The water's surface may cut a body into parts; there are none where it is not found.
        """
        if self.background is None:
            return []
        body = self._find(frame)
        self.near = None if body is None else (body.x, body.y)
        if body is None:
            return []
        self.last = body
        found, _ = cv2.findContours(body.body, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        corner = round(self.arena.x), round(self.arena.y)
        parts = [part[:, 0].astype(np.float64) + body.corner for part in found]
        return [(_smooth(part) + 0.5) * self.zoom + corner - 0.5 for part in parts]

    def forget(self) -> None:
        """Forget where the animal was: the next frame is from another time."""
        self.near = self.last = None


class Outlines:
    """Outlines of one animal in frames asked for one by one; several threads may ask.

    The empty arena is learnt at once, which takes about a second.

    Parameters
    ----------
    browser
        The video's frames.
    trial
        The animal.
    """

    def __init__(self, browser: Browser, trial: Trial) -> None:
        self.browser = browser
        self._lock = Lock()
        trials = [trial]
        self._outliner = learn(VideoReader(browser.video), trials, needed_until(trials), Outliner)[
            0
        ]

    def at(self, number: int) -> list[Points]:
        """Return the outline of each part in a frame, px of the frame, shape (points, 2)."""
        frame = self.browser.frame(number)
        with self._lock:
            self._outliner.forget()
            return self._outliner.outlines(frame)


def _smooth(points: Points) -> Points:
    """Return a closed line with each point averaged over its neighbours."""
    if len(points) < SMOOTHED:
        return points
    turns = range(-(SMOOTHED // 2), SMOOTHED // 2 + 1)
    smooth: Points = np.mean([np.roll(points, turn, axis=0) for turn in turns], axis=0)
    return smooth
