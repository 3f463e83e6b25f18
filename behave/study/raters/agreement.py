"""Agreement of people's scores with the program's, and with one another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from behave.errors import InputError, Problem
from behave.files import read_table
from behave.model import tables
from behave.model.flags import Flag
from behave.schema import conform
from behave.scoring.agreement.fitting import Example, Fit, fit
from behave.scoring.agreement.outliers import compare_raters
from behave.scoring.agreement.raters import (
    MACHINE,
    Recording,
    compare_frames,
    compare_measures,
    count_all,
    majority,
    observed_bouts,
    pairs_of,
    rate_animals,
)
from behave.scoring.behaviours import CLIMBING, SWIMMING
from behave.scoring.signal import MotionSignal
from behave.scoring.states import MOBILE
from behave.study.raters.human_scores import Scores
from behave.study.raters.matching import match

# Without results, people are compared at times this far apart; with results, at its frames.
_STEP_S = 0.04
_TEXT = ("trial_id", "animal_id", "video", "arena")


@dataclass(frozen=True)
class Agreement:
    """How well people and the program agree.

    Parameters
    ----------
    comparisons, ratings, raters
        As in `behave.model.tables.AGREEMENT`, ``RATINGS`` and ``RATERS``.
    bouts
        ``trial_id, rater, state, start_s, stop_s``: what each rater scored, in s
        from the start of the window that all watched.
    fit
        The fit; None if it was not asked for.
    flags
        Flags on the fit.
    """

    comparisons: pd.DataFrame
    ratings: pd.DataFrame
    raters: pd.DataFrame
    bouts: pd.DataFrame
    fit: Fit | None
    flags: tuple[Flag, ...]


def agree(
    scores: Scores,
    results: Path | None = None,
    *,
    epoch: str = "score_window",
    window: tuple[float, float] | None = None,
    fit_scoring: bool = False,
    seed: int = 1,
) -> Agreement:
    """Compare people's scores with the program's and with one another.

    Parameters
    ----------
    scores
        As read by `behave.study.raters.human_scores.read_scores`.
    results
        Folder that ``behave run`` or ``behave score`` wrote; None to compare people
        only.
    epoch
        Epoch of the results that is compared; ``whole`` if the results do not
        have it.
    window
        Start and stop in video time; needed if there are no results and people
        did not mark start and end.
    fit_scoring
        Whether to fit threshold and minimum bout to the people's scores.
    seed
        Seed of the bootstrap.

    Raises
    ------
    InputError
        If the scores belong to no trial, there is nobody to compare with, or it
        is unknown which part of the recording was scored.
    """
    machine = None if results is None else _Machine(results, epoch)
    matched = match(scores, None if machine is None else machine.log)
    recordings = list(_recordings(matched, machine, window))
    ratings = pd.concat(
        [rate_animals(recordings), _total_ratings(matched, machine)], ignore_index=True
    )
    names = list(dict.fromkeys(ratings.get("rater", [])))
    if len(names) < 2:  # noqa: PLR2004 - agreement takes two
        raise InputError(
            Problem(
                "there is nobody to compare with",
                expected="results of behave for these trials, or a second rater",
                found=", ".join(names) or "no scored trial",
                fix="give --results, or the scores of two people",
            )
        )
    pairs = pairs_of(names)
    counts = count_all(recordings, pairs)
    rows = [*compare_frames(counts, seed), *compare_measures(ratings, pairs, seed)]
    fitted = _fit(recordings, matched, machine) if fit_scoring else None
    return Agreement(
        comparisons=conform(pd.DataFrame(rows), tables.AGREEMENT),
        ratings=conform(ratings[[c for c in ratings if c in tables.RATINGS.names]], tables.RATINGS),
        raters=conform(compare_raters(recordings, counts, ratings, seed), tables.RATERS),
        bouts=_bouts(recordings),
        fit=fitted,
        flags=() if fitted is None else fitted.flags,
    )


class _Machine:
    """The results of a run; its large tables are read when they are needed."""

    def __init__(self, folder: Path, epoch: str) -> None:
        for name in ("trials_log.csv", "measures.csv", "bouts.csv"):
            if not (folder / name).is_file():
                raise InputError(
                    Problem(
                        "no results of behave in this folder",
                        file=str(folder),
                        expected=name,
                        fix="give the folder that 'behave run' or 'behave score' wrote",
                    )
                )
        self.folder = folder
        self.log = read_table(folder / "trials_log.csv", _TEXT)
        if "switch_penalty_s" not in self.log:
            raise InputError(
                Problem(
                    "these results were written by an earlier version",
                    file=str(folder / "trials_log.csv"),
                    expected="a column 'switch_penalty_s'",
                    fix="run or score again into the same folder; the videos are not read again",
                )
            )
        self.log[list(_TEXT)] = self.log[list(_TEXT)].fillna("")
        self.entry_s = dict(zip(self.log["trial_id"], self.log["entry_s"], strict=True))
        measures = read_table(folder / "measures.csv", _TEXT)
        wanted = measures["epoch"] == epoch
        measures = measures[(wanted if wanted.any() else True) & (measures["status"] == "done")]
        self.measures = measures.drop_duplicates("trial_id", keep="last").set_index("trial_id")
        self.bouts = read_table(folder / "bouts.csv", _TEXT)

    def window(self, trial_id: str) -> tuple[float, float]:
        """Return the epoch of a trial in video time."""
        row = self.measures.loc[trial_id].to_dict()
        entry_s = float(self.entry_s[trial_id])
        return entry_s + float(row["start_s"]), entry_s + float(row["stop_s"])

    def frames(self, trial_id: str) -> pd.DataFrame:
        """Return time, motion and state of each frame of a trial."""
        return read_table(self.folder / "frames" / f"{trial_id}.csv.gz", ("state",))

    def signal(self, trial_id: str) -> MotionSignal:
        """Return a trial's motion signal."""
        penalty_s = self.log.set_index("trial_id")["switch_penalty_s"][trial_id]
        return MotionSignal(self.frames(trial_id), float(self.entry_s[trial_id]), float(penalty_s))

    def immobile(self, trial_id: str) -> pd.DataFrame:
        """Return the bouts that the program scored."""
        mine = (self.bouts["trial_id"] == trial_id) & (self.bouts["source"] == "auto")
        bouts = self.bouts.loc[mine, ["state", "start_s", "stop_s", "duration_s"]]
        # People score immobility only: swimming and climbing are both 'mobile' here.
        return bouts.assign(state=bouts["state"].replace({SWIMMING: MOBILE, CLIMBING: MOBILE}))

    def animal(self, trial_id: str) -> str:
        """Return the animal of a trial."""
        return str(self.measures.loc[trial_id, "animal_id"])


