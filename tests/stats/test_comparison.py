"""The stage's face: tables, verdict, words and flags of whole experiments."""

import json

import numpy as np
import pandas as pd
import pytest

from behave.model import tables
from behave.model.labels import LABELS
from behave.stats import compare
from behave.stats.rule.verdict import EFFECTS


def flags_of(comparison):
    return {flag["name"]: flag for flag in comparison.verdict["flags"]}


def test_a_full_block_is_told_as_one(full_block, design):
    verdict = compare(full_block, design).verdict
    assert verdict["label"] == "blocked"
    assert verdict["K"]["estimate"] == pytest.approx(100)
    assert verdict["Kn"]["estimate"] == pytest.approx(1)
    assert verdict["I"]["estimate"] == pytest.approx(99)
    assert verdict["A"]["estimate"] == pytest.approx(2)
    for part in ("ketamine", "NBQX", "on immobility,", "100.0 s", "1.0 s", "99.0 s", "Blocked:"):
        assert part in verdict["text"]


def test_a_benefit_that_is_an_increase_gives_the_same_verdict(full_block, design):
    struggling = full_block.assign(immobility_s=240 - full_block["immobility_s"])
    turned = compare(struggling, design.model_copy(update={"benefit": "increase"}))
    straight = compare(full_block, design)
    for name in ("label", "rho"):
        assert turned.verdict[name] == straight.verdict[name]
    for name in EFFECTS:
        assert turned.verdict[name] == pytest.approx(straight.verdict[name])
    assert turned.contrasts["effsize"].tolist() == pytest.approx(
        straight.contrasts["effsize"].tolist(), nan_ok=True
    )
    # The words name the cell that is subtracted last.
    assert turned.contrasts.loc[0, "contrast"] == "(vehicle + ketamine) - (vehicle + vehicle)"
    assert straight.contrasts.loc[0, "contrast"] == "(vehicle + vehicle) - (vehicle + ketamine)"


def test_the_wrong_direction_of_benefit_finds_no_effect(full_block, design):
    verdict = compare(full_block, design.model_copy(update={"benefit": "increase"})).verdict
    assert verdict["label"] == "no_agonist_effect"
    assert "against the expected direction" in verdict["text"]


def test_the_tables_are_those_of_the_contract(full_block, design):
    comparison = compare(full_block, design)
    for name in ("contrasts", "anova", "cells", "equivalence", "assumptions", "sensitivity"):
        expected = list(getattr(tables, name.upper()).names)
        assert list(getattr(comparison, name).columns) == expected, name


def test_contrasts_come_by_three_methods_the_primary_first(full_block, design):
    table = compare(full_block, design).contrasts.query("family == 'planned'")
    assert table["contrast_id"].tolist() == ["K", "Kn", "I", "A"] * 3
    assert table["method"].unique().tolist() == ["Welch", "OLS, pooled variance", "OLS, HC3"]
    assert table.loc[2, "effsize_type"] == "delta g (pooled SD of the four cells)"
    assert table.loc[:3, "effsize"].notna().all()
    assert table.loc[4:, "effsize_type"].eq("").all()
    assert table.loc[[0, 1, 2, 3], "n1"].tolist() == [10, 10, 20, 10]


def test_sidak_in_place_of_holm_where_the_study_says_so(full_block, design):
    plain = compare(full_block, design).contrasts.head(4)
    asked = compare(full_block, design.model_copy(update={"adjust": "sidak"})).contrasts.head(4)
    assert asked["adjust"].unique().tolist() == ["Sidak"]
    np.testing.assert_allclose(asked["p_adj"], 1 - (1 - plain["p_value"]) ** 4, atol=1e-12)
    pd.testing.assert_series_equal(asked["p_value"], plain["p_value"])


def test_holm_of_the_planned_family(full_block, design):
    table = compare(full_block, design).contrasts.head(4)
    p = table["p_value"].to_numpy()
    order = np.argsort(p)
    running, expected = 0.0, np.empty(4)
    for step, index in enumerate(order):
        running = max(running, (4 - step) * p[index])
        expected[index] = min(running, 1.0)
    assert table["p_adj"].to_numpy() == pytest.approx(expected)


def test_the_verdict_is_valid_json_and_complete(full_block, design):
    verdict = compare(full_block, design).verdict
    again = json.loads(json.dumps(verdict, allow_nan=False))
    assert again == verdict
    assert {"label", "rule_version", "rho", "alpha", "K", "Kn", "I", "A", "flags", "text"} <= set(
        verdict
    )
    for name in EFFECTS:
        assert set(verdict[name]) == {
            "estimate", "std_error", "conf_low", "conf_high", "df", "p_value",
        }  # fmt: skip


