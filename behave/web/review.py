"""The screen 'Review': what was scored, frame by frame, and what a person says instead."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from behave.files import read_table
from behave.model.tables import DISAGREEMENTS, FRAMES
from behave.schema import conform
from behave.scoring.doubt import doubtful_stretches
from behave.scoring.manual import correct
from behave.scoring.measures import measure_bins
from behave.scoring.states import UNSCORED
from behave.tracking import Trial
from behave.tracking.silhouette.outline import Outlines
from behave.web.answers import Body, Refused, get, put
from behave.web.by_hand import exchanged
from behave.web.corrections import (
    auto_bouts,
    corrected_row,
    corrections_path,
    manual_bouts,
    read_measures,
    write_corrected,
)
from behave.web.frames import FrameServer
from behave.web.saved import save, version_of_rows
from behave.web.sessions import session_path
from behave.web.workspace import Workspace

OPEN_OUTLINES = 4
SPAN = ["state", "start_s", "stop_s"]
MAX_S = 100_000.0
# Shorter unseen stretches are not worth a jump.
UNSEEN_S = 0.5


class Stretch(Body):
    """A stretch and the state that a person gives it, video time."""

    state: Literal["immobile", "mobile", "swimming", "climbing", "unscored"]
    start_s: float = Field(ge=0, le=MAX_S)
    stop_s: float = Field(ge=0, le=MAX_S)


class Corrections(Body):
    """All corrections of one trial, and the version of the table that they follow."""

    version: str
    scorer: str = Field(min_length=1, max_length=40)
    bouts: tuple[Stretch, ...] = Field(max_length=5000)


class Review:
    """What the screen asks for.

    Parameters
    ----------
    workspace, frame_server
        What lies open, and its videos.
    """

    def __init__(self, workspace: Workspace, frame_server: FrameServer) -> None:
        self.workspace, self.frame_server = workspace, frame_server
        self._outlines: OrderedDict[Trial, Outlines] = OrderedDict()
        self._lock = Lock()

    def routes(self) -> list[Route]:
        """Return the addresses of the screen."""
        trial = "/api/review/{trial_id}"
        return [
            get("/api/review", lambda _: self.overview()),
            get(trial, lambda request: self.show(_trial_id(request))),
            put(trial, Corrections, lambda request, asked: self.keep(_trial_id(request), asked)),
            get(f"{trial}/video", lambda request: self.together(_trial_id(request))),
            get(f"{trial}/frames/{{frame:int}}", self.frame),
            get(f"{trial}/outline/{{frame:int}}", self.outline),
        ]

    def overview(self) -> dict[str, Any]:
        """Return the trials that were scored."""
        log = self.workspace.log()
        return {
            "trials": log[["trial_id", "status", "flag_text"]],
            "run": self.workspace.run_command,
        }

    def _logged(self, trial_id: str) -> Mapping[str, Any]:
        """Return a trial's row of the log; one that was not scored is refused."""
        log = self.workspace.log()
        rows = log[(log["trial_id"] == trial_id) & (log["status"] == "done")]
        if rows.empty:
            raise Refused("This trial is not scored yet. Run 'behave run', then look again.", 404)
        return {str(name): value for name, value in rows.iloc[0].items()}

    def show(self, trial_id: str) -> dict[str, Any]:
        """Return all that is shown of a trial; its group is not among it."""
        logged = self._logged(trial_id)
        row = self.workspace.trial(trial_id)
        frames = self._frames(trial_id)
        below = float(logged["immobile_below"])
        entry_s = self.workspace.entry_s(trial_id)
        auto = auto_bouts(self.workspace, trial_id)
        described = self.frame_server.describe(
            str(row["video"]), self.workspace.scored_arena_of(trial_id)
        )
        return {
            **described,
            "trial_id": trial_id,
            "entry_s": entry_s,
            "epochs": {
                name: [entry_s + start, entry_s + stop]
                for name, (start, stop) in self.workspace.epochs.items()
            },
            "immobile_below": below,
            "flag_text": logged["flag_text"],
            "motion": {"time_s": frames["time_s"].to_numpy(), "value": frames["motion"].to_numpy()},
            "auto": auto[["state", "start_s", "stop_s"]],
            "jumps": self._jumps(trial_id, frames, auto, below, entry_s),
            **self._corrected(trial_id),
        }

    def _frames(self, trial_id: str) -> pd.DataFrame:
        """Return a trial's frames as scored."""
        path = self.workspace.results / "frames" / f"{trial_id}.csv.gz"
        if not path.exists():
            raise Refused("The frames of this trial are not in the results. Run 'behave run'.", 404)
        return conform(read_table(path, ("state",)), FRAMES)

    def _corrected(self, trial_id: str) -> dict[str, Any]:
        """Return what a person's corrections are, and what they do to the measures."""
        measures = read_measures(self.workspace)
        rows = measures[measures["trial_id"] == trial_id].to_dict("records")
        manual = manual_bouts(self.workspace, trial_id)
        auto = auto_bouts(self.workspace, trial_id)
        entry_s = self.workspace.entry_s(trial_id)
        corrected = correct(auto, manual)
        bin_s = self.workspace.study.protocol.bin_s if self.workspace.study else 60.0
        last_s = max((float(row["stop_s"]) for row in rows), default=0.0)
        shown = ("epoch", "start_s", "stop_s", "immobility_s", "corrected_s")
        return {
            "version": version_of_rows(manual),
            "manual": manual[["state", "start_s", "stop_s", "scorer", "scored_at"]],
            "measures": [
                {name: after[name] for name in shown} | {"automatic_s": row["immobility_s"]}
                for row in rows
                for after in [
                    corrected_row(self.workspace, {str(k): v for k, v in row.items()}, manual)
                ]
            ],
            "bins": measure_bins(corrected, bin_s, last_s, entry_s) if last_s else [],
        }

    def _jumps(
        self, trial_id: str, frames: pd.DataFrame, auto: pd.DataFrame, below: float, entry_s: float
    ) -> pd.DataFrame:
        """Return the stretches that a person may want to look at, in order of time."""
        end_s = float(auto["stop_s"].max()) if len(auto) else entry_s
        doubtful = doubtful_stretches(frames, (entry_s, end_s), below).assign(kind="doubtful")
        unseen = auto[(auto["state"] == UNSCORED) & (auto["stop_s"] > entry_s)]
        unseen = unseen[unseen["stop_s"] - unseen["start_s"] >= UNSEEN_S].assign(kind="not seen")
        parts = [doubtful, unseen, self._disagreements(trial_id)]
        found = pd.concat([part[["kind", "start_s", "stop_s"]].astype(object) for part in parts])
        return found.sort_values("start_s").reset_index(drop=True)

    def _disagreements(self, trial_id: str) -> pd.DataFrame:
        """Return where silhouette and keypoints disagree, where both were followed."""
        path = self.workspace.results / DISAGREEMENTS.file
        if not path.exists():
            return pd.DataFrame(columns=["kind", "start_s", "stop_s"])
        table = read_table(path, ("trial_id", "animal_id"))
        return table[table["trial_id"] == trial_id].assign(kind="trackers disagree")

    def keep(self, trial_id: str, asked: Corrections) -> dict[str, Any]:
        """Save a trial's corrections; the automatic bouts stay as they are."""
        self._logged(trial_id)
        session_path(self.workspace.by_hand, asked.scorer.strip())  # refuses what is no name
        bouts = pd.DataFrame(
            [stretch.model_dump() for stretch in asked.bouts],
            columns=["state", "start_s", "stop_s"],
        ).sort_values("start_s")
        _check(bouts)
        trial = {
            "trial_id": trial_id,
            "animal_id": str(self.workspace.trial(trial_id)["animal_id"]),
        }
        path = corrections_path(self.workspace)
        save(
            path,
            asked.version,
            lambda: exchanged(path, trial, asked.scorer.strip(), bouts),
            # Others may correct other trials meanwhile.
            lambda _: version_of_rows(manual_bouts(self.workspace, trial_id)),
        )
        write_corrected(self.workspace)
        return self._corrected(trial_id)

    def together(self, trial_id: str) -> dict[str, Any]:
        """Return all scored animals of the video that a trial is in, and what each did."""
        video = str(self.workspace.trial(trial_id)["video"])
        log = self.workspace.log()
        names = log.loc[(log["video"] == video) & (log["status"] == "done"), "trial_id"]
        shown = ("x", "y", "width", "height", "shape")
        return {
            "video": list(self.workspace.filmed).index(video),
            "trials": [
                {
                    "trial_id": name,
                    "arena": {field: getattr(arena, field) for field in shown},
                    "auto": auto_bouts(self.workspace, name)[SPAN],
                    "manual": manual_bouts(self.workspace, name)[SPAN],
                }
                for name in names
                if (arena := self.workspace.scored_arena_of(name)) is not None
            ],
        }

    def frame(self, request: Request) -> Response:
        """Answer with a frame, cut to the animal's arena."""
        trial_id = _trial_id(request)
        video = str(self.workspace.trial(trial_id)["video"])
        return self.frame_server.frame(
            request, video, self.frame_server.box(video, self.workspace.scored_arena_of(trial_id))
        )

    def outline(self, request: Request) -> dict[str, Any]:
        """Return the outlines of the animal's parts in a frame, px of the full frame."""
        outlines = self._outlines_of(_trial_id(request))
        number = int(request.path_params["frame"])
        parts = [] if outlines is None else outlines.at(number)
        return {"frame": number, "parts": [np.round(part, 1) for part in parts]}

    def _outlines_of(self, trial_id: str) -> Outlines | None:
        """Return what finds a trial's outlines; none where it was not followed by silhouette."""
        arena = self.workspace.scored_arena_of(trial_id)
        if arena is None or not self.workspace.tracker.is_outlined:
            return None
        trial = Trial(trial_id, arena, self.workspace.entry_s(trial_id), self.workspace.duration_s)
        with self._lock:
            if trial not in self._outlines:
                browser = self.frame_server.browser(str(self.workspace.trial(trial_id)["video"]))
                self._outlines[trial] = Outlines(browser, trial)
            self._outlines.move_to_end(trial)
            while len(self._outlines) > OPEN_OUTLINES:
                self._outlines.popitem(last=False)
            return self._outlines[trial]


def _trial_id(request: Request) -> str:
    return str(request.path_params["trial_id"])


def _check(bouts: pd.DataFrame) -> None:
    """Refuse stretches that end before they begin, or lie over one another."""
    start, stop = bouts["start_s"].to_numpy(np.float64), bouts["stop_s"].to_numpy(np.float64)
    if (stop <= start).any():
        raise Refused("A stretch must end after its start.")
    if (start[1:] < stop[:-1] - 1e-6).any():
        raise Refused("Two corrections lie over one another. Undo one of them.")
