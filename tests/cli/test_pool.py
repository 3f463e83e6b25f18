"""``behave pool``: results folders in, a table and a forest out."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.study.pipeline import analyze

STUDY = """\
study: {name}
trials: trials.csv
design:
  agonist: {{column: treatment, control: vehicle, level: ketamine}}
  antagonist: {{column: pretreatment, control: vehicle, level: NBQX}}
"""
GROUPS = [("vehicle", "vehicle", 155), ("vehicle", "ketamine", 70), ("NBQX", "vehicle", 152),
          ("NBQX", "ketamine", 140)]  # fmt: skip


def run_experiment(folder: Path, seed: int, change=("", "")) -> Path:
    """Analyse one synthetic experiment; ``change`` replaces words of its study file and tables."""
    folder.mkdir()
    rng = np.random.default_rng(seed)
    rows = [
        (f"m{seed}{index}{number}", before, drug, round(float(rng.normal(mean, 20)), 1))
        for index, (before, drug, mean) in enumerate(GROUPS)
        for number in range(8)
    ]
    table = pd.DataFrame(rows, columns=["animal_id", "pretreatment", "treatment", "immobility_s"])
    for name, columns in (("trials", slice(0, 3)), ("scores", [0, 3])):
        text = table.iloc[:, columns].to_csv(index=False)
        (folder / f"{name}.csv").write_text(text.replace(*change) if change[0] else text, "utf-8")
    text = STUDY.format(name=folder.name)
    (folder / "study.yaml").write_text(text.replace(*change) if change[0] else text, "utf-8")
    analyze(folder / "study.yaml", folder / "scores.csv", folder / "results")
    return folder / "results"


@pytest.fixture(scope="module")
def experiments(tmp_path_factory):
    """Return the results folders of three experiments."""
    place = tmp_path_factory.mktemp("lab")
    return [run_experiment(place / f"cohort{seed}", seed) for seed in (1, 2, 3)]


def pool(*folders, out):
    """Run the command."""
    return CliRunner().invoke(cli, ["pool", *map(str, folders), "--out", str(out)])


def test_the_effects_are_pooled_and_drawn(experiments, tmp_path):
    result = pool(*experiments, out=tmp_path)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(tmp_path / "pooled.csv")
    assert table.groupby("effect").size().to_dict() == {"A": 5, "I": 5, "K": 5, "Kn": 5}
    own = json.loads((experiments[0] / "stats" / "verdict.json").read_text("utf-8"))["I"]
    first = table[(table["effect"] == "I") & (table["name"] == "cohort1")].iloc[0]
    assert first["conf_low"] == pytest.approx(own["conf_low"])
    assert "Over 3 experiments like these, I is shown" in result.output
    assert (tmp_path / "forest.png").stat().st_size > 10_000
    assert "Over 3" in json.loads((tmp_path / "pooled.json").read_text("utf-8"))["text"]


def test_the_forest_is_the_same_to_the_byte_twice(experiments, tmp_path):
    for name in ("a", "b"):
        pool(*experiments, out=tmp_path / name)
    one, two = ((tmp_path / name / "forest.svg").read_bytes() for name in ("a", "b"))
    assert one == two


def test_one_experiment_and_no_experiment_are_refused(experiments, tmp_path):
    assert "one experiment cannot be pooled" in pool(experiments[0], out=tmp_path).output
    result = pool(experiments[0], tmp_path, out=tmp_path)
    assert result.exit_code == 2
    assert "the folder holds no verdict" in result.output


def test_the_same_data_twice_are_refused(experiments, tmp_path):
    again = tmp_path / "again"
    shutil.copytree(experiments[0], again)
    result = pool(*experiments, again, out=tmp_path / "out")
    assert result.exit_code == 2
    assert "it would count twice" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "key"),
    [(("NBQX", "MK-801"), "antagonist.level"), (("ketamine", "esketamine"), "agonist.level"),
     (("immobility_s", "swimming_s"), "outcome")],
)  # fmt: skip
def test_another_question_is_refused_by_its_key(experiments, tmp_path, change, key):
    folder = tmp_path / "other"
    if change[0] == "immobility_s":
        text = STUDY.replace("design:\n", "design:\n  outcome: swimming_s\n")
        other = run_experiment(folder, 9)
        (folder / "study.yaml").write_text(text.format(name="other"), "utf-8")
        scores = (folder / "scores.csv").read_text("utf-8").replace(*change)
        (folder / "scores.csv").write_text(scores, "utf-8")
        analyze(folder / "study.yaml", folder / "scores.csv", other)
    else:
        other = run_experiment(folder, 9, change)
    result = pool(*experiments, other, out=tmp_path / "out")
    assert result.exit_code == 2
    assert f"design.{key}" in result.output
    assert "the experiments did not ask the same question" in result.output