def _recordings(
    scores: Scores, machine: _Machine | None, window: tuple[float, float] | None
) -> Iterator[Recording]:
    """Yield each trial that someone scored bout by bout, in the order of the scores."""
    for trial_id, watched in scores.watched.groupby("trial_id", sort=False):
        trial = str(trial_id)
        if machine is not None and trial not in machine.measures.index:
            continue  # the program could not score it: there is nothing to compare
        raters = list(dict.fromkeys(watched["rater"]))
        given = window if machine is None else machine.window(trial)
        start_s, stop_s = _common(scores, trial, raters, given)
        bouts = {}
        if machine is not None:
            bouts[MACHINE] = machine.immobile(trial)
            times = machine.frames(trial)["time_s"].to_numpy(np.float64)
            times = times[(times >= start_s) & (times < stop_s)]
        else:
            times = np.arange(start_s, stop_s, _STEP_S)
        for rater in raters:
            own = _of(scores.bouts, trial, rater)
            bouts[rater] = observed_bouts(own["start_s"], own["stop_s"], (start_s, stop_s))
        animal = trial if machine is None else machine.animal(trial)
        yield Recording(trial, animal, start_s, stop_s, times, bouts)


def _of(table: pd.DataFrame, trial_id: str, rater: str) -> pd.DataFrame:
    """Return one rater's rows of one trial."""
    return table[(table["trial_id"] == trial_id) & (table["rater"] == rater)]


