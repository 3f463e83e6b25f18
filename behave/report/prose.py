"""The page's sentences, each made of what the tables say."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from behave.model.tables import MEASURES
from behave.report import words
from behave.report.groups import analysed
from behave.report.prism_and_r import more_columns
from behave.report.results import Results
from behave.report.sheets import columns_of
from behave.report.statistics_sheets import primary_contrasts

TESTS = {"fst": "forced-swim test", "tst": "tail suspension test",
         "spt": "sucrose preference test", "nsf": "novelty-suppressed feeding test"}  # fmt: skip
# How the statistics' name of a method reads in a sentence.
METHODS = {
    "Welch": "Welch contrasts of the cell means (Satterthwaite degrees of freedom)",
    "mixed model, random intercept, REML, Satterthwaite df": "contrasts of a linear mixed model "
    "of group means (random intercept, REML, Satterthwaite degrees of freedom)",
    "OLS with covariates, HC2, Bell-McCaffrey df": "contrasts of a linear model of group means "
    "with covariates, each centred and of one slope in all groups (HC2 standard errors, "
    "Bell-McCaffrey degrees of freedom)",
    "OLS with blocks and covariates, HC2, Bell-McCaffrey df": "contrasts of a linear model of "
    "group means with additive fixed blocks and covariates, each covariate centred and of one "
    "slope in all groups (HC2 standard errors, Bell-McCaffrey degrees of freedom)",
    "OLS with blocks, HC2, Bell-McCaffrey df": "contrasts of a linear model of group means with "
    "additive fixed blocks (HC2 standard errors, Bell-McCaffrey degrees of freedom)",
}


def summary(results: Results, rows: pd.DataFrame) -> str:
    """Return how many animals were analysed, in what, and what became of the others."""
    used, verdict = len(analysed(rows)), results.verdict
    measured = int(((rows["status"] == "done") & rows["value"].notna()).sum())
    parts = [f"{used} of {len(rows)} trials analysed"]
    if measured > used and (verdict.get("families") or verdict.get("dose_series")):
        parts = [
            f"{measured} of {len(rows)} trials measured",
            f"{used} of them in the groups of the first table",
        ]
    for status in ("excluded", "failed", "missing"):
        count = int((rows["status"] == status).sum())
        parts += [f"{count} {status}"] if count else []
    name = words.axis_label(results.design["outcome"]).lower()
    window = results.protocol.get("score_window_s")
    where = f" from {window[0]:g} to {window[1]:g} s" if window else ""
    return ", ".join(parts) + f". Outcome: {name}{where}."


def quality(rows: pd.DataFrame) -> str:
    """Return how many trials carry quality flags or were lost, ``""`` where none."""
    flagged = int((rows["flags"] != "").sum()) if "flags" in rows.columns else 0
    lost = int((rows["status"] != "done").sum())
    parts = []
    if flagged:
        parts.append(f"{_count(flagged, 'trial carries', 'trials carry')} a quality flag")
    if lost:
        parts.append(f"{_count(lost, 'trial was', 'trials were')} not analysed")
    return words.capital(" and ".join(parts)) + "; each is listed under Animals." if parts else ""


def methods(results: Results, rows: pd.DataFrame) -> list[str]:
    """Return the methods as paragraphs."""
    paragraphs = [_protocol(results), given(results), _animals(results, rows)]
    return [text for text in (*paragraphs, _statistics(results), locked(results.lock)) if text]


def locked(lock: Mapping[str, Any] | None) -> str:
    """Return whether the analysis was locked, and whether what ran is what was."""
    if lock is None:
        return "The analysis was not locked before it was run (behave check --lock)."
    what = f"The analysis was locked at {lock['locked']} (SHA-256 {lock['sha256'][:12]})"
    changed = ", ".join(item["key"] for item in lock["differs"])
    ran = f"what ran differs from it in {changed}" if changed else "what ran is what was locked"
    trials = (
        "the table of trials is the same"
        if lock["trials_unchanged"]
        else "the table of trials has been changed since, which may be its exclusions"
    )
    when = lock.get("before_key")
    key = "" if when is None else f", {'before' if when else 'after'} the key was first read"
    return f"{what}{key}; {ran}; {trials}."


def definitions(design: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the words and columns of the page with their meaning."""
    described = {column.name: column.description for column in MEASURES.columns}
    columns = [design["outcome"], "latency_s", "unscored_s"]
    return [
        *((name, text + ".") for name, text in _effects(design).items()),
        ("95 % interval", "unadjusted; the verdict rests on these intervals and on the one-sided tests"),
        ("p", "two-sided and unadjusted"),
        ("p adjusted", f"adjusted over {', '.join(words.effects(design))} together; it never enters the verdict"),
        ("effect size", "the difference over the standard deviation named in the table, with its 95 % interval"),
        *(
            (words.axis_label(name), described[name].rstrip("."))
            for name in dict.fromkeys(columns)
            if name in described
        ),
        ("> before a latency", "the animal was not immobile before the scored end"),
        ("done, failed, excluded, missing", "scored; could not be scored; left out on purpose; no video or no outcome"),
        (words.NONE, "not measured or not computable; never 0"),
    ]  # fmt: skip


