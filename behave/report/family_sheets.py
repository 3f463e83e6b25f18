"""The tables of the further comparisons, one per family."""

import math
from collections.abc import Mapping
from typing import Any

from behave.report import words
from behave.report.sheets import Sheet

# The family's name, its words, and the table of its arms.
FamilySheet = tuple[str, str, Sheet]


def families_sheets(verdict: Mapping[str, Any], design: Mapping[str, Any]) -> list[FamilySheet]:
    """Return each family of further comparisons: its words, and a table of its arms."""
    unit = words.quantity(design["outcome"])[1]
    suffix = f" ({unit})" if unit else ""
    found = []
    for family in verdict.get("families") or ():
        arms = family["arms"]
        names = [name for name in ("K", "Kn", "I") if any(name in arm for arm in arms)]
        labelled = any(arm["label"] for arm in arms)
        spreads = [2 * (arm[n]["std_error"] or math.nan) for arm in arms for n in names if n in arm]
        decimals = words.decimals_for(spreads)
        rows = [
            [
                arm["name"],
                arm["control"],
                ", ".join(map(str, arm["n"])),
                *(words.with_interval(arm.get(name), decimals) for name in names),
                *([words.capital((arm["label"] or words.NONE).replace("_", " "))] if labelled else []),
            ]
            for arm in arms
        ]  # fmt: skip
        columns = [family["title"], "Against", "n", *(f"{name}{suffix}" for name in names)]
        columns += ["Label"] if labelled else []
        caption = f"{family['title']}: effects with 95 % intervals; positive means benefit."
        sheet = Sheet(caption, columns, rows, frozenset(range(3, 3 + len(names))))
        found.append((family["family"], words.typeset(family["text"]), sheet))
    return found
