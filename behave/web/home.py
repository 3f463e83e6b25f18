"""The first screen: a folder is chosen, looked at, and made a study.

Only folders below the roots that were allowed on the command line can be seen,
whatever a page asks for and wherever a link in them leads.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import yaml
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from behave import files, tracking
from behave.errors import BehaveError
from behave.study.inputs.new_study import start_blind_study, start_study
from behave.study.inputs.video_files import VIDEO_SUFFIXES
from behave.web.answers import Body, Refused, get, put
from behave.web.workspace import Workspace, open_workspace

STUDY_SUFFIXES = {".yaml", ".yml"}
MAX_SHOWN = 500
PICTURE_WIDTH_PX = 360
MAX_COUNT = 16


@dataclass(frozen=True)
class Home:
    """Which folders may be looked at.

    Parameters
    ----------
    roots
        Absolute folders; nothing outside of them is shown or opened.
    read_only
        Whether nothing may be changed.
    """

    roots: tuple[Path, ...]
    read_only: bool = False

    def allowed(self, path: str | Path) -> Path:
        """Return a path with its links followed, if it lies below a root.

        Raises
        ------
        Refused
            If it does not, or is not there.
        """
        found = Path(os.path.realpath(path))
        if not any(found.is_relative_to(root) for root in self.roots):
            raise Refused(
                "This folder was not allowed when 'behave web' was started (--root).", 403
            )
        if not found.exists():
            raise Refused("This folder is not there any more.", 404)
        return found


class NewStudy(Body):
    """What a person says of a new study."""

    folder: str
    name: str = Field(min_length=1, max_length=80)
    test: Literal["fst", "tst"] = "fst"
    species: Literal["mouse", "rat"] = "mouse"
    duration_s: float = Field(gt=0, le=86_400)
    window_s: tuple[float, float]
    count: int = Field(ge=1, le=64)
    blind: bool = False


class Opened(Body):
    """A study file, or a folder of videos, that is to be opened."""

    path: str


def identifier(path: Path) -> str:
    """Return a short name for a path, the same at every start."""
    return hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:12]


def routes(home: Home, open_study: Callable[[Workspace], str]) -> list[Route]:
    """Return the addresses of the first screen.

    Parameters
    ----------
    home
        Which folders may be looked at.
    open_study
        Opens a workspace and returns its address.
    """
    looks = Looks()

    def opened(path: Path) -> dict[str, str]:
        return {"address": open_study(open_workspace(path, beside=True, read_only=home.read_only))}

    return [
        get("/api/folder", lambda request: _folder(home, request)),
        get("/api/look", lambda request: looks.at(_video(home, request))),
        get("/api/picture", lambda request: _picture(home, request)),
        put("/api/open", Opened, lambda _, asked: opened(home.allowed(asked.path))),
        put("/api/new", NewStudy, lambda _, asked: opened(make_study(home, asked))),
    ]


def _folder(home: Home, request: Request) -> dict[str, Any]:
    """Return what lies in a folder: folders, videos and studies, by name."""
    asked = request.query_params.get("path")
    folder = home.allowed(asked) if asked else home.roots[0]
    if not folder.is_dir():
        raise Refused("This is a file, not a folder.")
    try:
        found = sorted(folder.iterdir(), key=lambda path: path.name.casefold())
    except PermissionError as error:
        raise Refused("This folder may not be read.", 403) from error
    seen = [path for path in found if not path.name.startswith(".") and _inside(home, path)]
    studies = [path for path in seen if path.suffix.lower() in STUDY_SUFFIXES and _is_study(path)]
    videos = [path for path in seen if path.suffix.lower() in VIDEO_SUFFIXES]
    return {
        "path": str(folder),
        "name": folder.name or str(folder),
        "roots": [str(root) for root in home.roots],
        "trail": [
            {"name": part.name or str(part), "path": str(part)}
            for part in [*reversed(folder.parents), folder]
            if any(part.is_relative_to(root) for root in home.roots)
        ],
        "folders": [{"name": p.name, "path": str(p)} for p in seen if p.is_dir()][:MAX_SHOWN],
        "studies": [{"name": p.name, "path": str(p)} for p in studies],
        "videos": [{"name": p.name, "path": str(p)} for p in videos][:MAX_SHOWN],
        "n_videos": len(videos),
    }


def _inside(home: Home, path: Path) -> bool:
    """Return whether a path lies below a root once its links are followed."""
    real = Path(os.path.realpath(path))
    return any(real.is_relative_to(root) for root in home.roots)


def _is_study(path: Path) -> bool:
    """Return whether a YAML file looks like a study's."""
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return False
    return isinstance(found, dict) and "study" in found and "design" in found


