"""The tables' description agrees with itself and with the fixed contract."""

from itertools import chain

import pandas as pd
import pytest

from behave.model import tables
from behave.schema import Table, conform

ALL = [table for table in vars(tables).values() if isinstance(table, Table)]
# The order of the contract's columns is part of it: others read them by position.
MEASURES = (
    "trial_id, animal_id, video, arena, epoch, start_s, stop_s, immobility_s, immobility_pct, "
    "latency_s, latency_censored, n_bouts, mean_bout_s, longest_bout_s, scored_s, unscored_s, "
    "swimming_s, climbing_s, status, latency_in_epoch_s"
)
CONTRASTS = (
    "contrast_id, family, contrast, method, estimate, std_error, df, statistic, p_value, p_adj, "
    "adjust, conf_low, conf_high, conf_level, effsize_type, effsize, effsize_low, effsize_high, "
    "n1, n2, unit, planned"
)


def by_name(table: Table) -> str:
    """Return a table's file as its name in the test's report."""
    return table.file


@pytest.mark.parametrize("table", ALL, ids=by_name)
def test_names_are_unique_snake_case_and_described(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    for column in table.columns:
        assert column.name.isidentifier()
        assert column.description.endswith(".")


@pytest.mark.parametrize("table", ALL, ids=by_name)
def test_a_table_without_rows_conforms(table: Table) -> None:
    empty = conform(pd.DataFrame(), table)
    assert tuple(empty.columns) == table.names
    assert len(empty) == 0


def test_a_name_means_one_kind_everywhere() -> None:
    kinds: dict[str, set[str]] = {}
    for column in chain.from_iterable(table.columns for table in ALL):
        kinds.setdefault(column.name, set()).add(column.kind)
    several = {name for name, found in kinds.items() if len(found) > 1}
    # As a user types it, entry_s may be mm:ss; diagnostics have two degrees of freedom;
    # a table of agreement names its statistics, where tests give their value.
    assert several == {"entry_s", "df", "statistic"}


@pytest.mark.parametrize(
    ("table", "names"),
    [
        (tables.MEASURES, MEASURES),
        (tables.BINS, "trial_id, animal_id, bin, start_s, stop_s, immobility_s, scored_s"),
        (tables.BOUTS, "trial_id, animal_id, source, state, start_s, stop_s, duration_s"),
        (tables.FRAMES, "frame, time_s, motion, state, x_px, y_px"),
        (tables.CONTRASTS, CONTRASTS),
        (
            tables.ARENAS,
            "video, arena, x_px, y_px, width_px, height_px, shape, px_per_cm, points_px",
        ),
    ],
    ids=lambda value: value.file if isinstance(value, Table) else "",
)
def test_columns_are_the_contracts(table: Table, names: str) -> None:
    assert ", ".join(table.names) == names


def test_the_trials_log_begins_with_the_contracts_columns() -> None:
    assert tables.TRIALS_LOG.names[:7] == (
        "trial_id", "animal_id", "video", "arena", "status", "seconds", "message",
    )  # fmt: skip


def test_only_the_animals_id_must_be_in_every_row_of_the_trials() -> None:
    assert [column.name for column in tables.TRIALS.columns if column.required] == ["animal_id"]


def test_states_and_statuses_are_the_contracts() -> None:
    assert tables.STATES == ("immobile", "mobile", "unscored")
    assert tables.STATUSES == ("done", "failed", "excluded", "missing")


def test_a_measured_number_ends_in_its_unit() -> None:
    numbers = [column.name for column in tables.MEASURES.columns if column.kind == "number"]
    assert {name.split("_")[-1] for name in numbers} == {"s", "pct"}