def _common(
    scores: Scores, trial_id: str, raters: Sequence[str], given: tuple[float, float] | None
) -> tuple[float, float]:
    """Return the window that all raters watched: the given one, limited by the raters' marks."""
    start_s, stop_s = given or (0.0, np.inf)
    for rater in raters:
        marks, bouts = _of(scores.marks, trial_id, rater), _of(scores.bouts, trial_id, rater)
        if marks.empty:
            continue
        start_s = max(start_s, float(marks["start_s"].min()))
        end = float(marks["stop_s"].max())
        # A single mark is the start; a mark before the last bout cannot be the end.
        if len(marks) > 1 and not (bouts["stop_s"] > end).any():
            stop_s = min(stop_s, end)
    if np.isinf(stop_s) or stop_s <= start_s:
        raise InputError(
            Problem(
                "it is not known which part of the recording was scored",
                at=f"trial {trial_id}",
                expected="a start and an end that all raters have in common",
                found=f"{start_s:g} to {stop_s:g} s",
                fix="give --results or --window START STOP, or mark start and end as 'start/end'",
            )
        )
    return start_s, stop_s


def _total_ratings(scores: Scores, machine: _Machine | None) -> pd.DataFrame:
    """Return people's totals as ratings, with the program's own for the same trials."""
    rows = []
    for row in scores.totals.dropna(subset="immobility_s").to_dict("records"):
        if machine is not None and row["trial_id"] not in machine.measures.index:
            continue
        rows.append({key: row[key] for key in ("trial_id", "rater", "immobility_s")})
    if machine is not None:
        bout_by_bout = set(scores.watched["trial_id"])
        for trial_id in dict.fromkeys(row["trial_id"] for row in rows):
            if trial_id not in bout_by_bout:
                start_s, stop_s = machine.window(trial_id)
                measured = machine.measures.loc[trial_id, ["immobility_s", "scored_s"]].to_dict()
                place = {"trial_id": trial_id, "rater": MACHINE, "start_s": start_s}
                rows.append({**place, "stop_s": stop_s, **measured})
    return pd.DataFrame(rows)


def _bouts(recordings: Sequence[Recording]) -> pd.DataFrame:
    """Return all bouts, in s from the start of each window."""
    parts = [
        bouts.assign(
            trial_id=one.trial_id,
            rater=rater,
            start_s=bouts["start_s"].clip(one.start_s, one.stop_s) - one.start_s,
            stop_s=bouts["stop_s"].clip(one.start_s, one.stop_s) - one.start_s,
        )
        for one in recordings
        for rater, bouts in one.bouts.items()
    ]
    columns = ["trial_id", "rater", "state", "start_s", "stop_s"]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True)[columns]
    return table[table["stop_s"] > table["start_s"]].reset_index(drop=True)


def _fit(recordings: Sequence[Recording], scores: Scores, machine: _Machine | None) -> Fit:
    """Fit the scoring to what people scored, from the stored motion."""
    if machine is None:
        raise InputError(
            Problem(
                "without results there is no motion to fit to",
                at="--fit",
                expected="the results of 'behave run' or 'behave score'",
                fix="give --results",
            )
        )
    return fit(
        [*_bout_examples(recordings, machine), *_total_examples(recordings, scores, machine)]
    )


def _bout_examples(recordings: Sequence[Recording], machine: _Machine) -> Iterator[Example]:
    """Yield the trials that were scored bout by bout, with the majority of the people."""
    for one in recordings:
        signal = machine.signal(one.trial_id)
        time_s = signal.time_s
        inside = (time_s >= one.start_s) & (time_s < one.stop_s)
        human = np.full(len(time_s), np.nan)
        people = [rater for rater in one.bouts if rater != MACHINE]
        human[inside] = majority([one.mask(rater) for rater in people])
        still = rate_animals([one]).set_index("rater")["immobility_s"]
        yield Example(
            one.trial_id, one.animal_id, signal, one.start_s, one.stop_s,
            human, float(still[people].mean()),
        )  # fmt: skip


def _total_examples(
    recordings: Sequence[Recording], scores: Scores, machine: _Machine
) -> Iterator[Example]:
    """Yield the trials of which people gave totals only, with the mean total."""
    done = {one.trial_id for one in recordings}
    totals = scores.totals.dropna(subset="immobility_s")
    for trial_id, rows in totals.groupby("trial_id", sort=False):
        trial = str(trial_id)
        if trial in done or trial not in machine.measures.index:
            continue
        start_s, stop_s = machine.window(trial)
        yield Example(
            trial, machine.animal(trial), machine.signal(trial), start_s, stop_s,
            None, float(rows["immobility_s"].mean()),
        )  # fmt: skip
