"""A table of measures from anywhere, matched to the trials it belongs to."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from behave import sheets
from behave.errors import InputError, Problem, did_you_mean
from behave.model.tables import MEASURES
from behave.schema import (
    TRUTH,
    Column,
    Table,
    examine,
    noted,
    notes_of,
    plain,
    recognised,
)
from behave.sheets.asides import without_summaries, without_units
from behave.stats import DesignOptions
from behave.stats.rule.design import unit_of
from behave.study.inputs.group_columns import animals_of, is_by_group
from behave.study.inputs.outcomes import (
    absent,
    bounds_for,
    bounds_of,
    broken_counts,
    candidates,
    clocks_to_seconds,
    impossible,
    known_unit,
    named,
)
from behave.study.inputs.study_file import ProtocolOptions, Study
from behave.study.inputs.trials import (
    ANIMAL_NAMES,
    design_columns,
    in_order,
    name_animals,
)

# Columns that the statistics use in addition to the outcome, where a table has them.
SECONDARY = ("immobility_pct", "latency_s", "latency_censored")


def read_measures(
    path: Path, trials: pd.DataFrame, design: DesignOptions, protocol: ProtocolOptions | None = None
) -> pd.DataFrame:
    """Read one outcome per animal and match it to the trials.

    Parameters
    ----------
    path
        Any table with ``animal_id`` or ``trial_id`` and the outcome. Where it
        has a column ``epoch``, its rows of ``score_window`` are used. Or a
        column per group, see `behave.study.inputs.group_columns`.
    trials
        The table of trials, which alone says what each animal was given.
    design
        What is compared.
    protocol
        What bounds the outcome; without one only what no study can exceed.

    Returns
    -------
    pandas.DataFrame
        One row per trial: ``trial_id, animal_id``, the design's columns, the
        outcome, the `SECONDARY` columns that the table has
        and ``status``; a trial without a row or value is ``missing``. What was
        understood is noted (`behave.schema.notes_of`).

    Raises
    ------
    InputError
        With one problem for each row that belongs to no trial, appears twice,
        holds no number or one that cannot be, or contradicts the trials.
    """
    text = sheets.read_sheet(path, _fits(design))
    file = sheets.place_of(text, path)
    protocol = protocol or ProtocolOptions()
    if is_by_group(list(map(str, text)), design):
        return _by_group(text, trials, design, protocol, file)
    text, key = recognise(text, trials, design.outcome, file)
    if missing := _missing_columns(text, key, design.outcome, file):
        raise InputError(*missing)
    measured, problems = examine(text, _expected(key, design), file)
    if "epoch" in measured:
        measured = measured[measured["epoch"] == "score_window"]
    if measured.empty:
        raise InputError(
            Problem(
                "no row to analyse",
                file=file,
                expected="one row per animal, of epoch 'score_window' where there are epochs",
                found=f"{len(text)} rows",
                fix="check the column 'epoch'",
            )
        )
    named_rows = measured[measured[key] != ""]
    secondary = [name for name in SECONDARY if name in measured and name != design.outcome]
    problems += [
        *unknown_ids(named_rows, trials, key, file),
        *_ambiguous(named_rows, trials, key, file),
        *_contradictions(named_rows, trials, key, design, file),
        *impossible(measured[design.outcome], bounds_for(design, protocol), file),
        *(broken_counts(measured[design.outcome], file) if design.kind == "count" else ()),
        *(
            problem
            for name in secondary
            if MEASURES[name].kind == "number"
            for problem in impossible(
                _secondary_values(measured[name], name), bounds_of(name, protocol), file
            )
        ),
    ]
    if problems:
        raise InputError(*in_order(problems))
    rows = trials[["trial_id", "animal_id", *design_columns(design), "exclude"]]
    values = measured.set_index(key)
    joined = rows.assign(**{design.outcome: rows[key].map(values[design.outcome])})
    for name in secondary:
        joined[name] = _secondary_values(rows[key].map(values[name]), name)
    reported = rows[key].map(values["status"]) if "status" in values else None
    done = joined.drop(columns="exclude").assign(status=_statuses(joined, design, reported))
    return noted(done, *notes_of(text))


def _fits(design: DesignOptions) -> sheets.Fits:
    """Return a test of a header: an id and the outcome, or a column per group."""

    def fits(header: Sequence[str]) -> bool:
        names = {plain(cell) for cell in header}
        if names & {"trialid", "animalid", *ANIMAL_NAMES} and (
            plain(design.outcome) in names or candidates(header, design.outcome)
        ):
            return True
        return is_by_group(header, design)

    return fits


def recognise(
    text: pd.DataFrame, trials: pd.DataFrame, outcome: str, file: str
) -> tuple[pd.DataFrame, str]:
    """Return a table's animals with the names that are known, and which of them is its key.

    Raises
    ------
    InputError
        If a row of units says that the outcome is in another one.
    """
    text, units = without_units(text)
    design = [name for name in trials if name not in text]
    text = named(recognised(text, [*MEASURES.names, *map(str, design)]), outcome)
    text = clocks_to_seconds(name_animals(text), (outcome, *SECONDARY))
    stated = {known_unit(units[name]) for name in units if name in candidates([name], outcome)}
    stated |= {known_unit(units[outcome])} if outcome in units else set()
    if wrong := stated - {None, unit_of(outcome)}:
        raise InputError(
            Problem(
                f"the row of units says that '{outcome}' is in {wrong.pop()}",
                file=file,
                at=f"row {text.index[0] - 1}",
                expected=f"{unit_of(outcome)}, as the outcome's name says",
                fix="convert the numbers, or analyse what was measured (design.outcome)",
            )
        )
    key = "trial_id" if "trial_id" in text else "animal_id"
    return without_summaries(text, key, set(trials[key])), key


def _missing_columns(text: pd.DataFrame, key: str, outcome: str, file: str) -> list[Problem]:
    """Return the problems of a table without an id or without the outcome."""
    problems = [] if outcome in text else [absent(text, outcome, file)]
    if key not in text:
        problems.append(
            Problem(
                "no column says which animal a row is about",
                file=file,
                at="header",
                expected="a column 'animal_id' (or 'trial_id') with the ids of the trials table; "
                "or a column per group, called by what it was given: vehicle, ketamine, NBQX + ...",
                found="columns " + ", ".join(map(str, text)),
                fix="name the column of the animals 'animal_id'",
            )
        )
    return problems


def _by_group(
    text: pd.DataFrame, trials: pd.DataFrame, design: DesignOptions,
    protocol: ProtocolOptions, file: str,
) -> pd.DataFrame:  # fmt: skip
    """Return the animals of a table with a column per group."""
    table = animals_of(text, trials, design, file)
    if wrong := impossible(table[design.outcome], bounds_for(design, protocol), file):
        raise InputError(*wrong)
    notes = notes_of(table)
    columns = ["trial_id", "animal_id", *design_columns(design), design.outcome]
    return noted(table[columns].reset_index(drop=True).assign(status="done"), *notes)


def _secondary_values(column: "pd.Series[Any]", name: str) -> "pd.Series[Any]":
    """Return a column that is no outcome of the verdict; what cannot be read is missing."""
    if MEASURES[name].kind == "boolean":
        words = column.map(lambda cell: TRUTH.get(str(cell).strip().casefold()))
        return words.astype("boolean")
    return pd.to_numeric(column, errors="coerce")


def _expected(key: str, design: DesignOptions) -> Table:
    """Return what the table must hold."""
    return Table(
        "measures",
        "animal",
        (
            Column(key, "text", "The id that the trials table gives.", required=True),
            Column(design.outcome, "number", "The outcome."),
        ),
        more=True,
    )


def unknown_ids(rows: pd.DataFrame, trials: pd.DataFrame, key: str, file: str) -> Iterable[Problem]:
    """Yield a problem for each id, in the rows' column ``key``, that no trial has."""
    known = list(map(str, trials[key]))
    for row, name in rows[key].drop_duplicates().items():
        if name in {"", *known}:
            continue
        zeros = [item for item in known if item.lstrip("0") == name.lstrip("0")]
        yield Problem(
            f"no trial has {key} '{name}'",
            file=file,
            at=f"row {row}, column '{key}'",
            expected="an id of the trials table",
            found=repr(name),
            fix=f"'{zeros[0]}'? Spreadsheets drop leading zeros: format the column as text"
            if zeros
            else did_you_mean(name, known),
        )


