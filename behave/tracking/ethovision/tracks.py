"""EthoVision XT's tracks as a source of motion.

The motion is the program's own Mobility: the percentage of the animal's area that
changed since the previous sample. If this column was not exported, it is computed
from the areas (100 * changed area / (area + previous area); equal to the exported
Mobility within 2e-4 points on the reference tracks). Without areas, the program's
states are used.

Mobility depends on the sampling rate and on the detection settings, so that
no fixed threshold suits every experiment (published settings are 4 to 20 %). The
threshold is therefore the one that the experimenter set in the program, which is
found from the state columns.

Positions are in cm, with an origin that the program chooses. They are not
converted to px: ``x_px`` and ``y_px`` are empty unless the export is in px.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.errors import Problem, TrialError
from behave.model.arrays import Floats
from behave.model.flags import Flag
from behave.tracking.ethovision.export_file import Export, read_exports
from behave.tracking.trial import SWITCH_PENALTY_S, Track, Trial

_TIMES = ("recording time", "trial time")
_MOBILITY = ("mobility", "mobility continuous")
_AREA, _CHANGED_AREA = ("area",), ("areachange", "area change")
_PIXELS = {"px", "pixel", "pixels"}

# A column is one-hot; its name is the variable's, which the user may change,
# and the state in parentheses.
_STATE_COLUMN = re.compile(
    r"^(?P<variable>.*)\((?P<state>immobile|mobile|highly mobile)\)$", re.IGNORECASE
)

# Motion if only states were exported; any threshold between 0 and 1 separates them.
_LEVELS = {"immobile": 0.0, "mobile": 1.0, "highly mobile": 2.0}
_BETWEEN_LEVELS = 0.5

# If a smaller share of the samples is reproduced, the states were not computed from this
# signal alone: another averaging interval was set for them.
_REPRODUCED = 0.99


@dataclass(frozen=True)
class Signal:
    """A motion signal and the threshold that suits it.

    Parameters
    ----------
    motion
        One number per sample, NaN where missing.
    source
        Columns from which it was made.
    immobile_below
        The threshold; NaN: unknown.
    reproduced
        Share of samples whose state follows from the threshold; NaN: unknown.
    """

    motion: Floats
    source: str
    immobile_below: float
    reproduced: float


def track(path: Path, trials: Sequence[Trial]) -> list[Track]:
    """Return the motion of animals from an EthoVision raw data export.

    Parameters
    ----------
    path
        The export: ``.xlsx`` or text.
    trials
        Its animals; ``arena.name`` is the sheet's name or number.

    Returns
    -------
    list of Track
        In the order of the trials. Time counts from the track's first
        sample. The export begins when the program detects the animal in the
        arena, so this is the entry unless another one is given.
        ``immobile_below`` is NaN if the export holds no mobility states.

    Raises
    ------
    TrialError
        If the file, a sheet or a needed column is absent.
    """
    exports = read_exports(path, [trial.arena.name for trial in trials])
    return [_track(export, trial, path) for export, trial in zip(exports, trials, strict=True)]


def _track(export: Export, trial: Trial, path: Path) -> Track:
    """Return the track of one animal."""
    signal = find_signal(export, path)
    time_s = _time(export, path)
    motion = pd.DataFrame(
        {
            "frame": np.arange(len(time_s)),
            "time_s": time_s,
            "motion": signal.motion,
            "x_px": _in_px(export, "x center", len(time_s)),
            "y_px": _in_px(export, "y center", len(time_s)),
            "area_px": np.nan,
        }
    )
    return Track(
        trial_id=trial.trial_id,
        motion=motion,
        entry_s=0.0 if trial.entry_s is None else trial.entry_s,
        entry_source="first frame" if trial.entry_s is None else "given",
        immobile_below=signal.immobile_below,
        switch_penalty_s=SWITCH_PENALTY_S,
        flags=_flags(signal, export, trial),
    )


def find_signal(export: Export, path: Path) -> Signal:
    """Return the best motion signal that the export holds.

    Parameters
    ----------
    export
        One track.
    path
        Its file, for messages.

    Raises
    ------
    TrialError
        If there is neither Mobility, nor area and changed area, nor states.
    """
    states = mobility_states(export)
    found = _mobility(export)
    if found is None:
        if states is None:
            raise _missing(export, path, "Mobility, or Area and Areachange, or Mobility state")
        return Signal(states, "Mobility state", _BETWEEN_LEVELS, 1.0)
    source, motion = found
    if states is None:
        return Signal(motion, source, np.nan, np.nan)
    return Signal(motion, source, *_split(motion, states == _LEVELS["immobile"], states))


def mobility_states(export: Export) -> Floats | None:
    """Return EthoVision's own states: 0 immobile, 1 mobile, 2 highly mobile.

    Of several such variables the first one is used. A sample without a state is
    NaN. None is returned if no states were exported.
    """
    columns: dict[str, dict[str, Floats]] = {}
    for name, flags in export.columns.items():
        match = _STATE_COLUMN.match(name)
        if match:
            columns.setdefault(match["variable"], {})[match["state"].lower()] = flags
    for found in columns.values():
        if "immobile" in found:
            states = np.full(len(found["immobile"]), np.nan)
            # A sample that is 0 in the only column exported is in another state.
            states[np.isfinite(found["immobile"]) & (len(found) == 1)] = _LEVELS["mobile"]
            for state, flags in found.items():
                states[flags == 1] = _LEVELS[state]
            return states
    return None


def _mobility(export: Export) -> tuple[str, Floats] | None:
    """Return Mobility in percent, exported or computed from the areas, with its source."""
    mobility = _find(export, _MOBILITY)
    if mobility:
        return "Mobility", export.columns[mobility]
    area, changed = _find(export, _AREA), _find(export, _CHANGED_AREA)
    if not (area and changed) or export.units[area] != export.units[changed]:
        return None
    areas = export.columns[area]
    before = np.append(np.nan, areas[:-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 100 * export.columns[changed] / (areas + before)
    return "Area and Areachange", np.where(np.isfinite(share), share, np.nan)


def _split(motion: Floats, immobile: npt.NDArray[np.bool_], states: Floats) -> tuple[float, float]:
    """Return the threshold that reproduces the states best, and the share of samples it fits."""
    known = np.isfinite(motion) & np.isfinite(states)
    if not known.any():
        return np.nan, np.nan
    order = np.argsort(motion[known], kind="stable")
    values, still = motion[known][order], immobile[known][order]
    # Errors of a threshold before sample k: mobile samples below it, immobile ones above it.
    wrong = np.append(0, np.cumsum(~still)) + still.sum() - np.append(0, np.cumsum(still))
    cut = int(np.argmin(wrong))
    reproduced = 1 - float(wrong[cut]) / len(values)
    if cut == 0:
        return float(values[0]), reproduced
    if cut == len(values):
        return float(np.nextafter(values[-1], np.inf)), reproduced
    return _roundest(float(values[cut - 1]), float(values[cut])), reproduced


def _roundest(below: float, above: float) -> float:
    """Return the number with the fewest digits in (below, above], as a person would type it."""
    middle = (below + above) / 2
    for digits in range(5):
        for number in (round(middle, digits), round(above, digits)):
            if below < number <= above:
                return number
    return above


def _time(export: Export, path: Path) -> Floats:
    """Return the time of each sample in s from the first."""
    name = _find(export, _TIMES)
    if not name:
        raise _missing(export, path, "Recording time, or Trial time")
    if export.units[name] not in ("s", ""):
        raise TrialError(
            Problem(
                f"the time is not in seconds: '{export.units[name]}'",
                file=str(path),
                at=f"sheet '{export.sheet}', column '{name}'",
                fix="export the raw data with time in s",
            )
        )
    times = export.columns[name]
    since: Floats = times - times[0]
    return since


def _find(export: Export, names: Sequence[str]) -> str:
    """Return the export's column that has one of the names; "" if there is none."""
    spelled = {name.lower(): name for name in export.columns}
    return next((spelled[name] for name in names if name in spelled), "")


