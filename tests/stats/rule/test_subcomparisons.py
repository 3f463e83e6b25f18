"""Further comparisons: by a third factor, by time, other drugs, a positive control."""

import numpy as np
import pandas as pd
import pytest

from behave.stats import DesignOptions, compare
from behave.stats.rule.contrasts import build_model, estimate

SPREAD = np.linspace(-22, 22, 10)


def family_of(verdict, name):
    """Return one family of further comparisons."""
    return next(family for family in verdict["families"] if family["family"] == name)


def cells(**columns):
    """Return ten animals of one cell: its levels, and the mean as ``mean``."""
    mean = columns.pop("mean")
    return pd.DataFrame({**columns, "immobility_s": mean + SPREAD})


def table(*parts):
    """Return the cells as one table of animals."""
    whole = pd.concat(parts, ignore_index=True)
    return whole.assign(animal_id=[f"m{number}" for number in range(len(whole))])


@pytest.fixture(scope="module")
def by_sex():
    """Return a 2x2 in which NBQX blocks ketamine in females and does nothing in males."""
    means = {"female": (160, 60, 158, 157), "male": (150, 55, 152, 58)}
    levels = [
        ("vehicle", "vehicle"),
        ("vehicle", "ketamine"),
        ("NBQX", "vehicle"),
        ("NBQX", "ketamine"),
    ]
    return table(
        *(
            cells(pretreatment=before, treatment=drug, sex=sex, mean=mean)
            for sex, own in means.items()
            for (before, drug), mean in zip(levels, own, strict=True)
        )
    )


@pytest.fixture(scope="module")
def sexes(design):
    """Return the main design with sex as third factor."""
    return DesignOptions(**design.model_dump() | {"by": "sex"})


def test_each_level_of_the_third_factor_has_the_verdict_of_its_own_animals(by_sex, sexes, design):
    family = family_of(compare(by_sex, sexes).verdict, "by_sex")
    assert {arm["name"]: arm["label"] for arm in family["arms"]} == {
        "female": "blocked",
        "male": "not_blocked",
    }
    for arm in family["arms"]:
        alone = compare(by_sex[by_sex["sex"] == arm["name"]], design).verdict
        for effect in ("K", "Kn", "I", "A"):
            assert arm[effect] == pytest.approx(alone[effect])


def test_the_three_way_contrast_is_the_difference_of_the_two_interactions(by_sex, sexes):
    verdict = compare(by_sex, sexes).verdict
    family = family_of(verdict, "by_sex")
    (found,) = family["differences"]
    first, second = (arm["I"] for arm in family["arms"])
    assert found["estimate"] == pytest.approx(first["estimate"] - second["estimate"])
    # Independent animals: the variances add.
    assert found["std_error"] ** 2 == pytest.approx(
        first["std_error"] ** 2 + second["std_error"] ** 2
    )
    # Welch's df over eight cells of ten animals with equal variances.
    assert found["df"] == pytest.approx(8 * 9)
    assert "They differ (I of female - male" in family["text"]


def test_the_pooled_verdict_takes_the_third_factor_as_a_block(by_sex, sexes, design):
    blocked = DesignOptions(**design.model_dump() | {"blocks": ("sex",)})
    assert compare(by_sex, sexes).verdict["I"] == compare(by_sex, blocked).verdict["I"]


def test_the_analysis_of_variance_has_the_three_way_term(by_sex, sexes):
    terms = set(compare(by_sex, sexes).anova["term"])
    assert "pretreatment:treatment:sex" in terms


def test_levels_that_agree_are_not_told_to_differ(by_sex, sexes):
    same = by_sex.assign(sex=["a", "b"] * 40)
    text = family_of(compare(same, sexes).verdict, "by_sex")["text"]
    assert "They were not shown to differ" in text


def test_two_further_factors_make_two_families_each_adjusted_for_the_other(by_sex, design):
    # Strain lies across sex, and animals of strain b are 10 s less immobile.
    strain = np.tile(["a", "b"], 40)
    lower = by_sex.assign(strain=strain, immobility_s=by_sex["immobility_s"] - 10 * (strain == "b"))
    both = DesignOptions(**design.model_dump() | {"by": ["sex", "strain"]})
    found = compare(lower, both)
    families = {item["family"]: item for item in found.verdict["families"]}
    assert list(families) == ["by_sex", "by_strain"]
    assert [arm["label"] for arm in families["by_sex"]["arms"]] == ["blocked", "not_blocked"]
    assert "They were not shown to differ" in families["by_strain"]["text"]
    # Within a level the other factor is a block, so that its 10 s are no noise.
    one = compare(
        lower[lower["sex"] == "female"],
        DesignOptions(**design.model_dump() | {"blocks": ("strain",)}),
    ).verdict
    for effect in ("K", "Kn", "I"):
        assert families["by_sex"]["arms"][0][effect] == pytest.approx(one[effect])
    assert {"sex", "strain"} <= set(found.anova["term"])


