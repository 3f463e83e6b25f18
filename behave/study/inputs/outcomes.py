"""Which column of a table from elsewhere is the outcome, and whether its numbers can be.

A guess needs the outcome's own word in the column's name (``immobil`` or
``float``), a unit that does not contradict, and no other candidate; it is
noted. Anything else is asked, with the candidates.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from behave.errors import Problem, nearest
from behave.model.flags import Flag
from behave.schema import NUMBER, noted, notes_of, plain
from behave.stats import DesignOptions
from behave.stats.rule.design import unit_of
from behave.study.inputs.levels import told_rows
from behave.study.inputs.study_file import ProtocolOptions
from behave.study.inputs.trials import CLOCK, seconds

# The words of which one must stand in a column's name, by the outcome's.
WORDS = {"immobility": ("immobil", "float"), "latency": ("latenc",)}
# A column with one of these measures something else of the same behaviour.
OTHERS = ("latenc", "bout", "episode", "count", "number", "frequenc", "mean", "longest", "median",
          "max", "min ", "sd", "sem", "threshold", "state", "distance", "velocity", "speed",
          "status", "censored", "start", "stop", "rank", "score no")  # fmt: skip
UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("%", "pct", "percent", "percentage"), "%"),
    **dict.fromkeys(("min", "mins", "minutes"), "min"),
    **dict.fromkeys(("ms", "msec"), "ms"),
    **dict.fromkeys(("cm",), "cm"),
    **dict.fromkeys(("m",), "m"),
}
LENGTHS = {"s", "min", "px", "cm", "m", "Hz", "%"}  # of nothing less than nothing
ROUNDING = 1.01  # people round, and a stopwatch runs on
FEW = 8  # rows told one by one


def unit_in(name: str) -> str | None:
    """Return the unit that a column's name states, in brackets or as its last word.

    Examples
    --------
    >>> unit_in("Immobility (sec)"), unit_in("immobility_pct"), unit_in("Immobility")
    ('s', '%', None)
    """
    words = re.findall(r"[\[(]\s*([^\])]+?)\s*[\])]", name) or re.split(r"[\s_]+", name.strip())
    if len(words) == 1 and words[0] == name.strip():
        return "%" if name.strip().endswith("%") else None
    return known_unit(words[-1])


def known_unit(word: str) -> str | None:
    """Return a unit as `UNITS` spells it; None where it is none."""
    return UNITS.get(word.casefold())


def candidates(names: Iterable[str], outcome: str) -> list[str]:
    """Return the columns that may hold the outcome under another name."""
    own = outcome.casefold().rpartition("_")[0] or outcome.casefold()
    words = WORDS.get(own, ())
    unit = unit_of(outcome)
    return [
        name
        for name in names
        if any(word in name.casefold() for word in words)
        and not any(word in name.casefold() for word in OTHERS if word not in words)
        and unit_in(name) in {None, unit}
    ]


def named(text: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return a table with the outcome under its own name, where one column alone may hold it."""
    if outcome in text:
        return text
    names = [str(name) for name in text]
    alike = [name for name in names if plain(name) == plain(outcome)]
    found = alike or candidates(names, outcome)
    if len(found) != 1:
        return text
    stated = "" if alike or unit_in(found[0]) or not unit_of(outcome) else (
        f", in {unit_of(outcome)}: its name states no unit"
    )  # fmt: skip
    note = f"Column '{found[0]}' was read as '{outcome}'{stated}."
    return noted(text.rename(columns={found[0]: outcome}), *notes_of(text), note)


def absent(text: pd.DataFrame, outcome: str, file: str) -> Problem:
    """Return the problem of a table in which the outcome is not found."""
    names = [str(name) for name in text]
    several = candidates(names, outcome)
    numeric = [
        str(name)
        for name in names
        if len(text) and all(NUMBER.fullmatch(cell) for cell in text[name] if cell)
        and (text[name] != "").any() and unit_in(name) is None and not plain(name).endswith("id")
    ]  # fmt: skip
    if len(several) > 1:
        fix = f"name the one that is meant '{outcome}': " + " or ".join(f"'{x}'" for x in several)
    elif len(numeric) > 1:
        fix = (
            f"name the column that is meant '{outcome}'. Are {_listed(numeric)} raters? "
            f"'behave agree' compares them; to analyse, put their mean into '{outcome}'"
        )
    elif other := _in_another_unit(names, outcome):
        fix = f"'{other}' is in {unit_in(other)}, the outcome in {unit_of(outcome)}: analyse what "
        fix += "was measured (design.outcome in the study file), or convert it"
    else:
        near = nearest(outcome, names)
        fix = f"name the column that holds it '{outcome}'" + (f": '{near}'?" if near else "")
    return Problem(
        f"no column '{outcome}', the design's outcome",
        file=file,
        at="header",
        expected=f"a column '{outcome}', beside animal_id or trial_id",
        found="columns " + ", ".join(names),
        fix=fix,
    )


def _in_another_unit(names: Sequence[str], outcome: str) -> str | None:
    """Return a column that is the outcome in another unit; None where there is none."""
    bare = [re.sub(r"[\[(].*?[\])]|%", "", name) for name in names]
    alike = [
        name
        for name, text in zip(names, bare, strict=True)
        if candidates([text], outcome) and unit_in(name) not in {None, unit_of(outcome)}
    ]
    return alike[0] if alike else None


