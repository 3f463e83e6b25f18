"""The screen 'Calibration': each camera's pooled motion, and what another threshold would do.

What a person decides ends in ``by_hand/calibration.csv``, with who and why, and the study
file is made to name it; until then nothing changes.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from behave import sheets
from behave.files import csv_bytes, read_table, write_bytes
from behave.model.tables import CALIBRATION
from behave.scoring import MotionSignal
from behave.scoring.bouts import drop_short, to_bouts
from behave.scoring.calibration import measure_histogram
from behave.scoring.calibration.histogram import MOTION
from behave.scoring.states import IMMOBILE
from behave.study.cache.provenance import now
from behave.study.inputs.study_file import load_study
from behave.web.animals import sheet_bytes
from behave.web.answers import Body, Refused, get, put
from behave.web.saved import held
from behave.web.sessions import session_path
from behave.web.workspace import Workspace

FILE = "calibration.csv"
TEXT = ("camera", "tracker", "source")
# Bins of the picture: so many of the finer ones together.
COARSE = 6
SCORING = re.compile(rb"(?m)^scoring:.*$(\r?\n[ \t]+.*$)*")
SPAN = ["state", "start_s", "stop_s"]


class Decision(Body):
    """A threshold that a person gives a camera, and why."""

    camera: str
    immobile_below: float = Field(gt=0, lt=1e6)
    scorer: str = Field(min_length=1, max_length=40)
    reason: str = Field(min_length=1, max_length=400)


class Calibrations:
    """What the screen asks for.

    Parameters
    ----------
    workspace
        What lies open.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._signals: dict[str, tuple[int, MotionSignal]] = {}

    def routes(self) -> list[Route]:
        """Return the addresses of the screen."""
        return [
            get("/api/calibration", lambda _: self.show()),
            get("/api/calibration/tried", self.tried),
            put("/api/calibration", Decision, lambda _, asked: self.use(asked)),
        ]

    def show(self) -> dict[str, Any]:
        """Return each camera with its pooled motion, its animals and its threshold."""
        log = self._scored()
        return {
            "run": self.workspace.run_command,
            "window": list(self._window),
            "cameras": [
                {
                    **{name: row[name] for name in CALIBRATION.names},
                    **self._pool(
                        trials := list(log.loc[log["camera"] == row["camera"], "trial_id"])
                    ),
                    "trials": self._tried(trials, float(row["immobile_below"])),
                }
                for row in self._table().to_dict("records")
            ],
        }

    def _table(self) -> pd.DataFrame:
        """Return the calibration of the last run; without a run it has no rows."""
        path = self.workspace.results / CALIBRATION.file
        if not path.exists():
            return pd.DataFrame(columns=list(CALIBRATION.names))
        table = read_table(path, TEXT)
        # With two trackers the score is the first one's.
        return table.drop_duplicates("camera")

    def _scored(self) -> pd.DataFrame:
        """Return the log's rows of the trials that were scored."""
        log = self.workspace.log()
        return log[log["status"] == "done"].astype({"camera": str})

    @property
    def _window(self) -> tuple[float, float]:
        """The scored window, from the animal's entry."""
        epochs = self.workspace.epochs
        return epochs.get("score_window", epochs["whole"])

    def _signal(self, trial_id: str) -> MotionSignal:
        """Return a trial's motion as the run stored it; read again when it changes."""
        path = self.workspace.results / "frames" / f"{trial_id}.csv.gz"
        try:
            stamp = path.stat().st_mtime_ns
        except OSError as error:
            raise Refused("The frames of a trial are not in the results. Run again.") from error
        known = self._signals.get(trial_id)
        if known is None or known[0] != stamp:
            penalties = self._scored().set_index("trial_id")["switch_penalty_s"].to_dict()
            signal = MotionSignal(
                read_table(path, ("state",)),
                entry_s=self.workspace.entry_s(trial_id),
                switch_penalty_s=float(penalties[trial_id]),
            )
            known = self._signals[trial_id] = stamp, signal
        return known[1]

    def _pool(self, trials: list[str]) -> dict[str, Any]:
        """Return how often motion of each strength was, each animal weighing the same."""
        longest_s = self.workspace.duration_s or np.inf
        seconds = [measure_histogram(self._signal(name), longest_s) for name in trials]
        shares = np.mean([one / one.sum() for one in seconds if one.sum() > 0] or [MOTION * 0], 0)
        seen = np.flatnonzero(shares)
        if not seen.size:
            return {"motion": [], "share": []}
        first, last = max(int(seen[0]), 1), int(seen[-1]) + 1
        starts = np.arange(first, last, COARSE)
        return {
            "motion": np.sqrt(MOTION[starts] * MOTION[np.minimum(starts + COARSE, last) - 1]),
            "share": np.add.reduceat(shares[:last], starts),
        }

    def tried(self, request: Request) -> dict[str, Any]:
        """Return what every animal of a camera would be scored as under another threshold."""
        camera = request.query_params.get("camera", "")
        try:
            below = float(request.query_params.get("below", ""))
        except ValueError:
            below = np.nan
        if not 0 < below < np.inf:
            raise Refused("The threshold must be a number above 0.")
        log = self._scored()
        trials = list(log.loc[log["camera"] == camera, "trial_id"])
        return {"below": below, "trials": self._tried(trials, below)}

    def _tried(self, trials: list[str], below: float) -> list[dict[str, Any]]:
        """Score trials under a threshold, from their stored motion."""
        return [self._rescored(trial_id, self._signal(trial_id), below) for trial_id in trials]

    def _rescored(self, trial_id: str, signal: MotionSignal, below: float) -> dict[str, Any]:
        """Return one trial's states and its immobility in the scored window, as a run gives them."""
        bouts = to_bouts(signal.states(below), signal.time_s)
        bouts = drop_short(bouts, self.workspace.scoring.min_bout_s)
        still = bouts[bouts["state"] == IMMOBILE]
        first, last = (signal.entry_s + edge for edge in self._window)
        spans = still["stop_s"].clip(first, last) - still["start_s"].clip(first, last)
        return {
            "trial_id": trial_id,
            "from_s": signal.entry_s,
            "to_s": float(bouts["stop_s"].max()),
            "immobility_s": float(spans.sum()),
            "bouts": bouts[SPAN],
        }

    def use(self, asked: Decision) -> dict[str, Any]:
        """Write a person's threshold with who and why, and have the study file name it."""
        study = self.workspace.study
        if study is None:
            raise Refused("A folder of videos has no study file to write this into.")
        session_path(self.workspace.by_hand, asked.scorer.strip())  # refuses what is no name
        table = self._table()
        if asked.camera not in set(table["camera"]):
            raise KeyError(asked.camera)
        before = self._decisions()
        names = [*CALIBRATION.names, *("scorer", "reason", "decided_at")]
        table = table.merge(before, "left", "camera", suffixes=("", "_before"))
        chosen = table["camera"] == asked.camera
        said = {
            "immobile_below": asked.immobile_below,
            "source": "given",
            "scorer": asked.scorer.strip(),
            "reason": " ".join(asked.reason.split()),
            "decided_at": now(),
        }
        for name, value in said.items():
            table[name] = table[name].astype(object).mask(chosen, value)
        with held(self.workspace.by_hand / FILE):
            if len(table) > 1:
                self._name_cameras(study.trials)
            write_bytes(csv_bytes(table[names]), self.workspace.by_hand / FILE)
        self._name_in_study()
        self.workspace.study = load_study(self.workspace.source)
        self.workspace.read_animals()
        return self.show()

    def _decisions(self) -> pd.DataFrame:
        """Return who gave which camera its threshold so far, and why."""
        columns = ["camera", "scorer", "reason", "decided_at"]
        path = self.workspace.by_hand / FILE
        if not path.exists():
            return pd.DataFrame(columns=columns, dtype=object)
        return read_table(path, (*TEXT, *columns[1:]))[columns]

    def _name_cameras(self, path: Path) -> None:
        """Write the cameras into the table of animals, so that each keeps its own threshold."""
        table = sheets.read_sheet(path)
        cameras = self._scored().set_index("trial_id")["camera"]
        key = "trial_id" if "trial_id" in table and (table["trial_id"] != "").all() else "animal_id"
        named = table[key].map(cameras).fillna(table.get("camera", ""))
        rows = table.assign(camera=named).fillna("")
        write_bytes(sheet_bytes(path, list(rows.columns), rows.to_numpy(object).tolist()), path)

    def _name_in_study(self) -> None:
        """Have the study file say that thresholds come from the table of decisions."""
        source = self.workspace.source
        with held(source):
            text = source.read_bytes()
            block = SCORING.search(text)
            said = yaml.safe_load(block[0]) if block else {"scoring": {}}
            options = dict(said["scoring"] or {})
            options["immobile_below"] = {"from": f"by_hand/{FILE}"}
            line = yaml.safe_dump({"scoring": options}, default_flow_style=None, sort_keys=False)
            new = line.strip().encode()
            changed = (
                text[: block.start()] + new + text[block.end() :]
                if block
                else text.rstrip() + b"\n" + new + b"\n"
            )
            write_bytes(changed, source)