def _in_px(export: Export, name: str, count: int) -> Floats:
    """Return a position if the export is in px; NaN otherwise, shape (samples,)."""
    column = _find(export, (name,))
    if column and export.units[column].lower() in _PIXELS:
        return export.columns[column]
    return np.full(count, np.nan)


def _missing(export: Export, path: Path, wanted: str) -> TrialError:
    """Return the error for a missing column."""
    return TrialError(
        Problem(
            "a column that is needed for scoring is missing in the export",
            file=str(path),
            at=f"sheet '{export.sheet}'",
            expected=f"a column {wanted}, under its English name",
            found="columns " + ", ".join(export.columns),
            fix="add the variable to the analysis profile and export the raw data again",
        )
    )


def _flags(signal: Signal, export: Export, trial: Trial) -> tuple[Flag, ...]:
    """Return the flags on this import."""
    flags = []
    if signal.reproduced < _REPRODUCED:
        flags.append(
            Flag(
                "ethovision_threshold",
                signal.immobile_below,
                f"With {signal.source} below {signal.immobile_below:g} as threshold, only "
                f"{100 * signal.reproduced:.1f} % of the samples have EthoVision's own state; "
                "EthoVision averaged over another interval.",
            )
        )
    number = re.fullmatch(r"\D*(\d+)", export.arena)
    if trial.arena.name.isdigit() and number and number[1] != trial.arena.name:
        flags.append(
            Flag(
                "sheet_order",
                float(trial.arena.name),
                f"Sheet number {trial.arena.name} is '{export.sheet}', tracked in {export.arena}; "
                "give the sheet's name if you meant another arena.",
            )
        )
    return tuple(flags)
