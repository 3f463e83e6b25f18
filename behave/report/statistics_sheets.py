"""The statistics' tables as the page shows them: effects, tests, diagnostics, sensitivity."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from behave.model.labels import LEFT_OUT
from behave.report import words
from behave.report.effects import NAMES, Effect, effects_of
from behave.report.sheets import Sheet, records, text_of


def effects_sheet(verdict: Mapping[str, Any], design: Mapping[str, Any]) -> Sheet:
    """Return the table of K, Kn, I and A: estimate, interval and p."""
    known = effects_of(verdict)
    decimals = words.decimals_for([2 * effect.std_error for effect in known.values()])
    meanings = words.effects(design)
    rows = []
    for name in meanings:
        effect = known.get(name)
        shown = (
            ["not estimable", *[words.NONE] * 2] if effect is None else _effect(effect, decimals)
        )
        rows.append([name, words.capital(meanings[name]), *shown])
    _, unit = words.quantity(design["outcome"])
    columns = ["Effect", "What it is", f"Estimate ({unit})" if unit else "Estimate"]
    columns += ["95 % interval", "p"]
    return Sheet("The effects. Positive means benefit.", columns, rows, frozenset(range(2, 5)))


def details_sheet(
    verdict: Mapping[str, Any], contrasts: pd.DataFrame, design: Mapping[str, Any]
) -> Sheet:
    """Return what the table of the effects leaves to statisticians: df, adjusted p, effect sizes."""
    known = effects_of(verdict)
    primary = primary_contrasts(contrasts, verdict)
    rows = []
    for name in words.effects(design):
        effect, row = known.get(name), primary.get(name, {})
        size = words.number(row.get("effsize"), 2)
        if size != words.NONE:
            size += " " + words.interval(row.get("effsize_low"), row.get("effsize_high"), 2)
        decimals = words.decimals_for([effect.std_error] if effect else [])
        error = words.number(effect.std_error, decimals) if effect else words.NONE
        df = words.number(effect.df, 1) if effect else words.NONE
        rows.append([name, error, df, words.probability(row.get("p_adj")), size])
    sizes = dict.fromkeys(row["effsize_type"] for row in primary.values() if row["effsize_type"])
    caption = "The effects in detail." + (f" Effect size: {', '.join(sizes)}." if sizes else "")
    columns = ["Effect", "SE", "df", "p adjusted", "Effect size"]
    return Sheet(caption, columns, rows, frozenset(range(1, 5)))


def _effect(effect: Effect, decimals: int) -> list[str]:
    """Return estimate, interval and p as text."""
    return [
        words.number(effect.estimate, decimals),
        words.interval(effect.conf_low, effect.conf_high, decimals),
        words.probability(effect.p_value),
    ]


def primary_contrasts(
    contrasts: pd.DataFrame, verdict: Mapping[str, Any]
) -> dict[str, Mapping[str, Any]]:
    """Return the row that the verdict rests on for each of K, Kn, I and A.

    It is the first of the method that the verdict names; the first at all
    where it names none.
    """
    method = verdict.get("method")
    found: dict[str, Mapping[str, Any]] = {}
    for row in records(contrasts):
        name = row["contrast_id"]
        if name in NAMES and name not in found and method in {None, row["method"]}:
            found[name] = row
    return found


def other_contrasts_sheet(
    contrasts: pd.DataFrame, verdict: Mapping[str, Any], decimals: int
) -> Sheet:
    """Return the contrasts beside those that the verdict rests on."""
    primary = primary_contrasts(contrasts, verdict).values()
    told = {(row["contrast_id"], row["method"]) for row in primary}
    # Unplanned pairs stand in the table for those who ask; the page is about the question.
    planned = contrasts[contrasts["planned"].fillna(True).astype(bool)]
    others = [row for row in records(planned) if (row["contrast_id"], row["method"]) not in told]
    rows = [
        [
            words.typeset(row["contrast_id"]),
            words.typeset(row["contrast"]),
            row["method"],
            words.number(row["estimate"], decimals),
            words.interval(row["conf_low"], row["conf_high"], decimals),
            words.probability(row["p_value"]),
            words.probability(row["p_adj"]),
        ]
        for row in others
    ]
    columns = ["Contrast", "What is compared", "Method", "Estimate", "Interval", "p", "p adjusted"]
    return Sheet("Other contrasts and other methods.", columns, rows, frozenset(range(3, 7)))


def equivalence_sheet(equivalence: pd.DataFrame, decimals: int) -> Sheet:
    """Return the one-sided tests: the rule's, and those against a fixed bound."""
    side = {"less": "below", "greater": "above"}
    rows = [
        [
            words.typeset(row["contrast"]),
            f"{side[row['alternative']]} {words.number(row['bound'], decimals if row['bound'] else 0)}",
            words.number(row["estimate"], decimals),
            words.number(row["std_error"], decimals),
            words.number(row["df"], 1),
            words.probability(row["p_value"]),
        ]
        for row in records(equivalence)
    ]
    columns = ["Linear contrast", "Tested to lie", "Estimate", "SE", "df", "one-sided p"]
    caption = "The one-sided tests of the rule."
    if (equivalence["procedure"] == "TOST").any():
        caption = (
            "The one-sided tests of the rule, and below them those against a bound that was "
            "fixed beforehand: an effect lies within it where both of its tests hold."
        )
    return Sheet(caption, columns, rows, frozenset(range(2, 6)))


