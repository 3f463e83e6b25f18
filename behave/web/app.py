"""The application: its addresses put together behind the guard."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from behave.web import arenas, frames, score
from behave.web.answers import get
from behave.web.desk import Workspace
from behave.web.frames import FrameServer
from behave.web.guard import Guard
from behave.web.results import Results
from behave.web.review import Review

STATIC = Path(__file__).parent / "static"


def make_app(desk: Workspace, token: str, hosts: Sequence[str] = ()) -> ASGIApp:
    """Return the application for what lies open.

    Parameters
    ----------
    desk
        What lies open.
    token
        The secret of the first address.
    hosts
        Names of this computer beyond the loopback's.
    """
    shelf = FrameServer(desk)
    app = Starlette(
        routes=[
            Route("/", _page),
            get("/api/study", lambda _: describe(desk)),
            *frames.routes(desk, shelf),
            *arenas.routes(desk, shelf),
            *score.routes(desk, shelf),
            *Review(desk, shelf).routes(),
            *Results(desk).routes(),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
    )
    app.router.redirect_slashes = False
    return Guard(app, token=token, hosts=hosts, read_only=desk.read_only)


async def _page(request: Request) -> FileResponse:
    """Answer with the one page."""
    del request
    return FileResponse(STATIC / "index.html")


def describe(desk: Workspace) -> dict[str, Any]:
    """Return what every screen has to know; who scores blind is told no video's name by it."""
    return {"name": desk.name, "read_only": desk.read_only}
