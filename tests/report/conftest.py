"""Studies made of numbers, so that the report's content can be held to them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from behave.model import tables
from behave.report import Results
from behave.schema import conform

DESIGN = {
    "outcome": "immobility_s",
    "benefit": "decrease",
    "agonist": {"column": "treatment", "control": "vehicle", "level": "ketamine"},
    "antagonist": {"column": "pretreatment", "control": "vehicle", "level": "NBQX"},
    "blocks": [],
    "residual_fraction": 0.5,
}
PROTOCOL = {
    "test": "fst",
    "species": "mouse",
    "duration_s": 360.0,
    "score_window_s": [120.0, 360.0],
    "bin_s": 60.0,
}
METHODS = {
    "tracking": {"method": "silhouette"},
    "scoring": {"immobile_below": 0.02, "min_bout_s": 0.5},
    "run": {"seed": 1},
    "versions": {"behave": "0.1.0", "numpy": "2.0.0", "python": "3.11"},
}
WEIGHTS = {"K": (1, -1, 0, 0), "Kn": (0, 0, 1, -1), "I": (1, -1, -1, 1), "A": (1, 0, -1, 0)}


@dataclass
class Study:
    """What a made-up study consists of.

    Parameters
    ----------
    means, spread, sizes
        Of the four groups: vehicle, ketamine, NBQX, NBQX and ketamine.
    label
        The verdict's label, given and not worked out.
    design, prefix
        The design block, and how the animals' names begin.
    """

    means: tuple[float, ...] = (170, 90, 168, 160)
    spread: float = 18
    sizes: tuple[int, ...] = (8, 8, 8, 8)
    label: str = "blocked"
    design: dict[str, Any] = None  # type: ignore[assignment]
    prefix: str = "m"
    seed: int = 3


def _levels(design: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (antagonist, agonist) of the four groups."""
    ago, ant = design["agonist"], design["antagonist"]
    return [(a, b) for a in (ant["control"], ant["level"]) for b in (ago["control"], ago["level"])]


def _measures(study: Study, design: dict[str, Any]) -> pd.DataFrame:
    """Return two epochs per animal; the last animals failed or were excluded."""
    rng = np.random.default_rng(study.seed)
    rows = []
    count = 0
    for number, (antagonist, agonist) in enumerate(_levels(design)):
        for _ in range(study.sizes[number]):
            count += 1
            window = float(np.clip(rng.normal(study.means[number], study.spread), 0, 240))
            # A bout straddles the window's start in some animals, so latency differs.
            for epoch, start, factor in (("whole", 0.0, 1.25), ("score_window", 120.0, 1.0)):
                rows.append(
                    {
                        "trial_id": f"{study.prefix}{count:02d}",
                        "animal_id": f"{study.prefix}{count:02d}",
                        "video": f"cam1/{(count - 1) // 4 + 1:03d}.mp4",
                        "arena": str((count - 1) % 4 + 1),
                        "epoch": epoch,
                        "start_s": start,
                        "stop_s": 360.0,
                        "immobility_s": window * factor,
                        "immobility_pct": 100 * window * factor / (360 - start),
                        "latency_s": float(rng.uniform(0, 60)),
                        "latency_censored": False,
                        "n_bouts": int(rng.integers(8, 30)),
                        "mean_bout_s": 5.0,
                        "longest_bout_s": 20.0,
                        "scored_s": 360 - start,
                        "unscored_s": 0.0,
                        "status": "done",
                        design["antagonist"]["column"]: antagonist,
                        design["agonist"]["column"]: agonist,
                    }
                )
    return pd.DataFrame(rows)


