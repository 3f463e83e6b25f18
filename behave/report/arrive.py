"""What ARRIVE 2.0 asks a paper to report, against what a study's files record.

The items are the Essential 10 of Percie du Sert et al., PLoS Biology 2020,
18: e3000410. What the files do not say is marked, never guessed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from behave.report import words
from behave.report.results import Results
from behave.report.sheets import Sheet

ANIMAL = {
    "strain": "strain",
    "sex": "sex",
    "age_d": "age",
    "weight_g": "weight",
    "litter": "litter",
    "cage": "cage",
}
PROCEDURE = {
    "pretreatment_dose_mg_per_kg": "dose of the pretreatment",
    "pretreatment_min_before_test": "time from pretreatment to test",
    "treatment_dose_mg_per_kg": "dose of the treatment",
    "treatment_min_before_test": "time from treatment to test",
    "experimenter": "experimenter",
}


def arrive_sheet(results: Results) -> Sheet:
    """Return the ten items, what is recorded of each and what is not."""
    scored = len(results.bouts) > 0
    known, unknown = _recorded(results.trials, ANIMAL)
    given, wanting = _recorded(results.trials, _procedures(results.design))
    species = results.protocol.get("species")
    blinding = "the scoring was not told the groups" if scored else ""
    unblinded = "who else knew the groups, and when"
    lost = _excluded(results)
    left_out = f"{lost} excluded, with reasons" if lost else "none excluded"
    items = (
        ("1 Study design", "the groups; the animal as experimental unit", ""),
        ("2 Sample size", "n of every group", "how it was decided"),
        (
            "3 Inclusion and exclusion",
            f"{left_out}; failed and missing trials",
            "criteria, and whether they were set beforehand",
        ),
        ("4 Randomisation", "", "whether and how animals were allocated; order of testing"),
        ("5 Blinding", blinding, unblinded if scored else f"{unblinded}; who scored"),
        ("6 Outcome measures", "the outcome and its definition", ""),
        ("7 Statistical methods", *_analysis(results.lock)),
        (
            "8 Experimental animals",
            _listed([str(species)] if species else [], known),
            _listed(unknown),
        ),
        (
            "9 Experimental procedures",
            _listed(["the test and its windows"], given),
            _listed(wanting, ["route, formulation", "water depth and temperature", "time of day"]),
        ),
        ("10 Results", "means, SD, effects with 95 % intervals", ""),
    )
    rows = [[item, told or "nothing", missing or words.NONE] for item, told, missing in items]
    return Sheet("ARRIVE 2.0, Essential 10.", ["Item", "Recorded here", "Not recorded"], rows)


def _procedures(design: Mapping[str, Any]) -> dict[str, str]:
    """Return the items on procedures; those on pretreatment only where there was one."""
    blocker = design.get("antagonist") or {"kind": "none"}
    given = blocker.get("kind", "drug") == "drug"
    return {
        column: name
        for column, name in PROCEDURE.items()
        if given or not column.startswith("pretreatment")
    }


def _excluded(results: Results) -> int:
    """Return how many trials were left out; where only statistics were run, by the trials."""
    if len(results.trials_log):
        return int((results.trials_log["status"] == "excluded").sum())
    return int(results.trials["exclude"].sum()) if "exclude" in results.trials else 0


def _analysis(lock: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return what is recorded of the analysis, and what is not."""
    told = "contrasts, rule, diagnostics, software"
    if lock is None:
        return told, "whether the analysis was fixed beforehand"
    kept = "kept to" if lock["matches"] else "not kept to"
    return f"{told}; locked at {lock['locked']} and {kept}", ""


def _recorded(trials: pd.DataFrame, asked: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return which columns are filled for the trials, and which are not or only partly."""
    known, unknown = [], []
    for column, name in asked.items():
        filled = _filled(trials, column)
        if filled and filled == len(trials):
            known.append(name)
        else:
            unknown.append(f"{name} (not for {len(trials) - filled})" if filled else name)
    return known, unknown


def _filled(trials: pd.DataFrame, column: str) -> int:
    """Return how many trials have a column filled."""
    if column not in trials.columns:
        return 0
    return int((trials[column].notna() & (trials[column].astype(str) != "")).sum())


def _listed(*parts: Sequence[str]) -> str:
    """Return the parts as one list in words."""
    return ", ".join(item for part in parts for item in part)
