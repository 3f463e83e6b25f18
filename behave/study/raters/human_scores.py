"""Scores made by people: BORIS exports, tables of bouts, totals per animal.

Columns may have several names, because programs and their versions differ:

========== ======================================================
what       names
========== ======================================================
trial      ``trial_id, animal_id, animal, id, subject``
recording  ``observation id, media file name`` (BORIS)
rater      ``rater, observer, scorer, coder, experimenter``
behaviour  ``behavior, behaviour, state, type, label``
bout       ``start, start_s, from, onset`` and ``stop, stop_s, to, end, offset``
event      ``time`` and ``behavior type`` or ``status`` (START, STOP)
total      a name that contains ``immobil``, ``float`` or ``total``
========== ======================================================

Without a column for the rater, the file's name is used. The behaviour
'start/end' (with any punctuation) marks the scored part of the recording and
not a bout. Times are in s or mm:ss from the video's first frame.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from behave.errors import InputError, Problem, did_you_mean
from behave.files import read_bytes
from behave.model.tables import BINS, MEASURES, TRIALS
from behave.schema import NUMBER, noted, notes_of
from behave.sheets import WORKBOOKS, read_sheet, shortened
from behave.sheets.asides import without_summaries, without_units
from behave.sheets.delimited import decode, with_points
from behave.sheets.formats import refuse_other_formats
from behave.study.inputs.trials import seconds

IMMOBILE_NAMES = ("immobile", "immobility", "floating", "float", "freezing")

_SPELLINGS = {
    "trial": ("trial id", "animal id", "animal", "id", "trial", "mouse", "mouse id", "rat"),
    "subject": ("subject",),
    "observation": ("observation id",),
    "media": ("media file name", "media file", "media file path"),
    "rater": ("rater", "observer", "scorer", "coder", "experimenter"),
    "behavior": ("behavior", "behaviour", "state", "type", "label"),
    "start": ("start", "start s", "from", "onset"),
    "stop": ("stop", "stop s", "to", "end", "offset"),
    "time": ("time", "time s"),
    "offset": ("time offset",),
    "length": ("media duration",),
    "source": ("source",),
    "event": ("behavior type", "behaviour type", "status"),
}
# A total's column needs the behaviour in its name; a total of anything else is none.
# Or it says nothing but total seconds, beside an id alone: sec_total_7.
_TOTAL = re.compile(r"immobil|float|^(?=.*\btotal\b)(?=.*\bs(?:ec)?\b)(?:(?:s|sec|total|\d+) ?)+$")
_MARKS = "startend"
_MEDIA = re.compile(r"[^;|,]+\.(?:mp4|avi|mov|mkv|wmv|mpe?g|m4v|webm|mts|ts)\b", re.IGNORECASE)
_ANIMALS = ("mouse", "mouse id", "rat", "rat id", "animal no", "mouse no", "animal number")
_RUNS_ON_S = 1.0  # a key released just after the end


@dataclass(frozen=True)
class Scores:
    """What people scored, with the names that they gave to the trials.

    Parameters
    ----------
    bouts
        ``rater, trial, subject, observation, media, start_s, stop_s``:
        immobile bouts, video time.
    marks
        The same columns: marks of the scored part of the recording.
    totals
        ``rater, trial, subject, observation, media, immobility_s``.
    watched
        ``rater, trial, subject, observation, media``: who watched what, with
        trials in which no immobile bout was marked.
    notes
        What was understood when the files were read.
    """

    bouts: pd.DataFrame
    marks: pd.DataFrame
    totals: pd.DataFrame
    watched: pd.DataFrame
    notes: tuple[str, ...] = ()


KEYS = ["rater", "trial", "subject", "observation", "media"]


def read_scores(paths: Sequence[Path], behaviors: Sequence[str] = IMMOBILE_NAMES) -> Scores:
    """Read human scores from one or more files.

    Parameters
    ----------
    paths
        CSV, TSV or ``.xlsx`` files; comma, semicolon or tab between columns.
    behaviors
        Names of immobility in the files; upper and lower case are the same.

    Raises
    ------
    InputError
        If a file holds no scores, or a cell cannot be read.
    """
    tables = [_table(path) for path in paths]
    read = [
        _read(table, path, [_plain(name) for name in behaviors])
        for table, path in zip(tables, paths, strict=True)
    ]
    bouts, marks, totals, watched = (
        pd.concat(parts, ignore_index=True) for parts in zip(*read, strict=True)
    )
    return Scores(bouts, marks, totals, watched, notes_of(*tables))


def _read(table: pd.DataFrame, path: Path, behaviors: Sequence[str]) -> tuple[pd.DataFrame, ...]:
    """Return bouts, marks, totals and watched recordings of one file."""
    _refuse_playlists(table, path)
    if table["rater"].eq("").all():
        table["rater"] = path.stem
    empty = pd.DataFrame(columns=[*KEYS, "start_s", "stop_s"])
    if "total" in table:
        totals = table[KEYS].assign(immobility_s=_times(table["total"], "total", path))
        return empty, empty, totals, table[KEYS].iloc[:0]
    watched = table[KEYS].drop_duplicates()
    if "start" not in table:
        table = _paired(table, path)
    else:
        table = table.assign(
            start_s=_times(table["start"], "start", path),
            stop_s=_times(table["stop"], "stop", path),
        )
    table = _without_offset(table, path)
    _check_order(table, path)
    names = table["behavior"].map(_plain)
    events = table[[*KEYS, "start_s", "stop_s"]]
    bouts, marks = events[names.isin(behaviors)], events[names == _MARKS]
    if bouts.empty:
        found = sorted(set(table["behavior"]))
        raise InputError(
            Problem(
                "no immobile bouts",
                file=str(path),
                at="column of the behaviour",
                expected="one of: " + ", ".join(behaviors),
                found=", ".join(found),
                fix="give the name of immobility in this file with --behavior; "
                f"{did_you_mean(behaviors[0], found)}",
            )
        )
    return bouts, marks, pd.DataFrame(columns=[*KEYS, "immobility_s"]), watched


def _table(path: Path) -> pd.DataFrame:
    """Return the file's rows under the names of `_SPELLINGS` (and ``total``)."""
    rows, notes = _rows(path)
    for place, row in enumerate(rows):
        found = _recognised(row)
        if _usable(found):
            cells = [[*line, *[""] * len(row)][: len(row)] for line in rows[place + 1 :]]
            table = pd.DataFrame(cells, columns=range(len(row)), dtype=object)
            named = pd.DataFrame({name: table[column] for name, column in found.items()})
            named = named.reindex(columns=list(dict.fromkeys([*KEYS, *found])), fill_value="")
            # Row numbers as a spreadsheet shows them, for messages.
            named.index = pd.RangeIndex(place + 2, place + 2 + len(named))
            # Units stand below the header, totals in the column of the animals.
            named, units = without_units(noted(named[(named != "").any(axis=1)], *notes))
            _refuse_minutes(units, path)
            if "total" in found:
                named = without_summaries(named, "trial")
            notes = list(notes_of(named))
            if "total" in found and _words(row[found["total"]]) != "immobility":
                notes = [*notes, f"Column '{row[found['total']]}' was read as immobility, in s."]
            return noted(named, *notes)
        wide = _by_rater(rows[place:], place)
        if wide is not None:
            return noted(wide, *notes, *notes_of(wide))
    raise InputError(
        Problem(
            "the file holds no scores that can be compared",
            file=str(path),
            expected="for each bout: behaviour, start and stop (or time and START/STOP); or for "
            "each animal: its id and the total in s. Groups and treatments are not scores and "
            "are never used to fit the scoring",
            found=_shown(rows),
            fix="export the events from BORIS (tabular or aggregated), or write such a table",
        )
    )


