"""K, Kn, I and A as the verdict gives them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NAMES = ("K", "Kn", "I", "A")


@dataclass(frozen=True)
class Effect:
    """One effect; NaN where a part of it cannot be computed.

    Parameters
    ----------
    estimate, std_error, conf_low, conf_high
        In the outcome's unit; positive means benefit.
    df, p_value
        Degrees of freedom and two-sided p of its t.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    df: float
    p_value: float


def effects_of(verdict: Mapping[str, Any]) -> dict[str, Effect]:
    """Return those of K, Kn, I and A that have an estimate."""
    found = {}
    for name in NAMES:
        parts = verdict.get(name) or {}
        effect = Effect(*(_number(parts.get(field)) for field in Effect.__dataclass_fields__))
        if math.isfinite(effect.estimate):
            found[name] = effect
    return found


def _number(value: Any) -> float:
    """Return a number, NaN for a null."""
    return math.nan if value is None else float(value)
