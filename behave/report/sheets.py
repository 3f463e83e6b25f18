"""The page's tables: rows of text, each cell as a reader sees it."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pandas as pd

from behave.report import words
from behave.report.groups import groups_of

ONE_LINE = 32
# A sentence that so many trials share is said once.
SHARED = 3
SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")


@dataclass(frozen=True)
class Sheet:
    """One table of the page; the first cell of each row names the row.

    Parameters
    ----------
    caption
        What the table shows.
    columns
        Headings.
    rows
        Cells as text, one list per row.
    numeric
        Which columns hold numbers and are set to the right.
    marks
        A class for each row, ``""`` for none.
    notes
        What stands under each row over its whole width, ``""`` for nothing.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: frozenset[int] = frozenset()
    marks: Sequence[str] = ()
    notes: Sequence[str] = ()

    @property
    def whole(self) -> frozenset[int]:
        """Columns of words short enough to stay on one line."""
        return frozenset(
            place
            for place in range(len(self.columns))
            if max((len(row[place]) for row in self.rows), default=0) <= ONE_LINE
        )


def calibration_sheet(calibration: pd.DataFrame) -> Sheet:
    """Return how the motion of each camera was read.

    Parameters
    ----------
    calibration
        Columns as in `behave.model.tables.CALIBRATION`.
    """
    said = {
        "learnt": "learnt from its animals",
        "study": "from the study's other cameras",
        "default": "the tracker's own",
        "given": "given",
    }
    rows = [
        [
            str(row["camera"]),
            str(row["tracker"]),
            f"{row['n_animals']}",
            words.number(float(row["minutes"]), 1),
            f"{row['immobile_below']:.3g}",
            words.number(float(row["clarity"]), 2),
            said[str(row["source"])],
        ]
        for row in calibration.to_dict("records")
    ]
    return Sheet(
        caption="How the motion of each camera was read",
        columns=["Camera", "Tracker", "Animals", "Minutes", "Threshold", "Clarity", "Threshold is"],
        rows=rows,
        numeric=frozenset({2, 3, 4, 5}),
    )


def columns_of(design: Mapping[str, Any]) -> list[str]:
    """Return the columns of the factors that make the groups."""
    return [design[part]["column"] for part in ("antagonist", "agonist") if design.get(part)]


def cells_sheet(
    cells: pd.DataFrame,
    design: Mapping[str, Any],
    decimals: int,
    possible: tuple[float, float] = (-math.inf, math.inf),
) -> Sheet:
    """Return the groups: how many animals, what became of the others, and what they did.

    Intervals are cut at what the outcome can be.
    """
    places = {(g.antagonist, g.agonist): f"group g{i}" for i, g in enumerate(groups_of(design))}
    lost = [_lost(row) for row in records(cells)]
    rows, marks = [], []
    for row, not_analysed in zip(records(cells), lost, strict=True):
        marks.append(places.get((row["antagonist"], row["agonist"]), "group"))
        rows.append(
            [
                " + ".join(part for part in (row["antagonist"], row["agonist"]) if part),
                words.number(row["n"], 0),
                words.number(row["mean"], decimals),
                words.interval(
                    *words.clipped(row["conf_low"], row["conf_high"], possible), decimals
                ),
                words.number(row["std_dev"], decimals),
                words.number(row["median"], decimals),
                f"{words.number(row['minimum'], decimals)} to {words.number(row['maximum'], decimals)}",
                *([not_analysed or "none"] if any(lost) else []),
            ]
        )
    caption = (
        f"The groups ({' + '.join(columns_of(design))}): animals, "
        f"and {words.axis_label(design['outcome']).lower()}."
        + ("" if any(lost) else " All their animals were analysed.")
    )
    columns = ["Group", "n", "Mean", "95 % interval", "SD", "Median", "Range"]
    columns += ["Not analysed"] if any(lost) else []
    return Sheet(caption, columns, rows, frozenset(range(1, 7)), marks)


def _lost(row: Mapping[str, Any]) -> str:
    """Return how many animals of a group were not analysed, by what became of them."""
    counts = {name: row.get(f"n_{name}") for name in ("excluded", "failed", "missing", "alone")}
    told = {"alone": "alone in their block"}
    return ", ".join(
        f"{int(count)} {told.get(name, name)}"
        for name, count in counts.items()
        if not words.missing(count) and count
    )


