"""Frames as pictures: whoever asks for one is told which one it really is."""

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from behave.tracking.trial import Arena, Recording
from behave.tracking.video.browse import Box, Browser
from behave.web.answers import Refused, get, number_in
from behave.web.workspace import Workspace

OPEN_VIDEOS = 3
# An arena is shown with something of its surroundings, as a share of its size.
MARGIN = 0.06


class FrameServer:
    """The videos that were opened last.

    Parameters
    ----------
    workspace
        What lies open.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._open: OrderedDict[Recording, Browser] = OrderedDict()
        self._lock = Lock()

    def browser(self, video: str) -> Browser:
        """Return a video's browser, opening the file where it is not open."""
        recording = self.workspace.videos[video]
        if video not in self.workspace.filmed:
            raise Refused(f"{video} holds no pictures: what it tells was measured elsewhere.")
        with self._lock:
            if recording not in self._open:
                self._open[recording] = Browser(recording)
            self._open.move_to_end(recording)
            while len(self._open) > OPEN_VIDEOS:
                self._open.popitem(last=False)[1].close()
            return self._open[recording]

    def describe(self, video: str, arena: Arena | None = None) -> dict[str, Any]:
        """Return size and frame times of a video, or of the part round an arena."""
        browser = self.browser(video)
        left, top, width, height = self.box(video, arena)
        return {
            "left": left,
            "top": top,
            "width": width,
            "height": height,
            # Part of each frame's address: a browser keeps pictures, and arenas may be redrawn.
            # Hashed, because where an animal swam may tell who it is.
            "picture": hashlib.sha256(repr((left, top, width, height)).encode()).hexdigest()[:12],
            "times_s": np.round(browser.times_s, 4),
        }

    def box(self, video: str, arena: Arena | None) -> Box:
        """Return the part of a video's picture that shows an arena: left, top, width, height."""
        browser = self.browser(video)
        if arena is None:
            return 0, 0, browser.width, browser.height
        across, down = MARGIN * arena.width, MARGIN * arena.height
        left, top = max(round(arena.x - across), 0), max(round(arena.y - down), 0)
        right = min(round(arena.x + arena.width + across), browser.width)
        bottom = min(round(arena.y + arena.height + down), browser.height)
        return left, top, max(right - left, 1), max(bottom - top, 1)

    def frame(self, request: Request, video: str, box: Box | None = None) -> Response:
        """Answer with the frame that a request names."""
        within_ms = number_in(request, "within_ms")
        picture = self.browser(video).picture(
            int(request.path_params["frame"]),
            box=box,
            width=number_in(request, "width"),
            within_s=None if within_ms is None else within_ms / 1000,
        )
        headers = {
            "Behave-Frame": str(picture.number),
            "Behave-Time": f"{picture.time_s:.4f}",
            # A frame that was merely near must not be taken for the one asked for later.
            "Cache-Control": "no-store" if within_ms is not None else "private, max-age=3600",
        }
        return Response(picture.jpeg, media_type="image/jpeg", headers=headers)


def routes(workspace: Workspace, frame_server: FrameServer) -> list[Route]:
    """Return the addresses of whole pictures, videos being known by their number."""
    names = list(workspace.filmed)

    def name_of(request: Request) -> str:
        number = int(request.path_params["video"])
        if number >= len(names):
            raise KeyError(number)
        return names[number]

    return [
        get("/api/videos/{video:int}", lambda request: frame_server.describe(name_of(request))),
        get(
            "/api/videos/{video:int}/frames/{frame:int}",
            lambda request: frame_server.frame(request, name_of(request)),
        ),
    ]