def _shown(rows: Sequence[Sequence[str]]) -> str:
    """Return the header as it is quoted, with the columns that might have been meant."""
    if not rows:
        return "an empty file"
    several = [name for name in rows[0] if _TOTAL.search(_words(name))]
    more = f"; several may hold the total: {', '.join(several)}" if len(several) > 1 else ""
    return shortened("columns " + ", ".join(rows[0])) + more


def _by_rater(rows: Sequence[Sequence[str]], place: int) -> pd.DataFrame | None:
    """Return the totals of a table with a column per rater; None where it is none.

    An id, and two or more columns of numbers that are called neither by a unit nor by
    what they measure: those are people.
    """
    header, body = rows[0], [row for row in rows[1:] if any(row)]
    names = [_words(cell) for cell in header]
    ids = [i for i, name in enumerate(names) if name in _SPELLINGS["trial"] or name in _ANIMALS]
    known = {_plain(name) for name in (*TRIALS.names, *MEASURES.names, *BINS.names)}
    known |= {_plain(word) for words in _SPELLINGS.values() for word in words}
    people = [
        column
        for column, name in enumerate(header)
        if name
        and column not in ids
        and _plain(name) not in known
        and "(" not in name
        and any(len(row) > column and row[column] for row in body)
        and all(NUMBER.fullmatch(row[column]) for row in body if len(row) > column and row[column])
    ]
    if len(ids) != 1 or len(people) < 2 or not body:  # noqa: PLR2004 - raters are compared
        return None
    cells = [
        {**dict.fromkeys(KEYS, ""), "trial": row[ids[0]], "rater": header[column],
         "total": row[column], "row": place + 2 + number}
        for column in people
        for number, row in enumerate(body)
        if len(row) > column
    ]  # fmt: skip
    table = without_summaries(pd.DataFrame(cells).set_index("row"), "trial")
    told = ", ".join(f"'{header[column]}'" for column in people)
    note = f"Columns {told} were read as raters, each cell a total in s."
    return noted(table, *notes_of(table), note)


