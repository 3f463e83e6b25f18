"""People score blind, and nothing that they keyed is lost."""

import json
import re

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


# A person who presses a key at the first frame that shows a change. Asked from outside the
# browser, as a busy machine does it, the frame would be some tenths of a second late.
PRESS = """(due) => {
  const time = document.querySelector(".time");
  new MutationObserver((_, watch) => {
    const [minutes, seconds] = time.textContent.split(" ")[0].split(":").map(Number);
    while (due.length && 60 * minutes + seconds >= due[0][0]) {
      const [, key] = due.shift();
      document.dispatchEvent(new KeyboardEvent("keydown", { key }));
    }
    if (!due.length) watch.disconnect();
  }).observe(time, { childList: true, characterData: true, subtree: true });
}"""


def score_trial(page, trial_id, tools, speed="1"):
    """Press the keys when the animal is shown to change; return when it truly does."""
    truth = dict(zip(("001", "002", "003", "004"), tools.still.values(), strict=True))[trial_id]
    page.wait_for_selector(".time:has-text('frame')")
    page.select_option("#speed", speed)
    page.locator("main").focus()
    page.evaluate(PRESS, list(map(list, zip(truth, "im", strict=True))))
    page.keyboard.press(" ")
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
    # Frames that come too late are left out, and a key carries the next one: 0.067 s on a free
    # machine, more on a busy one.
    assert still["start_s"].tolist() == [pytest.approx(start_s, abs=0.5)]
    assert still["duration_s"].sum() == pytest.approx(stop_s - start_s, abs=0.5)
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
    visitor.page.goto(address)
    page, told = visitor.open_page(), []
    # Answers are read when they are complete.
    page.on("response", lambda answer: told.append(answer))  # noqa: PLW0108 - it marks it
    page.goto(address.partition("?")[0] + "#/score")
    begin(page)
    page.keyboard.press("i")
    page.wait_for_selector("text=1 keys so far.")
    kinds = {answer.headers["content-type"].partition(";")[0] for answer in told}
    assert {"text/html", "text/css", "application/json", "image/jpeg"} <= kinds
    asked = [answer for answer in told if "/api/" in answer.url]
    texts = [f"{answer.url} {answer.all_headers()}" for answer in asked]
    texts += [answer.text() for answer in asked if "json" in answer.headers["content-type"]]
    hidden = r"\b(00[1-4]|[ab]\.mp4|NBQX|vehicle|ketamine|trial_id|bouts|motion)\b"
    # What the person keys is counted on the page itself, as bouts.
    shown = page.inner_text("body").replace("the motion", "").replace("bouts\n", "")
    for text in (*texts, shown):
        assert re.search(hidden, text) is None, text


def test_a_trial_that_is_done_can_be_scored_anew(page, study, tools):
    first = code(page)
    for _ in range(2):
        page.keyboard.press("Enter")
    tools.wait_for(lambda: code(page) != first)
    page.select_option("#trial", first)
    tools.wait_for(lambda: code(page) == first)
    page.wait_for_selector(".time:has-text('frame 0')")
    page.keyboard.press("i")
    tools.wait_for(
        lambda: pd.read_csv(study / "by_hand" / "anna.csv")["state"].tolist() == ["immobile"]
    )


def test_speed_stays_from_trial_to_trial(page, tools):
    page.keyboard.press("+")
    page.keyboard.press("+")
    first = code(page)
    for _ in range(2):
        page.keyboard.press("Enter")
    tools.wait_for(lambda: code(page) != first)
    assert page.input_value("#speed") == "2"


def test_a_button_can_be_held_and_ends_where_the_window_is_left(page, session, tools):
    page.check("text=Only while the key is held")
    page.hover("[data-state=immobile]")
    page.mouse.down()
    tools.wait_for(lambda: page.inner_text(".now") == "immobile")
    page.keyboard.press("ArrowUp")
    tools.wait_for(lambda: tools.shown_s(page) > 0.5)
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    tools.wait_for(lambda: page.inner_text(".now") == "mobile")
    page.mouse.up()
    tools.wait_for(lambda: len(watched(page, session)["presses"]) == 2)
    assert [state for _, state in watched(page, session)["presses"]] == ["immobile", "mobile"]


def test_a_button_that_has_the_focus_is_pressed_by_the_space_bar(page, session, tools):
    page.focus("[data-state=climbing]")
    page.keyboard.press(" ")
    tools.wait_for(lambda: watched(page, session)["presses"])
    assert watched(page, session)["presses"] == [[0, "climbing"]]
    assert page.inner_text("[data-act=play]") == "Play"


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
        score_trial(page, showing["trial_id"], tools, speed="2")
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