def _effects(design: Mapping[str, Any]) -> dict[str, str]:
    """Return the meaning of the effects, each a phrase."""
    way = (
        "control minus treated"
        if design.get("benefit", "decrease") == "decrease"
        else "treated minus control"
    )
    meanings = words.effects(design)
    return {**meanings, "K": f"{meanings['K']} ({way}, so that positive means benefit)"}


def _protocol(results: Results) -> str:
    """Return the test and the window as far as they are known, and how the outcome came."""
    protocol = results.protocol
    test = TESTS.get(str(protocol.get("test", "")), str(protocol.get("test", "")))
    duration, window = protocol.get("duration_s"), protocol.get("score_window_s")
    parts = [words.capital(test)] if test else []
    parts += [str(protocol["species"])] if protocol.get("species") else []
    parts += [f"{duration:g} s"] if duration else []
    told = [", ".join(parts)] if parts else []
    if window:
        told.append(f"the window from {window[0]:g} to {window[1]:g} s after entry was analysed")
    method = results.methods.get("tracking", {}).get("method")
    if results.trials_log.empty:
        how = "The outcome was read from a table, which does not tell how it was scored."
    elif method:
        how = f"Motion was measured by the method '{method}' and scored by fixed rules."
    else:
        how = ""
    test_told = words.capital("; ".join(told)) + "." if told else ""
    return " ".join(part for part in (test_told, how) if part)


def given(results: Results) -> str:
    """Return when the drugs were given, as far as the trials record it."""
    design, trials = results.design, results.trials
    agonist, blocker = design["agonist"], design.get("antagonist")
    sentences = []
    for factor in (blocker, agonist):
        column = f"{factor['column']}_min_before_test" if factor else ""
        if not factor or column not in trials.columns:
            continue
        treated = trials[factor["column"]].astype(str) == factor["level"]
        found = pd.to_numeric(trials.loc[treated, column], errors="coerce").dropna()
        if len(found):
            sentences.append(f"{factor['level']} was given {_span(found)} before the test")
    before = blocker.get("given_before") if blocker else None
    if blocker and before:
        other = "the test" if before == "test" else f"{agonist['level']} (or its vehicle)"
        sentences.append(f"its time was set by {other}" if len(sentences) == 1
                         else f"the time of {blocker['level']} was set by {other}")  # fmt: skip
    return words.capital("; ".join(sentences)) + "." if sentences else ""


def _span(minutes: "pd.Series[float]") -> str:
    """Return a time or a range of times in minutes."""
    low, high = minutes.min(), minutes.max()
    return f"{low:g} min" if low == high else f"{low:g} to {high:g} min"


def _animals(results: Results, rows: pd.DataFrame) -> str:
    """Return what became of the animals, with the reasons given below."""
    counts = rows["status"].value_counts()
    listed = ", ".join(
        f"{counts[status]} {status}"
        for status in ("done", "excluded", "failed", "missing")
        if status in counts
    )
    sizes = "; ".join(
        f"{name}: n = {n}"
        for name, n in zip(group_names(results.cells), results.cells["n"], strict=True)
    )
    return f"Of {_count(len(rows), 'trial', 'trials')}: {listed or 'none'}. Analysed: {sizes or 'none'}."


def _statistics(results: Results) -> str:
    """Return how the cells were compared."""
    design, verdict = results.design, results.verdict
    planned = primary_contrasts(results.contrasts, verdict)
    used = next((row["method"] for row in planned.values()), "")
    blocks = ", ".join(more_columns(design))
    how = METHODS.get(used, used) + (f" ({blocks})" if blocks else "")
    adjust = next((row["adjust"] for row in planned.values() if row["adjust"]), "")
    sentences = [
        f"The groups of {' by '.join(columns_of(design))} were compared in "
        f"{words.quantity(design['outcome'])[0]}" + (f" by {how}." if how else "."),
        "Intervals are 95 % and unadjusted.",
    ]
    if not design.get("antagonist"):
        return " ".join([*sentences, "The design names no antagonist, so there is no verdict."])
    if adjust:
        sentences.append(
            f"Adjusted p values ({words.capital(adjust)} over K, Kn, I and A) never enter the verdict."
        )
    rho, alpha = words.rho_of(verdict, design), verdict.get("alpha", 0.05)
    sentences.append(
        f"The verdict follows rule version {verdict.get('rule_version', words.NONE)} with rho = {rho:g} and "
        f"alpha = {alpha:g}."
    )
    return " ".join(sentences)


def group_names(cells: pd.DataFrame) -> list[str]:
    """Return the groups' names."""
    return [
        f"{a} + {b}" if a else str(b)
        for a, b in zip(cells["antagonist"], cells["agonist"], strict=True)
    ]


def _count(number: int, one: str, several: str) -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else several}"
