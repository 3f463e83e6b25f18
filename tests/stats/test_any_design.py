"""Whatever the design names and the animals allow: an answer that JSON holds, or a refusal."""

import json

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from behave.errors import InputError
from behave.model.labels import LABELS
from behave.stats import DesignOptions, compare

DOSES = ["1", "3", "10", "30"]


def draw_animals(seed, number, shape):
    """Return animals with levels drawn at random, so that cells are small or missing."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "animal_id": [f"a{index}" for index in range(number)],
            "pre": rng.choice(["v", "N", "M", "s"], number, p=[0.4, 0.4, 0.1, 0.1]),
            "drug": rng.choice(["v", "k", "f"], number, p=[0.45, 0.45, 0.1]),
            "sex": rng.choice(["f", "m", "x"], number, p=[0.45, 0.45, 0.1]),
            "time": rng.choice(["1 h", "1 d", ""], number, p=[0.5, 0.4, 0.1]),
            "cohort": rng.choice(["1", "2"], number),
            "status": rng.choice(["done", "failed", "excluded"], number, p=[0.9, 0.05, 0.05]),
        }
    )
    doses = rng.choice(DOSES, (2, number))
    outcome = {"normal": rng.normal(100, 20, number), "constant": np.full(number, 100.0),
               "coarse": 50.0 * rng.integers(0, 3, number)}[shape]  # fmt: skip
    return table.assign(
        pre_dose=np.where(table["pre"] == "N", doses[0], ""),
        drug_dose=np.where(table["drug"] == "k", doses[1], ""),
        immobility_s=outcome,
    )


MAYBE_DOSE = st.sampled_from([None, 1.0, 10.0])


@st.composite
def designs(draw):
    """Return a design block of any of the keys that there are."""

    def with_dose(factor, column):
        dose = draw(MAYBE_DOSE)
        return factor if dose is None else factor | {"dose_column": column, "dose": dose}

    block = {"agonist": with_dose({"column": "drug", "control": "v", "level": "k"}, "drug_dose")}
    if draw(st.booleans()):
        factor = {"column": "pre", "control": "v", "level": "N"}
        block["antagonist"] = with_dose(factor, "pre_dose")
        block["other_antagonists"] = draw(st.sampled_from([{}, {"M": "s"}, {"M": "v"}]))
    block |= draw(st.sampled_from([{}, {"other_agonists": {"f": "v"}}, {"positive_control": "f"}]))
    block |= draw(
        st.sampled_from([{}, {"by": "sex"}, {"time": {"column": "time", "level": "1 d"}}])
    )
    return block | draw(st.sampled_from([{}, {"blocks": ["cohort"]}, {"benefit": "increase"}]))


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    block=designs(),
    seed=st.integers(0, 10_000),
    number=st.integers(4, 40),
    shape=st.sampled_from(["normal", "normal", "constant", "coarse"]),
)
def test_any_design_is_answered_or_refused(block, seed, number, shape):
    try:
        comparison = compare(draw_animals(seed, number, shape), DesignOptions(**block))
    except InputError:
        return
    json.dumps(comparison.verdict, allow_nan=False)
    assert comparison.verdict["label"] in LABELS
    for family in comparison.verdict["families"]:
        assert {arm["label"] for arm in family["arms"]} <= {None, *LABELS}
    if "antagonist" not in block:
        assert comparison.verdict["label"] == "not_assessable"
