"""The page's tables: rows of text, each cell as a reader sees it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pandas as pd

from behave.report import words
from behave.report.effects import NAMES, Effect, effects_of
from behave.report.groups import groups_of

ONE_LINE = 32


@dataclass(frozen=True)
class Sheet:
    """One table of the page; the first cell of each row names the row.

    Parameters
    ----------
    caption
        What the table shows.
    columns
        Headings.
    rows
        Cells as text, one list per row.
    numeric
        Which columns hold numbers and are set to the right.
    marks
        A class for each row, ``""`` for none.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: frozenset[int] = frozenset()
    marks: Sequence[str] = ()

    @property
    def whole(self) -> frozenset[int]:
        """Columns of words short enough to stay on one line."""
        return frozenset(
            place
            for place in range(len(self.columns))
            if max((len(row[place]) for row in self.rows), default=0) <= ONE_LINE
        )


def effects_sheet(
    verdict: Mapping[str, Any], contrasts: pd.DataFrame, design: Mapping[str, Any]
) -> Sheet:
    """Return the table of K, Kn, I and A: estimate, interval and both p."""
    known = effects_of(verdict)
    primary = primary_contrasts(contrasts, verdict)
    decimals = words.decimals_for([2 * effect.std_error for effect in known.values()])
    meanings = words.effects(design)
    rows = []
    for name in meanings:
        effect = known.get(name)
        row = primary.get(name, {})
        shown = (
            ["not estimable", *[words.NONE] * 3] if effect is None else _effect(effect, decimals)
        )
        size = words.number(row.get("effsize"), 2)
        if size != words.NONE:
            size += " " + words.interval(row.get("effsize_low"), row.get("effsize_high"), 2)
        rows.append([name, meanings[name], *shown, words.probability(row.get("p_adj")), size])
    _, unit = words.quantity(design["outcome"])
    columns = ["Effect", "What it is", f"Estimate ({unit})" if unit else "Estimate", "95 % interval", "df", "p", "p adjusted", "Effect size"]  # fmt: skip
    sizes = dict.fromkeys(row["effsize_type"] for row in primary.values() if row["effsize_type"])
    caption = "The effects. Positive means benefit."
    caption += f" Effect size: {', '.join(sizes)}." if sizes else ""
    return Sheet(caption, columns, rows, frozenset(range(2, 8)))


def _effect(effect: Effect, decimals: int) -> list[str]:
    """Return estimate, interval, df and p as text."""
    return [
        words.number(effect.estimate, decimals),
        words.interval(effect.conf_low, effect.conf_high, decimals),
        words.number(effect.df, 1),
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
    for row in _records(contrasts):
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
    others = [row for row in _records(planned) if (row["contrast_id"], row["method"]) not in told]
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


def columns_of(design: Mapping[str, Any]) -> list[str]:
    """Return the columns of the factors that make the groups."""
    return [design[part]["column"] for part in ("antagonist", "agonist") if design.get(part)]


def cells_sheet(cells: pd.DataFrame, design: Mapping[str, Any], decimals: int) -> Sheet:
    """Return the groups: how many animals, what became of the others, and what they did."""
    places = {(g.antagonist, g.agonist): f"group g{i}" for i, g in enumerate(groups_of(design))}
    lost = [_lost(row) for row in _records(cells)]
    rows, marks = [], []
    for row, not_analysed in zip(_records(cells), lost, strict=True):
        marks.append(places.get((row["antagonist"], row["agonist"]), "group"))
        rows.append(
            [
                " + ".join(part for part in (row["antagonist"], row["agonist"]) if part),
                words.number(row["n"], 0),
                words.number(row["mean"], decimals),
                words.interval(row["conf_low"], row["conf_high"], decimals),
                words.number(row["std_dev"], decimals),
                words.number(row["median"], decimals),
                f"{words.number(row['minimum'], decimals)} to {words.number(row['maximum'], decimals)}",
                *([not_analysed or "none"] if any(lost) else []),
            ]
        )
    caption = (
        f"The groups ({' + '.join(columns_of(design))}): animals, "
        f"and {words.axis_label(design['outcome']).lower()}."
        + ("" if any(lost) else " All their animals were analysed.")
    )
    columns = ["Group", "n", "Mean", "95 % interval", "SD", "Median", "Range"]
    columns += ["Not analysed"] if any(lost) else []
    return Sheet(caption, columns, rows, frozenset(range(1, 7)), marks)


def _lost(row: Mapping[str, Any]) -> str:
    """Return how many animals of a group were not analysed, by what became of them."""
    counts = {name: row.get(f"n_{name}") for name in ("excluded", "failed", "missing", "alone")}
    told = {"alone": "alone in their block"}
    return ", ".join(
        f"{int(count)} {told.get(name, name)}"
        for name, count in counts.items()
        if not words.missing(count) and count
    )


def animals_sheet(rows: pd.DataFrame, design: Mapping[str, Any], decimals: int) -> Sheet:
    """Return every trial: what became of it, its scores and what to know of it."""
    outcome = design["outcome"]
    numbers = [outcome, *(c for c in ("latency_s", "unscored_s") if c != outcome)]
    shown = [c for c in numbers if c in rows.columns and rows[c].notna().any()]
    where = "video" in rows.columns and (rows["video"] != "").any()
    several = bool((rows["trial_id"] != rows["animal_id"]).any())
    body, marks = [], []
    for row in _records(rows):
        group = row["group"]
        marks.append(
            f"group g{group} {row['status']}" if not pd.isna(group) else str(row["status"])
        )
        place = [_text(row.get("video")), _text(row.get("arena"))]
        body.append(
            [
                _text(row["animal_id"]),
                *([_text(row["trial_id"])] if several else []),
                row["group_name"] or words.NONE,
                row["status"],
                *(_score(row, column, decimals) for column in shown),
                *([", arena ".join(part for part in place if part) or words.NONE] if where else []),
                " ".join(_remarks(row)),
            ]
        )
    columns = [
        "Animal",
        *(["Trial"] if several else []),
        "Group",
        "Status",
        *(words.axis_label(column) for column in shown),
        *(["Video"] if where else []),
        "Remarks",
    ]
    first = 3 + several
    numeric = frozenset(range(first, first + len(shown)))
    return Sheet("Every trial, by group.", columns, body, numeric, marks)


def _score(row: Mapping[str, Any], column: str, decimals: int) -> str:
    """Return a score; a latency that was never reached is 'more than' its window."""
    text = words.number(row[column], decimals if column not in {"latency_s", "unscored_s"} else 1)
    censored = row.get("latency_censored")
    if (
        column == "latency_s"
        and not words.missing(censored)
        and bool(censored)
        and text != words.NONE
    ):
        return f"> {text}"
    return text


def _remarks(row: Mapping[str, Any]) -> list[str]:
    """Return why a trial was not scored, and its quality flags, as sentences."""
    texts = [
        _text(row.get(column)).strip() for column in ("message", "exclude_reason", "flag_text")
    ]
    return [words.capital(t) if t.endswith((".", "!", "?")) else words.capital(t) + "." for t in dict.fromkeys(texts) if t]  # fmt: skip


def anova_sheet(anova: pd.DataFrame) -> Sheet:
    """Return the analysis of variance."""
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
        for row in _records(anova)
    ]
    caption = "Analysis of variance, beside the contrasts; the verdict does not use it."
    columns = ["Term", "Type", "Sum of squares", "df", "F", "p", "Effect size"]
    return Sheet(caption, columns, rows, frozenset(range(2, 7)))


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
        for row in _records(equivalence)
    ]
    columns = ["Linear contrast", "Tested to lie", "Estimate", "SE", "df", "one-sided p"]
    caption = "The one-sided tests of the rule."
    if (equivalence["procedure"] == "TOST").any():
        caption = (
            "The one-sided tests of the rule, and below them those against a bound that was "
            "fixed beforehand: an effect lies within it where both of its tests hold."
        )
    return Sheet(caption, columns, rows, frozenset(range(2, 6)))