def _listed(names: Sequence[str]) -> str:
    """Return names in words."""
    return ", ".join(f"'{name}'" for name in names[:-1]) + f" and '{names[-1]}'"


def clocks_to_seconds(text: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Return a table whose columns of seconds hold no ``m:ss``; 0:37 is 37."""
    changed = {
        name: text[name].map(lambda cell: f"{seconds(cell):g}" if CLOCK.fullmatch(cell) else cell)
        for name in columns
        if name in text and unit_of(name) == "s" and text[name].map(_is_clock).any()
    }
    notes = [f"Column '{name}': times such as 1:35 were read as min:s." for name in changed]
    return noted(text.assign(**changed), *notes_of(text), *notes) if changed else text


def _is_clock(cell: str) -> bool:
    return CLOCK.fullmatch(cell) is not None


@dataclass(frozen=True)
class Bounds:
    """What an outcome can be.

    Parameters
    ----------
    low, high
        Smallest and largest value; infinite where nothing is known.
    why
        What sets the largest, in words.
    """

    low: float = -np.inf
    high: float = np.inf
    why: str = ""

    @property
    def told(self) -> str:
        """The bounds in words."""
        if np.isinf(self.high):
            return f"at least {self.low:g}"
        return f"{self.low:g} to {self.high:g}, {self.why}"


def bounds_of(outcome: str, protocol: ProtocolOptions) -> Bounds:
    """Return what an outcome can be, by its name and the protocol.

    A protocol that the study file does not give bounds nothing.
    """
    unit = unit_of(outcome)
    name = outcome.casefold()
    behaviour = any(word in name for words in WORDS.values() for word in words)
    if any(word in name for word in ("change", "diff", "delta")) or unit not in LENGTHS:
        return Bounds()
    if unit == "%" and (behaviour or "preference" in name):
        return Bounds(0, 100, "a percentage of the time")
    told = protocol.model_fields_set
    start, stop = protocol.score_window_s
    if unit == "s" and "latenc" in name and told & {"duration_s", "score_window_s"}:
        return Bounds(0, protocol.duration_s, "the length of the test (protocol.duration_s)")
    if unit == "s" and behaviour and "score_window_s" in told:
        window = f"the scored window (protocol.score_window_s [{start:g}, {stop:g}])"
        return Bounds(0, stop - start, window)
    return Bounds(0)


def bounds_for(design: DesignOptions, protocol: ProtocolOptions) -> Bounds:
    """Return what a design's outcome can be: as the study file says, else by its name.

    Parameters
    ----------
    design
        With the outcome.
    protocol
        As for `bounds_of`.
    """
    low, high = design.bounds
    known = bounds_of(design.outcome, protocol)
    if design.kind == "count":
        known = Bounds(0)
    if low is None and high is None:
        return known
    return Bounds(
        known.low if low is None else low,
        known.high if high is None else high,
        known.why if high is None else "the bounds in the study file",
    )


def broken_counts(values: "pd.Series[float]", file: str) -> list[Problem]:
    """Return the problems of a count that is no whole number, by row; many in one."""
    numbers = values.dropna()
    wrong = numbers[numbers % 1 != 0]
    if wrong.empty:
        return []
    return [
        Problem(
            f"a value of '{values.name}' that is no count",
            file=file,
            at=f"{told_rows(list(wrong.index))}, column '{values.name}'",
            expected="whole numbers of events (kind: count)",
            found=f"{wrong.iloc[0]:g}",
            fix="correct the number, or leave 'kind' out: a mean or a rate is a measure",
        )
    ]


def impossible(values: "pd.Series[float]", bounds: Bounds, file: str) -> list[Problem]:
    """Return the problems of numbers that cannot be, by row; many alike in one."""
    numbers = values.dropna()
    wrong = numbers[(numbers < bounds.low) | (numbers > bounds.high * ROUNDING)]
    if wrong.empty:
        return []
    fix = "correct the number, or the protocol"
    thousandth = wrong / 1000
    if bounds.high < np.inf and len(wrong) > 1 and (thousandth <= bounds.high).all() and (
        wrong > bounds.high
    ).all() and float(wrong.median()) > 10 * bounds.high:  # fmt: skip
        fix = "are these milliseconds? Divide them by 1000"
    groups = [wrong] if len(wrong) > FEW else [wrong.loc[[row]] for row in wrong.index]
    return [
        Problem(
            f"a value of '{values.name}' that cannot be",
            file=file,
            at=f"{told_rows(list(group.index))}, column '{values.name}'",
            expected=bounds.told,
            found=f"{group.iloc[0]:g}"
            if len(group) == 1
            else f"{group.min():g} to {group.max():g}",
            fix=fix,
        )
        for group in groups
    ]


def unit_flags(values: "pd.Series[float]", outcome: str, bounds: Bounds) -> list[Flag]:
    """Return a flag where all numbers are so small that another unit seems to be meant."""
    numbers = values.dropna()
    highest = float(numbers.max()) if len(numbers) > 1 else 0.0
    if highest <= 0 or np.isinf(bounds.high):
        return []
    if highest > 1 and not (unit_of(outcome) == "s" and highest <= bounds.high / 60):
        return []
    if (numbers % 1 == 0).all():
        return []
    unit = "fractions" if highest <= 1 else "minutes"
    return [
        Flag(
            "unit_suspected",
            highest,
            f"All values of '{outcome}' are {highest:g} or less, where up to {bounds.high:g} can "
            f"be: are they {unit}, not {unit_of(outcome)}?",
        )
    ]