@pytest.mark.parametrize(
    ("animals", "flagged", "told"),
    [
        (10, False, ""),
        (2, True, "The smallest cell of a level of sex has 2 animals: a difference between levels"),
        (1, True, "has 1 animal: differences between levels cannot be estimated."),
    ],
)
def test_levels_too_small_to_be_told_apart_are_said_so(by_sex, sexes, animals, flagged, told):
    # The extremes of each cell come first, so that small cells spread widely.
    extremes = by_sex.groupby(["sex", "pretreatment", "treatment"]).nth(
        [0, -1, *range(1, 9)][:animals]
    )
    verdict = compare(extremes, sexes).verdict
    texts = [flag["text"] for flag in verdict["flags"] if flag["name"] == "subgroups_too_small"]
    assert bool(texts) == flagged
    assert not flagged or told in texts[0]


@pytest.fixture(scope="module")
def times():
    """Return ketamine, whose effect of 90 s is gone after a week, and slow fluoxetine."""
    effects = {("ketamine", "30 min"): 90, ("ketamine", "24 h"): 60, ("ketamine", "7 d"): 0,
               ("fluoxetine", "1 d"): 0, ("fluoxetine", "21 d"): 70}  # fmt: skip
    return table(
        *(
            part
            for (drug, time), effect in effects.items()
            for part in (
                cells(treatment=drug, time=time, mean=150 - effect),
                cells(treatment=f"vehicle of {drug}", time=time, mean=150),
            )
        )
    )


FAST_AND_SLOW = {
    "agonist": {"column": "treatment", "control": "vehicle of ketamine", "level": "ketamine"},
    "other_agonists": {"fluoxetine": "vehicle of fluoxetine"},
    "time": {"column": "time", "level": "24 h"},
}


def test_each_drug_is_compared_at_each_of_its_times(times):
    verdict = compare(times, DesignOptions(**FAST_AND_SLOW)).verdict
    family = family_of(verdict, "times")
    found = {arm["name"]: arm["K"]["estimate"] for arm in family["arms"]}
    assert found == pytest.approx(
        {
            "ketamine, 30 min": 90,
            "ketamine, 24 h": 60,
            "ketamine, 7 d": 0,
            "fluoxetine, 1 d": 0,
            "fluoxetine, 21 d": 70,
        }
    )
    # Times are compared within a drug, never one drug's with the other's.
    pairs = {item["arms"] for item in family["differences"]}
    assert pairs == {
        "ketamine: 30 min - 24 h",
        "ketamine: 30 min - 7 d",
        "ketamine: 24 h - 7 d",
        "fluoxetine: 1 d - 21 d",
    }
    assert verdict["K"]["estimate"] == pytest.approx(60)


def test_without_an_antagonist_there_is_no_verdict_and_nothing_about_one(times):
    comparison = compare(times, DesignOptions(**FAST_AND_SLOW))
    assert comparison.verdict["label"] == "not_assessable"
    assert "names nothing that could have blocked" in comparison.verdict["text"]
    assert comparison.verdict["I"]["estimate"] is None
    assert len(comparison.equivalence) == 0
    assert len(comparison.sensitivity) == 0
    assert len(comparison.cells) == 2
    assert {
        row for row in comparison.contrasts["contrast_id"] if row.startswith(("Kn", "I", "A"))
    } == set()


def test_a_control_without_a_time_serves_all_times_and_is_counted_once(times):
    shared = times.copy()
    late = shared["treatment"].str.startswith("vehicle") & (shared["time"] != "24 h")
    shared = shared[~late]
    shared.loc[shared["treatment"] == "vehicle of ketamine", "time"] = ""
    design = DesignOptions(**FAST_AND_SLOW | {"other_agonists": {}})
    family = family_of(compare(shared, design).verdict, "times")
    assert [arm["n"] for arm in family["arms"]] == [[10, 10]] * 3
    # What they share falls out: two groups' means, no control in between.
    first = next(i for i in family["differences"] if i["arms"] == "ketamine: 30 min - 24 h")
    outcome = np.concatenate([90 + SPREAD, 60 + SPREAD])
    model = build_model(np.repeat([0, 1], 10), np.zeros((20, 0), dtype="int64"), n_cells=2)
    own = estimate(model, outcome, np.array([[1.0, -1.0]]))
    assert first["estimate"] == pytest.approx(30)
    assert first["std_error"] == pytest.approx(float(own.std_error[0]))


