"""Five-second counts, as rats are scored by hand."""

import pandas as pd
import pytest

from behave.scoring.time_sampling import predominant, sample_epochs


def bouts(*spans: tuple[str, float]) -> pd.DataFrame:
    """Return bouts end to end from (state, duration) pairs."""
    table = pd.DataFrame(spans, columns=["state", "duration_s"])
    stop = table["duration_s"].cumsum()
    return table.assign(start_s=stop - table["duration_s"], stop_s=stop)


def counts(table: pd.DataFrame, stop_s: float, *, divided: bool = True, entry_s: float = 0.0):
    """Return the counts of one epoch from the entry on, in intervals of 5 s."""
    return sample_epochs(table, {"whole": (0.0, stop_s)}, entry_s, 5.0, divided=divided).loc[0]


def test_each_interval_has_the_behaviour_that_fills_most_of_it():
    """3 s immobile, then 2; 5 s swimming; 4 of 5 s climbing."""
    table = bouts(("immobile", 3), ("swimming", 7), ("climbing", 4), ("immobile", 1))
    found = counts(table, 15)
    assert found["n_intervals"] == 3
    assert found[["n_immobile", "n_swimming", "n_climbing", "n_mobile"]].tolist() == [1, 1, 1, 2]


def test_the_largest_of_three_counts_even_if_it_is_less_than_half():
    table = bouts(("swimming", 1.6), ("immobile", 1.9), ("climbing", 1.5))
    assert predominant(table) == "immobile"


def test_swimming_and_climbing_are_empty_where_they_were_not_told_apart():
    found = counts(bouts(("mobile", 12), ("immobile", 8)), 20, divided=False)
    assert found[["n_immobile", "n_mobile"]].tolist() == [2, 2]
    assert found[["n_swimming", "n_climbing"]].isna().all()


def test_an_animal_that_only_floats_swims_and_climbs_in_no_interval():
    found = counts(bouts(("immobile", 20)), 20)
    assert found[["n_immobile", "n_swimming", "n_climbing"]].tolist() == [4, 0, 0]


def test_an_interval_mostly_unseen_is_unscored():
    found = counts(bouts(("unscored", 2.6), ("immobile", 2.4), ("immobile", 5)), 10)
    assert found[["n_immobile", "n_unscored"]].tolist() == [1, 1]


def test_what_remains_at_the_end_is_not_counted():
    assert counts(bouts(("immobile", 14)), 14)["n_intervals"] == 2


def test_intervals_count_from_the_entry():
    table = bouts(("unscored", 7), ("immobile", 5), ("swimming", 5))
    assert counts(table, 10, entry_s=7)[["n_immobile", "n_swimming"]].tolist() == [1, 1]


def test_rounded_bounds_lose_no_interval():
    """A window from 0.1 to 0.1 + 3 * 5 s has three intervals whatever the rounding."""
    table = bouts(("immobile", 30))
    found = sample_epochs(table, {"whole": (0.1, 0.1 + 15)}, 0.2, 5.0, divided=True).loc[0]
    assert found["n_intervals"] == 3


def test_the_counts_times_the_interval_come_near_the_seconds():
    """Floats of 9 s between swims of 6 s, over five minutes."""
    table = bouts(*[(state, span) for _ in range(20) for state, span in
                    (("immobile", 9.0), ("swimming", 6.0))])  # fmt: skip
    found = counts(table, 300)
    assert 5 * found["n_immobile"] == pytest.approx(180, abs=25)
    assert found[["n_immobile", "n_swimming"]].sum() == 60