def anova_sheet(anova: pd.DataFrame) -> Sheet:
    """Return the analysis of variance; a term whose types of squares agree stands once."""
    told = _types_once(records(anova))
    rows = [
        [
            row["term"],
            row["type"] or words.NONE,
            words.number(row["sumsq"], 1),
            words.number(row["df"], 0 if float(row["df"] or 0).is_integer() else 1),
            words.number(row["statistic"], 2),
            words.probability(row["p_value"]),
            _effsize(row),
        ]
        for row in told
    ]
    caption = "Analysis of variance, beside the contrasts; the verdict does not use it."
    columns = ["Term", "Type", "Sum of squares", "df", "F", "p", "Effect size"]
    return Sheet(caption, columns, rows, frozenset(range(2, 7)))


def _types_once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows with the types of a term joined where they give the same F."""
    joined: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in rows:
        f = row["statistic"]
        key = (row["term"], row["type"] if words.missing(f) else round(float(f), 6))
        if key in joined:
            joined[key]["type"] = f"{joined[key]['type']}, {row['type']}"
        else:
            joined[key] = dict(row)
    return list(joined.values())


def _effsize(row: Mapping[str, Any]) -> str:
    """Return an effect size with its name and interval."""
    text = words.number(row["effsize"], 2)
    if text == words.NONE:
        return text
    name = str(row["effsize_type"]).replace("_", " ")
    limits = words.interval(row["effsize_low"], row["effsize_high"], 2)
    return f"{name} {text}" + (f" {limits}" if limits != words.NONE else "")


def assumptions_sheet(assumptions: pd.DataFrame) -> Sheet:
    """Return the diagnostics."""
    rows = [
        [
            row["check"],
            words.number(row["statistic"], 3),
            text_of(row["df"]) or words.NONE,
            words.probability(row["p_value"]),
            row["text"],
        ]
        for row in records(assumptions)
    ]
    columns = ["Diagnostic", "Statistic", "df", "p", "What it says"]
    return Sheet("Diagnostics; none of them chooses the test.", columns, rows, frozenset({1, 2, 3}))


def sensitivity_sheet(sensitivity: pd.DataFrame, own: str) -> Sheet:
    """Return, for each kind of alternative analysis, how often the label was the same."""
    rows = []
    for (comparison, analysis), part in sensitivity.groupby(["comparison", "analysis"], sort=False):
        asked = part[part["agrees"].notna()]
        agrees = asked["agrees"].astype(bool)
        others = asked.loc[~agrees & (asked["label"] != ""), "label"].value_counts(sort=False)
        few = len(part) <= 3  # noqa: PLR2004 - more would fill the page
        rows.append(
            [
                f"{comparison}: {analysis}" if comparison else str(analysis),
                f"{int(agrees.sum())} of {len(asked)}" if len(asked) else words.NONE,
                ", ".join(f"{label} ({count})" for label, count in others.items()) or words.NONE,
                "; ".join(map(_setting, records(part))) if few else _many(part),
            ]
        )
    columns = [
        "Other analysis",
        f"Agrees ({own})" if (sensitivity["comparison"] == "").all() else "Agrees",
        "Other labels",
        "How, and what it says",
    ]
    caption = (
        "Sensitivity of the label. None of these changes it. A test of the interaction alone "
        "agrees if it finds I exactly where the main analysis does."
    )
    return Sheet(caption, columns, rows)


def _many(part: pd.DataFrame) -> str:
    """Return how many settings an analysis has, and the range of I over them."""
    low, high = part["I_estimate"].min(), part["I_estimate"].max()
    decimals = words.decimals_for([high - low])
    span = f"; I from {words.number(low, decimals)} to {words.number(high, decimals)}"
    return f"{len(part)} settings" + ("" if words.missing(low) else span)


def _setting(row: Mapping[str, Any]) -> str:
    """Return how an alternative was made and what it says beside a label."""
    told = (
        [f"I: p {words.probability(row['I_p_value'])}"]
        if not words.missing(row["I_p_value"])
        else []
    )
    told += [text_of(row["note"])] if text_of(row["note"]) else []
    return f"{row['setting']} ({'. '.join(told).rstrip('.')})" if told else str(row["setting"])


def agreement(sensitivity: pd.DataFrame) -> str:
    """Return 'agree k of m' over the alternative analyses, ``""`` without any.

    Leaving out one animal at a time is told apart: it has a row for each animal.
    """
    others = (sensitivity["comparison"] == "") & (sensitivity["analysis"] != LEFT_OUT)
    sensitivity = sensitivity[others]
    if sensitivity.empty:
        return ""
    asked = sensitivity.loc[sensitivity["agrees"].notna(), "agrees"].astype(bool)
    return f"agree {int(asked.sum())} of {len(asked)}"
