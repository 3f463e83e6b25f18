"""Several outcomes of the same animals: a verdict each, one family over the primary ones."""

import numpy as np
import pandas as pd
import pytest

from behave.stats import DesignOptions, compare

SPREAD = np.linspace(-22, 22, 10)
SUCROSE = {"file": "s.csv", "outcome": "preference_pct", "benefit": "increase"}
FEEDING = {"file": "f.csv", "outcome": "latency_s", "benefit": "decrease"}
FIELD = {"file": "o.csv", "outcome": "distance_cm", "benefit": "increase", "primary": False}


@pytest.fixture(scope="module")
def measured(full_block):
    """Return a maker of another outcome of the animals of `full_block`: group means, spread."""

    def make(column, means, scale=1.0):
        values = np.concatenate([mean + scale * SPREAD for mean in means])
        return full_block.drop(columns="immobility_s").assign(**{column: values})

    return make


@pytest.fixture(scope="module")
def several(design):
    """Return the main design with two more primary outcomes and one that is not."""
    others = {"sucrose": SUCROSE, "feeding": FEEDING, "open_field": FIELD}
    return DesignOptions(**design.model_dump() | {"other_outcomes": others})


@pytest.fixture(scope="module")
def tables(measured):
    """Return sucrose preference blocked, feeding with little effect, distance with none."""
    return {
        "sucrose": measured("preference_pct", (60, 80, 61, 62), 0.2),
        "feeding": measured("latency_s", (300, 270, 300, 285)),
        "open_field": measured("distance_cm", (2000, 2010, 2005, 2002)),
    }


@pytest.fixture(scope="module")
def compared(full_block, several, tables):
    """Return a function that compares the outcomes, some of their tables exchanged."""

    def run(**changed):
        return compare(full_block, several, outcomes=tables | changed)

    return run


def test_each_outcome_has_the_verdict_that_a_study_of_it_alone_has(full_block, several, tables):
    found = compare(full_block, several, outcomes=tables)
    for item in found.verdict["outcomes"]["outcomes"][1:]:
        alone = compare(tables[item["name"]], several.of_outcome(item["name"])).verdict
        assert item["label"] == alone["label"]
        for name in ("K", "Kn", "I", "A"):
            assert item[name] == pytest.approx(alone[name])
    assert found.outcomes["label"].tolist() == [
        "blocked",
        "blocked",
        "inconclusive",
        "no_agonist_effect",
    ]
    # More sucrose is benefit: K is treated minus control.
    assert found.outcomes.loc[1, "K_estimate"] == pytest.approx(20)


def test_the_study_s_own_verdict_does_not_depend_on_the_other_outcomes(
    full_block, several, design, tables
):
    one, many = compare(full_block, design), compare(full_block, several, outcomes=tables)
    rest = {key: value for key, value in many.verdict.items() if key != "outcomes"}
    assert rest == {key: value for key, value in one.verdict.items() if key != "outcomes"}
    assert one.verdict["outcomes"] is None
    assert one.outcomes.empty
    own = many.contrasts[~many.contrasts["family"].str.startswith("outcome")]
    pd.testing.assert_frame_equal(own.reset_index(drop=True), one.contrasts)


def test_holm_runs_over_the_primary_outcomes_alone(full_block, several, tables):
    found = compare(full_block, several, outcomes=tables).outcomes.set_index("name")
    primary = found.loc[["immobility", "sucrose", "feeding"], "p_value"].sort_values()
    # Holm's closed form: the smallest p times 3, the next times 2, the last as it is.
    stepped = np.maximum.accumulate(primary.to_numpy() * [3, 2, 1])
    assert found.loc[primary.index, "p_adj"].to_numpy() == pytest.approx(stepped)
    assert np.isnan(found.loc["open_field", "p_adj"])


