"""From a motion signal to states, bouts and measures; functions without side effects."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from behave.errors import Problem, TrialError
from behave.model import tables
from behave.model.arrays import Floats
from behave.model.flags import Flag
from behave.schema import Table, conform
from behave.scoring.behaviours import divide_mobile
from behave.scoring.bouts import drop_short, frame_spans, to_bouts, to_states
from behave.scoring.measures import measure_bins, measure_epochs
from behave.scoring.quality import check_seen, near_threshold, score_flags
from behave.scoring.signal import MotionSignal
from behave.scoring.time_sampling import sample_epochs

__all__ = ["EarlierCalibration", "MotionSignal", "Score", "ScoringOptions", "score"]


class EarlierCalibration(BaseModel):
    """A calibration of an earlier run, whose thresholds are used again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Path


class ScoringOptions(BaseModel):
    """Options of the scoring. Of all options, only these are part of a kept score's key."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    immobile_below: float | EarlierCalibration | None = Field(
        None,
        description="Motion below which the animal counts as immobile, in the tracker's unit: a "
        "number, or {from: calibration.csv} of an earlier run. Without it, it is learnt for each camera "
        "from the motion of all its animals.",
        json_schema_extra={
            "anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "object"}]
        },
    )
    min_bout_s: float = Field(
        0.5,
        ge=0,
        description="Shortest immobile bout that counts. There is no standard (tools use 0 to "
        "3 s); in a public data set scored by 4 people, 95 % of the bouts are longer than 0.5 s.",
    )
    time_sampling_s: float | None = Field(
        None,
        gt=0,
        description="Length of the intervals that are counted by their predominant behaviour, as "
        "rats are often scored by hand (5 s). Writes time_samples.csv; without it, there is no "
        "such table.",
    )

    @field_validator("immobile_below", mode="before")
    @classmethod
    def _threshold_or_file(cls, value: object) -> object:
        if value is None or isinstance(value, EarlierCalibration):
            return value
        if isinstance(value, Mapping):
            if list(value) == ["from"] and isinstance(value["from"], (str, Path)):
                return EarlierCalibration(file=Path(str(value["from"]).replace("\\", "/")))
        elif isinstance(value, (int, float)) and value is not True and 0 < value < math.inf:
            return float(value)
        raise ValueError("a number above 0, or {from: calibration.csv} of an earlier run")

    @field_serializer("immobile_below")
    def _as_in_the_study_file(
        self, value: float | EarlierCalibration | None
    ) -> float | dict[str, str] | None:
        return {"from": str(value.file)} if isinstance(value, EarlierCalibration) else value

    def below(self, folder: Path) -> "ScoringOptions":
        """Return the options with a path that counts from a folder made absolute."""
        if not isinstance(self.immobile_below, EarlierCalibration):
            return self
        earlier = EarlierCalibration(file=folder / self.immobile_below.file)
        return self.model_copy(update={"immobile_below": earlier})


@dataclass(frozen=True)
class Score:
    """The score of one trial.

    Parameters
    ----------
    states
        One row per frame, columns as in `behave.model.tables.FRAMES`.
    bouts
        One row per bout, columns as in `behave.model.tables.BOUTS` without the ids.
    measures
        One row per epoch, columns of `behave.model.tables.MEASURES` from ``epoch``
        to ``climbing_s``.
    bins
        One row per time bin, columns as in `behave.model.tables.BINS` without the ids.
    flags
        Flags on the quality of the score.
    samples
        One row per epoch, columns as in `behave.model.tables.SAMPLES` without the
        ids; no rows unless time sampling was asked for.
    """

    states: pd.DataFrame
    bouts: pd.DataFrame
    measures: pd.DataFrame
    bins: pd.DataFrame
    flags: tuple[Flag, ...]
    samples: pd.DataFrame


def score(
    signal: MotionSignal,
    *,
    epochs: Mapping[str, tuple[float, float]],
    bin_s: float,
    immobile_below: float,
    options: ScoringOptions,
) -> Score:
    """Score one trial from its motion.

    Parameters
    ----------
    signal
        The trial's motion. Frames without motion, and those before the entry, are
        ``unscored``. If ``climb`` is known, mobile time is divided into swimming
        and climbing.
    epochs
        Name -> (start, stop) in s from entry; a stop of ``inf`` means the
        recording's end. Time after that end is unscored.
    bin_s
        Length of the time bins, which run from entry to the last epoch's end.
    immobile_below
        Motion below which the animal counts as immobile.
    options
        How else to score; what they say of the threshold was heard before.

    Raises
    ------
    TrialError
        If time does not increase, if no threshold is known, or if over 20 %
        of the score window is unscored (of any epoch, without a score window).
    """
    _check_threshold(immobile_below)
    _check_time(signal)
    time_s, entry_s = signal.time_s, signal.entry_s
    all_bouts = to_bouts(signal.states(immobile_below), time_s)
    climb = _posture(signal.frames)
    divided = bool(np.isfinite(climb).any())
    bouts = divide_mobile(drop_short(all_bouts, options.min_bout_s), time_s, climb)
    end_s = float(bouts["stop_s"].iloc[-1]) - entry_s
    windows = {name: _window(name, *window, end_s) for name, window in epochs.items()}
    measures = conform(measure_epochs(bouts, windows, entry_s, divided=divided), _MEASURES)
    check_seen(measures)
    bins = measure_bins(bouts, bin_s, max(stop for _, stop in windows.values()), entry_s)
    near = near_threshold(signal.motion, frame_spans(time_s), immobile_below)
    flags = (*score_flags(bouts, measures, entry_s), *([near] if near else []))
    states = signal.frames.drop(columns=["area_px", "climb"], errors="ignore")
    states = states.assign(state=to_states(bouts, time_s))
    interval_s = options.time_sampling_s
    samples = (
        sample_epochs(bouts, windows, entry_s, interval_s, divided=divided)
        if interval_s
        else pd.DataFrame()
    )
    return Score(
        states=conform(states, tables.FRAMES),
        bouts=conform(bouts.assign(source="auto"), _BOUTS),
        measures=measures,
        bins=conform(bins, _BINS),
        flags=flags,
        samples=conform(samples, _SAMPLES),
    )


def _posture(motion: pd.DataFrame) -> Floats:
    """Return how upright the animal is at each frame, shape (frames,); NaN where unknown."""
    if "climb" not in motion:
        return np.full(len(motion), np.nan)
    return motion["climb"].to_numpy(np.float64)


def _without(table: Table, *names: str) -> Table:
    """Return a table without some of its columns."""
    kept = tuple(column for column in table.columns if column.name not in names)
    return replace(table, columns=kept, more=False)


# A score does not hold its trial and animal; the caller adds those columns.
_MEASURES = _without(tables.MEASURES, "trial_id", "animal_id", "video", "arena", "status")
_BOUTS = _without(tables.BOUTS, "trial_id", "animal_id")
_BINS = _without(tables.BINS, "trial_id", "animal_id")
_SAMPLES = _without(tables.SAMPLES, "trial_id", "animal_id")


def _check_threshold(immobile_below: float) -> None:
    """Refuse to score where there is no threshold."""
    if math.isfinite(immobile_below) and immobile_below > 0:
        return
    raise TrialError(
        Problem(
            "no threshold is known for this motion signal",
            expected="the motion below which the animal counts as immobile",
            found="a tracker without a threshold of its own, and motion that shows no two modes",
            fix="set scoring.immobile_below in the study file",
        )
    )


def _check_time(signal: MotionSignal) -> None:
    """Raise TrialError if the trial cannot be scored with these time stamps."""
    time_s, entry_s = signal.time_s, signal.entry_s
    if len(time_s) < 2 or not (time_s[1:] >= entry_s).any():  # noqa: PLR2004 - a frame lasts until the next
        raise TrialError(
            Problem(
                "there is nothing to score",
                expected="at least two frames, and some after the animal's entry",
                found=f"{len(time_s)} frames, entry at {entry_s:g} s",
                fix="check the entry time, and that the video is complete",
            )
        )
    falling = np.flatnonzero(~(np.diff(time_s) > 0))
    if len(falling):
        raise TrialError(
            Problem(
                "the time stamps do not increase",
                at=f"frame {signal.frames['frame'].iloc[falling[0] + 1]}",
                found=f"{time_s[falling[0] + 1]:g} s after {time_s[falling[0]]:g} s",
                fix="re-encode the video, so that its time stamps are repaired",
            )
        )


def _window(name: str, start_s: float, stop_s: float, end_s: float) -> tuple[float, float]:
    """Return an epoch in which a stop of ``inf`` is replaced by the recording's end."""
    stop = end_s if math.isinf(stop_s) else stop_s
    if stop > start_s:
        return start_s, stop
    raise TrialError(
        Problem(
            f"epoch {name} begins after the recording's end",
            expected=f"a recording of more than {start_s:g} s from entry",
            found=f"{end_s:g} s",
            fix="check the entry time, and that the video is complete",
        )
    )
