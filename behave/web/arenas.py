"""The screen 'Arenas': what is drawn ends in ``arenas.csv``."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from behave import tracking
from behave.files import csv_bytes, read_sheet
from behave.schema import conform, parse
from behave.tables import ARENAS
from behave.tracking import Arena
from behave.tracking.polygon import LEAST, box_of, to_text
from behave.tracking.trial import Shape
from behave.web.answers import Body, Refused, get, put
from behave.web.desk import Desk
from behave.web.frames import Shelf
from behave.web.saved import save, version_of

# Drawn edges are kept to a tenth of a px; beyond that no hand is steady.
DECIMALS = 1


class DrawnArena(Body):
    """An arena as the page draws it, px of the full frame."""

    name: str = Field(min_length=1, max_length=40)
    x: float = Field(ge=0)
    y: float = Field(ge=0)
    width: float = Field(ge=1)
    height: float = Field(ge=1)
    shape: Shape = "rectangle"
    px_per_cm: float | None = Field(None, gt=0)
    points: tuple[tuple[float, float], ...] = ()


class DrawnVideos(Body):
    """The arenas of the videos that were drawn on, and the version that they follow."""

    version: str
    videos: dict[str, tuple[DrawnArena, ...]]


def routes(desk: Desk, shelf: Shelf) -> list[Route]:
    """Return the addresses of the screen."""
    return [
        get("/api/arenas", lambda _: show(desk)),
        put("/api/arenas", DrawnVideos, lambda _, drawn: keep(desk, shelf, drawn)),
        get("/api/arenas/proposal", lambda request: propose(desk, request)),
    ]


def show(desk: Desk) -> dict[str, Any]:
    """Return the arenas of all videos, and what has to be known to save them."""
    count = desk.study.arenas.count if desk.study and desk.study.arenas else None
    return {
        "version": version_of(desk.arenas_file),
        "file": desk.arenas_file.name,
        "count": count,
        # The study says how many there are, so it does not read the table yet.
        "unused": count is not None,
        "videos": {name: [asdict(one) for one in desk.drawn(name)] for name in desk.videos},
    }


def propose(desk: Desk, request: Request) -> dict[str, Any]:
    """Find so many arenas in a video."""
    video = request.query_params.get("video", "")
    count = request.query_params.get("count", "")
    if not count.isdigit() or not 0 < int(count) <= 64:  # noqa: PLR2004 - as in the study file
        raise Refused("Say how many cylinders the video shows, from 1 to 64.")
    return {"arenas": [asdict(one) for one in tracking.find_arenas(desk.videos[video], int(count))]}


def keep(desk: Desk, shelf: Shelf, drawn: DrawnVideos) -> dict[str, Any]:
    """Write what was drawn; rows of other videos, and patterns, stay as they are."""
    for video, arenas in drawn.videos.items():
        browser = shelf.browser(video)
        _check(video, arenas, (browser.width, browser.height))
    save(desk.arenas_file, drawn.version, lambda: csv_bytes(_merged(desk.arenas_file, drawn)))
    return show(desk)


def _merged(path: Path, drawn: DrawnVideos) -> pd.DataFrame:
    """Return the table with the rows of the drawn videos in place of their old ones."""
    old = pd.DataFrame(columns=list(ARENAS.names))
    if path.exists():
        old = parse(read_sheet(path), ARENAS, path.name)
    rest = old[~old["video"].str.replace("\\", "/").isin(list(drawn.videos))]
    new = pd.DataFrame(
        [_row(video, one) for video, arenas in drawn.videos.items() for one in arenas],
        columns=list(ARENAS.names),
    )
    table = pd.concat([part.astype(object) for part in (rest, new) if len(part)] or [new])
    return conform(table, ARENAS)


def _row(video: str, arena: DrawnArena) -> dict[str, Any]:
    """Return an arena as a row of the table."""
    points = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in arena.points]
    box = box_of(points) if points else (arena.x, arena.y, arena.width, arena.height)
    x, y, width, height = (round(value, DECIMALS) for value in box)
    return {
        "video": video,
        "arena": arena.name.strip(),
        "x_px": x,
        "y_px": y,
        "width_px": width,
        "height_px": height,
        "shape": arena.shape,
        "px_per_cm": arena.px_per_cm and round(arena.px_per_cm, 4),
        "points_px": to_text(points),
    }


def _check(video: str, arenas: Sequence[DrawnArena], size: tuple[int, int]) -> None:
    """Refuse arenas without corners, of one name, or beyond the picture."""
    names = [one.name.strip() for one in arenas]
    if len(set(names)) < len(names):
        raise Refused(f"Two arenas of {video} have the same name. Rename one of them.")
    for one in arenas:
        if (one.shape == "polygon") != (len(one.points) >= LEAST):
            raise Refused(f"Arena {one.name} of {video} needs at least three corners.")
        made = _row(video, one)
        arena = Arena(one.name, *(made[name] for name in ("x_px", "y_px", "width_px", "height_px")))
        right, bottom = arena.x + arena.width, arena.y + arena.height
        if arena.x < 0 or arena.y < 0 or right > size[0] or bottom > size[1]:
            raise Refused(
                f"Arena {one.name} of {video} reaches beyond the picture. Move it inside."
            )
