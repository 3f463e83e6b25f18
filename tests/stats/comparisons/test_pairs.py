"""All pairs of groups, against R's emmeans and PMCMRplus."""

import numpy as np
import pandas as pd
import pytest

from behave.stats import compare


def pairs(comparison, method):
    table = comparison.contrasts
    return table[table["method"] == f"{method}, simultaneous intervals"].reset_index(drop=True)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["a_balanced_blockade", "b_unbalanced_partial_hetero"])
def test_tukey_kramer(load_reference, design, name):
    table, answers = load_reference(name)
    ours = pairs(compare(table, design), "Tukey-Kramer")
    expected = pd.DataFrame(answers["pairwise"]["tukey"]).set_index("contrast")
    for row in ours.itertuples():
        # R names a pair by its levels, and takes it either way round.
        first, second = (part.strip("()").replace(" + ", " ") for part in row.contrast.split(" - "))
        turned = f"{second} - {first}" in expected.index
        theirs = expected.loc[f"{second} - {first}" if turned else f"{first} - {second}"]
        sign = -1 if turned else 1
        assert row.estimate == pytest.approx(sign * theirs["estimate"], rel=1e-9)
        assert row.p_adj == pytest.approx(theirs["p.value"], abs=1e-7)
        ends = sorted(sign * theirs[["lower.CL", "upper.CL"]].astype(float))
        assert [row.conf_low, row.conf_high] == pytest.approx(ends, rel=1e-6)
    assert len(ours) == 6


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["a_balanced_blockade", "b_unbalanced_partial_hetero"])
def test_games_howell(load_reference, design, name):
    table, answers = load_reference(name)
    ours = pairs(compare(table, design), "Games-Howell")
    expected = {frozenset((row["A"], row["B"])): row for row in answers["games_howell"]}
    for row in ours.itertuples():
        names = [part.strip("()").replace(" + ", "|") for part in row.contrast.split(" - ")]
        theirs = expected[frozenset(names)]
        assert abs(row.estimate) == pytest.approx(abs(theirs["est"]), rel=1e-9)
        assert row.df == pytest.approx(theirs["df"], rel=1e-9)
        assert row.p_adj == pytest.approx(theirs["p"], abs=1e-7)
        assert row.conf_high - row.conf_low == pytest.approx(theirs["hi"] - theirs["lo"], rel=1e-6)


def test_pairs_are_unplanned_and_with_blocks_there_is_no_games_howell(cohort_table, blocked_design):
    table, _ = cohort_table
    comparison = compare(table, blocked_design)
    assert pairs(comparison, "Games-Howell").empty
    found = pairs(comparison, "Tukey-Kramer")
    assert not found["planned"].any()
    pooled = comparison.contrasts[comparison.contrasts["method"] == "OLS, pooled variance"]
    assert found["estimate"][0] == pytest.approx(pooled["estimate"].iloc[0])
    assert found["p_value"][0] == pytest.approx(pooled["p_value"].iloc[0])


def test_the_words_follow_the_sign(full_block, design):
    turned = full_block.assign(swimming_s=240 - full_block["immobility_s"])
    more = design.model_copy(update={"outcome": "swimming_s", "benefit": "increase"})
    found = pairs(compare(turned, more), "Tukey-Kramer").loc[0]
    assert found["contrast"] == "(vehicle + ketamine) - (vehicle + vehicle)"
    assert found["estimate"] == pytest.approx(100)
    np.testing.assert_allclose(
        pairs(compare(full_block, design), "Tukey-Kramer")["estimate"],
        pairs(compare(turned, more), "Tukey-Kramer")["estimate"],
    )