def _video(home: Home, request: Request) -> Path:
    """Return the video that a request names."""
    path = home.allowed(request.query_params.get("path", ""))
    if path.suffix.lower() not in VIDEO_SUFFIXES:
        raise Refused("This is no video.")
    return path


class Looks:
    """What was seen of videos, so that a folder of hundreds is looked at in seconds.

    Cylinders are counted once for videos of a folder that show one picture.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[Path, int, int], dict[str, Any]] = {}
        self._counted: dict[Path, list[tuple[Any, tuple[int | None, list[tracking.Arena]]]]] = {}
        # One at a time: the next video mostly shows what was just counted.
        self._counting = Lock()

    def at(self, path: Path) -> dict[str, Any]:
        """Return a video's length and size, and the cylinders that are seen in it."""
        stat = path.stat()
        key = path, stat.st_mtime_ns, stat.st_size
        if key not in self._seen:
            self._seen[key] = self._look(path)
        return self._seen[key]

    def _look(self, path: Path) -> dict[str, Any]:
        video = tracking.Recording.of(path)
        info = tracking.probe(video)
        with self._counting:
            count, arenas = self._cylinders(path.parent, video)
        return {
            "duration_s": info.duration_s,
            "width": info.width,
            "height": info.height,
            "count": count,
            "arenas": [
                {
                    name: getattr(one, name)
                    for name in ("name", "x", "y", "width", "height", "shape")
                }
                for one in arenas
            ],
        }

    def _cylinders(
        self, folder: Path, video: tracking.Recording
    ) -> tuple[int | None, list[tracking.Arena]]:
        """Return how many cylinders a video shows, and where; None where that cannot be told."""
        try:
            glance = tracking.glance(video)
            known = self._counted.setdefault(folder, [])
            for other, found in known:
                if tracking.same_layout(other, glance):
                    return found
            count = tracking.count_cylinders(video)
            found = count, tracking.find_arenas(video, count) if count else []
        except BehaveError:
            return None, []
        known.append((glance, found))
        return found


def _picture(home: Home, request: Request) -> Response:
    """Answer with a frame from the middle of a video."""
    jpeg = tracking.draw_middle(_video(home, request), PICTURE_WIDTH_PX)
    # A browser keeps it for as long as it stays on the page.
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


def make_study(home: Home, asked: NewStudy) -> Path:
    """Write a new study into a folder; return its study file.

    Raises
    ------
    Refused
        If nothing may be changed here, or the window does not lie in the test.
    """
    if home.read_only:
        raise Refused("This page was opened to look at only: nothing can be changed.", 403)
    start_s, stop_s = asked.window_s
    if not 0 <= start_s < stop_s <= asked.duration_s:
        raise Refused("The scored window must lie within the test, and end after it begins.")
    folder = home.allowed(asked.folder)
    start = start_blind_study if asked.blind else start_study
    start(folder, asked.count, asked.test)
    path = folder / ("blind/study.yaml" if asked.blind else "study.yaml")
    files.write_text(_completed(path.read_text("utf-8"), asked), path)
    return path


def _completed(text: str, asked: NewStudy) -> str:
    """Return the template of a study file with a person's answers in it."""
    start_s, stop_s = asked.window_s
    answers = {
        "study:": f"study: {yaml.safe_dump(asked.name).splitlines()[0]}",
        "  test:": f"  test: {asked.test}",
        "  species:": f"  species: {asked.species}                # mouse | rat",
        "  duration_s:": f"  duration_s: {asked.duration_s:g}               # length of the test from the animal's entry",
        "  score_window_s:": f"  score_window_s: [{start_s:g}, {stop_s:g}]    # the part that is scored, from the animal's entry",
    }
    lines = [
        next((answer for key, answer in answers.items() if line.startswith(key)), line)
        for line in text.splitlines()
    ]
    return "\n".join(lines) + "\n"
