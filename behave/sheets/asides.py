"""Rows of a table that are about no animal: totals, means, a row of units below the header.

They are left out with a note, so that none of them is counted as an animal.
"""

import re
from collections.abc import Collection, Mapping

import pandas as pd

from behave.schema import noted, notes_of

# What such a row is called, in letters alone: English, German, French, Spanish.
_SUMMARIES = {
    *("total", "totals", "grandtotal", "subtotal", "sum", "mean", "means", "average", "avg"),
    *("median", "sd", "stdev", "std", "stddev", "sem", "se", "stderr", "variance", "var"),
    *("meansd", "meansem", "count", "n", "minimum", "maximum", "min", "max", "range", "ci"),
    *("summe", "gesamt", "gesamtsumme", "mittel", "mittelwert", "durchschnitt", "stabw", "anzahl"),
    *("somme", "moyenne", "ecarttype", "suma", "media", "promedio", "desvest"),
}
_OF_GROUP = re.compile(
    r"(?:group|overall)?(?:total|sum|mean|average|sd|sem)(?:of|group|overall|all)?"
)
_UNITS = {
    *("s", "sec", "secs", "seconds", "min", "minutes", "ms", "%", "pct", "g", "kg", "mg", "mg/kg"),
    *("d", "days", "weeks", "w", "cm", "mm", "m", "px", "hz", "text", "id", "no", "#", "-", "n", "a.u."),
    *("mm:ss", "hh:mm:ss", "yyyy-mm-dd", "m/f", "mg per kg", "count", "score"),
}  # fmt: skip
_NAMES_NOTHING = {"id", "no", "#", "-", "n", "text"}
_BRACKETS = "[]() .:"


def without_summaries(text: pd.DataFrame, key: str, known: Collection[str] = ()) -> pd.DataFrame:
    """Return a table without rows that sum up others.

    Parameters
    ----------
    text
        Cells as text, indexed by the file's rows.
    key
        The column of the animals.
    known
        Ids that are animals, whatever they look like.
    """
    if key not in text:
        return text
    found = text[key].map(lambda cell: cell not in known and is_summary(cell))
    if not found.any():
        return text
    names = ", ".join(f"'{cell}'" for cell in dict.fromkeys(text.loc[found, key]))
    places = list(dict.fromkeys(text.index[found]))
    rows = ", ".join(map(str, places))
    note = (
        f"Rows {rows} ({names}) sum up others and were left out."
        if len(places) > 1
        else f"Row {rows} ({names}) sums up others and was left out."
    )
    return noted(text[~found], *notes_of(text), note)


def is_summary(cell: str) -> bool:
    """Return whether an animal's cell says that its row sums up others.

    Examples
    --------
    >>> is_summary("Total"), is_summary("Mean ± SEM"), is_summary("n = 8"), is_summary("M12")
    (True, True, True, False)
    """
    word = re.sub(r"[\W_]+", "", cell.casefold().replace("é", "e"))
    return bool(
        word in _SUMMARIES
        or ("=" in cell and re.fullmatch(r"n\d+", word))
        or _OF_GROUP.fullmatch(word)
    )


def without_units(text: pd.DataFrame) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Return a table without a first row that gives its columns' units, and these units.

    Such a row holds nothing but units, and two of them, or one below a column of numbers.
    """
    if len(text) < 2:  # noqa: PLR2004 - units of something
        return text, {}
    first = text.iloc[0]
    filled = {str(name): cell.strip(_BRACKETS).casefold() for name, cell in first.items() if cell}
    units = {name: unit for name, unit in filled.items() if unit not in _NAMES_NOTHING}
    if not units or not set(filled.values()) <= _UNITS:
        return text, {}
    told = ", ".join(f"{name}: {first[name]}" for name in units)
    note = f"Row {text.index[0]} was read as the columns' units ({told})."
    return noted(text.iloc[1:], *notes_of(text), note), units