def test_four_animals_decide_nothing(experiment, design):
    comparison = compare(experiment([150], [90], [160], [140]), design)
    verdict = comparison.verdict
    assert verdict["label"] == "not_assessable"
    assert verdict["K"] == {
        "estimate": 60, "std_error": None, "conf_low": None,
        "conf_high": None, "df": None, "p_value": None,
    }  # fmt: skip
    assert "decide nothing" in verdict["text"]
    assert "vehicle + ketamine has 1 animal" in verdict["text"]
    assert len(comparison.sensitivity) == 0


def test_a_missing_antagonist_alone_cell_leaves_k(experiment, design):
    comparison = compare(experiment([150, 140, 160], [90, 80, 95], [], [140, 120]), design)
    verdict = comparison.verdict
    assert verdict["label"] == "not_assessable"
    assert verdict["K"]["conf_low"] is not None
    assert verdict["Kn"]["estimate"] is None
    assert "was 61.7 s (95% interval" in verdict["text"]
    assert "NBQX + vehicle has no animals" in verdict["text"]
    text = flags_of(comparison)["no_antagonist_alone"]["text"]
    assert text.startswith("No animal shows NBQX alone: ketamine under NBQX cannot be compared")


def test_with_all_four_cells_no_cell_is_missing(experiment, design):
    one_short = experiment([150, 140], [90, 80], [150], [140, 120])
    assert "no_antagonist_alone" not in flags_of(compare(one_short, design))


def test_cells_without_spread_have_no_share_of_the_effect(experiment, design):
    verdict = compare(experiment([240] * 5, [100] * 5, [240] * 5, [240] * 5), design).verdict
    assert verdict["label"] == "not_assessable"
    assert verdict["reversal_pct"] is None
    assert "% of the effect" not in verdict["text"]


@pytest.mark.parametrize(
    ("benefit", "said"), [("decrease", "a decrease"), ("increase", "an increase")]
)
def test_the_direction_of_benefit_is_said(full_block, design, benefit, said):
    text = compare(full_block, design.model_copy(update={"benefit": benefit})).verdict["text"]
    assert f"counted as {said}, was" in text


def test_all_at_the_ceiling_is_not_assessable(experiment, design):
    comparison = compare(experiment(*[[239.9] * 7] * 4), design)
    assert comparison.verdict["label"] == "not_assessable"
    assert comparison.contrasts["p_value"].isna().all()
    assert comparison.anova["p_value"].isna().all()
    assert "does not vary" in comparison.verdict["text"]
    assert "zero_variance" in flags_of(comparison)


def test_a_cohort_per_treatment_is_not_assessable(full_block, blocked_design):
    table = full_block.assign(cohort=full_block["treatment"].map({"vehicle": "1", "ketamine": "2"}))
    comparison = compare(table, blocked_design)
    assert comparison.verdict["label"] == "not_assessable"
    assert comparison.verdict["K"]["estimate"] is None
    assert comparison.verdict["I"]["estimate"] == pytest.approx(99)
    assert "cannot be told from a difference between blocks" in comparison.verdict["text"]
    assert "block_in_one_arm" in flags_of(comparison)


def test_a_cohort_per_pretreatment_hides_the_antagonist_alone_and_nothing_else(
    full_block, blocked_design
):
    table = full_block.assign(cohort=full_block["pretreatment"])
    verdict = compare(table, blocked_design).verdict
    assert verdict["label"] == "blocked"
    assert verdict["A"]["std_error"] is None
    assert "NBQX alone (A) is unknown" in verdict["text"]
    assert "The label does not need it" in verdict["text"]
    first = blocked_design.model_copy(update={"rule_version": 1})
    earlier = compare(table, first).verdict
    assert (earlier["label"], earlier["rule_version"]) == ("not_assessable", 1)


