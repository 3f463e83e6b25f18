"""All animals at a glance, blind, and under another threshold."""

import json

import pandas as pd
import pytest

from behave.study import pipeline
from behave.web.results import Results
from behave.web.workspace import open_workspace

TEXT = {"trial_id": str, "animal_id": str}
GROUPS = ("NBQX", "vehicle", "ketamine")


@pytest.fixture
def page(visit, address):
    page = visit().go(address, "Results")
    page.wait_for_selector(".animal")
    return page


def set_threshold(page, factor_log2):
    page.locator("#threshold").evaluate(
        "(place, value) => { place.value = value; place.dispatchEvent(new Event('input')); }",
        factor_log2,
    )


def window_s(folder):
    measures = pd.read_csv(folder / "measures.csv", dtype=TEXT)
    return measures[measures["epoch"] == "score_window"].set_index("trial_id")["immobility_s"]


def test_every_animal_is_shown_with_its_immobility(page, study):
    for trial_id, value in window_s(study / "results").items():
        assert f"{value:.1f} s" in page.inner_text(f"section[aria-label='{trial_id}']")


def test_groups_are_hidden_until_somebody_unblinds_the_study(visit, address, study):
    visitor = visit()
    answers = []
    visitor.page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - it marks it
    page = visitor.go(address, "Results")
    page.wait_for_selector(".animal")
    told = [answer.text() for answer in answers if "json" in answer.headers.get("content-type", "")]
    for text in (*told, page.inner_text("main")):
        assert not any(word in text for word in GROUPS)
    page.fill("#blinding input", "anna")
    page.click("#blinding button")
    page.wait_for_selector("text=Unblinded by anna")
    assert "NBQX, ketamine" in page.inner_text("section[aria-label='004']")
    said = json.loads((study / "by_hand" / "unblinded.json").read_text())
    assert said["scorer"] == "anna"


def test_the_report_is_shown_once_unblinded(page):
    page.fill("#blinding input", "anna")
    page.click("#blinding button")
    with page.context.expect_page() as opened:
        page.click("text=Open the report")
    opened.value.wait_for_load_state()
    assert opened.value.title().startswith("small")


def test_the_threshold_shows_what_a_new_run_would_give(page, study):
    set_threshold(page, 1)  # twice the threshold
    page.wait_for_selector("#mean >> text=Mean change")
    shown = {
        trial_id: page.inner_text(f"section[aria-label='{trial_id}'] [data-change]")
        for trial_id in ("001", "002", "003", "004")
    }
    used = pd.read_csv(study / "results" / "trials_log.csv")["immobile_below"].iloc[0]
    text = (study / "study.yaml").read_text() + f"scoring: {{immobile_below: {2 * used}}}\n"
    (study / "study.yaml").write_text(text)
    before = window_s(study / "results")
    pipeline.run(study / "study.yaml", study / "results")
    change = window_s(study / "results") - before
    for trial_id, said in shown.items():
        assert float(said.removesuffix(" s")) == pytest.approx(change[trial_id], abs=0.06)


def test_the_slider_keeps_to_what_a_change_costs_in_this_trackers_motion(study):
    results = Results(open_workspace(study / "study.yaml", study / "results"))
    used = window_s(study / "results")
    assert results.rescored_at(1.0) == {name: pytest.approx(s) for name, s in used.items()}
    # As for keypoints, whose changes cost another price: here one that no change is worth.
    log = study / "results" / "trials_log.csv"
    pd.read_csv(log, dtype=str).assign(switch_penalty_s="1000").to_csv(log, index=False)
    assert set(results.rescored_at(1.0).values()) <= {0.0, 10.0}


def test_what_was_corrected_is_seen_at_a_glance(study, visit, tools):
    (study / "by_hand").mkdir()
    (study / "by_hand" / "corrections.csv").write_text(
        "trial_id,animal_id,source,scorer,state,start_s,stop_s,duration_s,scored_at\n"
        "003,003,manual,anna,mobile,5,6.5,1.5,2026-01-01T00:00:00+00:00\n"
    )
    with tools.serving(study) as address:
        page = visit().go(address, "Results")
        page.wait_for_selector(".animal")
        assert "Corrected in 1 place." in page.inner_text("section[aria-label='003']")
        assert "Corrected" not in page.inner_text("section[aria-label='001']")


def test_at_the_threshold_used_nothing_changes(page):
    set_threshold(page, 1)
    page.wait_for_selector("#mean >> text=Mean change")
    page.click("text=As it was used")
    page.wait_for_selector("#mean:empty", state="attached")
    assert page.locator("[data-change]").all_inner_texts() == [""] * 4


def test_a_click_leads_to_the_review_of_the_animal(page):
    page.click("section[aria-label='003'] a")
    page.wait_for_selector(".time:has-text('frame')")
    assert page.locator(".trials [aria-current=true]").inner_text() == "003"


def test_synthetic_data_is_called_so(study, visit, tools):
    rows = (study / "trials.csv").read_text().splitlines()
    marked = [rows[0] + ",synthetic", *(f"{row},true" for row in rows[1:])]
    (study / "trials.csv").write_text("\n".join(marked) + "\n")
    with tools.serving(study) as address:
        page = visit().go(address, "Results")
        page.wait_for_selector("#synthetic >> text=Synthetic data")


def test_data_that_is_not_synthetic_is_not_called_so(page):
    assert page.locator("#synthetic").count() == 0
