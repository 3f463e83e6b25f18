"""A camera's threshold is moved, seen at once, and kept as somebody's decision."""

import pandas as pd
import pytest
import yaml

from behave.study import pipeline
from behave.study.inputs.study_file import load_study
from behave.web.calibration import Calibrations
from behave.web.workspace import open_workspace


@pytest.fixture
def page(visit, address):
    page = visit().go(address, "Calibration")
    page.wait_for_selector("#tried tr td")
    return page


def shown_s(page, trial_id):
    """Return the seconds of immobility that stand beside an animal."""
    row = page.locator(f"#tried tr:has-text('{trial_id}') td.number").first
    return float(row.inner_text().removesuffix(" s"))


def window_s(folder):
    measures = pd.read_csv(folder / "measures.csv", dtype={"trial_id": str})
    return measures[measures["epoch"] == "score_window"].set_index("trial_id")["immobility_s"]


def test_a_moved_threshold_shows_what_a_new_run_would_give(page, study):
    used = float(pd.read_csv(study / "results" / "calibration.csv")["immobile_below"].iloc[0])
    page.locator("#below").evaluate(
        "(place, value) => { place.value = Math.log(value);"
        " place.dispatchEvent(new Event('input')); }",
        2 * used,
    )
    page.wait_for_selector("#told:has-text('(2.0')")
    page.wait_for_timeout(1500)
    text = (study / "study.yaml").read_text()
    asked = float(page.evaluate("Math.exp(Number(document.querySelector('#below').value))"))
    (study / "study.yaml").write_text(text + f"scoring: {{immobile_below: {asked}}}\n")
    pipeline.run(study / "study.yaml", study / "results")
    for trial_id, seconds in window_s(study / "results").items():
        assert shown_s(page, trial_id) == pytest.approx(seconds, abs=0.06)


def test_a_decision_is_kept_with_who_and_why_and_the_next_run_states_it(page, study):
    page.fill("#scorer", "anna")
    page.fill("#reason", "the lamp flickers")
    page.click("#use")
    page.wait_for_selector("#message >> text=Run again to use it")
    (row,) = pd.read_csv(study / "by_hand" / "calibration.csv").to_dict("records")
    assert (row["source"], row["scorer"], row["reason"]) == ("given", "anna", "the lamp flickers")
    said = yaml.safe_load((study / "study.yaml").read_text())
    assert said["scoring"]["immobile_below"] == {"from": "by_hand/calibration.csv"}
    before = window_s(study / "results")
    pipeline.run(study / "study.yaml", study / "results")
    pd.testing.assert_series_equal(window_s(study / "results"), before)
    assert "by anna" in (study / "results" / "report.html").read_text("utf-8")
    assert "the lamp flickers" in (study / "results" / "report.html").read_text("utf-8")


def test_without_a_name_or_a_reason_nothing_is_decided(page, study):
    page.fill("#scorer", "anna")
    page.click("#use")
    page.wait_for_selector("#message.fault >> text=the reason")
    assert not (study / "by_hand" / "calibration.csv").exists()


def test_other_scoring_options_stay_in_the_study_file(study):
    path = study / "study.yaml"
    path.write_text(path.read_text() + "scoring:\n  min_bout_s: 1.0  # as in our other studies\n")
    Calibrations(open_workspace(path, study / "results"))._name_in_study()
    (study / "by_hand").mkdir()
    (study / "by_hand" / "calibration.csv").touch()
    found = load_study(path).scoring
    assert found.min_bout_s == 1.0
    assert found.immobile_below.file.name == "calibration.csv"
