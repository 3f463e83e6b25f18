"""The command `behave power`."""

import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli

QUICK = ["power", "--effect", "45", "--sd", "34", "--count", "100"]


def test_it_says_what_8_animals_buy_and_writes_the_plan(tmp_path):
    result = CliRunner().invoke(cli, [*QUICK, "--out", str(tmp_path / "plan")])
    assert result.exit_code == 0, result.output
    assert "8 animals per group (32 in all) show the agonist's effect in 69%" in result.output
    assert "To show the interaction with 80% power takes 19 animals per group." in result.output
    table = pd.read_csv(tmp_path / "plan" / "power.csv")
    labels = table.columns[4:]
    assert table[labels].sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-3)
    row = table[table["n_per_cell"] == 8].iloc[0]
    assert f"blocked {row['blocked']:.0%}" in result.output or row["blocked"] < 0.005
    for name in ("power.png", "power.svg"):
        assert (tmp_path / "plan" / name).stat().st_size > 5000


def test_a_number_that_is_not_among_the_usual_sizes_gets_its_row():
    result = CliRunner().invoke(cli, [*QUICK, "--n", "9", "--n", "30", "--power", "0.9"])
    assert result.exit_code == 0, result.output
    assert "\n 9 " in result.output
    assert "30 animals per group (120 in all)" in result.output
    assert "with 90% power" in result.output


@pytest.mark.parametrize("wrong", [["--effect", "0"], ["--sd", "-3"], ["--n", "1"], ["--rho", "1"]])
def test_impossible_plans_are_refused(wrong):
    result = CliRunner().invoke(cli, [*QUICK, *wrong])
    assert result.exit_code == 2
    assert wrong[0] in result.output
