"""An analysis locked before unblinding, and what later runs say of it."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.errors import InputError
from behave.study.cache import provenance
from behave.study.inputs.freeze import lock_file, read_lock
from behave.study.pipeline import analyze

CONFIGS = Path(__file__).parents[3] / "configs"


@pytest.fixture
def study(tmp_path):
    """Return a copy of an example study that can be changed."""
    shutil.copy(CONFIGS / "third_factor.yaml", tmp_path / "study.yaml")
    shutil.copytree(CONFIGS / "third_factor", tmp_path / "third_factor")
    return tmp_path / "study.yaml"


def check(study, *options):
    """Run ``behave check`` on a study."""
    return CliRunner().invoke(cli, ["check", str(study), *options])


def run(study):
    """Analyse a study; return its verdict, run.json and page."""
    out = study.parent / "out"
    outcome = analyze(study, study.parent / "third_factor" / "immobility.csv", out)
    made = json.loads((out / "run.json").read_text("utf-8"))
    return outcome.verdict, made["lock"], (out / "report.html").read_text("utf-8")


def names(verdict):
    """Return the names of the verdict's flags."""
    return {flag["name"] for flag in verdict["flags"]}


def test_check_without_the_option_locks_nothing(study):
    assert check(study).exit_code == 0
    assert not lock_file(study).exists()
    verdict, lock, page = run(study)
    assert lock is None
    assert "was not locked" in page
    assert "lock_broken" not in names(verdict)


def test_what_ran_as_locked_is_told_so(study):
    result = check(study, "--lock")
    assert result.exit_code == 0, result.output
    assert "Analysis locked at" in result.output
    verdict, lock, page = run(study)
    assert lock["matches"]
    assert lock["trials_unchanged"]
    assert "what ran is what was locked" in page
    assert "lock_broken" not in names(verdict)


def test_a_change_after_the_lock_is_named_with_both_values(study):
    check(study, "--lock")
    study.write_text(
        study.read_text("utf-8").replace("  by: stress", "  residual_fraction: 0.8\n  by: stress")
    )
    verdict, lock, page = run(study)
    assert lock["differs"] == [{"key": "design.residual_fraction", "locked": 0.5, "ran": 0.8}]
    assert "lock_broken" in names(verdict)
    assert "design.residual_fraction was 0.5, is 0.8" in page
    assert "what ran differs from it in design.residual_fraction" in page


@pytest.mark.parametrize(
    "harmless",
    [
        "study: another-name",
        "# a remark\nstudy: third-factor",
        "study: third-factor\nvideos: elsewhere",
    ],
)
def test_names_and_remarks_do_not_break_the_lock(study, harmless):
    check(study, "--lock")
    study.write_text(study.read_text("utf-8").replace("study: third-factor", harmless))
    assert run(study)[1]["matches"]


def test_a_changed_table_of_trials_is_told_apart_from_a_changed_analysis(study):
    check(study, "--lock")
    table = study.parent / "third_factor" / "trials.csv"
    table.write_text(table.read_text("utf-8") + "\n")
    _, lock, page = run(study)
    assert lock["matches"]
    assert not lock["trials_unchanged"]
    assert "has been changed since" in page


def test_locking_again_keeps_the_first_lock(study):
    check(study, "--lock")
    first = lock_file(study).read_bytes()
    assert check(study, "--lock").exit_code == 0
    assert lock_file(study).read_bytes() == first


def test_another_analysis_is_not_locked_over_the_first(study):
    check(study, "--lock")
    study.write_text(study.read_text("utf-8").replace("by: stress", "blocks: [stress]"))
    result = check(study, "--lock")
    assert result.exit_code == 2
    assert "another analysis was locked" in result.output
    assert "design.by" in result.output


def test_a_lock_that_was_edited_is_refused(study):
    check(study, "--lock")
    path = lock_file(study)
    path.write_text(
        path.read_text("utf-8").replace('"residual_fraction": 0.5', '"residual_fraction": 0.9')
    )
    with pytest.raises(InputError, match="changed after it was written"):
        read_lock(study)


@pytest.mark.parametrize("first", ["lock", "read"])
def test_a_blind_study_tells_whether_the_lock_or_the_key_came_first(study, first, monkeypatch):
    # The groups move into a key; what is left of the trials is blind.
    folder = study.parent / "third_factor"
    trials = pd.read_csv(folder / "trials.csv", dtype=str)
    trials[["animal_id", "synthetic"]].to_csv(folder / "trials.csv", index=False)
    trials.drop(columns="synthetic").to_csv(study.parent / "key.csv", index=False)
    study.write_text(study.read_text("utf-8") + "key: key.csv\n")
    clock = iter(f"2026-01-0{day}T00:00:00+00:00" for day in range(1, 10))
    monkeypatch.setattr(provenance, "now", lambda: next(clock))
    if first == "read":
        run(study)
    check(study, "--lock")
    _, lock, page = run(study)
    assert lock["before_key"] == (first == "lock")
    assert ("before" if first == "lock" else "after") + " the key was first read" in page
