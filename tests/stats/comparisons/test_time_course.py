"""Time bins as repeated measures."""

import numpy as np
import pandas as pd
import pytest

from behave.stats import DesignOptions, compare

BINS = [(120, 180), (180, 240), (240, 300)]


@pytest.fixture(scope="module")
def late(design):
    """Return ketamine that takes 20 s off the last bin alone, unless NBQX was given before."""
    rng = np.random.default_rng(5)
    animals, bins = [], []
    for before in ("vehicle", "NBQX"):
        for drug in ("vehicle", "ketamine"):
            for _ in range(10):
                name = f"m{len(animals)}"
                own = rng.normal(35, 5)
                acts = before == "vehicle" and drug == "ketamine"
                seconds = [
                    own + rng.normal(0, 3) - (20 if acts and stop == 300 else 0) for _, stop in BINS
                ]
                animals.append((name, before, drug, sum(seconds)))
                bins += [
                    (name, *ends, value, 60.0) for ends, value in zip(BINS, seconds, strict=True)
                ]
    columns = ["animal_id", "pretreatment", "treatment", "immobility_s"]
    return (
        pd.DataFrame(animals, columns=columns),
        pd.DataFrame(bins, columns=["animal_id", "start_s", "stop_s", "immobility_s", "scored_s"]),
        DesignOptions(**design.model_dump() | {"time_course": {}}),
    )


def bins_of(verdict):
    """Return the family of time bins."""
    return next(family for family in verdict["families"] if family["family"] == "time_bins")


def test_the_bin_in_which_the_drug_acts_is_found(late):
    table, bins, options = late
    found = bins_of(compare(table, options, bins=bins).verdict)
    assert [arm["name"] for arm in found["arms"]] == [
        "120 to 180 s",
        "180 to 240 s",
        "240 to 300 s",
    ]
    shown = [arm["I"]["conf_low"] > 0 for arm in found["arms"]]
    assert shown == [False, False, True]
    assert found["arms"][2]["K"]["estimate"] == pytest.approx(20, abs=4)
    assert found["trend_per_min"]["conf_low"] > 0
    assert "is shown in 240 to 300 s (Holm" in found["text"]


def test_the_estimates_are_the_differences_of_the_bin_means(late):
    table, bins, options = late
    found = bins_of(compare(table, options, bins=bins).verdict)
    joined = bins.merge(table.drop(columns="immobility_s"), on="animal_id")
    means = joined.groupby(["start_s", "pretreatment", "treatment"])["immobility_s"].mean()
    for arm, (start, _) in zip(found["arms"], BINS, strict=True):
        own = means[start]
        effects = [
            own[before, "vehicle"] - own[before, "ketamine"] for before in ("vehicle", "NBQX")
        ]
        assert arm["K"]["estimate"] == pytest.approx(effects[0])
        assert arm["I"]["estimate"] == pytest.approx(effects[0] - effects[1])


def test_a_bin_half_seen_counts_as_for_its_full_length(late):
    table, bins, options = late
    half = bins.assign(scored_s=30.0, immobility_s=bins["immobility_s"] / 2)
    whole = bins_of(compare(table, options, bins=bins).verdict)
    seen = bins_of(compare(table, options, bins=half).verdict)
    for one, other in zip(whole["arms"], seen["arms"], strict=True):
        assert one["I"] == pytest.approx(other["I"])


def test_the_bins_never_change_the_label(late):
    table, bins, options = late
    without = compare(table, options).verdict
    with_bins = compare(table, options, bins=bins).verdict
    for part in ("label", "K", "Kn", "I", "A"):
        assert without[part] == with_bins[part]


def test_one_bin_is_no_course(late):
    table, bins, options = late
    verdict = compare(table, options, bins=bins[bins["start_s"] == 120]).verdict
    assert verdict["families"] == []


def test_bins_are_of_immobility(design):
    with pytest.raises(ValueError, match="of immobility"):
        DesignOptions(**design.model_dump() | {"outcome": "latency_s", "time_course": {}})
