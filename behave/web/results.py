"""The screen 'Results': all animals at a glance, blind to their groups until a person says so."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from behave.files import read_table
from behave.model.tables import BOUTS
from behave.scoring.rescore import rescore
from behave.study.cache.provenance import now
from behave.study.cache.store import load_change_cost
from behave.study.inputs.blinding import open_key
from behave.study.inputs.trials import design_columns
from behave.web.answers import Body, Refused, get, put
from behave.web.corrections import corrections_of, read_measures
from behave.web.desk import Workspace
from behave.web.saved import ABSENT, save
from behave.web.sessions import session_path

# The slider's range, in thresholds used.
FACTORS = (0.25, 4.0)
# What of the results folder the report shows.
SHOWN = (".mp4", ".png")
# The report is one file with its own styles and pictures; it runs nothing.
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TRACE_POINTS = 400
SPAN = ["state", "start_s", "stop_s"]


class Unblind(Body):
    """Who wants to see the groups."""

    scorer: str = Field(min_length=1, max_length=40)


class Results:
    """What the screen asks for.

    Parameters
    ----------
    desk
        What lies open.
    """

    def __init__(self, desk: Workspace) -> None:
        self.desk = desk
        self._frames: dict[str, tuple[object, pd.DataFrame]] = {}

    def routes(self) -> list[Route]:
        """Return the addresses of the screen, and of the report."""
        return [
            get("/api/results", lambda _: self.show()),
            get("/api/results/rescored", self.rescored),
            put("/api/results/unblinded", Unblind, lambda _, asked: self.unblind(asked)),
            get("/report/{path:path}", self.report),
        ]

    @property
    def _unblinded(self) -> Path:
        return self.desk.by_hand / "unblinded.json"

    def unblinded(self) -> dict[str, Any] | None:
        """Return who unblinded the study and when; none while it is blind."""
        try:
            found: dict[str, Any] = json.loads(self._unblinded.read_text("utf-8"))
        except FileNotFoundError:
            return None
        return found

    def unblind(self, asked: Unblind) -> dict[str, Any]:
        """Write down who unblinds the study, and show the groups."""
        session_path(self.desk.by_hand, asked.scorer.strip())  # refuses what is no name
        said = {"scorer": asked.scorer.strip(), "unblinded_at": now()}
        if self.unblinded() is None:
            if self.desk.study is not None:  # what a run records of a blind study's key
                open_key(self.desk.study.key, self.desk.study.trials)
            save(self._unblinded, ABSENT, lambda: json.dumps(said, indent=1).encode())
        return self.show()

    @property
    def _epoch(self) -> str:
        """The epoch that is shown."""
        return "score_window" if "score_window" in self.desk.epochs else "whole"

    def show(self) -> dict[str, Any]:
        """Return every trial; its group only once the study is unblinded."""
        log = self.desk.log()
        measures = read_measures(self.desk)
        shown = measures[measures["epoch"] == self._epoch].set_index("trial_id")
        bouts = self._bouts()
        unblinded = self.unblinded()
        trials = [
            self._trial({str(name): value for name, value in row.items()}, shown, bouts)
            for row in log.to_dict("records")
        ]
        manual = corrections_of(self.desk)
        for one in trials:
            corrections = manual.get(one["trial_id"])
            one["corrections"] = [] if corrections is None else corrections[SPAN]
        if unblinded is not None:
            groups = self._groups()
            trials = [one | {"group": groups.get(one["trial_id"], "")} for one in trials]
        return {
            "unblinded": unblinded,
            "has_design": self.desk.study is not None,
            "run": self.desk.run_command,
            "epoch": self._epoch,
            "factors": FACTORS,
            "report": unblinded is not None and (self.desk.results / "report.html").exists(),
            "trials": trials,
        }

    def _trial(
        self, row: dict[str, Any], measures: pd.DataFrame, bouts: dict[str, pd.DataFrame]
    ) -> dict[str, Any]:
        """Return one trial's row of the screen."""
        trial_id = str(row["trial_id"])
        names = ("trial_id", "status", "message", "flags", "flag_text", "immobile_below")
        shown = {name: row[name] for name in names}
        if row["status"] != "done" or trial_id not in measures.index:
            return shown
        measured = measures.loc[trial_id]
        entry_s = self.desk.entry_s(trial_id)
        own = bouts.get(trial_id, pd.DataFrame(columns=SPAN))
        return shown | {
            "immobility_s": measured["immobility_s"],
            "scored_s": measured["scored_s"],
            "from_s": entry_s,
            "window": [entry_s + measured["start_s"], entry_s + measured["stop_s"]],
            "to_s": float(own["stop_s"].max()) if len(own) else entry_s,
            "bouts": own[SPAN],
            "trace": self._trace(trial_id, float(row["immobile_below"])),
        }

    def _bouts(self) -> dict[str, pd.DataFrame]:
        """Return the automatic bouts of each trial."""
        path = self.desk.results / BOUTS.file
        if not path.exists():
            return {}
        table = read_table(path, ("trial_id", "animal_id", "source", "state"))
        table = table[table["source"] == "auto"]
        return {str(name): rows for name, rows in table.groupby("trial_id", sort=False)}

    def _trace(self, trial_id: str, immobile_below: float) -> dict[str, Any]:
        """Return a trial's motion in thresholds, thinned to what a small picture shows."""
        frames = self._motion(trial_id)
        thin = max(len(frames) // TRACE_POINTS, 1)
        parts = frames.groupby(np.arange(len(frames)) // thin)[["time_s", "motion"]].mean()
        return {
            "time_s": parts["time_s"].round(2).to_numpy(),
            "ratio": (parts["motion"] / immobile_below).round(3).to_numpy(),
        }

    def _motion(self, trial_id: str) -> pd.DataFrame:
        """Return a trial's motion as the run stored it; read again when it changes."""
        path = self.desk.results / "frames" / f"{trial_id}.csv.gz"
        if not path.exists():
            return pd.DataFrame(columns=["time_s", "motion"], dtype=np.float64)
        stamp = path.stat().st_mtime_ns
        known = self._frames.get(trial_id)
        if known is None or known[0] != stamp:
            known = stamp, read_table(path, ("state",))[["time_s", "motion"]]
            self._frames[trial_id] = known
        return known[1]

    def _groups(self) -> dict[str, str]:
        """Return each trial's group in words."""
        if self.desk.study is None:
            return {}
        names = list(design_columns(self.desk.study.design))
        cells = self.desk.trials[names].astype(str).agg(", ".join, axis=1)
        return dict(zip(self.desk.trials["trial_id"], cells, strict=True))

    def rescored(self, request: Request) -> dict[str, Any]:
        """Return every animal's immobility under another threshold; nothing is decoded."""
        factor = _factor(request)
        return {"factor": factor, "immobility_s": self.rescored_at(factor)}

    def rescored_at(self, factor: float) -> dict[str, float]:
        """Return the immobility of each trial that was scored, at so many thresholds used."""
        window = self.desk.epochs[self._epoch]
        log = self.desk.log()
        found = {}
        for row in log[log["status"] == "done"].to_dict("records"):
            trial_id = str(row["trial_id"])
            frames = self._motion(trial_id)
            if frames.empty:
                continue
            scored = rescore(
                frames,
                entry_s=self.desk.entry_s(trial_id),
                windows={self._epoch: window},
                thresholds=[factor * float(row["immobile_below"])],
                min_bouts_s=[self.desk.scoring.min_bout_s],
                switch_penalty_s=load_change_cost(self.desk.results, trial_id),
            )
            found[trial_id] = float(scored["immobility_s"].iloc[0])
        return found

    def report(self, request: Request) -> Response:
        """Answer with the report, or a picture or film that it shows; blind before."""
        if self.unblinded() is None:
            raise Refused("The report shows the groups. Unblind the study first.", 403)
        folder = self.desk.results.resolve()
        path = (folder / str(request.path_params["path"])).resolve()
        allowed = path == folder / "report.html" or path.suffix in SHOWN
        if not allowed or not path.is_relative_to(folder) or not path.is_file():
            raise KeyError(path)
        return FileResponse(path, headers={"Content-Security-Policy": REPORT_POLICY})


def _factor(request: Request) -> float:
    """Return the threshold that a request names, in thresholds used."""
    try:
        factor = float(request.query_params.get("factor", ""))
    except ValueError:
        factor = np.nan
    if not FACTORS[0] <= factor <= FACTORS[1]:
        raise Refused(
            f"The threshold may be moved from {FACTORS[0]} to {FACTORS[1]} times its value."
        )
    return factor