def _refuse_minutes(units: Mapping[str, str], path: Path) -> None:
    """Refuse a row of units that says of times that they are no seconds."""
    for name in ("total", "start", "stop", "time"):
        if units.get(name, "s").startswith(("min", "ms", "%", "pct")):
            raise InputError(
                Problem(
                    f"the row of units says that the {name} is in {units[name]}",
                    file=str(path),
                    expected="seconds",
                    fix="convert the numbers to seconds",
                )
            )


def _refuse_playlists(table: pd.DataFrame, path: Path) -> None:
    """Refuse observations of several files in a row: their times run on from file to file."""
    cells = [table[name] for name in ("source", "media") if name in table]
    problems = [
        Problem(
            "an observation of several videos, whose times run on from one to the next",
            file=str(path),
            at=f"row {rows.index[0]}",
            expected="one video per observation",
            found=shortened(str(rows.iloc[0])),
            fix="observe each video by itself in BORIS, or write the times within each video",
        )
        for column in cells
        for rows in [column[column.map(lambda cell: len(_MEDIA.findall(cell)) > 1)]]
        if len(rows)
    ]
    if problems:
        raise InputError(problems[0])


def _without_offset(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return bouts in their video's own time: BORIS adds the observation's offset to all times.

    Raises
    ------
    InputError
        With one problem for each bout beyond the video's end, where that is stated.
    """
    if "offset" in table:
        shift = _times(table["offset"].str.removeprefix("-"), "offset", path).fillna(0.0)
        shift *= table["offset"].str.startswith("-").map({True: -1.0, False: 1.0})
        table = table.assign(start_s=table["start_s"] - shift, stop_s=table["stop_s"] - shift)
    if "length" not in table:
        return table
    length = pd.to_numeric(table["length"], errors="coerce")
    beyond = table[table["stop_s"] > length + _RUNS_ON_S]
    if len(beyond):
        raise InputError(
            *(
                Problem(
                    "a bout beyond the video's end",
                    file=str(path),
                    at=f"row {row}",
                    expected=f"at most {length[row]:g} s, the media's duration",
                    found=f"{table.loc[row, 'start_s']:g} to {table.loc[row, 'stop_s']:g} s",
                    fix="check the observation's time offset and its media in BORIS",
                )
                for row in beyond.index
            )
        )
    return table


def _usable(found: dict[str, int]) -> bool:
    """Return whether a header has the needed columns: a trial, and bouts, events or a total."""
    named = {"trial", "subject", "observation", "media"} & set(found)
    bouts = {"behavior", "start", "stop"} <= set(found)
    events = {"behavior", "time", "event"} <= set(found)
    return bool(named) and (bouts or events or "total" in found)


def _recognised(header: Sequence[str]) -> dict[str, int]:
    """Return the column of each known quantity."""
    names = [_words(cell) for cell in header]
    found = {
        name: names.index(spelling)
        for name, spellings in _SPELLINGS.items()
        for spelling in reversed(spellings)
        if spelling in names
    }
    if not {"start", "time"} & set(found):
        exact = [index for index, name in enumerate(names) if name == "immobility s"]
        totals = exact or [index for index, name in enumerate(names) if _TOTAL.search(name)]
        if len(totals) == 1:
            found["total"] = totals[0]
    return found


def _rows(path: Path) -> tuple[list[list[str]], list[str]]:
    """Return the file's cells as text, and what was understood."""
    content = read_bytes(path)
    refuse_other_formats(path, content)
    if path.suffix.lower() in WORKBOOKS:
        sheet = read_sheet(path, lambda header: _usable(_recognised(header)))
        return [list(sheet.columns), *sheet.to_numpy(object).tolist()], list(notes_of(sheet))
    text = decode(path, content)
    separator = max(",;\t", key=text.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    cells = [(number, [cell.strip() for cell in row]) for number, row in enumerate(rows, start=1)]
    return [row for _, row in (cells if separator == "," else with_points(cells))], []


def _words(header: str) -> str:
    """Return a header in plain words: ``Start (s)`` -> ``start``, ``start_s`` -> ``start s``."""
    without_unit = re.sub(r"\(.*?\)", "", header.lower())
    return " ".join(re.sub(r"[_\W]+", " ", without_unit).split())


def _plain(name: str) -> str:
    """Return a behaviour's name in lower case, without punctuation."""
    return re.sub(r"[\W_]+", "", name.lower())


def _times(cells: "pd.Series[str]", column: str, path: Path) -> "pd.Series[float]":
    """Return cells in seconds; NaN for an empty cell."""
    values, problems = [], []
    for row, cell in cells.items():
        try:
            values.append(seconds(cell) if cell else np.nan)
        except ValueError:
            values.append(np.nan)
            problems.append(
                Problem(
                    "not a time",
                    file=str(path),
                    at=f"row {row}, column of the {column}",
                    expected="seconds or mm:ss",
                    found=repr(cell),
                    fix="correct the cell",
                )
            )
    if problems:
        raise InputError(*problems)
    return pd.Series(values, index=cells.index, dtype=np.float64)


def _paired(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return bouts from rows of START and STOP events; point events are left out."""
    events = table.assign(
        when=_times(table["time"], "time", path), kind=table["event"].str.upper().str.strip()
    )
    events = events[events["kind"].isin(["START", "STOP"])]
    rows = []
    for _, group in events.groupby([*KEYS, "behavior"], sort=False):
        # At the same time, a bout ends before the next one begins.
        ordered = group.sort_values(["when", "kind"], ascending=[True, False], kind="stable")
        kinds = ordered["kind"].tolist()
        if kinds != ["START", "STOP"] * (len(kinds) // 2):
            raise _unpaired(ordered, path)
        starts, stops = ordered.iloc[0::2], ordered.iloc[1::2]
        rows.append(starts.assign(start_s=starts["when"], stop_s=stops["when"].to_numpy()))
    columns = [*table.columns, "start_s", "stop_s"]
    return pd.concat(rows)[columns] if rows else pd.DataFrame(columns=columns)


def _unpaired(ordered: pd.DataFrame, path: Path) -> InputError:
    """Return the error for a START without a STOP, or a STOP without a START."""
    expected = ["START", "STOP"] * len(ordered)
    wrong = next(
        row
        for row, kind, wanted in zip(ordered.index, ordered["kind"], expected, strict=False)
        if kind != wanted or row == ordered.index[-1]
    )
    return InputError(
        Problem(
            "a START without a STOP, or a STOP without a START",
            file=str(path),
            at=f"row {wrong}",
            expected="START and STOP in turn for each behaviour",
            found=f"{ordered.loc[wrong, 'kind']} at {ordered.loc[wrong, 'when']:g} s",
            fix="close the state events in BORIS and export again",
        )
    )


def _check_order(table: pd.DataFrame, path: Path) -> None:
    """Raise InputError for bouts without a start or stop, or that end before they begin."""
    wrong = table[~(table["stop_s"] >= table["start_s"])]
    if len(wrong):
        raise InputError(*_order_problems(wrong, path))


def _order_problems(wrong: pd.DataFrame, path: Path) -> Iterable[Problem]:
    """Return a problem for each of these bouts."""
    for row in wrong.index:
        yield Problem(
            "a bout ends before it begins, or a time is missing",
            file=str(path),
            at=f"row {row}",
            found=f"{wrong.loc[row, 'start_s']:g} to {wrong.loc[row, 'stop_s']:g} s",
            fix="correct the times",
        )
