"""Other ways of analysing the same experiment."""

import numpy as np
import pytest

from behave.stats import Alternative, compare


def rows(comparison, analysis):
    table = comparison.sensitivity
    return table[table["analysis"] == analysis]


def test_each_animal_is_left_out_once(full_block, design):
    comparison = compare(full_block, design)
    left_out = rows(comparison, "leave one animal out")
    assert left_out["setting"].tolist() == full_block["animal_id"].tolist()
    for index in (0, 17, 39):
        without = compare(full_block.drop(index=index), design).verdict
        row = left_out.iloc[index]
        for name in ("K", "Kn", "I"):
            for part in ("estimate", "conf_low", "conf_high"):
                assert row[f"{name}_{part}"] == pytest.approx(without[name][part], rel=1e-12)
        assert row["label"] == without["label"]


def test_leaving_an_animal_out_may_leave_another_alone_in_its_block(full_block, blocked_design):
    cohort = ["1", "2"] * 19 + ["3", "3"]
    table = full_block.assign(cohort=cohort)
    left_out = rows(compare(table, blocked_design), "leave one animal out").iloc[38]
    without = compare(table.drop(index=38), blocked_design)
    assert without.cells["n_alone"].sum() == 1
    assert left_out["I_estimate"] == pytest.approx(without.verdict["I"]["estimate"])


def test_one_animal_that_carries_the_verdict_is_found(experiment, design):
    # One of the animals given both drugs never floated.
    spread = np.linspace(-10, 10, 8)
    both = np.append(150 + spread[:7], 0.0)
    comparison = compare(experiment(150 + spread, 60 + spread, 150 + spread, both), design)
    left_out = rows(comparison, "leave one animal out").set_index("setting")
    assert comparison.verdict["label"] == "attenuated"
    assert left_out.loc["031", "label"] == "blocked"
    assert left_out["label"].value_counts().to_dict() == {"attenuated": 31, "blocked": 1}


def test_alternatives_go_through_the_same_rule(full_block, design):
    weaker = full_block.assign(
        immobility_s=full_block["immobility_s"].where(full_block["treatment"] == "vehicle", 160.0)
        + np.arange(40)
    )
    comparison = compare(
        full_block,
        design,
        alternatives=[
            Alternative("window", "whole", full_block),
            Alternative("grid", "x1.4", weaker),
        ],
    )
    table = comparison.sensitivity.set_index(["analysis", "setting"])
    assert table.loc[("window", "whole"), "label"] == comparison.verdict["label"]
    other = compare(weaker, design).verdict
    assert table.loc[("grid", "x1.4"), "label"] == other["label"] != comparison.verdict["label"]
    assert table.loc[("grid", "x1.4"), "K_estimate"] == pytest.approx(other["K"]["estimate"])


def test_the_summary_counts_what_agrees(full_block, design):
    none = full_block.assign(immobility_s=[100.0 + index % 7 for index in range(40)])
    comparison = compare(
        full_block,
        design,
        alternatives=[Alternative("grid", "a", full_block), Alternative("grid", "b", none)],
    )
    summary = comparison.verdict["sensitivity"]
    # Two standard errors, two other methods, two alternatives; forty animals left out
    # are counted apart.
    assert summary["of"] == len(comparison.sensitivity) - 40 == 2 + 2 + 2
    assert summary["agree"] == summary["of"] - 1
    assert summary["left_out"] == {"agree": 40, "of": 40}
    grid = summary["by_analysis"][-1]
    assert (grid["analysis"], grid["agree"], grid["of"]) == ("grid", 1, 2)
    assert grid["I_max"] == pytest.approx(99)


def test_an_alternative_is_given_even_where_the_main_analysis_decides_nothing(
    experiment, full_block, design
):
    comparison = compare(
        experiment([150], [90], [160], [140]),
        design,
        alternatives=[Alternative("grid", "x1", full_block)],
    )
    assert comparison.sensitivity["label"].tolist() == ["blocked"]
    assert comparison.sensitivity["agrees"].tolist() == [False]


def scorings(full_block, lost):
    """Return six scorings; those for which ``lost(factor, window)`` holds show no effect."""
    flat = full_block.assign(immobility_s=[100.0 + index % 7 for index in range(40)])
    return [
        Alternative(
            "scoring grid",
            f"threshold x{factor:g}, bouts from 0 s, {window}",
            flat if lost(factor, window) else full_block,
            {"threshold_factor": factor, "min_bout_s": 0.0, "window": window},
        )
        for factor in (0.7, 1.0, 1.4)
        for window in ("score window", "last half")
    ]


def test_where_the_label_flips_is_said(full_block, design):
    others = scorings(full_block, lambda factor, window: window == "last half" or factor == 1.4)
    comparison = compare(full_block, design, alternatives=others)
    grid = rows(comparison, "scoring grid")
    assert grid["threshold_factor"].tolist() == [0.7, 0.7, 1.0, 1.0, 1.4, 1.4]
    summary = comparison.verdict["sensitivity"]
    counts = {(item["choice"], item["value"]): (item["agree"], item["of"])
              for item in summary["by_choice"]}  # fmt: skip
    assert counts == {
        ("threshold", "x0.7"): (1, 2),
        ("threshold", "x1"): (1, 2),
        ("threshold", "x1.4"): (0, 2),
        ("shortest bout", "0 s"): (2, 6),
        ("window", "score window"): (2, 3),
        ("window", "last half"): (0, 3),
    }
    assert (
        "The label is the same in 2 of 6 scorings; what changes it most is the window "
        "(score window 2 of 3, last half 0 of 3)." in summary["text"]
    )


def test_a_label_that_holds_everywhere_is_said_to(full_block, design):
    others = scorings(full_block, lambda *_: False)
    text = compare(full_block, design, alternatives=others).verdict["sensitivity"]["text"]
    assert text.startswith("The label is the same in 6 of 6 scorings. Leaving out any one animal,")
    assert text.endswith("and the label stays the same.")


def test_the_range_without_any_one_animal_and_who_changes_the_label_are_said(experiment, design):
    spread = np.linspace(-10, 10, 8)
    both = np.append(150 + spread[:7], 0.0)
    comparison = compare(experiment(150 + spread, 60 + spread, 150 + spread, both), design)
    left_out = rows(comparison, "leave one animal out")["I_estimate"]
    assert comparison.verdict["sensitivity"]["text"] == (
        f"Leaving out any one animal, I lies between {left_out.min():.1f} and "
        f"{left_out.max():.1f} s, and the label changes without 031."
    )
