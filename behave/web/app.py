"""The application: the first screen and every study that lies open, behind the guard.

======================= =====================================================
address                 what answers
======================= =====================================================
``/home/``              the first screen (`behave.web.home`)
``/s/<id>/``            a study that was opened there
``/``                   the study named on the command line, else to ``/home/``
``/static/``            scripts and styles, the same for all
======================= =====================================================

Each page asks for addresses relative to its own, so that two tabs may show two
studies and neither can write into the other's.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from behave.web import animals, arenas, frames, home, runs, score
from behave.web.answers import get
from behave.web.calibration import Calibrations
from behave.web.frames import FrameServer
from behave.web.guard import Guard
from behave.web.home import Home
from behave.web.results import Results
from behave.web.review import Review
from behave.web.workspace import Workspace

STATIC = Path(__file__).parent / "static"


def make_app(first: Workspace | None, home_of: Home, token: str, hosts: Sequence[str]) -> ASGIApp:
    """Return the application.

    Parameters
    ----------
    first
        What was named on the command line; none: the first screen comes first.
    home_of
        Which folders may be looked at.
    token
        The secret of the first address.
    hosts
        Names of this computer beyond the loopback's.
    """
    studies = Studies()
    routes: list[BaseRoute] = [
        Mount("/static", StaticFiles(directory=STATIC)),
        Mount("/home", Starlette(routes=[Route("/", _page), *home.routes(home_of, studies.open)])),
        Mount("/s", studies),
    ]
    if first is None:
        routes.append(Route("/", _to_home))
    else:
        routes += study_routes(first)
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    start = "/home/" if first is None else "/"
    return Guard(app, token=token, hosts=hosts, read_only=home_of.read_only, start=start)


class Studies:
    """The studies that were opened from the first screen, each at an address of its own."""

    def __init__(self) -> None:
        self._apps: dict[str, Starlette] = {}

    def open(self, workspace: Workspace) -> str:
        """Open a study, or find it open; return its address."""
        name = home.identifier(workspace.source)
        if name not in self._apps:
            app = Starlette(routes=study_routes(workspace))
            app.router.redirect_slashes = False
            self._apps[name] = app
        return f"/s/{name}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on to its study; where none is open, go to the first screen."""
        request = Request(scope)
        name, _, rest = request.url.path.removeprefix("/s/").partition("/")
        app: ASGIApp | None = self._apps.get(name)
        if app is None:
            app = RedirectResponse("/home/") if not rest else Response("Not open.", 404)
        else:
            scope = {**scope, "root_path": f"/s/{name}"}
        await app(scope, receive, send)


def study_routes(workspace: Workspace) -> list[Route]:
    """Return the addresses of all that is asked about one study."""
    frame_server = FrameServer(workspace)
    return [
        Route("/", _page),
        get("/api/study", lambda _: describe(workspace)),
        *frames.routes(workspace, frame_server),
        *animals.routes(workspace),
        *arenas.routes(workspace, frame_server),
        *runs.routes(workspace),
        *Calibrations(workspace).routes(),
        *score.routes(workspace, frame_server),
        *Review(workspace, frame_server).routes(),
        *Results(workspace).routes(),
    ]


async def _page(request: Request) -> FileResponse:
    """Answer with the one page."""
    del request
    return FileResponse(STATIC / "index.html")


async def _to_home(request: Request) -> RedirectResponse:
    """Lead to the first screen."""
    del request
    return RedirectResponse("/home/")


def describe(workspace: Workspace) -> dict[str, Any]:
    """Return what every screen has to know; who scores blind is told no video's name by it."""
    return {
        "name": workspace.name,
        "read_only": workspace.read_only,
        "is_study": workspace.study is not None,
        "start": _first_screen(workspace),
    }


def _first_screen(workspace: Workspace) -> str:
    """Return the screen on which the day's work goes on."""
    if workspace.study is None:
        return "arenas"
    if workspace.faults or workspace.log().empty:
        return "animals"
    return "results"
