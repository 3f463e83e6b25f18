"""The tables of all trials: each trial's results laid together, and written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, nan
from pathlib import Path
from typing import Any

import pandas as pd

from behave import files
from behave.model import tables
from behave.model.tables import (
    ARENAS_USED,
    BINS,
    BOUTS,
    CALIBRATION,
    DOUBTFUL,
    MEASURES,
    SAMPLES,
    TRIALS_LOG,
)
from behave.schema import conform
from behave.study.cache.ratings import Rating
from behave.study.cameras import Scales
from behave.study.inputs.plan import Plan
from behave.study.overlays import Overlays


@dataclass(frozen=True)
class Scores:
    """The tables of all trials, in the order of the trials.

    Parameters
    ----------
    measures, bins, bouts, trials_log
        The tables of the same names in `behave.model.tables`.
    rescored
        Each trial's immobility under other choices of scoring.
    hashes
        Content hash of each video.
    scales
        How the motion of each camera was read.
    keypoints
        Content hash of the file of keypoints, or the network, that each video
        was followed by; empty where none was.
    arenas
        The arenas of each video, as given or as found; none where there is no picture.
    samples
        The table of the same name in `behave.model.tables`; none where no time
        sampling was asked for.
    overlays
        The overlays that were drawn; none where nobody asked for them.
    by_tracker
        Tables that only some trackers give, by their file's name.
    prepared
        Files of frames, by their names and the temporary names that they have
        until `write`.
    stale
        Files of an earlier run that no longer belong to any score.
    """

    measures: pd.DataFrame
    bins: pd.DataFrame
    bouts: pd.DataFrame
    trials_log: pd.DataFrame
    rescored: pd.DataFrame
    hashes: Mapping[str, str]
    scales: Scales
    keypoints: Mapping[str, str] = field(default_factory=dict)
    arenas: pd.DataFrame | None = None
    samples: pd.DataFrame | None = None
    overlays: Overlays | None = None
    by_tracker: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    prepared: Mapping[Path, Path] = field(default_factory=dict)
    stale: Sequence[Path] = ()

    def write(self, folder: Path) -> None:
        """Write the tables and frames under their names in the contract."""
        for path, temporary in self.prepared.items():
            files.place(temporary, path)
        for path in self.stale:
            files.remove(path)
        for frame, table in (
            (self.bins, BINS),
            (self.bouts, BOUTS),
            (self.measures, MEASURES),
            (self.trials_log, TRIALS_LOG),
            (self.scales.table(), CALIBRATION),
        ):
            files.write_table(frame, folder / table.file)
        if self.arenas is not None:
            files.write_table(self.arenas, folder / ARENAS_USED.file)
        else:
            files.remove(folder / ARENAS_USED.file)
        if self.samples is not None:
            files.write_table(self.samples, folder / SAMPLES.file)
        else:
            files.remove(folder / SAMPLES.file)
        if self.overlays is not None:
            files.write_table(self.overlays.doubtful, folder / DOUBTFUL.file)
        else:  # of an earlier run, whose scores may have been others
            files.remove(folder / DOUBTFUL.file)
        for table in (tables.KEYPOINTS, tables.TRACKERS, tables.DISAGREEMENTS):
            if table.file in self.by_tracker:
                files.write_table(self.by_tracker[table.file], folder / table.file)
            else:  # of an earlier run by another method
                files.remove(folder / table.file)


def lay_together(
    plan: Plan,
    ratings: Mapping[str, Rating],
    failed: Mapping[str, str],
    *,
    seconds: Mapping[str, float],
    hashes: Mapping[str, str],
    scales: Scales,
) -> Scores:
    """Lay the trials' results together, one table each, in the order of the trials."""
    measures, bins, bouts, samples, log = [], [], [], [], []
    for record in plan.trials.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        ids = {name: row[name] for name in ("trial_id", "animal_id")}
        place = {name: row[name] for name in ("video", "arena")}
        rating = ratings.get(row["trial_id"])
        status, message = _status(row, failed, rating)
        measured = (
            pd.DataFrame(
                # The end of a recording that was not scored is not known.
                [{"epoch": name, "start_s": start, "stop_s": stop if stop < inf else nan}
                 for name, (start, stop) in plan.epochs.items()]
            )
            if rating is None
            else rating.measures
        )  # fmt: skip
        design = {name: row[name] for name in plan.extra}
        measures.append(measured.assign(**ids, **place, status=status, **design))
        log.append({**ids, **place, "status": status, "message": message,
                    "camera": scales.cameras.get(row["trial_id"]),
                    "seconds": seconds.get(row["trial_id"])} | _entry_and_flags(rating))  # fmt: skip
        if rating is not None:
            bins.append(rating.bins.assign(**ids))
            bouts.append(rating.bouts.assign(**ids, source="auto"))
            samples.append(rating.samples.assign(**ids))
    return Scores(
        measures=conform(_stacked(measures), MEASURES),
        bins=conform(_stacked(bins), BINS),
        bouts=conform(_stacked(bouts), BOUTS),
        trials_log=conform(pd.DataFrame(log), TRIALS_LOG),
        rescored=_stacked([rating.rescored for rating in ratings.values()]),
        hashes=hashes,
        scales=scales,
        by_tracker=_by_tracker(plan, ratings),
        samples=conform(_stacked(samples), SAMPLES) if plan.scoring.time_sampling_s else None,
    )


