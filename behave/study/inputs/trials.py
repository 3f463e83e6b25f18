"""The animals of a study: the trials table, checked row by row."""

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from behave import sheets
from behave.errors import InputError, Problem, did_you_mean
from behave.files import as_file_name, is_file_name
from behave.model.tables import TRIALS
from behave.schema import NUMBER, empty_column, examine, noted, notes_of, plain, recognised
from behave.sheets.asides import without_summaries, without_units
from behave.stats import DesignOptions
from behave.study.inputs.blinding import add_key
from behave.study.inputs.levels import faulty_levels
from behave.study.inputs.study_file import portable

# What the statistics' cautions look at beside the design's columns.
BACKGROUND = ("camera", "cohort", "cage", "litter", "experimenter", "exclude_reason")
# What an animal's column may be called, where it has none of the table's own names.
ANIMAL_NAMES = {
    *("animal", "animalid", "animalno", "animalnumber", "mouse", "mouseid", "mouseno"),
    *("rat", "ratid", "ratno", "subject", "subjectid", "id"),
}
CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)")


def read_trials(path: Path, design: DesignOptions, key: Path | None = None) -> pd.DataFrame:
    """Read a table of trials.

    Parameters
    ----------
    path
        The table, ``.csv`` or ``.xlsx``.
    design
        Whose columns and levels the table must have.
    key
        What stands behind a blind study's codes; see `behave.study.inputs.blinding`.

    Returns
    -------
    pandas.DataFrame
        One row per trial, indexed by the row in the file, with the columns of
        `behave.model.tables.TRIALS` (``entry_s`` in seconds, ``exclude`` filled)
        and any others as text.

    Raises
    ------
    InputError
        With one problem for each fault found.
    """
    known = (*TRIALS.names, *design_columns(design))
    text = sheets.read_sheet(path, sheets.holding(known))
    file = sheets.place_of(text, path)
    text = name_animals(recognised(text, known))
    notes = notes_of(text)
    if key is not None:
        text = noted(add_key(text, path, key), *notes)
        text = recognised(text, design_columns(design))
    text = _animals_alone(text, design)
    _require_filled(text, design, file)
    trials, problems = examine(text, TRIALS, file)
    if "animal_id" not in trials:
        raise InputError(*problems)
    trials = _completed(trials)
    problems += [
        *_faulty_ids(trials, file),
        *_alike_ids(trials, file),
        *_repeated_animals(trials, design, file),
        *_faulty_columns(trials, design, file),
        *faulty_levels(trials, design, file),
        *_faulty_doses(trials, design, file),
        *_faulty_times(trials, design, file),
    ]
    trials["entry_s"], faults = _entries(trials["entry_s"], file)
    if problems or faults:
        raise InputError(*in_order([*problems, *faults]))
    return noted(trials, *notes_of(text), *_renamed_ids(trials))


def name_animals(text: pd.DataFrame) -> pd.DataFrame:
    """Return the table with ``animal_id`` where that is called otherwise and can be nothing else."""
    if {"animal_id", "trial_id"} & set(text):
        return text
    called = [name for name in text if plain(str(name)) in ANIMAL_NAMES]
    if len(called) != 1:
        return text
    note = f"Column '{called[0]}' was read as 'animal_id'."
    return noted(text.rename(columns={called[0]: "animal_id"}), *notes_of(text), note)


def _animals_alone(text: pd.DataFrame, design: DesignOptions) -> pd.DataFrame:
    """Return the table without a row of units, and without totals, which were given nothing."""
    text = without_units(text)[0]
    given = [name for name in design_columns(design) if name in text]
    if "animal_id" not in text or not given:
        return text
    treated = text[(text[given] != "").any(axis=1)]
    return without_summaries(text, "animal_id", set(treated["animal_id"]))


def _require_filled(text: pd.DataFrame, design: DesignOptions, file: str) -> None:
    """Refuse a sheet of which only the prefilled columns are there, in one message."""
    needed = ["animal_id", *(n for n in design_columns(design) if n not in _may_be_empty(design))]
    blank = [name for name in needed if name in text and (text[name] == "").all()]
    if len(text) > 1 and "animal_id" in blank:
        raise InputError(
            Problem(
                "the sheet is not filled in yet",
                file=file,
                at=f"rows {text.index[0]} to {text.index[-1]}",
                expected="an animal in each row, and what it was given",
                found=f"{len(text)} rows without " + ", ".join(blank),
                fix="fill in these columns; delete the rows of places without an animal",
            )
        )


