"""Statistics alone, from any table with one row per animal."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.model.tables import CONTRASTS

# Immobility in s: ketamine takes 60 s off under vehicle and nothing under NBQX.
CELLS = {
    ("vehicle", "vehicle"): [150, 160, 140, 155, 145, 150],
    ("vehicle", "ketamine"): [90, 100, 80, 95, 85, 90],
    ("NBQX", "vehicle"): [151, 161, 141, 156, 146, 151],
    ("NBQX", "ketamine"): [149, 162, 139, 157, 147, 152],
}


@pytest.fixture
def study(tmp_path):
    """Write a study file, its trials and their measures; there are no videos."""
    rows = [
        (pretreatment, treatment, value)
        for (pretreatment, treatment), values in CELLS.items()
        for value in values
    ]
    table = pd.DataFrame(rows, columns=["pretreatment", "treatment", "immobility_s"])
    table["animal_id"] = [f"{number:03d}" for number in range(1, len(rows) + 1)]
    table["video"] = table["arena"] = ""
    table.drop(columns="immobility_s").to_csv(tmp_path / "trials.csv", index=False)
    table[["animal_id", "immobility_s"]].to_csv(tmp_path / "measures.csv", index=False)
    path = tmp_path / "study.yaml"
    path.write_text(
        "study: by-hand\ntrials: trials.csv\nprotocol: {duration_s: 360}\ndesign:\n"
        "  agonist: {column: treatment, control: vehicle, level: ketamine}\n"
        "  antagonist: {column: pretreatment, control: vehicle, level: NBQX}\n",
        encoding="utf-8",
    )
    return path


def analyze(study, *more):
    arguments = ["analyze", study, "--measures", study.parent / "measures.csv",
                 "--out", study.parent / "out", *more]  # fmt: skip
    return CliRunner().invoke(cli, [str(item) for item in arguments])


def test_the_verdict_is_told_and_written(study):
    result = analyze(study)
    assert result.exit_code == 0, result.output
    assert "Verdict: blocked" in result.stdout
    verdict = json.loads((study.parent / "out" / "stats" / "verdict.json").read_text("utf-8"))
    assert verdict["label"] == "blocked"
    assert verdict["K"]["estimate"] == pytest.approx(60)
    assert verdict["Kn"]["estimate"] == pytest.approx(0)


def test_what_speaks_against_the_verdict_is_told_with_it(study):
    told = analyze(study).stdout
    verdict = json.loads((study.parent / "out" / "stats" / "verdict.json").read_text("utf-8"))
    counts = verdict["sensitivity"]
    assert f"{counts['agree']} of {counts['of']} agree with the label. Leaving out any" in told
    assert "What to be careful about:\n- No locomotor control was analysed" in told


def test_contrasts_stand_in_the_columns_of_the_contract(study):
    analyze(study)
    contrasts = pd.read_csv(study.parent / "out" / "stats" / "contrasts.csv")
    assert list(contrasts.columns) == list(CONTRASTS.names)
    assert {"K", "Kn", "I", "A"} <= set(contrasts["contrast_id"])


def test_two_identical_analyses_write_identical_bytes(study):
    def contents():
        out = study.parent / "out"
        return {
            path.relative_to(out).as_posix(): path.read_bytes()
            for path in out.rglob("*")
            if path.is_file() and path.name != "run.json"
        }

    analyze(study)
    first = contents()
    analyze(study)
    assert contents() == first


def test_a_refused_analysis_leaves_the_results_as_they_were(study):
    analyze(study)
    report = (study.parent / "out" / "report.html").read_bytes()
    text = (study.parent / "measures.csv").read_text("utf-8").replace("001,150", "001,1x50")
    (study.parent / "measures.csv").write_text(text, encoding="utf-8")
    result = analyze(study)
    assert result.exit_code == 2
    assert "row 2, column 'immobility_s'" in result.stderr
    assert (study.parent / "out" / "report.html").read_bytes() == report


def test_debug_shows_the_traceback_wherever_it_stands(study):
    (study.parent / "measures.csv").unlink()
    text = study.read_text("utf-8").replace("trials.csv", "nowhere.csv")
    study.write_text(text, encoding="utf-8")
    (study.parent / "measures.csv").write_text("animal_id,immobility_s\n001,1\n", encoding="utf-8")
    quiet, loud = analyze(study), analyze(study, "--debug")
    assert quiet.exit_code == 2
    assert "nowhere.csv: the file does not exist" in quiet.stderr
    assert quiet.exception is None or isinstance(quiet.exception, SystemExit)
    assert type(loud.exception).__name__ == "InputError"


def test_the_report_marks_simulated_animals(study):
    trials = pd.read_csv(study.parent / "trials.csv", dtype=str, keep_default_na=False)
    analyze(study)
    report = study.parent / "out" / "report.html"
    assert "synthetic" not in report.read_text("utf-8").lower()
    trials.assign(synthetic="true").to_csv(study.parent / "trials.csv", index=False)
    analyze(study)
    assert "synthetic" in report.read_text("utf-8").lower()


def test_what_the_trials_tell_of_the_animals_reaches_the_flags(study):
    trials = pd.read_csv(study.parent / "trials.csv", dtype=str, keep_default_na=False)
    trials["cage"] = trials["pretreatment"] + trials["treatment"]
    trials["exclude"], trials["exclude_reason"] = "false", ""
    trials.loc[7, ["exclude", "exclude_reason"]] = ["true", "sank"]
    trials.to_csv(study.parent / "trials.csv", index=False)
    assert analyze(study).exit_code == 0
    verdict = json.loads((study.parent / "out" / "stats" / "verdict.json").read_text("utf-8"))
    texts = {flag["name"]: flag["text"] for flag in verdict["flags"]}
    assert "In 4 of 4 cages" in texts["cage_treated_alike"]
    assert "008 excluded: sank" in texts["exclusions_differ"]


def test_results_of_a_table_have_a_folder_of_their_own(study, monkeypatch):
    monkeypatch.chdir(study.parent)
    arguments = ["analyze", str(study), "--measures", "measures.csv"]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    report = study.parent / "results" / "by-hand-measures" / "report.html"
    assert "Numbers from the table measures.csv (SHA-256 " in report.read_text("utf-8")
    assert not (study.parent / "results" / "by-hand").exists()


def test_results_of_a_run_from_videos_are_never_written_over(study):
    out = study.parent / "out"
    out.mkdir()
    (out / "trials_log.csv").write_text("trial_id\n", encoding="utf-8")
    result = analyze(study)
    assert result.exit_code == 2
    assert "this folder holds the results of a run from videos" in result.stderr
    assert [path.name for path in out.iterdir()] == ["trials_log.csv"]


def test_a_column_per_group_gives_the_same_verdict(study):
    analyze(study)
    first = json.loads((study.parent / "out" / "stats" / "verdict.json").read_text("utf-8"))
    columns = {" + ".join(cell): values for cell, values in CELLS.items()}
    pd.DataFrame(columns).to_csv(study.parent / "measures.csv", index=False)
    result = analyze(study)
    assert result.exit_code == 0, result.output
    assert "was read as the group NBQX + ketamine: 6 values." in result.stdout
    second = json.loads((study.parent / "out" / "stats" / "verdict.json").read_text("utf-8"))
    assert (second["label"], second["K"], second["I"]) == (
        first["label"], first["K"], first["I"],
    )  # fmt: skip


def test_fractions_in_a_column_of_seconds_are_flagged(study):
    text = study.read_text("utf-8").replace("360}", "360, score_window_s: [120, 360]}")
    study.write_text(text, encoding="utf-8")
    table = pd.read_csv(study.parent / "measures.csv", dtype={"animal_id": str})
    table.assign(immobility_s=table["immobility_s"] / 240).to_csv(
        study.parent / "measures.csv", index=False
    )
    assert "are they fractions, not s?" in analyze(study).stdout
