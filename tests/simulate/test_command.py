"""`behave simulate`."""

from dataclasses import fields

import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.cli.simulate import command
from behave.simulate.plan import Plan
from behave.simulate.render import World
from behave.simulate.study import simulate_study

SHORT = ["--per-cell", "1", "--duration", "1", "--window-start", "0.5"]


def run(*arguments):
    return CliRunner().invoke(cli, ["simulate", *arguments])


def test_a_clip_is_rendered_with_its_truth_beside_it(tmp_path):
    result = run("--clip", str(tmp_path / "clip.mp4"), "--arenas", "1", *SHORT)

    assert result.exit_code == 0, result.output
    assert "SYNTHETIC" in result.output
    truth = pd.read_csv(tmp_path / "clip_truth.csv")
    assert set(truth["state"].dropna()) == {"immobile", "mobile"}


def test_a_study_is_rendered_and_not_overwritten_unasked(tmp_path):
    folder = tmp_path / "study"
    assert run("--out", str(folder), *SHORT).exit_code == 0
    assert len(pd.read_csv(folder / "trials.csv")) == 4

    again = run("--out", str(folder), *SHORT)
    assert again.exit_code == 2
    assert "trials.csv" in again.output
    assert "--force" in again.output


@pytest.mark.parametrize("arguments", [[], ["--out", "a", "--clip", "b.mp4"]])
def test_exactly_one_of_study_and_clip_is_asked_for(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "either --out" in result.output


def test_the_options_defaults_are_those_of_the_plan():
    options = {option.name: option.default for option in command.params}
    for field in fields(Plan):
        assert options[field.name.removesuffix("_s")] == field.default, field.name


def test_the_command_in_a_studys_readme_asks_for_that_study(tmp_path):
    plan = Plan(per_cell=1, arenas=1, coat="light", duration_s=0.5, window_start_s=0.2, blocked=0.5)
    look = World(width=64, height=48, fps=10.0)
    simulate_study(tmp_path / "study", plan, 4, recording=look)
    text = (tmp_path / "study" / "README.md").read_text(encoding="utf-8")

    line = next(line for line in text.splitlines() if line.startswith("behave simulate"))
    asked = command.make_context("simulate", line.split()[2:]).params
    assert asked["out"].name == "study"
    assert asked["seed"] == 4
    for field in fields(Plan):
        assert asked[field.name.removesuffix("_s")] == getattr(plan, field.name), field.name
