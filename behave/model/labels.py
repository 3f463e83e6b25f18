"""The verdict's labels, and the conditions of each version of the rule in words.

They are defined once, for the rule, the report, `behave power` and the documentation.
"""

from collections.abc import Mapping

# In the order in which tables list them.
LABELS = (
    "not_assessable",
    "no_agonist_effect",
    "enhanced",
    "reversed",
    "partially_blocked",
    "blocked",
    "attenuated",
    "not_blocked",
    "inconclusive",
)
RULE_VERSION = 2
# Labels that mean that the effect became smaller.
BLOCK_LABELS = ("reversed", "partially_blocked", "blocked", "attenuated")

_UNKNOWN = (
    "a group has fewer than two animals, nothing varies within the groups, or {needed} cannot be "
    "estimated"
)
_COMMON = {
    "no_agonist_effect": "the interval of K includes 0 or lies below it",
    "enhanced": "the interval of I lies below 0",
    "partially_blocked": "the interval of I lies above 0, and so does that of Kn",
    "not_blocked": (
        "the interval of I includes 0, that of Kn lies above 0, and Kn is shown to exceed "
        "{rest} K (one-sided 5 % test)"
    ),
    "inconclusive": "none of these",
}
# By version of the rule: label -> condition. The first condition that holds gives the label.
RULES: Mapping[int, Mapping[str, str]] = {
    1: {
        "not_assessable": _UNKNOWN.format(needed="K, Kn, I or A"),
        "no_agonist_effect": _COMMON["no_agonist_effect"],
        "enhanced": _COMMON["enhanced"],
        "partially_blocked": _COMMON["partially_blocked"],
        "blocked": (
            "the interval of I lies above 0, and Kn is shown to lie between -{rho} K and "
            "+{rho} K (two one-sided 5 % tests)"
        ),
        "attenuated": "the interval of I lies above 0, but neither of the two lines above holds",
        "not_blocked": _COMMON["not_blocked"],
        "inconclusive": _COMMON["inconclusive"],
    },
    2: {
        "not_assessable": _UNKNOWN.format(needed="K, Kn or I"),
        "no_agonist_effect": _COMMON["no_agonist_effect"],
        "enhanced": _COMMON["enhanced"],
        "reversed": (
            "the interval of I lies above 0, that of Kn lies below 0, and Kn is not shown to "
            "exceed -{rho} K (one-sided 5 % test)"
        ),
        "partially_blocked": _COMMON["partially_blocked"],
        "blocked": (
            "the interval of I lies above 0, and Kn is shown to be less than {rho} K (one-sided "
            "5 % test): at least {rest} of the effect was taken away"
        ),
        "attenuated": (
            "the interval of I lies above 0, but none of the three lines above holds: how much "
            "was taken away is not resolved"
        ),
        "not_blocked": _COMMON["not_blocked"],
        "inconclusive": _COMMON["inconclusive"],
    },
}
# The sensitivity analysis with one row per animal; it is counted separately.
LEFT_OUT = "leave one animal out"


def describe_rule(version: int, rho: float) -> list[tuple[str, str]]:
    """Return each label of a version of the rule and the condition for it, in order.

    Parameters
    ----------
    version
        1 or 2.
    rho
        The share of the agonist's effect that may remain in ``blocked``.
    """
    fill = {"rho": f"{rho:g}", "rest": f"{1 - rho:g}"}
    return [(label, text.format(**fill)) for label, text in RULES[version].items()]


def level_name(level: str, dose: float | None, dose_column: str | None) -> str:
    """Return a drug's level, with its dose where the drug was given in several.

    >>> level_name("ketamine", 10, "treatment_dose_mg_per_kg")
    'ketamine 10 mg/kg'
    """
    return level if dose is None else f"{level} {dose:g}{dose_unit(dose_column)}"


def dose_unit(dose_column: str | None) -> str:
    """Return the unit that a dose column's name ends in, with a blank in front."""
    return " mg/kg" if (dose_column or "").endswith("_mg_per_kg") else ""


def share_name(share: float) -> str:
    """Return a share in words.

    >>> share_name(0.5), share_name(0.3)
    ('half', '30%')
    """
    return "half" if share == 0.5 else f"{100 * share:.3g}%"  # noqa: PLR2004 - it has a name