def test_the_share_taken_away_has_no_unit_and_is_absent_where_k_is_not_shown(
    full_block, several, tables
):
    found = compare(full_block, several, outcomes=tables).outcomes.set_index("name")
    assert found.loc["sucrose", "reversal_pct"] == pytest.approx(100 * (20 - 1) / 20)
    assert np.isnan(found.loc["open_field", "reversal_pct"])
    # SD within the cells: that of the spread, times the outcome's scale.
    assert found.loc["sucrose", "std_dev"] == pytest.approx(0.2 * np.std(SPREAD, ddof=1))


def test_the_cells_of_every_outcome_are_tabulated(full_block, several, tables):
    cells = compare(full_block, several, outcomes=tables).outcome_cells
    assert len(cells) == 4 * 4
    sucrose = cells[cells["name"] == "sucrose"]
    assert sucrose["mean"].tolist() == pytest.approx([60, 80, 61, 62])
    assert set(sucrose["unit"]) == {"%"}


def test_an_animal_that_lacks_one_outcome_is_missing_there_alone(full_block, several, tables):
    lacking = tables["sucrose"].assign(status=["missing", *["done"] * 39])
    found = compare(full_block, several, outcomes=tables | {"sucrose": lacking})
    assert found.outcomes["n"].tolist() == [40, 39, 40, 40]


@pytest.mark.parametrize(
    ("means", "told"),
    [
        # I of feeding is 60 s, p far below 1 in 1000.
        ((300, 200, 300, 260), "I is shown in immobility, sucrose (preference) and feeding"),
        ((300, 270, 300, 285), "I is shown in immobility and sucrose (preference)."),
    ],
)
def test_the_text_says_what_holds_over_the_family(compared, measured, means, told):
    text = compared(feeding=measured("latency_s", means)).verdict["outcomes"]["text"]
    assert "Over the 3 primary outcomes together (Holm, 5%)" in text
    assert told in text
    assert "outside this family and not adjusted: open field (distance)." in text


def test_a_label_that_the_adjustment_takes_away_is_named(design, measured, full_block):
    # Three primary outcomes; I of feeding is 19 s with an SD of 14 s within cells.
    others = {"feeding": FEEDING, "sucrose": SUCROSE}
    both = DesignOptions(**design.model_dump() | {"other_outcomes": others})
    tables = {
        "feeding": measured("latency_s", (300, 270, 300, 289)),
        "sucrose": measured("preference_pct", (60, 60, 60, 60), 0.2),
    }
    verdict = compare(full_block, both, outcomes=tables).verdict["outcomes"]
    feeding = verdict["outcomes"][1]
    assert feeding["I"]["p_value"] < 0.05 < feeding["p_adj"]
    assert feeding["label"] in {"attenuated", "blocked"}
    assert "The label of feeding (latency) would not hold after this adjustment" in verdict["text"]


def test_without_an_antagonist_the_family_is_over_k(design, full_block, tables):
    both = DesignOptions(
        **design.model_dump(exclude={"antagonist"}) | {"other_outcomes": {"sucrose": SUCROSE}}
    )
    plain = full_block[full_block["pretreatment"] == "vehicle"]
    sucrose = tables["sucrose"][tables["sucrose"]["pretreatment"] == "vehicle"]
    found = compare(plain, both, outcomes={"sucrose": sucrose})
    assert found.outcomes["tested"].tolist() == ["K", "K"]
    assert found.outcomes["label"].tolist() == ["", ""]
    assert "sucrose (preference): an effect was shown" in found.verdict["outcomes"]["text"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"bounds": [100, 0]}, "the smaller value comes first"),
        ({"benefit": "up"}, "decrease"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(design, changed, told):
    with pytest.raises(ValueError, match=told):
        DesignOptions(**design.model_dump() | {"other_outcomes": {"s": SUCROSE | changed}})


@pytest.mark.parametrize("name", ["immobility", "immobility_s", "a/b", "1st"])
def test_a_name_that_is_taken_or_no_word_is_refused(design, name):
    with pytest.raises(ValueError, match="other outcome"):
        DesignOptions(**design.model_dump() | {"other_outcomes": {name: SUCROSE}})
