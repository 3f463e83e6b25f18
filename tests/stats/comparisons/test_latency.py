"""Latencies with animals that never stopped, as tables beside the verdict."""

import numpy as np
import pandas as pd
import pytest

from behave.stats import compare
from behave.stats.comparisons.latency import welch_means
from behave.stats.methods.survival import kaplan_meier

LIMIT = 240.0


@pytest.fixture
def latencies(models):
    """Return the simulated latencies of golden/models.R as measures, and R's answers."""
    case = models["latency"]
    table = pd.DataFrame(case["table"])
    split = table["cell"].str.split("|", expand=True)
    rng = np.random.default_rng(1)
    measures = pd.DataFrame(
        {
            "animal_id": [f"{index:02d}" for index in range(len(table))],
            "pretreatment": split[0],
            "treatment": split[1],
            "cohort": table["cohort"],
            "immobility_s": rng.normal(120, 20, len(table)),
            "latency_s": table["time"].astype(float),
            "latency_censored": table["event"] == 0,
        }
    )
    return measures, case


def test_the_groups_and_contrasts_are_rs(latencies, design):
    measures, case = latencies
    comparison = compare(measures, design)
    cells = comparison.latency_cells
    np.testing.assert_allclose(cells["restricted_mean_s"], case["rmst"])
    np.testing.assert_allclose(cells["median_s"], case["median"])
    assert cells["n_censored"].sum() == measures["latency_censored"].sum()
    found = comparison.latency.set_index(["method", "contrast_id"])
    mean = found.loc[("restricted mean", "K")]
    assert mean["estimate"] == pytest.approx(case["rmst"][1] - case["rmst"][0])
    # Greenwood's errors, by n / (n - 1) each.
    sizes = cells["n"].to_numpy(dtype=float)
    corrected = np.array(case["rmst_se"][:2]) * np.sqrt(sizes[:2] / (sizes[:2] - 1))
    assert mean["std_error"] == pytest.approx(np.hypot(*corrected))
    hazard = found.loc[("Cox", "K")]
    assert hazard["estimate"] == pytest.approx(-case["cox"]["coef"][0])
    first, second, third = case["cox"]["coef"]
    assert found.loc[("Cox", "I"), "estimate"] == pytest.approx(-first - second + third)
    for name, expected in zip(("K", "Kn", "A"), case["logrank_pairs"], strict=True):
        assert found.loc[("log-rank", name), "statistic"] ** 2 == pytest.approx(expected)
    assert ("log-rank", "I") not in found.index


def test_later_is_positive_in_every_method(latencies, design):
    measures, _ = latencies
    later = compare(measures, design).latency.set_index(["method", "contrast_id"])["statistic"]
    assert (later.xs("K", level="contrast_id") > 0).all()
    text = compare(measures, design).latency.set_index("contrast_id").loc["K", "contrast"]
    assert text.iloc[0] == "(vehicle + ketamine) - (vehicle + vehicle)"


def test_blocks_are_strata_of_the_hazard(latencies, blocked_design):
    measures, case = latencies
    found = compare(measures, blocked_design).latency.set_index(["method", "contrast_id"])
    assert found.loc[("Cox, strata of blocks", "K"), "estimate"] == pytest.approx(
        -case["cox_strata"]["coef"][0]
    )


def test_the_curves_hold_every_step(latencies, design):
    measures, case = latencies
    curve = compare(measures, design).latency_curve
    np.testing.assert_allclose(curve["share_without"], case["curve"]["survival"])
    assert (curve["until_s"] == LIMIT).all()


def test_a_users_table_may_write_true_and_false_as_words(latencies, design):
    measures, _ = latencies
    as_text = measures.assign(
        latency_censored=measures["latency_censored"].map({True: "yes", False: "no"}),
        latency_s=measures["latency_s"].astype(str),
    )
    pd.testing.assert_frame_equal(
        compare(as_text, design).latency, compare(measures, design).latency
    )


def test_the_label_does_not_look_at_it(latencies, design):
    measures, _ = latencies
    without = compare(measures.drop(columns=["latency_s", "latency_censored"]), design)
    assert without.verdict == compare(measures, design).verdict
    assert without.latency.empty
    assert without.latency_cells.empty


def test_where_nobody_stopped_there_is_nothing_to_compare(latencies, design):
    measures, _ = latencies
    never = measures.assign(latency_s=LIMIT, latency_censored=True)
    assert compare(never, design).latency.empty


def test_a_group_that_never_stopped_has_a_mean_and_no_hazard(latencies, design):
    measures, _ = latencies
    treated = (measures["pretreatment"] == "vehicle") & (measures["treatment"] == "ketamine")
    table = measures.assign(
        latency_s=measures["latency_s"].where(~treated, LIMIT),
        latency_censored=measures["latency_censored"] | treated,
    )
    found = compare(table, design).latency
    assert set(found["method"]) == {"restricted mean", "log-rank"}
    cells = compare(table, design).latency_cells.set_index("cell")
    assert cells.loc["vehicle + ketamine", "restricted_mean_s"] == LIMIT
    assert np.isnan(cells.loc["vehicle + ketamine", "median_s"])


def test_without_censoring_the_restricted_mean_is_welchs(experiment, design):
    rng = np.random.default_rng(8)
    table = experiment(*(rng.exponential(mean, 7) for mean in (40, 80, 40, 60)))
    table = table.assign(latency_s=table["immobility_s"], latency_censored=False)
    comparison = compare(table, design)
    found = comparison.latency.set_index(["method", "contrast_id"]).loc["restricted mean"]
    planned = comparison.contrasts.head(4).set_index("contrast_id")
    # Benefit counts less immobility; here later is more.
    for name in ("K", "Kn", "I", "A"):
        assert found.loc[name, "estimate"] == pytest.approx(-planned.loc[name, "estimate"])
        for part in ("std_error", "df", "p_value"):
            assert found.loc[name, part] == pytest.approx(planned.loc[name, part], rel=1e-9)


@pytest.mark.parametrize("weights", [(1, -1, 0, 0), (1, -1, -1, 1)], ids=["K", "I"])
def test_the_size_with_8_animals_is_near_5_percent(weights):
    # Latencies of one distribution, a quarter of them censored at 240 s.
    rng = np.random.default_rng(9)
    experiments, animals, until = 1500, 8, 240.0
    wrong = normal = 0
    for _ in range(experiments):
        time = rng.exponential(170, (4, animals))
        curves = [kaplan_meier(np.minimum(row, until), row < until) for row in time]
        means, errors = np.array([curve.restricted_mean(until) for curve in curves]).T
        row = np.array([weights], dtype=float)
        found = welch_means(means, errors, np.full(4, float(animals)), row)
        wrong += float(found.p_value[0]) < 0.05
        z = abs(float(row[0] @ means)) / np.sqrt(row[0] ** 2 @ errors**2)
        normal += z > 1.959964
    share, before = wrong / experiments, normal / experiments
    assert 0.035 < share < 0.065
    assert before > share + 0.02