def test_a_positive_control_stands_outside_the_four_cells(full_block, design):
    extra = table(cells(pretreatment="vehicle", treatment="imipramine", mean=80))
    extra["animal_id"] = "p" + extra["animal_id"]
    both = pd.concat([full_block, extra], ignore_index=True)
    options = DesignOptions(**design.model_dump() | {"positive_control": "imipramine"})
    verdict = compare(both, options).verdict
    (arm,) = family_of(verdict, "positive_control")["arms"]
    assert arm["label"] is None
    assert arm["K"]["estimate"] == pytest.approx(80)
    assert verdict["label"] == compare(full_block, design).verdict["label"]
    names = {flag["name"] for flag in verdict["flags"]}
    assert not names & {"positive_control_failed", "left_aside"}


def test_a_positive_control_that_does_nothing_is_flagged(full_block, design):
    extra = table(cells(pretreatment="vehicle", treatment="imipramine", mean=160))
    extra["animal_id"] = "p" + extra["animal_id"]
    options = DesignOptions(**design.model_dump() | {"positive_control": "imipramine"})
    verdict = compare(pd.concat([full_block, extra]), options).verdict
    assert "positive_control_failed" in {flag["name"] for flag in verdict["flags"]}


def test_every_further_label_has_its_own_sensitivity(by_sex, sexes):
    sensitivity = compare(by_sex, sexes).sensitivity
    assert set(sensitivity["comparison"]) == {"", "female", "male"}
    left_out = sensitivity[sensitivity["analysis"] == "leave one animal out"]
    assert left_out.groupby("comparison").size().to_dict() == {"": 80, "female": 40, "male": 40}
    # Agreement is with the label of the same comparison.
    male = left_out[left_out["comparison"] == "male"]
    assert ((male["label"] == "not_blocked") == male["agrees"]).all()


GENOTYPE = {
    "column": "genotype",
    "control": "wild type",
    "level": "GluA2 knock-out",
    "kind": "genotype",
}


@pytest.mark.parametrize(
    ("means", "label"),
    [
        ((160, 60, 158, 157), "blocked"),
        ((160, 60, 158, 58), "not_blocked"),
        ((160, 60, 158, 110), "partially_blocked"),
        ((160, 158, 158, 157), "no_agonist_effect"),
        ((160, 100, 158, 20), "enhanced"),
    ],
)
def test_a_genotype_is_never_told_as_something_given(means, label, design):
    levels = [(g, d) for g in ("wild type", "GluA2 knock-out") for d in ("vehicle", "ketamine")]
    data = table(
        *(
            cells(genotype=gene, treatment=drug, mean=mean)
            for (gene, drug), mean in zip(levels, means, strict=True)
        )
    )
    verdict = compare(data, DesignOptions(**design.model_dump() | {"antagonist": GENOTYPE})).verdict
    assert verdict["label"] == label
    text = verdict["text"] + " ".join(flag["text"] for flag in verdict["flags"])
    assert "in wild type animals" in text
    for word in ("under ", "given", "alone", "could block", "either drug"):
        assert word not in text.replace("under these doses", "")


