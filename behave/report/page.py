"""The page: what is said where, and the template filled with it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import jinja2
import pandas as pd

from behave.report import prose, sheets, statistics_sheets, trackers, words
from behave.report.arrive import arrive_sheet
from behave.report.captions import captions
from behave.report.family_sheets import families_sheets
from behave.report.groups import analysed, animals, groups_of, possible_range
from behave.report.latency import latency_sheets
from behave.report.outcome_sheets import outcome_headlines, outcomes_sheet
from behave.report.results import Results


@dataclass(frozen=True)
class Picture:
    """A figure as the page shows it.

    Parameters
    ----------
    svg
        The drawing.
    alt
        What it shows, for those who do not see it.
    caption
        How to read it.
    wide
        Whether it takes the page's whole width.
    """

    svg: bytes
    alt: str
    caption: str
    wide: bool = True

    @property
    def source(self) -> str:
        """The drawing as a data URI: nothing is loaded from outside."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg).decode("ascii")


def render(results: Results, drawings: Mapping[str, bytes]) -> str:
    """Return the whole page as HTML.

    Parameters
    ----------
    results
        What is reported.
    drawings
        SVG of each figure that could be drawn, by name.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    here = files("behave.report")
    template = environment.from_string((here / "report.html.jinja").read_text(encoding="utf-8"))
    return template.render(
        style=(here / "report.css").read_text(encoding="utf-8"), **content(results, drawings)
    )


def content(results: Results, drawings: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the template shows, each item under its name there."""
    design, verdict = results.design, results.verdict
    rows = animals(results.measures, results.trials_log, design)
    decimals = words.decimals_for(results.cells["std_dev"].tolist())
    texts = captions(results, rows, drawings)
    pictures = {
        name: Picture(
            svg, *texts[name], wide=name not in {"interaction", "immobility_per_bin", "latency"}
        )
        for name, svg in drawings.items()
    }
    blocks = {"protocol": results.protocol, "design": design, **results.methods}
    return {
        "study": results.study,
        "synthetic": results.synthetic,
        "headline": words.typeset(verdict.get("headline", "")),
        "label": verdict.get("label", ""),
        "meaning": words.typeset(verdict.get("meaning", "")),
        "text": words.typeset(verdict.get("text", "")),
        "summary": prose.summary(results, rows),
        "source": list(results.source),
        "pictures": pictures,
        "effects": statistics_sheets.effects_sheet(verdict, design),
        "details": statistics_sheets.details_sheet(verdict, results.contrasts, design),
        "flags": flag_texts(verdict),
        "counts": words.typeset((verdict.get("counts") or {}).get("text", "")),
        "outcomes": outcomes_sheet(verdict),
        "outcomes_text": words.typeset((verdict.get("outcomes") or {}).get("text", "")),
        "outcome_headlines": outcome_headlines(verdict),
        "families": families_sheets(verdict, design),
        "dose_series": [words.typeset(item["text"]) for item in verdict.get("dose_series") or ()],
        "ruled": bool(design.get("antagonist")),
        "scorer_error": words.typeset((verdict.get("scorer_error") or {}).get("text", "")),
        "quality": prose.quality(rows),
        "cells": sheets.cells_sheet(results.cells, design, decimals, possible_range(rows, design)),
        "latency": latency_sheets(results),
        "animals": sheets.animals_sheet(rows, design, decimals),
        "shared": sheets.shared_notes(rows),
        "groups": groups_of(design),
        "rule": words.rule(verdict, design),
        "rule_version": verdict.get("rule_version", ""),
        "equivalence": statistics_sheets.equivalence_sheet(results.equivalence, decimals),
        "anova": statistics_sheets.anova_sheet(results.anova),
        "others": statistics_sheets.other_contrasts_sheet(results.contrasts, verdict, decimals),
        "assumptions": statistics_sheets.assumptions_sheet(results.assumptions),
        "sensitivity": statistics_sheets.sensitivity_sheet(
            results.sensitivity, str(verdict.get("label", ""))
        ),
        "agreement": statistics_sheets.agreement(results.sensitivity),
        "robustness": words.typeset((verdict.get("sensitivity") or {}).get("text", "")),
        "methods": prose.methods(results, rows),
        "arrive": arrive_sheet(results),
        "parameters": sheets.parameters(blocks),
        "definitions": prose.definitions(design),
        "arenas": results.pictures,
        "calibration": sheets.calibration_sheet(results.calibration),
        "overlays": sheets.overlay_links(results.overlays),
        "doubtful": sheets.doubtful_links(results.doubtful, results.overlays),
        "trackers": trackers.agreement(results.trackers, results.disagreements),
        "disagreements": trackers.stretches(results.disagreements, results.overlays),
        "disagreements_in_all": len(results.disagreements),
        "without_trials": _without(results.bouts, analysed(rows)),
    }


def flag_texts(verdict: Mapping[str, Any]) -> list[str]:
    """Return the verdict's flags as sentences."""
    return [
        words.typeset(flag["text"] if isinstance(flag, Mapping) else str(flag))
        for flag in verdict.get("flags") or ()
    ]


def _without(bouts: pd.DataFrame, shown: pd.DataFrame) -> bool:
    """Return whether only statistics were run, so that there is nothing to draw over time."""
    return bouts.empty and not shown.empty