def _ambiguous(
    measured: pd.DataFrame, trials: pd.DataFrame, key: str, file: str
) -> Iterable[Problem]:
    """Yield a problem for each row that may belong to several trials, or repeats another."""
    known = trials[key].value_counts()
    first: dict[str, object] = {}
    for row, name in measured[key].items():
        if known.get(name, 0) > 1:
            yield Problem(
                f"animal '{name}' has {known[name]} trials",
                file=file,
                at=f"row {row}, column '{key}'",
                expected="a column 'trial_id' that says which trial was measured",
                fix="add 'trial_id'",
            )
        if first.setdefault(name, row) != row:
            yield Problem(
                f"'{name}' is measured twice",
                file=file,
                at=f"rows {first[name]} and {row}",
                expected="one row per animal",
                fix="keep one of the rows",
            )


def _contradictions(
    measured: pd.DataFrame, trials: pd.DataFrame, key: str, design: DesignOptions, file: str
) -> Iterable[Problem]:
    """Yield a problem for each design cell that says something else than the trials."""
    told = trials.drop_duplicates(key).set_index(key)
    for name in design_columns(design):
        if name not in measured:
            continue
        for row, (animal, level) in measured[[key, name]].iterrows():
            if level and animal in told.index and not _same(told.loc[animal, name], level):
                yield Problem(
                    "contradicts the trials table",
                    file=file,
                    at=f"row {row}, column '{name}'",
                    expected=f"'{told.loc[animal, name]}', as in the trials table",
                    found=f"'{level}'",
                    fix="correct one of the tables",
                )