def _bouts(measures: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return bouts that tile each animal's test, as immobile as its measures say."""
    rng = np.random.default_rng(seed)
    window = measures[measures["epoch"] == "score_window"]
    rows = []
    for trial_id, share in zip(window["trial_id"], window["immobility_pct"] / 100, strict=True):
        time, immobile = 4.0, False
        while time < 364:
            mean = 6 * share if immobile else 6 * (1 - share)
            stop = min(364.0, time + 0.5 + float(rng.exponential(max(mean, 0.2))))
            state = "immobile" if immobile else "mobile"
            rows.append((trial_id, trial_id, "auto", state, time, stop, stop - time))
            time, immobile = stop, not immobile
    return pd.DataFrame(rows, columns=list(tables.BOUTS.names))


def _bins(bouts: pd.DataFrame) -> pd.DataFrame:
    """Return immobility per minute, cut from the bouts (entry at 4 s)."""
    rows = []
    for trial_id, part in bouts[bouts["state"] == "immobile"].groupby("trial_id"):
        for number in range(6):
            low, high = 4 + 60 * number, 64 + 60 * number
            seconds = (part["stop_s"].clip(upper=high) - part["start_s"].clip(lower=low)).clip(
                lower=0
            )
            rows.append((trial_id, trial_id, number, low - 4, high - 4, seconds.sum(), 60.0))
    return pd.DataFrame(rows, columns=list(tables.BINS.names))


def _cells(measures: pd.DataFrame, design: dict[str, Any]) -> pd.DataFrame:
    """Return n, mean, spread and Student's interval of the four groups."""
    outcome, rows = design["outcome"], []
    window = measures[(measures["epoch"] == "score_window") & (measures["status"] == "done")]
    for antagonist, agonist in _levels(design):
        part = window[
            (window[design["antagonist"]["column"]] == antagonist)
            & (window[design["agonist"]["column"]] == agonist)
        ][outcome]
        n, mean, spread = len(part), part.mean(), part.std()
        error = spread / np.sqrt(n) if n else np.nan
        reach = stats.t.ppf(0.975, n - 1) * error if n > 1 else np.nan
        rows.append(
            {
                "cell": f"{antagonist} + {agonist}",
                "antagonist": antagonist,
                "agonist": agonist,
                "n": n,
                "n_excluded": 0,
                "n_failed": 0,
                "n_missing": 0,
                "n_alone": 0,
                "mean": mean,
                "std_dev": spread,
                "std_error": error,
                "conf_low": mean - reach,
                "conf_high": mean + reach,
                "median": part.median(),
                "minimum": part.min(),
                "maximum": part.max(),
                "unit": "s",
            }
        )
    return conform(pd.DataFrame(rows), tables.CELLS)


def _welch(cells: pd.DataFrame, weights: tuple[int, ...]) -> dict[str, float] | None:
    """Return a Welch contrast of the cell means, None where a cell has no variance."""
    if (cells["n"] < 2).any():
        return None
    w = np.array(weights, dtype=float)
    parts = w**2 * cells["std_dev"].to_numpy(dtype=float) ** 2 / cells["n"].to_numpy(dtype=float)
    error = float(np.sqrt(parts.sum()))
    df = float(parts.sum() ** 2 / (parts**2 / (cells["n"].to_numpy(dtype=float) - 1)).sum())
    estimate = float(w @ cells["mean"].to_numpy(dtype=float))
    reach = float(stats.t.ppf(0.975, df) * error)
    return {
        "estimate": estimate,
        "std_error": error,
        "conf_low": estimate - reach,
        "conf_high": estimate + reach,
        "df": df,
        "p_value": float(2 * stats.t.sf(abs(estimate / error), df)),
    }


HEADLINES = {
    "blocked": "NBQX blocked the effect of ketamine on immobility: at least half of it was taken away.",
    "not_assessable": "Whether NBQX blocked the effect of ketamine on immobility cannot be assessed from these data.",
}  # fmt: skip


def _verdict(cells: pd.DataFrame, study: Study) -> dict[str, Any]:
    """Return a verdict with Welch effects and the label asked for."""
    effects = {name: _welch(cells, weights) for name, weights in WEIGHTS.items()}
    return {
        "label": study.label,
        "headline": HEADLINES.get(study.label, "The verdict in one sentence."),
        "rule_version": 2,
        "rho": 0.5,
        "alpha": 0.05,
        "method": "Welch",
        **effects,
        "flags": [
            {
                "name": "no_locomotor_control",
                "value": 0.0,
                "text": "No locomotor control was given.",
            }
        ],
        "meaning": "What the label means.",
        "text": "The verdict's own words, with K, Kn and I and their intervals.",
    }


def _contrasts(verdict: dict[str, Any], cells: pd.DataFrame) -> pd.DataFrame:
    """Return the verdict's effects as rows of the contrasts table."""
    rows = []
    for name, weights in WEIGHTS.items():
        if verdict[name] is None:
            continue
        sides = [cells.loc[np.array(weights) == side, "n"].sum() for side in (1, -1)]
        rows.append(
            {
                "contrast_id": name,
                "family": "planned",
                "contrast": name,
                "method": "Welch",
                **verdict[name],
                "p_adj": min(1.0, 4 * verdict[name]["p_value"]),
                "adjust": "Holm",
                "conf_level": 0.95,
                "effsize_type": "" if name == "I" else "Hedges g (pooled SD of the two cells)",
                "effsize": np.nan if name == "I" else 1.23,
                "effsize_low": np.nan if name == "I" else 0.4,
                "effsize_high": np.nan if name == "I" else 2.0,
                "n1": sides[0],
                "n2": sides[1],
                "unit": "s",
                "planned": True,
            }
        )
    return conform(pd.DataFrame(rows), tables.CONTRASTS)


def _sensitivity(verdict: dict[str, Any], label: str) -> pd.DataFrame:
    """Return 45 scorings of which the laxest give another label, and two more analyses."""
    rng = np.random.default_rng(5)
    rows = []
    for threshold in (0.7, 0.85, 1.0, 1.2, 1.4):
        for bout in (0, 1, 2):
            for window in ("score window", "whole test", "last half"):
                shift = 40 * (threshold - 1) + float(rng.normal(0, 3))
                same = threshold < 1.4
                row: dict[str, Any] = {
                    "analysis": "scoring grid",
                    "setting": f"threshold x{threshold:g}, bouts from {bout} s, {window}",
                    "threshold_factor": threshold,
                    "min_bout_s": bout,
                    "window": window,
                    "label": label if same else "attenuated",
                    "agrees": same,
                }
                for name in ("K", "Kn", "I"):
                    effect = verdict[name] or dict.fromkeys(
                        ("estimate", "conf_low", "conf_high"), np.nan
                    )
                    for part in ("estimate", "conf_low", "conf_high"):
                        row[f"{name}_{part}"] = effect[part] - shift
                rows.append(row)
    # Two analyses that are not scorings.
    rows.extend(
        {"analysis": analysis, "setting": "all animals", "label": label, "agrees": True}
        for analysis in ("pooled variance", "Freedman-Lane")
    )
    return conform(pd.DataFrame(rows), tables.SENSITIVITY)


def _anova() -> pd.DataFrame:
    """Return a type III table of a 2x2."""
    terms = ("pretreatment", "treatment", "pretreatment:treatment", "Residuals")
    rows = [
        {
            "term": t,
            "type": "III",
            "sumsq": 1000.0,
            "df": 1.0,
            "statistic": 12.3,
            "p_value": 0.0004,
            "effsize_type": "partial_eta_squared",
            "effsize": 0.3,
            "effsize_low": 0.1,
            "effsize_high": 0.5,
        }
        for t in terms[:3]
    ]
    return conform(
        pd.DataFrame([*rows, {"term": terms[3], "sumsq": 9000.0, "df": 28.0}]), tables.ANOVA
    )


def build(study: Study) -> Results:
    """Return the tables of a made-up study, each as the stages would give it."""
    design = study.design or DESIGN
    measures = _measures(study, design)
    bouts = _bouts(measures, study.seed)
    cells = _cells(measures, design)
    verdict = _verdict(cells, study)
    log = measures[measures["epoch"] == "whole"][
        ["trial_id", "animal_id", "video", "arena", "status"]
    ]
    log = log.assign(seconds=1.0, entry_s=4.0, entry_source="detected")
    equivalence = pd.DataFrame(
        [
            {
                "contrast_id": "Kn_below",
                "procedure": "rule",
                "contrast": "Kn - 0.5 K",
                "alternative": "less",
                "bound": 0.0,
                "estimate": -30.0,
                "std_error": 10.0,
                "df": 20.0,
                "statistic": -3.0,
                "p_value": 0.004,
                "alpha": 0.05,
                "rho": 0.5,
                "unit": "s",
            }
        ]
    )
    checks = pd.DataFrame(
        [
            {
                "check": "Brown-Forsythe",
                "statistic": 0.8,
                "df": "3, 28",
                "p_value": 0.5,
                "text": "No sign of unequal spread.",
            }
        ]
    )
    return Results(
        study="nbqx-ketamine",
        design=design,
        protocol=PROTOCOL,
        methods=METHODS,
        verdict=verdict,
        measures=measures,
        bins=_bins(bouts),
        bouts=bouts,
        trials_log=conform(log, tables.TRIALS_LOG),
        contrasts=_contrasts(verdict, cells),
        anova=_anova(),
        cells=cells,
        equivalence=conform(equivalence, tables.EQUIVALENCE),
        assumptions=conform(checks, tables.ASSUMPTIONS),
        sensitivity=_sensitivity(verdict, study.label),
        synthetic=True,
    )


@pytest.fixture(scope="session")
def make_results() -> Callable[..., Results]:
    """Return a builder of studies: 8 animals per group, NBQX takes ketamine's effect away."""

    def make(**changes: Any) -> Results:
        return build(Study(**changes))

    return make


@pytest.fixture(scope="session")
def blocked(make_results: Callable[..., Results]) -> Results:
    """Ketamine takes 80 s off vehicle's 170 s, and next to nothing off NBQX's 168 s."""
    return make_results()


@pytest.fixture(scope="session")
def with_losses(blocked: Results) -> Results:
    """As `blocked`, but m03 failed, m10 was excluded and m20 has no video."""
    lost = {
        "m03": ("failed", "the file is truncated"),
        "m10": ("excluded", "fell ill"),
        "m20": ("missing", "no video is named"),
    }
    log, measures = blocked.trials_log.copy(), blocked.measures.copy()
    for trial_id, (status, message) in lost.items():
        here = log["trial_id"] == trial_id
        log.loc[here, ["status", "message"]] = [status, message]
        rows = measures["trial_id"] == trial_id
        measures.loc[rows, "status"] = status
        measures.loc[rows, ["immobility_s", "latency_s", "scored_s", "unscored_s"]] = np.nan
    log.loc[log["trial_id"] == "m05", ["flags", "flag_text"]] = [
        "unscored",
        "6.1 % of the window was not seen.",
    ]
    keep = ~blocked.bouts["trial_id"].isin(list(lost))
    return replace(
        blocked,
        trials_log=log,
        measures=measures,
        bouts=blocked.bouts[keep],
        bins=blocked.bins[~blocked.bins["trial_id"].isin(list(lost))],
        cells=_cells(measures, DESIGN),
    )