def animals_sheet(rows: pd.DataFrame, design: Mapping[str, Any], decimals: int) -> Sheet:
    """Return every trial: what became of it, its scores and what to know of it."""
    outcome = design["outcome"]
    numbers = [outcome, *(c for c in ("latency_s", "unscored_s") if c != outcome)]
    shown = [c for c in numbers if c in rows.columns and rows[c].notna().any()]
    where = "video" in rows.columns and (rows["video"] != "").any()
    several = bool((rows["trial_id"] != rows["animal_id"]).any())
    said = shared_notes(rows)
    body, marks, notes = [], [], []
    for row in records(rows):
        group = row["group"]
        marks.append(
            f"group g{group} {row['status']}" if not pd.isna(group) else str(row["status"])
        )
        place = [text_of(row.get("video")), text_of(row.get("arena"))]
        body.append(
            [
                text_of(row["animal_id"]),
                *([text_of(row["trial_id"])] if several else []),
                row["group_name"] or words.NONE,
                row["status"],
                *(_score(row, column, decimals) for column in shown),
                *([", arena ".join(part for part in place if part) or words.NONE] if where else []),
            ]
        )
        notes.append(" ".join(note for note in _notes_on(row) if note not in said))
    columns = [
        "Animal",
        *(["Trial"] if several else []),
        "Group",
        "Status",
        *(words.axis_label(column) for column in shown),
        *(["Video"] if where else []),
    ]
    first = 3 + several
    numeric = frozenset(range(first, first + len(shown)))
    return Sheet(
        "Every trial, by group; under a row what to know of it.",
        columns,
        body,
        numeric,
        marks,
        notes,
    )


def shared_notes(rows: pd.DataFrame) -> dict[str, str]:
    """Return each sentence that several trials share, and which trials: it is said once."""
    holders: dict[str, list[str]] = {}
    for row in records(rows):
        for note in _notes_on(row):
            holders.setdefault(note, []).append(text_of(row["trial_id"]))
    return {
        note: "all trials" if len(trials) == len(rows) else ", ".join(trials)
        for note, trials in holders.items()
        if len(trials) >= SHARED
    }


def _score(row: Mapping[str, Any], column: str, decimals: int) -> str:
    """Return a score; a latency that was never reached is 'more than' the time scored."""
    text = words.number(row[column], decimals if column not in {"latency_s", "unscored_s"} else 1)
    censored = row.get("latency_censored")
    if (
        column == "latency_s"
        and not words.missing(censored)
        and bool(censored)
        and text != words.NONE
    ):
        return f"> {text}"
    return text


def _notes_on(row: Mapping[str, Any]) -> list[str]:
    """Return why a trial was not scored, and its quality flags, as sentences."""
    texts = [
        text_of(row.get(column)).strip() for column in ("message", "exclude_reason", "flag_text")
    ]
    told = [words.capital(t) if t.endswith((".", "!", "?")) else words.capital(t) + "." for t in texts if t]  # fmt: skip
    return list(dict.fromkeys(one for text in told for one in SENTENCE_END.split(text)))


def overlay_links(overlays: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return each trial with the link to its overlay."""
    return [(trial, quote(path)) for trial, path in overlays.items()]


def doubtful_links(
    doubtful: pd.DataFrame, overlays: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Return each doubtful stretch, the link to its place in the overlay, and its motion."""
    return [
        (
            f"{row['trial_id']}, {row['start_s']:.1f} to {row['stop_s']:.1f} s",
            f"{quote(overlays[row['trial_id']])}#t={row['start_s']:.1f},{row['stop_s']:.1f}",
            f"{100 * row['motion_ratio']:.0f} %",
        )
        for row in records(doubtful)
    ]


def parameters(blocks: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return every parameter with its value, under dotted names."""
    return [(name, words.plain(value)) for name, value in _flat(blocks)]


def _flat(parameters: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    """Yield nested parameters under dotted names."""
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def text_of(value: object) -> str:
    """Return a cell as text, ``""`` where it is missing."""
    return "" if value is None or value is pd.NA or value != value else str(value)  # noqa: PLR0124 - NaN alone differs from itself
