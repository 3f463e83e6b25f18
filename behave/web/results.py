"""The screen 'Results': all animals at a glance, blind to their groups until a person says so."""

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
from pydantic import Field
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from behave.files import read_table
from behave.model.tables import BOUTS
from behave.scoring import MotionSignal
from behave.scoring.rescore import rescore
from behave.study.cache.provenance import now
from behave.study.inputs.blinding import open_key
from behave.study.inputs.trials import design_columns
from behave.web.answers import Body, Refused, get, put
from behave.web.corrections import corrections_of, read_measures
from behave.web.saved import ABSENT, save
from behave.web.sessions import session_path
from behave.web.workspace import Workspace

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
FIRST_FIGURES = ("estimation.svg", "interaction.svg")
# What can be taken away: its label, and whether it tells the groups.
DOWNLOADS = {
    "report.html": ("Report", True),
    "measures.xlsx": ("Measures, Excel", True),
    "measures.csv": ("Measures, CSV", True),
    "bouts.csv": ("Bouts, CSV", False),
    "bins.csv": ("Time bins, CSV", False),
    "export/prism_column.csv": ("Prism, column table", True),
    "export/prism_grouped.csv": ("Prism, grouped table", True),
    "stats/contrasts.csv": ("Contrasts, CSV", True),
}
# Made on the way out, of another file.
SOURCES = {"measures.xlsx": "measures.csv"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SPAN = ["state", "start_s", "stop_s"]


class Unblind(Body):
    """Who wants to see the groups."""

    scorer: str = Field(min_length=1, max_length=40)


class Results:
    """What the screen asks for.

    Parameters
    ----------
    workspace
        What lies open.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._frames: dict[str, tuple[object, pd.DataFrame]] = {}

    def routes(self) -> list[Route]:
        """Return the addresses of the screen, and of the report."""
        return [
            get("/api/results", lambda _: self.show()),
            get("/api/results/rescored", self.rescored),
            put("/api/results/unblinded", Unblind, lambda _, asked: self.unblind(asked)),
            get("/report/{path:path}", self.report),
            get("/figures/{name}", self.figure),
            get("/download/{path:path}", self.download),
        ]

    @property
    def _unblinded(self) -> Path:
        return self.workspace.by_hand / "unblinded.json"

    def unblinded(self) -> dict[str, Any] | None:
        """Return who unblinded the study and when; none while it is blind."""
        try:
            found: dict[str, Any] = json.loads(self._unblinded.read_text("utf-8"))
        except FileNotFoundError:
            return None
        return found

    def unblind(self, asked: Unblind) -> dict[str, Any]:
        """Write down who unblinds the study, and show the groups."""
        session_path(self.workspace.by_hand, asked.scorer.strip())  # refuses what is no name
        said = {"scorer": asked.scorer.strip(), "unblinded_at": now()}
        if self.unblinded() is None:
            if self.workspace.study is not None:  # what a run records of a blind study's key
                open_key(self.workspace.study.key, self.workspace.study.trials)
            save(self._unblinded, ABSENT, lambda: json.dumps(said, indent=1).encode())
        return self.show()

    @property
    def _epoch(self) -> str:
        """The epoch that is shown."""
        return "score_window" if "score_window" in self.workspace.epochs else "whole"

    def show(self) -> dict[str, Any]:
        """Return every trial; its group only once the study is unblinded."""
        log = self.workspace.log()
        measures = read_measures(self.workspace)
        shown = measures[measures["epoch"] == self._epoch].set_index("trial_id")
        bouts = self._bouts()
        unblinded = self.unblinded()
        trials = [
            self._trial({str(name): value for name, value in row.items()}, shown, bouts)
            for row in log.to_dict("records")
        ]
        manual = corrections_of(self.workspace)
        for one in trials:
            corrections = manual.get(one["trial_id"])
            one["corrections"] = [] if corrections is None else corrections[SPAN]
        if unblinded is not None:
            groups = self._groups()
            trials = [one | {"group": groups.get(one["trial_id"], "")} for one in trials]
        return {
            "unblinded": unblinded,
            "has_design": self.workspace.study is not None,
            "synthetic": self._synthetic(),
            "run": self.workspace.run_command,
            "epoch": self._epoch,
            "factors": FACTORS,
            "report": unblinded is not None and (self.workspace.results / "report.html").exists(),
            "verdict": None if unblinded is None else self._verdict(),
            "figures": [] if unblinded is None else self._figures(),
            "downloads": self._downloads(blind=unblinded is None),
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
        entry_s = self.workspace.entry_s(trial_id)
        own = bouts.get(trial_id, pd.DataFrame(columns=SPAN))
        return shown | {
            "immobility_s": measured["immobility_s"],
            "latency_s": None if measured["latency_censored"] is True else measured["latency_s"],
            "n_bouts": measured["n_bouts"],
            "unscored_s": measured["unscored_s"],
            "scored_s": measured["scored_s"],
            "from_s": entry_s,
            "window": [entry_s + measured["start_s"], entry_s + measured["stop_s"]],
            "to_s": float(own["stop_s"].max()) if len(own) else entry_s,
            "bouts": own[SPAN],
            "trace": self._trace(trial_id, float(row["immobile_below"])),
        }

    def _synthetic(self) -> bool:
        """Return whether the table of animals says that their data are made up."""
        trials = self.workspace.planned
        return "synthetic" in trials and bool(trials["synthetic"].eq(True).any())

    def _verdict(self) -> dict[str, Any] | None:
        """Return the verdict of the last run; none where nothing was compared."""
        path = self.workspace.results / "stats" / "verdict.json"
        if not path.exists():
            return None
        found = json.loads(path.read_text("utf-8"))
        flags = [flag["text"] for flag in found.get("flags", ())]
        return {"label": found["label"], "text": found.get("text", ""), "flags": flags}

    def _figures(self) -> list[str]:
        """Return the figures of the last run, the one of the verdict first."""
        found = sorted(path.name for path in (self.workspace.results / "figures").glob("*.svg"))
        first = [name for name in FIRST_FIGURES if name in found]
        return [*first, *(name for name in found if name not in first)]

    def _downloads(self, *, blind: bool) -> list[dict[str, str]]:
        """Return what can be taken away; what tells the groups only once they are known."""
        return [
            {"path": path, "label": label}
            for path, (label, tells_groups) in DOWNLOADS.items()
            if not (blind and tells_groups)
            and (self.workspace.results / SOURCES.get(path, path)).is_file()
        ]

    def _bouts(self) -> dict[str, pd.DataFrame]:
        """Return the automatic bouts of each trial."""
        path = self.workspace.results / BOUTS.file
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
        path = self.workspace.results / "frames" / f"{trial_id}.csv.gz"
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
        if self.workspace.study is None:
            return {}
        names = list(design_columns(self.workspace.study.design))
        cells = self.workspace.trials[names].astype(str).agg(", ".join, axis=1)
        return dict(zip(self.workspace.trials["trial_id"], cells, strict=True))

    def rescored(self, request: Request) -> dict[str, Any]:
        """Return every animal's immobility under another threshold; nothing is decoded."""
        factor = _factor(request)
        return {"factor": factor, "immobility_s": self.rescored_at(factor)}

    def rescored_at(self, factor: float) -> dict[str, float]:
        """Return the immobility of each trial that was scored, at so many thresholds used."""
        window = self.workspace.epochs[self._epoch]
        log = self.workspace.log()
        found = {}
        for row in log[log["status"] == "done"].to_dict("records"):
            trial_id = str(row["trial_id"])
            frames = self._motion(trial_id)
            if frames.empty:
                continue
            scored = rescore(
                MotionSignal(
                    frames, self.workspace.entry_s(trial_id), float(row["switch_penalty_s"])
                ),
                windows={self._epoch: window},
                thresholds=[factor * float(row["immobile_below"])],
                min_bouts_s=[self.workspace.scoring.min_bout_s],
            )
            found[trial_id] = float(scored["immobility_s"].iloc[0])
        return found

    def figure(self, request: Request) -> Response:
        """Answer with a figure; blind before."""
        name = str(request.path_params["name"])
        if self.unblinded() is None or name not in self._figures():
            raise KeyError(name)
        return FileResponse(self.workspace.results / "figures" / name, media_type="image/svg+xml")

    def download(self, request: Request) -> Response:
        """Answer with a table of the results, to be kept."""
        path = str(request.path_params["path"])
        if path not in {one["path"] for one in self._downloads(blind=self.unblinded() is None)}:
            raise KeyError(path)
        name = f"{self.workspace.name}_{Path(path).name}"
        if path in SOURCES:
            source = self.workspace.results / SOURCES[path]
            return Response(
                workbook_bytes(source),
                media_type=XLSX,
                headers={"Content-Disposition": f"attachment; filename*=utf-8''{quote(name)}"},
            )
        return FileResponse(self.workspace.results / path, filename=name)

    def report(self, request: Request) -> Response:
        """Answer with the report, or a picture or film that it shows; blind before."""
        if self.unblinded() is None:
            raise Refused("The report shows the groups. Unblind the study first.", 403)
        folder = self.workspace.results.resolve()
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


def workbook_bytes(table: Path) -> bytes:
    """Return a CSV table as a workbook; ids stay text."""
    frame = read_table(table, ("trial_id", "animal_id", "video", "arena"))
    buffer = io.BytesIO()
    frame.to_excel(buffer, index=False, sheet_name=table.stem)
    return buffer.getvalue()