def _by_tracker(plan: Plan, ratings: Mapping[str, Rating]) -> dict[str, pd.DataFrame]:
    """Return the tables that only some trackers give, in the order of the trials."""
    animals = dict(zip(plan.trials["trial_id"], plan.trials["animal_id"], strict=True))
    scored = [
        (ratings[trial_id], {"trial_id": trial_id, "animal_id": animal_id})
        for trial_id, animal_id in animals.items()
        if trial_id in ratings
    ]
    kept = [
        {**ids, "keypoint": name, "kept_pct": 100 * share}
        for rating, ids in scored
        for name, share in rating.kept.items()
    ]
    agreed, apart = (
        _stacked([table.assign(**ids) for table, ids in compared if table is not None])
        for compared in (
            [(rating.agreement, ids) for rating, ids in scored],
            [(rating.disagreements, ids) for rating, ids in scored],
        )
    )
    if not apart.empty:
        apart = apart.sort_values("differ_s", ascending=False, kind="stable", ignore_index=True)
    found = {
        tables.KEYPOINTS.file: pd.DataFrame(kept),
        tables.TRACKERS.file: agreed,
        tables.DISAGREEMENTS.file: apart,
    }
    return {table.file: conform(found[table.file], table) for table in plan.tracker.tables}


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames one below the other; none at all is an empty frame."""
    # A frame without a value in some column must not decide that column's type.
    return (
        pd.concat([frame.astype(object) for frame in frames], ignore_index=True)
        if frames
        else pd.DataFrame()
    )


def _status(
    row: Mapping[str, Any], failed: Mapping[str, str], rating: Rating | None
) -> tuple[str, str]:
    """Return what became of a trial, and why."""
    if row["exclude"]:
        return "excluded", row["exclude_reason"] or "no reason given"
    if not row["video"]:
        return "missing", "no video is named"
    if rating is None:
        return "failed", failed[row["trial_id"]]
    return "done", ""


def _entry_and_flags(rating: Rating | None) -> dict[str, object]:
    """Return a trial's entry and its quality flags as cells."""
    if rating is None:
        return {}
    return {
        "entry_s": rating.entry_s,
        "entry_source": rating.entry_source,
        "immobile_below": rating.immobile_below,
        "switch_penalty_s": rating.switch_penalty_s,
        "flags": "; ".join(flag.name for flag in rating.flags),
        "flag_text": " ".join(flag.text for flag in rating.flags),
    }