def _same(told: object, level: str) -> bool:
    """Return whether two cells say the same: as text, or as numbers (a dose)."""
    try:
        return str(told) == level or float(str(told)) == float(level)
    except ValueError:
        return False


def _statuses(
    joined: pd.DataFrame, design: DesignOptions, reported: "pd.Series[str] | None"
) -> list[str]:
    """Return what became of each trial."""
    names = []
    for position, (excluded, value) in enumerate(
        zip(joined["exclude"], joined[design.outcome], strict=True)
    ):
        told = "" if reported is None else reported.iloc[position]
        if excluded:
            names.append("excluded")
        elif told in {"failed", "excluded"}:
            names.append(told)
        else:
            names.append("missing" if pd.isna(value) else "done")
    return names


def read_locomotion(study: Study, trials: pd.DataFrame) -> pd.DataFrame | None:
    """Read the locomotor control and match it to the trials; None where there is none.

    Parameters
    ----------
    study
        The study file.
    trials
        The table of trials.

    Raises
    ------
    InputError
        As `read_measures`.
    """
    control = study.design.locomotor
    if control is None:
        return None
    design = study.design.model_copy(update={"outcome": control.outcome})
    return read_measures(control.file, trials, design)


def read_outcomes(study: Study, trials: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Read the table of each other outcome and match it to the trials, by its name.

    Parameters
    ----------
    study
        The study file.
    trials
        The table of trials. An animal that it excludes is left out of every outcome.

    Raises
    ------
    InputError
        As `read_measures`, with the problems of all tables at once.
    """
    found: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for name, other in study.design.other_outcomes.items():
        try:
            found[name] = read_measures(other.file, trials, study.design.of_outcome(name))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    return found
