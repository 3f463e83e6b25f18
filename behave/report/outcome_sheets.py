"""The outcomes of one study on the page: their table and their words."""

from collections.abc import Mapping
from typing import Any

from behave.report import words
from behave.report.sheets import Sheet


def outcomes_sheet(verdict: Mapping[str, Any]) -> Sheet | None:
    """Return the table of the outcomes; None where there is one alone."""
    told = verdict.get("outcomes")
    if not told:
        return None
    ruled = any(item["label"] for item in told["outcomes"])
    effects = ("K", "Kn", "I") if ruled else ("K",)
    rows = []
    for item in told["outcomes"]:
        spreads = [2 * (item[name]["std_error"] or 0.0) for name in effects]
        decimals = words.decimals_for(spreads)
        label = words.capital((item["label"] or "").replace("_", " "))
        rows.append(
            [
                item["name"].replace("_", " "),
                words.axis_label(item["outcome"]),
                *([label] if ruled else []),
                words.probability(item["p_adj"]) if item["primary"] else "not primary",
                *(words.with_interval(item[name], decimals) for name in effects),
                str(item["n"]),
            ]
        )
    tested = told["tested"]
    columns = ["Test", "Outcome", *(["Label"] if ruled else []), "p adjusted", *effects, "n"]
    caption = (
        "Effects with 95 % intervals, each in its outcome's unit; positive means benefit. "
        f"p adjusted: {tested} over the primary outcomes ({words.capital(told['adjust'])})."
    )
    return Sheet(caption, columns, rows, frozenset(range(3 if ruled else 2, len(columns))))


def outcome_headlines(verdict: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the headline of each other outcome with its flags, by its name."""
    told = verdict.get("outcomes")
    if not told:
        return []
    return [
        (
            item["name"].replace("_", " "),
            words.typeset(" ".join(_said(item))),
        )
        for item in told["outcomes"][1:]
    ]


def _said(item: Mapping[str, Any]) -> list[str]:
    """Return what is said of one outcome, as sentences."""
    ratios = [item["counts"]["text"]] if item["counts"] else []
    return [item["headline"], *ratios, *(flag["text"] for flag in item["flags"])]