def repeated_animals(seed=3):
    """Return 20 animals tested at three times: an intercept each, ketamine fading by 30 s a time."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(20):
        drug, own = ("vehicle", "ketamine")[number % 2], rng.normal(150, 25)
        rows += [
            {
                "animal_id": f"m{number}",
                "trial_id": f"m{number} {time}",
                "treatment": drug,
                "time": time,
                "immobility_s": own - (90 - 30 * step) * (drug == "ketamine") + rng.normal(0, 5),
            }
            for step, time in enumerate(("1 h", "1 d", "1 w"))
        ]
    return pd.DataFrame(rows)


def test_repeated_animals_are_compared_with_themselves():
    options = {
        "agonist": {"column": "treatment", "control": "vehicle", "level": "ketamine"},
        "time": {"column": "time", "level": "1 h", "repeated": True},
    }
    table = repeated_animals()
    comparison = compare(table, DesignOptions(**options))
    rows = comparison.contrasts.set_index("contrast_id")
    within = rows.loc["K: ketamine: 1 h - 1 w"]
    assert within["method"].startswith("mixed model")
    assert within["estimate"] == pytest.approx(60, abs=6)
    # In a balanced design the change of each animal tells the same, with a t test.
    wide = table.pivot(index=["animal_id", "treatment"], columns="time", values="immobility_s")
    change = (wide["1 h"] - wide["1 w"]).reset_index()
    groups = [change.loc[change["treatment"] == drug, 0] for drug in ("vehicle", "ketamine")]
    assert within["estimate"] == pytest.approx(groups[0].mean() - groups[1].mean())
    # Animals differ by 25 s, an animal from itself by 5: far less than between animals.
    between = rows.loc["K_ketamine, 1 h", "std_error"]
    assert within["std_error"] < between / 2


def test_the_same_animals_taken_as_others_are_refused():
    options = {
        "agonist": {"column": "treatment", "control": "vehicle", "level": "ketamine"},
    }
    with pytest.raises(Exception, match="several rows"):
        compare(repeated_animals(), DesignOptions(**options))


@pytest.fixture(scope="module")
def blocked_for_a_day():
    """Return ketamine at three times; NBQX, given at the first two, blocks it at the first."""
    means = {
        "1 h": (160, 60, 158, 157),
        "1 d": (160, 70, 158, 68),
        "1 w": (160, 110),
    }
    levels = [
        ("vehicle", "vehicle"),
        ("vehicle", "ketamine"),
        ("NBQX", "vehicle"),
        ("NBQX", "ketamine"),
    ]
    return table(
        *(
            cells(pretreatment=before, treatment=drug, time=time, mean=mean)
            for time, own in means.items()
            for (before, drug), mean in zip(levels, own, strict=False)
        )
    )


def test_times_with_the_antagonist_have_a_verdict_and_others_the_effect(blocked_for_a_day, design):
    options = DesignOptions(**design.model_dump() | {"time": {"column": "time", "level": "1 h"}})
    verdict = compare(blocked_for_a_day, options).verdict
    assert verdict["label"] == "blocked"
    family = family_of(verdict, "times")
    assert [(arm["name"], arm["label"]) for arm in family["arms"]] == [
        ("ketamine, 1 h", "blocked"),
        ("ketamine, 1 d", "not_blocked"),
        ("ketamine, 1 w", None),
    ]
    # Interactions are compared where there are two, effects elsewhere.
    assert [(item["effect"], item["arms"]) for item in family["differences"]] == [
        ("I", "ketamine: 1 h - 1 d"),
        ("K", "ketamine: 1 h - 1 w"),
        ("K", "ketamine: 1 d - 1 w"),
    ]
    assert "left_aside" not in {flag["name"] for flag in verdict["flags"]}


def test_a_level_that_lacks_a_cell_is_told_so_and_its_difference_left_open(by_sex, sexes):
    lacking = by_sex[
        (by_sex["sex"] == "female")
        | (by_sex["pretreatment"] != "NBQX")
        | (by_sex["treatment"] != "vehicle")
    ]
    comparison = compare(lacking, sexes)
    family = family_of(comparison.verdict, "by_sex")
    assert [arm["label"] for arm in family["arms"]] == ["blocked", "not_assessable"]
    assert family["differences"][0]["estimate"] is None
    assert "cannot be estimated" in family["text"]


def test_other_drugs_beside_the_antagonist_are_held_against_their_own_control(full_block, design):
    extra = table(
        cells(pretreatment="vehicle", treatment="saline", mean=150),
        cells(pretreatment="vehicle", treatment="imipramine", mean=90),
    )
    extra["animal_id"] = "p" + extra["animal_id"]
    options = DesignOptions(**design.model_dump() | {"other_agonists": {"imipramine": "saline"}})
    verdict = compare(pd.concat([full_block, extra], ignore_index=True), options).verdict
    first, second = family_of(verdict, "agonists")["arms"]
    assert (first["label"], second["label"]) == ("blocked", None)
    assert second["K"]["estimate"] == pytest.approx(60)
    assert second["control"] == "saline"


def test_a_level_of_animals_outside_the_comparison_is_not_spoken_of(by_sex, sexes):
    # The third sex is told apart in animals that got another drug altogether.
    strays = by_sex.head(4).assign(sex="unknown", treatment="other", animal_id=list("wxyz"))
    verdict = compare(pd.concat([by_sex, strays], ignore_index=True), sexes).verdict
    family = family_of(verdict, "by_sex")
    assert [arm["name"] for arm in family["arms"]] == ["female", "male"]
    assert [flag["value"] for flag in verdict["flags"] if flag["name"] == "left_aside"] == [4]


def test_no_measured_animal_at_all_is_not_assessable_and_breaks_nothing(by_sex, sexes):
    verdict = compare(by_sex.assign(status="failed"), sexes).verdict
    assert verdict["label"] == "not_assessable"
    (pair,) = family_of(verdict, "by_sex")["differences"]
    assert pair["estimate"] is None