def cages_by_antagonist(experiment):
    """Return five cages with NBQX and five without, each with two of either treatment."""
    rng = np.random.default_rng(21)
    pair = np.tile(np.repeat(np.arange(5), 2), 4)
    cage = 5 * (np.repeat(np.arange(4), 10) // 2) + pair
    table = experiment(*(rng.normal(mean, 12, 10) for mean in (150, 70, 150, 125)))
    shift = rng.normal(0, 40, 10)[cage]
    return table.assign(cage=cage.astype(str), immobility_s=table["immobility_s"] + shift)


def test_cages_as_blocks_with_the_antagonist_by_cage_give_a_label(experiment, design):
    table = cages_by_antagonist(experiment)
    verdict = compare(table, design.model_copy(update={"blocks": ("cage",)})).verdict
    assert verdict["label"] == "partially_blocked"
    # Within a cage K is a mean of differences: the cages have no say in it.
    by_cage = table.groupby(["pretreatment", "cage", "treatment"])["immobility_s"].mean().unstack()
    differences = by_cage["vehicle"] - by_cage["ketamine"]
    assert verdict["K"]["estimate"] == pytest.approx(differences["vehicle"].mean())
    assert verdict["Kn"]["estimate"] == pytest.approx(differences["NBQX"].mean())
    assert verdict["A"]["estimate"] is None


def test_cohorts_that_shift_whole_animals_are_taken_out(full_block, blocked_design, design):
    cohort = np.tile(["1", "2"], 20)
    shifted = full_block.assign(cohort=cohort)
    shifted["immobility_s"] += np.where(cohort == "1", 80.0, 0.0)
    with_blocks = compare(shifted, blocked_design)
    without = compare(shifted, design)
    assert with_blocks.verdict["method"] == "OLS with blocks, HC2, Bell-McCaffrey df"
    assert with_blocks.verdict["label"] == "blocked"
    assert with_blocks.verdict["I"]["std_error"] < without.verdict["I"]["std_error"] / 2
    assert "cohort" in with_blocks.anova["term"].tolist()
    settings = with_blocks.sensitivity["setting"].tolist()
    assert "Welch, blocks ignored" in settings


def test_one_level_of_cohort_is_welch_with_a_flag(full_block, blocked_design):
    comparison = compare(full_block.assign(cohort="1"), blocked_design)
    assert comparison.verdict["method"] == "Welch"
    assert "single_block" in flags_of(comparison)


def test_an_animal_alone_in_its_cohort_is_left_out_with_a_flag(full_block, blocked_design):
    table = full_block.assign(cohort=[*np.tile(["1", "2"], 20)[:-1], "3"])
    comparison = compare(table, blocked_design)
    assert flags_of(comparison)["block_of_one"]["value"] == 1
    assert comparison.cells["n"].tolist() == [10, 10, 10, 9]
    assert comparison.cells["n_alone"].tolist() == [0, 0, 0, 1]


def test_a_block_at_the_floor_is_qualified_in_the_headline(experiment, design):
    # NBQX helps by itself, and with ketamine most animals lie at the floor.
    spread = np.linspace(-20, 20, 10)
    low = [0, 0, 0, 0, 2, 4, 6, 8, 10, 12]
    table = experiment(120 + spread, 30 + spread, 40 + spread, low)
    verdict = compare(table.assign(scored_s=240.0), design).verdict
    assert verdict["label"] in {"partially_blocked", "blocked", "attenuated"}
    assert verdict["qualifiers"] == ["floor", "antagonist_alone"]
    assert "animals lie at the floor, where two effects that only add up" in verdict["headline"]
    higher = compare(table.assign(immobility_s=table["immobility_s"] + 60), design).verdict
    assert higher["label"] == verdict["label"]


def test_antagonist_alone_is_flagged_and_said(full_block, design):
    table = full_block.copy()
    table.loc[table["pretreatment"] == "NBQX", "immobility_s"] += 40
    comparison = compare(table, design)
    assert comparison.verdict["label"] == "blocked"
    assert flags_of(comparison)["antagonist_alone"]["value"] == pytest.approx(-38)


def test_a_failed_trial_is_listed_with_its_message(full_block, design):
    table = full_block.assign(status="done", message="")
    table.loc[[10, 11], "status"] = "failed"
    table.loc[[10, 11], "message"] = ["the file is not there", ""]
    text = flags_of(compare(table, design))["exclusions_differ"]["text"]
    assert "010 failed: the file is not there; 011 failed)" in text


def test_exclusions_that_differ_by_arm_are_listed_with_their_reasons(full_block, design):
    table = full_block.assign(status="done", exclude_reason="")
    table.loc[[10, 11], "status"] = "excluded"
    table.loc[[10, 11], "exclude_reason"] = ["sank", "hypothermic"]
    flag = flags_of(compare(table, design))["exclusions_differ"]
    assert flag["value"] == pytest.approx(0.2)
    assert "2 of 10 in vehicle + ketamine" in flag["text"]
    assert "010 excluded: sank; 011 excluded: hypothermic" in flag["text"]


def test_one_exclusion_in_each_cell_is_no_flag(full_block, design):
    table = full_block.assign(status="done")
    table.loc[[0, 10, 20, 30], "status"] = "failed"
    assert "exclusions_differ" not in flags_of(compare(table, design))


@pytest.mark.parametrize(("sizes", "raised"), [((8, 8, 8, 6), False), ((9, 6, 9, 9), True)])
def test_imbalance_from_half_as_many_again(experiment, design, sizes, raised):
    rng = np.random.default_rng(13)
    cells = [rng.normal(mean, 20, n) for mean, n in zip((150, 70, 150, 150), sizes, strict=True)]
    assert ("imbalance" in flags_of(compare(experiment(*cells), design))) is raised


def test_a_ceiling_is_measured_against_the_scored_time(full_block, design):
    # Three of ten controls hardly moved in the 240 s that were scored.
    table = full_block.assign(scored_s=240.0)
    table.loc[[0, 1, 2], "immobility_s"] = [239.0, 240.0, 238.5]
    found = flags_of(compare(table, design))
    assert found["ceiling"]["value"] == pytest.approx(0.3)
    assert "vehicle + vehicle" in found["ceiling"]["text"]
    assert "floor" not in found


def test_ties_at_the_lowest_value_are_a_floor(full_block, design):
    table = full_block.copy()
    table.loc[[10, 11, 12], "immobility_s"] = 0.0
    assert flags_of(compare(table, design))["floor"]["value"] == pytest.approx(0.3)


def test_distinct_extremes_are_neither_floor_nor_ceiling(full_block, design):
    assert not {"floor", "ceiling"} & set(flags_of(compare(full_block, design)))


def test_percent_of_own_vehicle_is_an_alarm(full_block, design):
    own = full_block[full_block["treatment"] == "vehicle"].groupby("pretreatment")["immobility_s"]
    share = full_block["immobility_s"] / full_block["pretreatment"].map(own.mean())
    for scale in (100, 1):
        normalised = full_block.assign(immobility_s=scale * share)
        assert "percent_of_own_vehicle" in flags_of(compare(normalised, design))
    one_vehicle = full_block.assign(immobility_s=full_block["immobility_s"] / 1.6)
    assert "percent_of_own_vehicle" not in flags_of(compare(one_vehicle, design))


@pytest.mark.parametrize(
    ("name", "raised"),
    [("immobility_pct_of_vehicle", True), ("percent_of_own_vehicle", True),
     ("immobility_pct_control", True), ("immobility_norm_veh", True),
     ("immobility_pct", False), ("immobility_pct_of_time", False)],
)  # fmt: skip
def test_an_outcome_that_calls_itself_a_share_of_a_group_is_an_alarm(
    full_block, design, name, raised
):
    table = full_block.rename(columns={"immobility_s": name})
    found = flags_of(compare(table, design.model_copy(update={"outcome": name})))
    assert ("percent_of_own_vehicle" in found) is raised


@pytest.mark.parametrize("digits", [0, 1, 2])
def test_percents_of_own_vehicle_are_found_though_rounded(design, experiment, digits):
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(20):
        table = experiment(*rng.normal([[160], [80], [150], [145]], 20, (4, 8)))
        own = table[table["treatment"] == "vehicle"].groupby("pretreatment")["immobility_s"]
        share = 100 * table["immobility_s"] / table["pretreatment"].map(own.mean())
        rounded = table.assign(immobility_s=share.round(digits))
        found += "percent_of_own_vehicle" in flags_of(compare(rounded, design))
    assert found == 20


def test_seconds_near_100_are_not_taken_for_percents(design, experiment):
    rng = np.random.default_rng(3)
    tables = (experiment(*rng.normal(100, 25, (4, 8)).round(1)) for _ in range(40))
    assert not any("percent_of_own_vehicle" in flags_of(compare(t, design)) for t in tables)


def test_control_cells_at_the_end_of_a_percentage_are_not_normalised(experiment, design):
    table = experiment([100] * 4, [60, 70, 55, 65], [100] * 4, [90, 80, 85, 95])
    assert "percent_of_own_vehicle" not in flags_of(compare(table, design))


def test_a_recorded_cohort_per_arm_is_an_alarm_though_it_is_no_block(full_block, design):
    aliased = full_block.assign(cohort=full_block["treatment"])
    flag = flags_of(compare(aliased, design))["block_in_one_arm"]
    assert "'cohort' is not among the blocks" in flag["text"]
    crossed = full_block.assign(cohort=list("ab" * 20))
    assert "block_in_one_arm" not in flags_of(compare(crossed, design))
    half_recorded = full_block.assign(cohort=[*["a", "b"] * 10, *[""] * 20])
    flag = flags_of(compare(half_recorded, design))["block_in_one_arm"]
    assert flag["text"].startswith("'cohort' a, b holds")


def test_cage_mates_treated_alike_are_an_alarm(full_block, design):
    alike = full_block.assign(cage=[str(index // 5) for index in range(40)])
    mixed = full_block.assign(cage=[str(index % 10) for index in range(40)])
    assert flags_of(compare(alike, design))["cage_treated_alike"]["value"] == 8
    assert "cage_treated_alike" not in flags_of(compare(mixed, design))


def test_without_a_locomotor_control_the_reader_is_told(full_block, design):
    assert "no_locomotor_control" in flags_of(compare(full_block, design))


def test_other_levels_are_counted_in_a_flag(full_block, design):
    more = full_block.head(3).assign(treatment="fluoxetine", animal_id=["x", "y", "z"])
    comparison = compare(pd.concat([full_block, more]), design)
    assert flags_of(comparison)["left_aside"]["value"] == 3
    assert comparison.verdict["K"] == compare(full_block, design).verdict["K"]


@pytest.mark.parametrize("seed", range(12))
def test_no_text_claims_more_than_the_experiment_shows(experiment, design, seed):
    rng = np.random.default_rng(seed)
    means = rng.choice([40, 100, 160], 4)
    text = compare(experiment(*(rng.normal(m, 20, 6) for m in means)), design).verdict["text"]
    for word in ("prove", "mediat", "receptor", "mechanism", "nan", "None"):
        assert word not in text


def test_every_label_has_its_own_words(experiment, design):
    seen = {}
    for k, kn, sd in [
        (0, 0, 5), (100, 160, 5), (100, 50, 5), (100, 0, 5), (100, 25, 30), (100, 95, 5),
        (60, 40, 25), (80, -80, 5),
    ]:  # fmt: skip
        spread = sd * np.linspace(-1.4, 1.4, 8)
        cells = (160 + spread, 160 - k + spread, 160 + spread, 160 - kn + spread)
        verdict = compare(experiment(*cells), design).verdict
        seen[verdict["label"]] = verdict["text"]
    assert set(seen) == set(LABELS) - {"not_assessable"}
    for label, text in seen.items():
        assert f"{label.replace('_', ' ').capitalize()}:" in text


def test_cells_describe_the_animals(experiment, design):
    cells = compare(experiment([1, 2, 3, 6], [5, 5], [5, 7], [1, 9]), design).cells.loc[0]
    assert cells[["n", "mean", "median", "minimum", "maximum"]].tolist() == [4, 3, 2.5, 1, 6]
    assert cells["std_error"] == pytest.approx(cells["std_dev"] / 2)
    # t(.975, 3) = 3.182446
    assert cells["conf_high"] == pytest.approx(3 + 3.182446 * cells["std_error"], rel=1e-6)


def test_the_rules_tests_are_tabulated(full_block, design):
    table = compare(full_block, design).equivalence.set_index("contrast_id")
    assert table["contrast"].tolist() == ["Kn - 0.5 K", "Kn + 0.5 K", "Kn - 0.5 K"]
    assert table["estimate"].tolist() == pytest.approx([1 - 50, 1 + 50, 1 - 50])
    assert table.loc[["Kn_below", "Kn_above"], "p_value"].lt(0.001).all()
    assert table.loc["Kn_remains", "p_value"] > 0.999


def test_a_study_of_which_every_trial_failed_is_told_not_crashed(full_block, design):
    comparison = compare(full_block.assign(status="failed"), design)
    assert comparison.verdict["label"] == "not_assessable"
    assert comparison.cells["n_failed"].tolist() == [10, 10, 10, 10]
    assert comparison.verdict["K"]["estimate"] is None


def test_nobody_in_the_four_cells_is_told_not_crashed(full_block, design):
    elsewhere = full_block.assign(
        pretreatment=["x"] * 20 + ["NBQX", "vehicle"] * 10,
        treatment=["ketamine", "vehicle"] * 10 + ["y"] * 20,
    )
    comparison = compare(elsewhere, design)
    assert comparison.verdict["label"] == "not_assessable"
    assert flags_of(comparison)["left_aside"]["value"] == 40


def test_nullable_columns_are_as_good_as_plain_ones(full_block, design):
    plain = compare(full_block.assign(status="done"), design).verdict
    assert compare(full_block.assign(status="done").convert_dtypes(), design).verdict == plain
