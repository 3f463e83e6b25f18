"""The screen 'Arenas': what is drawn ends in ``arenas.csv``."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from behave import tracking
from behave.files import csv_bytes, write_bytes
from behave.model.tables import ARENAS
from behave.schema import conform, parse
from behave.sheets import read_sheet
from behave.study.inputs.study_file import load_study
from behave.tracking import Arena
from behave.tracking.arenas.polygon import LEAST, box_of
from behave.tracking.trial import SAME_SCENE, Shape
from behave.tracking.video import scene
from behave.web.answers import Body, Refused, get, number_in, put
from behave.web.frames import FrameServer
from behave.web.saved import ABSENT, held, save, version_of
from behave.web.workspace import Workspace

# A shift that is worth a look, in share of the width: what was drawn closely no longer fits.
MOVED = 0.005
# The line of a study file that says how many arenas there are; what follows it stays.
COUNTED = re.compile(rb"^arenas:[ \t]*\{[ \t]*count:[^}\r\n]*\}", re.MULTILINE)
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


def routes(workspace: Workspace, frame_server: FrameServer) -> list[Route]:
    """Return the addresses of the screen."""
    return [
        get("/api/arenas", lambda _: show(workspace)),
        put("/api/arenas", DrawnVideos, lambda _, drawn: keep(workspace, frame_server, drawn)),
        get("/api/arenas/proposal", lambda request: propose(workspace, request)),
        get("/api/arenas/scene", lambda request: compare_scenes(frame_server, request)),
    ]


def show(workspace: Workspace) -> dict[str, Any]:
    """Return the arenas of all videos, and what has to be known to save them."""
    drawn = {name: workspace.drawn(name) for name in workspace.filmed}
    used = {name: workspace.used(name) for name in workspace.filmed if not drawn[name]}
    return {
        "version": version_of(workspace.arenas_file),
        "file": workspace.arenas_file.name,
        "there": version_of(workspace.arenas_file) != ABSENT,
        "run": workspace.run_command,
        # A study that says how many there are does not read the table yet.
        "count": _count(workspace),
        "undrawn": [name for name, arenas in drawn.items() if not arenas],
        "names": [
            {"name": name, "camera": Path(name).parent.as_posix()} for name in workspace.filmed
        ],
        "videos": {
            name: list(map(asdict, used.get(name) or drawn[name])) for name in workspace.filmed
        },
        "from_run": [name for name, found in used.items() if found],
    }


def _count(workspace: Workspace) -> int | None:
    """Return how many arenas the study file lets a run find in each video; none where it does not."""
    return workspace.study.arenas.count if workspace.study and workspace.study.arenas else None


def use(workspace: Workspace) -> None:
    """Have the study file name the table that is drawn, in place of a number of cylinders."""
    wanted = f"arenas: {{file: {workspace.arenas_file.name}}}"
    if workspace.study is None or not workspace.arenas_file.exists():
        raise Refused("Draw arenas in a study and save them first.")
    with held(workspace.source):
        text = workspace.source.read_bytes()
        changed, count = COUNTED.subn(wanted.encode(), text)
        if count != 1:
            raise Refused(
                f"{workspace.source.name} is not as expected. Write  {wanted}  there yourself."
            )
        write_bytes(changed, workspace.source)
    workspace.study = load_study(workspace.source)


def propose(workspace: Workspace, request: Request) -> dict[str, Any]:
    """Find so many arenas in a video."""
    video = request.query_params.get("video", "")
    count = number_in(request, "count")
    if count is None or not 0 < count <= 64:  # noqa: PLR2004 - as in the study file
        raise Refused("Say how many cylinders the video shows, from 1 to 64.")
    test = workspace.study.protocol.test if workspace.study else None
    found = tracking.find_arenas(workspace.videos[video], count, test)
    return {"arenas": [asdict(one) for one in found]}


def compare_scenes(frame_server: FrameServer, request: Request) -> dict[str, Any]:
    """Say whether a video shows the scene of another one, and how far it is moved.

    It is a hint for a person, who sees both.
    """
    names = (request.query_params.get(name, "") for name in ("video", "other"))
    one, other = (frame_server.browser(name) for name in names)
    if (one.width, one.height) != (other.width, other.height):
        return {"scene": "size"}
    alike, shift = scene.compare_scenes(scene.scene_of(one), scene.scene_of(other))
    seen = "other" if alike < SAME_SCENE else "moved" if shift > MOVED else "same"
    return {"scene": seen, "shift_px": shift * one.width}


def keep(workspace: Workspace, frame_server: FrameServer, drawn: DrawnVideos) -> dict[str, Any]:
    """Write what was drawn, and use it once each video has arenas.

    Rows of other videos, and patterns, stay as they are.
    """
    for video, arenas in drawn.videos.items():
        browser = frame_server.browser(video)
        _check(video, arenas, (browser.width, browser.height))
    save(
        workspace.arenas_file,
        drawn.version,
        lambda: csv_bytes(_merged(workspace.arenas_file, drawn)),
    )
    if _count(workspace) and all(workspace.drawn(name) for name in workspace.filmed):
        try:
            use(workspace)
        except Refused as error:  # what was drawn is saved all the same
            return show(workspace) | {"refused": str(error)}
    return show(workspace)


def _merged(path: Path, drawn: DrawnVideos) -> pd.DataFrame:
    """Return the table with the rows of the drawn videos in place of their old ones."""
    old = pd.DataFrame(columns=list(ARENAS.names))
    if path.exists():
        old = parse(read_sheet(path), ARENAS, path.name)
    rest = old[~old["video"].str.replace("\\", "/").isin(list(drawn.videos))]
    new = tracking.tabulate_arenas(
        {video: list(map(_made, arenas)) for video, arenas in drawn.videos.items()}
    )
    table = pd.concat([part.astype(object) for part in (rest, new) if len(part)] or [new])
    return conform(table, ARENAS)


def _made(drawn: DrawnArena) -> Arena:
    """Return what was drawn as an arena, rounded."""
    points = tuple((round(x, DECIMALS), round(y, DECIMALS)) for x, y in drawn.points)
    box = box_of(points) if points else (drawn.x, drawn.y, drawn.width, drawn.height)
    x, y, width, height = (round(value, DECIMALS) for value in box)
    return Arena(
        drawn.name.strip(),
        x,
        y,
        width,
        height,
        shape=drawn.shape,
        px_per_cm=drawn.px_per_cm and round(drawn.px_per_cm, 4),
        points=points,
    )


def _check(video: str, arenas: Sequence[DrawnArena], size: tuple[int, int]) -> None:
    """Refuse arenas without corners, of one name, or beyond the picture."""
    names = [one.name.strip() for one in arenas]
    if len(set(names)) < len(names):
        raise Refused(f"Two arenas of {video} have the same name. Rename one of them.")
    for one in arenas:
        if (one.shape == "polygon") != (len(one.points) >= LEAST):
            raise Refused(f"Arena {one.name} of {video} needs at least three corners.")
        arena = _made(one)
        right, bottom = arena.x + arena.width, arena.y + arena.height
        if arena.x < 0 or arena.y < 0 or right > size[0] or bottom > size[1]:
            raise Refused(
                f"Arena {one.name} of {video} reaches beyond the picture. Move it inside."
            )