def assumptions_sheet(assumptions: pd.DataFrame) -> Sheet:
    """Return the diagnostics."""
    rows = [
        [
            row["check"],
            words.number(row["statistic"], 3),
            _text(row["df"]) or words.NONE,
            words.probability(row["p_value"]),
            row["text"],
        ]
        for row in _records(assumptions)
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
                "; ".join(map(_setting, _records(part))) if few else _many(part),
            ]
        )
    columns = [
        "Done otherwise",
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
    told += [_text(row["note"])] if _text(row["note"]) else []
    return f"{row['setting']} ({'. '.join(told).rstrip('.')})" if told else str(row["setting"])


def agreement(sensitivity: pd.DataFrame) -> str:
    """Return 'agree k of m' over all alternative analyses, ``""`` without any."""
    sensitivity = sensitivity[sensitivity["comparison"] == ""]
    if sensitivity.empty:
        return ""
    asked = sensitivity.loc[sensitivity["agrees"].notna(), "agrees"].astype(bool)
    return f"agree {int(asked.sum())} of {len(asked)}"


def overlay_links(overlays: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return each trial with the link to its overlay."""
    return [(trial, quote(path)) for trial, path in overlays.items()]


def doubtful_links(
    doubtful: pd.DataFrame, overlays: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Return each doubtful stretch, the link to its place in the overlay, and its motion."""
    return [
        (
            f"{row['trial_id']}, {row['start_s']:.1f} to {row['stop_s']:.1f} s",
            f"{quote(overlays[row['trial_id']])}#t={row['start_s']:.1f},{row['stop_s']:.1f}",
            f"{100 * row['motion_ratio']:.0f} %",
        )
        for row in _records(doubtful)
    ]


def parameters(blocks: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return every parameter with its value, under dotted names."""
    return [(name, words.plain(value)) for name, value in _flat(blocks)]


def _flat(parameters: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    """Yield nested parameters under dotted names."""
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _effsize(row: Mapping[str, Any]) -> str:
    """Return an effect size with its name and interval."""
    text = words.number(row["effsize"], 2)
    if text == words.NONE:
        return text
    name = str(row["effsize_type"]).replace("_", " ")
    limits = words.interval(row["effsize_low"], row["effsize_high"], 2)
    return f"{name} {text}" + (f" {limits}" if limits != words.NONE else "")


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _text(value: object) -> str:
    """Return a cell as text, ``""`` where it is missing."""
    return "" if value is None or value is pd.NA or value != value else str(value)  # noqa: PLR0124 - NaN alone differs from itself