def _completed(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the trials with the columns that need not be in the file."""
    if "trial_id" not in trials:
        trials["trial_id"] = ""
    named = trials["animal_id"].map(as_file_name).astype(object)
    trials["trial_id"] = trials["trial_id"].where(trials["trial_id"] != "", named)
    for name in ("video", "arena", "entry_s", "exclude_reason"):
        if name not in trials:
            trials[name] = pd.Series("", index=trials.index, dtype=object)
    trials["video"] = trials["video"].map(portable).astype(object)
    excluded = trials["exclude"] if "exclude" in trials else pd.Series(False, index=trials.index)
    trials["exclude"] = excluded.astype("boolean").fillna(False).astype(bool)
    return trials


def _renamed_ids(trials: pd.DataFrame) -> list[str]:
    """Say which animals' trials have names of their own, since an id cannot name a file."""
    return [
        f"Animal '{animal}': its files are called '{trial}'."
        for animal, trial in zip(trials["animal_id"], trials["trial_id"], strict=True)
        if not is_file_name(animal) and trial == as_file_name(animal)
    ]


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems by the rows that they are about, those of the whole table first."""

    def row(problem: Problem) -> int:
        number = re.search(r"rows? (\d+)", problem.at or "")
        return int(number[1]) if number else 0

    return sorted(dict.fromkeys(problems), key=row)


def seconds(text: str) -> float:
    """Return a time in seconds from ``95``, ``1:35`` or ``0:01:35``.

    Raises
    ------
    ValueError
        If the text is no such time.
    """
    clock = CLOCK.fullmatch(text)
    if clock:
        hours, minutes, rest = clock.groups()
        return 3600 * int(hours or 0) + 60 * int(minutes) + float(rest)
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError(text)
    return value


def _entries(cells: "pd.Series[str]", file: str) -> tuple["pd.Series[float]", list[Problem]]:
    """Return the entry times in seconds (NaN: to be detected), and what is wrong."""
    values: list[float] = []
    problems = []
    for row, cell in cells.items():
        try:
            values.append(seconds(cell) if cell else float("nan"))
        except ValueError:
            problems.append(
                Problem(
                    "not a time",
                    file=file,
                    at=f"row {row}, column 'entry_s'",
                    expected="seconds with a decimal point, or mm:ss",
                    found=repr(cell),
                    fix="write for example 95.5 or 1:35.5, or leave it empty",
                )
            )
            values.append(float("nan"))
    return pd.Series(values, index=cells.index, dtype="float64"), problems


def _faulty_ids(trials: pd.DataFrame, file: str) -> Iterable[Problem]:
    """Yield a problem for each id that repeats or cannot name a file."""
    first: dict[str, object] = {}
    for row, trial_id in trials["trial_id"].items():
        if not trial_id:  # told as an animal without an id
            continue
        if not is_file_name(trial_id):
            yield Problem(
                "this id cannot name a file",
                file=file,
                at=f"row {row}, column 'trial_id' or 'animal_id'",
                expected="letters, digits, spaces, - and _",
                found=repr(trial_id),
                fix="rename the animal or give it a trial_id",
            )
        # Windows and macOS keep one file for names that differ by case alone.
        same = first.setdefault(trial_id.casefold(), row)
        if same != row:
            yield Problem(
                f"trial '{trial_id}' appears twice",
                file=file,
                at=f"rows {same} and {row}",
                expected="each animal once, or a column 'trial_id' that tells its trials apart",
                fix="correct the id, or add 'trial_id'",
            )


def _alike_ids(trials: pd.DataFrame, file: str) -> Iterable[Problem]:
    """Yield a problem for each two ids that are one number: 1, 01 and 1.0."""
    rows = {str(cell): row for row, cell in reversed(list(trials["animal_id"].items()))}
    seen: dict[float, str] = {}
    for cell, row in sorted(rows.items(), key=lambda item: int(str(item[1]))):
        if not NUMBER.fullmatch(cell):
            continue
        same = seen.setdefault(float(cell), cell)
        if same != cell:
            yield Problem(
                f"'{same}' and '{cell}' may be one animal",
                file=file,
                at=f"rows {rows[same]} and {row}, column 'animal_id'",
                expected="one spelling for each animal",
                fix="spell the id alike, or give one of two animals another id",
            )


def _repeated_animals(trials: pd.DataFrame, design: DesignOptions, file: str) -> Iterable[Problem]:
    """Yield a problem for each animal that would count more than once."""
    counted = trials[~trials["exclude"]]
    points = design.time if design.time and design.time.column in trials else None
    at_each = bool(points and points.repeated)
    keys = ["animal_id", *([points.column] if points and at_each else [])]
    for key, group in counted.groupby(keys, sort=False):
        ids = list(group["trial_id"])
        if not len(set(ids)) == len(ids) > 1:
            continue
        where = f" at '{key[1]}'" if at_each else ""
        hint = ", or say design.time.repeated: true" if points and not at_each else ""
        yield Problem(
            f"animal '{key[0]}' has {len(ids)} trials{where}",
            file=file,
            at="rows " + ", ".join(map(str, group.index)),
            expected="one trial per animal: trials of one animal are not independent",
            found="trials " + ", ".join(ids),
            fix=f"set exclude to true, with the reason, for all but one of them{hint}",
        )


def _faulty_columns(trials: pd.DataFrame, design: DesignOptions, file: str) -> Iterable[Problem]:
    """Yield a problem for each design column that is absent or has an empty cell."""
    for name in design_columns(design):
        if name not in trials:
            yield Problem(
                f"no column '{name}', which the design names",
                file=file,
                at="header",
                expected=f"a column '{name}'",
                found="columns " + ", ".join(trials.columns),
                fix=did_you_mean(name, trials.columns),
            )
            continue
        if name in _may_be_empty(design):
            continue
        empty = (trials[name].astype(str) == "") & ~trials["exclude"]
        if len(trials) > 1 and empty.all():
            yield empty_column(trials, name, file, f"a level of '{name}' in each row")
            continue
        for row in trials.index[empty]:
            yield Problem(
                "an empty cell in a design column",
                file=file,
                at=f"row {row}, column '{name}'",
                expected=f"a level of '{name}'",
                found="nothing",
                fix="fill it in, or set exclude to true with a reason",
            )


def _faulty_doses(trials: pd.DataFrame, design: DesignOptions, file: str) -> Iterable[Problem]:
    """Yield a problem for each dose that is no dose, and for a control that has one."""
    for factor in (design.agonist, design.antagonist):
        if factor is None or factor.dose_column not in trials or factor.column not in trials:
            continue
        level = trials[factor.column].astype(str)
        counted = trials[~trials["exclude"]]
        for row, drug, cell in zip(
            counted.index, level[counted.index], counted[factor.dose_column], strict=True
        ):
            dose = pd.to_numeric(cell, errors="coerce")
            given = drug == factor.level
            if (given and not dose > 0) or (drug == factor.control and dose > 0):
                yield Problem(
                    f"'{drug}' with this dose",
                    file=file,
                    at=f"row {row}, column '{factor.dose_column}'",
                    expected="a number above 0" if given else "0 or an empty cell",
                    found="an empty cell" if cell == "" or pd.isna(cell) else repr(cell),
                    fix="correct the dose or the level",
                )
        doses = pd.to_numeric(trials[factor.dose_column], errors="coerce")[level == factor.level]
        if factor.dose not in set(doses) and len(doses):
            yield Problem(
                f"no trial has {factor.level} at {factor.dose:g}, the dose of the verdict",
                file=file,
                at=f"column '{factor.dose_column}'",
                expected=f"{factor.dose:g}",
                found=", ".join(f"{dose:g}" for dose in sorted(doses.dropna().unique()))
                or "nothing",
                fix="correct 'dose' in the study file",
            )


def _faulty_times(trials: pd.DataFrame, design: DesignOptions, file: str) -> Iterable[Problem]:
    """Yield a problem where the recorded times contradict what the antagonist preceded."""
    blocker = design.antagonist
    if blocker is None or blocker.given_before != "agonist":
        return
    names = [f"{factor.column}_min_before_test" for factor in (blocker, design.agonist)]
    if any(name not in trials for name in names):
        return
    first, second = (pd.to_numeric(trials[name], errors="coerce") for name in names)
    for row in trials.index[(first < second) & ~trials["exclude"]]:
        yield Problem(
            f"{blocker.column} after {design.agonist.column}",
            file=file,
            at=f"row {row}, columns '{names[0]}' and '{names[1]}'",
            expected="antagonist.given_before: agonist, so the first is not the smaller one",
            found=f"{first[row]:g} and {second[row]:g} min before the test",
            fix="correct the times, or say given_before: test",
        )


def design_columns(design: DesignOptions) -> list[str]:
    """Return the trials' columns that the design names, each once."""
    return list(design.factor_columns)


def _may_be_empty(design: DesignOptions) -> set[str]:
    """Return the columns that need not be filled: doses of a control, times it is used for."""
    factors = (design.agonist, design.antagonist)
    names = {factor.dose_column for factor in factors if factor and factor.dose_column}
    return names | ({design.time.column} if design.time else set())


def add_background(measures: pd.DataFrame, trials: pd.DataFrame) -> pd.DataFrame:
    """Add what the trials tell of how animals were kept, tested and left out.

    Joined after scoring, which never sees it, and for the statistics alone:
    it is no part of ``measures.csv``.

    Parameters
    ----------
    measures
        One row per trial.
    trials
        The table of trials.
    """
    kept = trials.set_index("trial_id")
    told = [name for name in BACKGROUND if name in kept and name not in measures]
    return measures.assign(**{name: measures["trial_id"].map(kept[name]) for name in told})
