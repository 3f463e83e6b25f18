"""People score blind, and nothing that they keyed is lost."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli


@pytest.fixture
def session(study):
    """Return a function that reads a scorer's session as it is kept."""

    def read(scorer="anna"):
        return json.loads((study / "by_hand" / "sessions" / f"{scorer}.json").read_text())

    return read


def begin(page, scorer="anna"):
    page.fill("#scorer", scorer)
    page.click("text=Begin")
    page.wait_for_selector(".time:has-text('frame')")


def code(page) -> str:
    return page.inner_text("h1").removeprefix("Trial ")


def watched(page, session) -> dict:
    """Return what is kept of the trial on the screen."""
    return next(one for one in session()["showings"] if one["code"] == code(page))


@pytest.fixture
def page(visit, address):
    page = visit().go(address, "Score")
    begin(page)
    return page


def score_trial(page, trial_id, tools, speed="2"):
    """Press the keys when the animal is shown to change; return when it truly does."""
    truth = dict(zip(("001", "002", "003", "004"), tools.still.values(), strict=True))[trial_id]
    page.wait_for_selector(".time:has-text('frame')")
    page.select_option("select", speed)
    page.locator("main").focus()
    page.keyboard.press(" ")
    for at_s, key in zip(truth, "im", strict=True):
        tools.wait_for(lambda due=at_s: tools.shown_s(page) >= due, 30)
        page.keyboard.press(key)
    page.wait_for_selector("#message >> text=The end of this trial")
    trial = page.inner_text("h1")
    page.keyboard.press("Enter")
    tools.wait_for(lambda: page.inner_text("h1") != trial)
    return truth


def test_a_rendered_trial_scored_by_keys_gives_its_known_immobility(page, study, session, tools):
    trial = watched(page, session)
    start_s, stop_s = score_trial(page, trial["trial_id"], tools)
    table = pd.read_csv(study / "by_hand" / "anna.csv", dtype={"trial_id": str, "animal_id": str})
    assert set(table["trial_id"]) == {trial["trial_id"]}
    assert set(table["source"]) == {"manual"}
    assert set(table["scorer"]) == {"anna"}
    still = table[table["state"] == "immobile"]
    # Keys come some tenths of a second late at twice the speed, on a busy machine.
    assert still["start_s"].tolist() == [pytest.approx(start_s, abs=0.8)]
    assert still["duration_s"].sum() == pytest.approx(stop_s - start_s, abs=0.8)
    assert table["start_s"].iloc[0] == 0
    assert table["duration_s"].sum() == pytest.approx(tools.duration_s, abs=0.01)


def test_a_key_is_stamped_with_the_frame_on_the_screen(page, session, tools):
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    tools.wait_for(lambda: page.inner_text(".time").endswith("frame 7"))
    page.keyboard.press("i")
    tools.wait_for(lambda: watched(page, session)["presses"])
    assert watched(page, session)["presses"] == [[pytest.approx(7 / 15, abs=1e-3), "immobile"]]


def test_a_page_closed_midway_loses_nothing(visit, address, session, tools):
    visitor = visit()
    page = visitor.go(address, "Score")
    begin(page)
    first = code(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("i")
    page.keyboard.press("ArrowUp")
    tools.wait_for(lambda: tools.shown_s(page) > 1)
    page.keyboard.press("m")
    page.close()  # at once: nothing waits for the save
    page = visitor.page = visitor.open_page()
    visitor.go(address, "Score")
    begin(page)
    assert code(page) == first
    page.wait_for_selector("text=2 keys so far.")
    tools.wait_for(lambda: len(watched(page, session)["presses"]) == 2)


def test_undo_takes_the_last_key_back(page, session, tools):
    page.keyboard.press("ArrowUp")
    tools.wait_for(lambda: tools.shown_s(page) > 0.5)
    page.keyboard.press("i")
    page.keyboard.press("Backspace")
    page.wait_for_selector("text=0 keys so far.")
    tools.wait_for(lambda: watched(page, session)["presses"] == [])


def test_a_key_can_be_held(page, session, tools):
    page.check("text=Only while the key is held")
    page.locator("main").focus()
    page.keyboard.press(" ")
    tools.wait_for(lambda: tools.shown_s(page) > 0.5)
    page.keyboard.down("i")
    began_s = tools.shown_s(page)
    tools.wait_for(lambda: tools.shown_s(page) > began_s + 0.5)
    page.keyboard.up("i")
    tools.wait_for(lambda: len(watched(page, session)["presses"]) == 2)
    assert [state for _, state in watched(page, session)["presses"]] == ["immobile", "mobile"]


def test_the_page_is_told_no_name_group_or_state(visit, address):
    visitor = visit()
    told = []
    # Answers are read when they are complete; pictures are not text.
    visitor.page.on("response", lambda answer: told.append(answer))  # noqa: PLW0108 - it marks it
    page = visitor.go(address, "Score")
    begin(page)
    texts = [
        answer.text()
        for answer in told
        if "/api/score/" in answer.url and "json" in answer.headers["content-type"]
    ]
    assert len(texts) == 2  # the session, and the trial
    for text in (*texts, page.inner_text("body")):
        for word in ("001", "002", "003", "004", "a.mp4", "b.mp4", "NBQX", "vehicle", "trial_id"):
            assert word not in text


def test_a_trial_ended_early_says_what_was_not_watched(page, study):
    page.keyboard.press("Enter")
    page.wait_for_selector("#message.fault >> text=were not watched")
    page.keyboard.press("Enter")
    page.wait_for_selector("#message >> text=Saved.")
    (row,) = pd.read_csv(study / "by_hand" / "anna.csv").to_dict("records")
    assert (row["state"], row["duration_s"]) == ("unscored", pytest.approx(12, abs=0.01))


def test_two_windows_of_one_person_do_not_overwrite_each_other(visit, address, session, tools):
    pages = [visit().go(address, "Score") for _ in range(2)]
    for page in pages:
        begin(page)
    for page, presses in zip(pages, (1, 2), strict=True):
        page.keyboard.press("ArrowUp")
        tools.wait_for(lambda shown=page: tools.shown_s(shown) > 0.5)
        for key in "iu"[:presses]:
            page.keyboard.press(key)
            page.keyboard.press("ArrowUp")
    pages[1].wait_for_selector("#message.fault >> text=Somebody else has saved anna.json")
    assert [state for _, state in watched(pages[0], session)["presses"]] == ["immobile"]


@pytest.mark.slow
def test_what_was_scored_goes_straight_into_agree(page, study, session, tools):
    for showing in session()["showings"]:
        score_trial(page, showing["trial_id"], tools, speed="3")
    page.wait_for_selector("text=All trials are done")
    assert len(session()["showings"]) == 5  # a tenth of four, but one at least, comes again
    files = [study / "by_hand" / name for name in ("anna.csv", "anna_again.csv")]
    words = ["agree", *files, "--results", study / "results", "--out", study / "agreement"]
    ran = CliRunner().invoke(cli, [str(word) for word in words])
    assert ran.exit_code == 0, ran.output
    assert "anna and anna (again)" in ran.output
    table = pd.read_csv(study / "agreement" / "agreement.csv")
    both = table[table[["rater_1", "rater_2"]].isin(["anna", "behave"]).all(axis=1)]
    kappa = both[(both["quantity"] == "frames") & (both["statistic"] == "kappa")]["estimate"]
    assert kappa.iloc[0] > 0.6
