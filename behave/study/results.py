"""What becomes of a comparison: its tables on disk, and what the report is made of."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from behave import files, report, stats
from behave.model.tables import (
    ANOVA,
    ASSUMPTIONS,
    CELLS,
    CONTRASTS,
    DOSE_RESPONSE,
    EQUIVALENCE,
    LATENCY,
    LATENCY_CELLS,
    LATENCY_CURVE,
    OUTCOME_CELLS,
    OUTCOMES,
    SENSITIVITY,
)
from behave.schema import conform
from behave.study.inputs.study_file import Study

STATS = (CONTRASTS, ANOVA, CELLS, EQUIVALENCE, ASSUMPTIONS, SENSITIVITY)

OPTIONAL = (DOSE_RESPONSE, LATENCY, LATENCY_CELLS, LATENCY_CURVE, OUTCOMES, OUTCOME_CELLS)


def results_of(
    study: Study,
    trials: pd.DataFrame,
    comparison: "stats.Comparison",
    made: Mapping[str, Any],
    **more: Any,
) -> report.Results:
    """Return all that the report is made of; ``more`` is what only one caller has."""
    configuration = made["configuration"]
    return report.Results(
        study=study.study,
        design=configuration["design"],
        protocol=_stated_protocol(study, scored=not more["trials_log"].empty),
        methods=_how_scored(configuration, more["trials_log"])
        | {
            "analysis": {"seed": study.seed},
            "versions": made["versions"],
        },
        verdict=comparison.verdict,
        contrasts=comparison.contrasts,
        anova=comparison.anova,
        cells=comparison.cells,
        equivalence=comparison.equivalence,
        assumptions=comparison.assumptions,
        sensitivity=comparison.sensitivity,
        **{name: getattr(comparison, name) for name in (Path(item.file).stem for item in OPTIONAL)},
        trials=trials,
        lock=made["lock"],
        synthetic="synthetic" in trials and bool(trials["synthetic"].any()),
        **more,
    )


def _how_scored(
    configuration: Mapping[str, Any], trials_log: pd.DataFrame
) -> dict[str, Mapping[str, Any]]:
    """Return the options of tracking and scoring; none where the numbers are a table's."""
    if trials_log.empty:
        return {}
    scoring = configuration["scoring"] | _thresholds(trials_log)
    return {"tracking": configuration["tracking"], "scoring": scoring}


def _stated_protocol(study: Study, *, scored: bool) -> dict[str, Any]:
    """Return what may be said of the test: what the study file says, and what scoring used.

    A default that nothing used, such as the species, would be an invention.
    """
    stated = set(study.protocol.model_fields_set)
    used = {"duration_s", "score_window_s", "bin_s"} if scored else set()
    return study.protocol.model_dump(mode="json", include=stated | used)


def _thresholds(trials_log: pd.DataFrame) -> dict[str, str]:
    """Return the threshold that was used, in place of 'the tracker's own'."""
    if trials_log.empty:
        return {}
    used = trials_log["immobile_below"].dropna().unique()
    return {"immobile_below": ", ".join(f"{value:g}" for value in used) or "none"}


def write_statistics(comparison: "stats.Comparison", folder: Path) -> None:
    """Write ``stats/``."""
    for table in STATS:
        name = Path(table.file).stem
        files.write_table(conform(getattr(comparison, name), table), folder / table.file)
    # Written only where the design and the measures ask for it: nothing irrelevant lies there.
    for table in OPTIONAL:
        content = getattr(comparison, Path(table.file).stem)
        if len(content):
            files.write_table(conform(content, table), folder / table.file)
        else:
            files.remove(folder / table.file)
    write_json(comparison.verdict, folder / "stats" / "verdict.json")


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write JSON that any reader takes: NaN is not JSON and becomes null."""
    files.write_text(json.dumps(content, indent=2, allow_nan=False, default=str) + "\n", path)
