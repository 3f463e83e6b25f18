"""Numbers and names as a reader sees them."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from behave.model import labels
from behave.model.labels import RULE_VERSION, describe_rule

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
NONE = DASH
# A space at which no line breaks.
HELD = "\N{NO-BREAK SPACE}"
UNIT_AFTER = re.compile(r"(?<=\d) (?=(s|min|h|d|cm|mg/kg|animals)\b)")

UNITS = {
    "s": "s", "min": "min", "d": "d", "pct": "%", "px": "px",
    "mm": "mm", "cm": "cm", "m": "m", "g": "g", "ml": "ml", "h": "h",
}  # fmt: skip


def quantity(column: str) -> tuple[str, str]:
    """Return a column's name in words and its unit, ``""`` where it has none.

    Examples
    --------
    >>> quantity("immobility_s")
    ('immobility', 's')
    """
    *words, last = column.split("_")
    if words and last in UNITS:
        return " ".join(words), UNITS[last]
    return column.replace("_", " "), ""


def axis_label(column: str) -> str:
    """Return a column as the label of an axis: ``Immobility (s)``."""
    name, unit = quantity(column)
    return capital(f"{name} ({unit})" if unit else name)


def capital(text: str) -> str:
    """Return the text with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]


def decimals_for(spreads: Sequence[float]) -> int:
    """Return how many decimals show at least two digits of a quantity's spread.

    Parameters
    ----------
    spreads
        Standard deviations, in the quantity's unit; NaN is passed over.
    """
    known = [value for value in spreads if math.isfinite(value) and value > 0]
    size = math.floor(math.log10(max(known, default=1)))
    # Tens of seconds with one decimal are what the field prints.
    return 1 if size == 1 else min(6, max(0, 1 - size))


def number(value: float | None, decimals: int = 1) -> str:
    """Return a number with so many decimals; a dash where it is missing."""
    if missing(value):
        return NONE
    text = f"{value:.{decimals}f}"
    # Rounded to nothing, a small negative number is not 'minus zero'.
    text = text.removeprefix("-") if float(text) == 0 else text
    return text.replace("-", MINUS)


def interval(low: float | None, high: float | None, decimals: int = 1) -> str:
    """Return an interval in square brackets; a dash where it is missing."""
    if missing(low) or missing(high):
        return NONE
    return f"[{number(low, decimals)}, {number(high, decimals)}]"


def with_interval(effect: Mapping[str, Any] | None, decimals: int) -> str:
    """Return an effect's estimate with its interval; a dash where it has none."""
    if effect is None or effect["estimate"] is None:
        return NONE
    limits = interval(effect["conf_low"], effect["conf_high"], decimals)
    return f"{number(effect['estimate'], decimals)} {limits}"


def clipped(
    low: float | None, high: float | None, possible: tuple[float, float]
) -> tuple[float | None, float | None]:
    """Return an interval cut at what the quantity can be; None stays None."""
    if missing(low) or missing(high) or low is None or high is None:
        return low, high
    return max(low, possible[0]), min(high, possible[1])


def probability(p: float | None) -> str:
    """Return a p value to three decimals, ``< 0.001`` below that."""
    if missing(p) or p is None:
        return NONE
    return "< 0.001" if p < 0.001 else f"{p:.3f}"  # noqa: PLR2004 - the usual limit


def missing(value: object) -> bool:
    """Return whether a cell holds no number that could be shown."""
    if value is None or isinstance(value, str):
        return True
    try:
        return not math.isfinite(value)  # type: ignore[arg-type] # whatever a cell holds
    except TypeError:
        # pandas' own missing value is no number.
        return True


def plain(value: object) -> str:
    """Return a setting as text: ``120-360`` for a pair, yes or no for a switch."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "not set"
    if isinstance(value, float):
        return f"{value:g}".replace("-", MINUS)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {plain(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(item) for item in value) or "none"
    return str(value)


def time_axis(longest_s: float) -> tuple[float, str]:
    """Return what to divide seconds by, and the unit's name, for a time axis."""
    return (60.0, "min") if longest_s > 180 else (1.0, "s")  # noqa: PLR2004 - three minutes


def level_name(factor: Mapping[str, Any]) -> str:
    """Return a factor's level, with its dose where there are several."""
    return labels.level_name(factor["level"], factor.get("dose"), factor.get("dose_column"))


def typeset(text: str) -> str:
    """Return a text of the statistics with the page's own minus and percent signs.

    A number and its unit stay on one line.
    """
    minus = re.sub(r"(?<![\w)\]-])-(?=\d)", MINUS, text).replace(" - ", f" {MINUS} ")
    percent = re.sub(r"(?<=\d) ?%", f"{HELD}%", minus)
    return UNIT_AFTER.sub(HELD, percent)


def rho_of(verdict: Mapping[str, Any], design: Mapping[str, Any]) -> float:
    """Return the share of the effect that may remain in 'blocked'."""
    value = verdict.get("rho")
    return float(design.get("residual_fraction", 0.5) if value is None else value)


def rule(verdict: Mapping[str, Any], design: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each label of the verdict's rule and when it is given, in order."""
    version = verdict.get("rule_version") or RULE_VERSION
    return [
        (label, typeset(text)) for label, text in describe_rule(version, rho_of(verdict, design))
    ]


def effects(design: Mapping[str, Any]) -> dict[str, str]:
    """Return what K, Kn, I and A stand for, in this study's words."""
    drug, factor = level_name(design["agonist"]), design.get("antagonist")
    if not factor:
        return {"K": f"effect of {drug} against {design['agonist']['control']}"}
    blocker, control = level_name(factor), factor["control"]
    if factor.get("kind") == "genotype":
        return {
            "K": f"effect of {drug} in {control} animals",
            "Kn": f"effect of {drug} in {blocker} animals",
            "I": f"K {MINUS} Kn, the interaction (delta-delta) contrast: what of it depends on the genotype",
            "A": f"{blocker} against {control}, both with {design['agonist']['control']}",
        }
    return {
        "K": f"effect of {drug} under {control}",
        "Kn": f"effect of {drug} under {blocker}",
        "I": f"K {MINUS} Kn, the interaction (delta-delta) contrast: what {blocker} took away",
        "A": f"effect of {blocker} alone",
    }


def short_effects(design: Mapping[str, Any]) -> dict[str, str]:
    """Return what K, Kn, I and A stand for, as briefly as a figure needs."""
    told = effects(design)
    return {**told, "I": f"K {MINUS} Kn, interaction"} if "I" in told else told


def benefit_label(design: Mapping[str, Any]) -> str:
    """Return the label of the effects' axis: which way benefit points."""
    name, unit = quantity(design["outcome"])
    way = "Reduction" if design.get("benefit", "decrease") == "decrease" else "Increase"
    return f"{way} of {name}" + (f" ({unit})" if unit else "")
