"""Several experiments pooled, against base R (golden/pool.R) and in words."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from behave.stats.pool import Experiment, format_pooled, pool, pool_experiments

ANSWERS = pd.read_csv(Path(__file__).parents[1] / "golden" / "pool.csv").set_index("set")


def of(name):
    """Return the pooled effect of one of R's sets."""
    row = ANSWERS.loc[name]
    return pool(*(np.array([float(part) for part in row[key].split()]) for key in ("y", "se")))


@pytest.mark.parametrize("name", ANSWERS.index)
def test_both_means_are_those_of_r(name):
    found, told = of(name), ANSWERS.loc[name]
    low, high = found.random.interval()
    numbers = {
        "fixed": found.fixed.estimate,
        "fixed_se": found.fixed.std_error,
        "fixed_low": found.fixed.interval()[0],
        "random": found.random.estimate,
        "random_se": found.random.std_error,
        "random_low": low,
        "random_high": high,
        "p": found.random.p_value,
        "tau": found.tau,
        "q": found.q,
        "q_p": found.p_value,
    }
    for key, value in numbers.items():
        # The fixed mean's t of very many df is normal to eight digits.
        assert float(value) == pytest.approx(told[key], rel=1e-7, abs=1e-10), key


def test_experiments_that_agree_by_chance_do_not_narrow_the_interval():
    found = of("agree")
    assert found.tau == 0
    # That of fixed effects, and not the narrower one of Hartung and Knapp.
    assert np.array(found.random.interval()) == pytest.approx(np.array(found.fixed.interval()))


def test_weights_sum_to_one_and_random_effects_weigh_more_evenly():
    found = of("differ")
    assert found.fixed_weights.sum() == pytest.approx(1)
    assert found.random_weights.sum() == pytest.approx(1)
    assert np.ptp(found.random_weights) < np.ptp(found.fixed_weights)


TEXTS = [
    ("differ", "I is not shown: 32", "differ more than their animals explain"),
    ("agree", "I is shown: 41", "were not shown to differ more"),
    ("two", "2 experiments say little", "Over 2 experiments"),
    ("many", "Over 7 experiments like these, I is shown", "differ"),
]


@pytest.mark.parametrize(("name", "first", "second"), TEXTS)
def test_the_text_says_what_the_numbers_say(name, first, second):
    text = " ".join(format_pooled(of(name), "I", len(ANSWERS.loc[name, "y"].split()), "s"))
    assert first in text
    assert second in text
    # Those that agree have the usual interval, which is not called wide.
    assert ("interval is wide" in text) == (name in {"differ", "two"})
    assert ("say little about how far experiments differ" in text) == (name != "many")


def test_no_effect_below_zero_is_called_shown():
    turned = pool(-np.array([40.0, 44, 42, 39]), np.array([10.0, 12, 8, 15]))
    assert "I lies below 0" in format_pooled(turned, "I", 4, "s")[0]


def experiment(name, **effects):
    """Return an experiment with the effects given as (estimate, std_error)."""
    made = {
        key: {"estimate": value, "std_error": error, "df": 30.0}
        for key, (value, error) in effects.items()
    }
    return Experiment(name, {"label": "blocked", "unit": "s", **made})


def test_an_effect_that_one_experiment_lacks_is_pooled_over_the_others():
    whole = {"K": (80.0, 9.0), "Kn": (10.0, 8.0), "I": (70.0, 12.0)}
    items = [experiment("a", **whole, A=(1.0, 8.0)), experiment("b", **whole),
             experiment("c", **whole, A=(3.0, 8.0))]  # fmt: skip
    table, pooled = pool_experiments(items)
    assert set(pooled) == {"K", "Kn", "I", "A"}
    rows = table[table["row"] == "experiment"].groupby("effect")["name"].apply(list)
    assert rows["I"] == ["a", "b", "c"]
    assert rows["A"] == ["a", "c"]
    assert float(pooled["A"].fixed.estimate) == pytest.approx(2)
    lone, none = pool_experiments([items[0], experiment("d")])
    assert lone.empty
    assert none == {}
