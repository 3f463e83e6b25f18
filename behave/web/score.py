"""The screen 'Score': people score blind; what they keyed ends in ``by_hand/<scorer>.csv``."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from behave.files import write_bytes
from behave.scoring.manual import bouts_of
from behave.web.answers import Body, Refused, get, put
from behave.web.by_hand import exchanged
from behave.web.frames import FrameServer
from behave.web.saved import ABSENT, held, save, version_of
from behave.web.sessions import (
    AGAIN,
    Session,
    Showing,
    draw_session,
    known_scorers,
    renew_session,
    scores_path,
    session_path,
)
from behave.web.workspace import Workspace

State = Literal["immobile", "mobile", "swimming", "climbing", "unscored"]


class Begin(Body):
    """Begin, or go on with, a session."""


class Keyed(Body):
    """What was keyed in a trial so far, and the version of the session that it follows."""

    version: str
    presses: tuple[tuple[float, State], ...] = Field(max_length=20_000)
    position_s: float = Field(ge=0)
    done: bool = False


def routes(workspace: Workspace, frame_server: FrameServer) -> list[Route]:
    """Return the addresses of the screen; a trial is known by its code alone."""
    return [
        get("/api/score", lambda _: {"scorers": known_scorers(workspace.by_hand)}),
        put("/api/score/{scorer}", Begin, lambda request, _: begin(workspace, _scorer(request))),
        get("/api/score/{scorer}/{code}", lambda request: show(workspace, frame_server, request)),
        put(
            "/api/score/{scorer}/{code}",
            Keyed,
            lambda request, keyed: keep(workspace, frame_server, request, keyed),
        ),
        get(
            "/api/score/{scorer}/{code}/frames/{frame:int}",
            lambda request: frame(workspace, frame_server, request),
        ),
    ]


def _scorer(request: Request) -> str:
    return str(request.path_params["scorer"]).strip()


def _read(path: Path) -> Session:
    """Return a session that was begun; without one it is a KeyError."""
    try:
        return Session.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise KeyError(path.stem) from None
    except ValueError as error:
        raise Refused(f"{path.name} in by_hand/sessions cannot be read: {error}") from error


def begin(workspace: Workspace, scorer: str) -> dict[str, Any]:
    """Draw a session, or go on with the one that was begun."""
    path = session_path(workspace.by_hand, scorer)
    there = _filmed(workspace)
    if not there:
        raise Refused("There is no trial with a video to score.")
    if not path.exists():
        drawn = draw_session(scorer, there, workspace.study.seed if workspace.study else 1)
        save(path, ABSENT, lambda: _bytes(drawn))
    session = _read(path)
    renewed = renew_session(session, there)
    if renewed != session:
        save(path, version_of(path), lambda: _bytes(renewed))
    return _overview(path)


def _filmed(workspace: Workspace) -> list[str]:
    """Return the trials that are not excluded and have their video."""
    used = workspace.trials[~workspace.trials["exclude"] & (workspace.trials["video"] != "")]
    return [
        row["trial_id"]
        for row in used.to_dict("records")
        if row["video"] in workspace.filmed
        and all(part.exists() for part in workspace.filmed[row["video"]].files)
    ]


def _bytes(session: Session) -> bytes:
    return session.model_dump_json(indent=1).encode()


def _overview(path: Path) -> dict[str, Any]:
    """Return a session as its scorer may see it: codes alone."""
    session = _read(path)
    return {
        "scorer": session.scorer,
        "version": version_of(path),
        "showings": [
            {"code": one.code, "done": one.done, "begun": bool(one.presses)}
            for one in session.showings
        ],
    }


def _find(workspace: Workspace, request: Request) -> tuple[Path, Session, Showing]:
    """Return the session and the showing that a request is about."""
    path = session_path(workspace.by_hand, _scorer(request))
    session = _read(path)
    return path, session, session.showing(str(request.path_params["code"]))


def show(workspace: Workspace, frame_server: FrameServer, request: Request) -> dict[str, Any]:
    """Return what is needed to score a trial, and nothing that names it."""
    _, _, showing = _find(workspace, request)
    row = workspace.trial(showing.trial_id)
    described = frame_server.describe(str(row["video"]), workspace.arena_of(showing.trial_id))
    start_s, stop_s = _span(workspace, frame_server, showing)
    shown = {name: described[name] for name in ("width", "height", "picture", "times_s")}
    return shown | {
        "start_s": start_s,
        "stop_s": stop_s,
        "presses": showing.presses,
        "position_s": showing.position_s,
        "done": showing.done,
    }


def _span(workspace: Workspace, frame_server: FrameServer, showing: Showing) -> tuple[float, float]:
    """Return the video times between which a trial is scored."""
    times = frame_server.browser(str(workspace.trial(showing.trial_id)["video"])).times_s
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    end_s = float(times[-1]) + step
    start_s = min(workspace.entry_s(showing.trial_id), end_s)
    return start_s, min(start_s + (workspace.duration_s or np.inf), end_s)


def keep(
    workspace: Workspace, frame_server: FrameServer, request: Request, keyed: Keyed
) -> dict[str, Any]:
    """Keep what was keyed; a trial that is done goes into the scorer's table."""
    path, _, _ = _find(workspace, request)

    def make() -> bytes:
        _, session, showing = _find(workspace, request)
        showing.presses = list(keyed.presses)
        showing.position_s = keyed.position_s
        showing.done = keyed.done or showing.done
        if showing.done:
            _write_scores(workspace, frame_server, session, showing)
        return _bytes(session)

    save(path, keyed.version, make)
    return _overview(path)


def _write_scores(
    workspace: Workspace, frame_server: FrameServer, session: Session, showing: Showing
) -> None:
    """Put a trial that is done into its scorer's table."""
    row = workspace.trial(showing.trial_id)
    bouts = bouts_of(showing.presses, *_span(workspace, frame_server, showing))
    path = scores_path(workspace.by_hand, session.scorer, again=showing.again)
    trial = {"trial_id": showing.trial_id, "animal_id": str(row["animal_id"])}
    scorer = session.scorer + (AGAIN if showing.again else "")
    with held(path):
        write_bytes(exchanged(path, trial, scorer, bouts), path)


def frame(workspace: Workspace, frame_server: FrameServer, request: Request) -> Response:
    """Answer with a frame of the trial, cut to its arena."""
    _, _, showing = _find(workspace, request)
    video = str(workspace.trial(showing.trial_id)["video"])
    return frame_server.frame(
        request, video, frame_server.box(video, workspace.arena_of(showing.trial_id))
    )
