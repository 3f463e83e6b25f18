"""A score is looked at frame by frame, and corrected beside the automatic bouts."""

import pandas as pd
import pytest

from behave.web.workspace import open_workspace

TEXT = {"trial_id": str, "animal_id": str}


@pytest.fixture
def page(visit, address):
    page = visit().go(address, "Review")
    page.wait_for_selector(".time:has-text('frame')")
    return page


def go_to(page, frame, tools):
    """Show a frame by stepping to it."""
    page.locator("input[aria-label=Frame]").evaluate(
        "(place, frame) => { place.value = frame; place.dispatchEvent(new Event('input')); }", frame
    )
    tools.wait_for(lambda: page.inner_text(".time").endswith(f"frame {frame}"))


def correct(page, tools, start, stop, key):
    """Give the frames from start to stop, both included, a state."""
    rows = page.locator("#corrections tr")
    before = rows.count()
    page.locator("main").focus()
    go_to(page, start, tools)
    page.keyboard.press("[")
    go_to(page, stop, tools)
    page.keyboard.press("]")
    page.keyboard.press(key)
    tools.wait_for(lambda: rows.count() == before + 1)
    assert "by_hand/corrections.csv" in page.inner_text("#message")


def test_a_correction_stands_beside_the_score_with_who_and_when(page, study, tools):
    before = (study / "results" / "bouts.csv").read_bytes()
    page.fill("#scorer", "anna")
    correct(page, tools, 75, 104, "m")  # 5 to 7 s, which animal 001 spends immobile
    (row,) = pd.read_csv(study / "by_hand" / "corrections.csv", dtype=TEXT).to_dict("records")
    assert (row["trial_id"], row["source"], row["scorer"]) == ("001", "manual", "anna")
    assert (row["state"], row["start_s"], row["stop_s"]) == ("mobile", 5.0, 7.0)
    assert row["scored_at"].startswith("20")
    assert (study / "results" / "bouts.csv").read_bytes() == before


def test_the_measures_say_how_much_was_corrected(page, study, tools):
    page.fill("#scorer", "anna")
    correct(page, tools, 75, 104, "m")
    results = study / "results"
    before = pd.read_csv(results / "measures.csv", dtype=TEXT).set_index(["trial_id", "epoch"])
    after = pd.read_csv(results / "measures_corrected.csv", dtype=TEXT).set_index(
        ["trial_id", "epoch"]
    )
    assert list(after.index) == list(before.index)
    for epoch in ("whole", "score_window"):
        changed_s = after.loc[("001", epoch), "corrected_s"]
        assert changed_s == pytest.approx(2, abs=0.01)
        lost_s = (
            before.loc[("001", epoch), "immobility_s"] - after.loc[("001", epoch), "immobility_s"]
        )
        assert lost_s == pytest.approx(changed_s, abs=0.01)
    others = after.drop("001", level="trial_id")
    assert (others["corrected_s"] == 0).all()
    assert (
        others["immobility_s"].tolist()
        == before.drop("001", level="trial_id")["immobility_s"].tolist()
    )
    assert "2.0" in page.inner_text("#measures")


def test_a_later_correction_keeps_who_made_the_earlier_one(page, study, tools):
    page.fill("#scorer", "anna")
    correct(page, tools, 75, 89, "m")
    page.fill("#scorer", "ben")
    correct(page, tools, 15, 29, "i")
    table = pd.read_csv(study / "by_hand" / "corrections.csv")
    assert dict(zip(table["start_s"], table["scorer"], strict=True)) == {1.0: "ben", 5.0: "anna"}


def test_two_people_correct_two_trials_at_once(visit, address, study, tools):
    pages = [visit().go(address, "Review") for _ in range(2)]
    for page, name in zip(pages, ("anna", "ben"), strict=True):
        page.wait_for_selector(".time:has-text('frame')")
        page.fill("#scorer", name)
    pages[1].locator("main").focus()
    pages[1].keyboard.press("n")
    pages[1].wait_for_selector(".trials [data-trial='002'][aria-current=true]")
    correct(pages[0], tools, 75, 104, "m")
    correct(pages[1], tools, 75, 104, "u")
    table = pd.read_csv(study / "by_hand" / "corrections.csv", dtype=TEXT)
    assert dict(zip(table["trial_id"], table["scorer"], strict=True)) == {
        "001": "anna",
        "002": "ben",
    }


def test_a_correction_of_an_earlier_day_can_be_removed(page, study, tools):
    page.fill("#scorer", "anna")
    correct(page, tools, 75, 104, "m")
    page.reload()
    page.click("#corrections >> text=Remove")
    tools.wait_for(lambda: pd.read_csv(study / "by_hand" / "corrections.csv").empty)
    page.wait_for_selector("#corrections:not(:has(tr))", state="attached")
    page.keyboard.press("Backspace")  # and is back again
    tools.wait_for(lambda: len(pd.read_csv(study / "by_hand" / "corrections.csv")) == 1)


def test_undo_takes_a_correction_back(page, study, tools):
    page.fill("#scorer", "anna")
    correct(page, tools, 75, 104, "m")
    page.keyboard.press("Backspace")
    tools.wait_for(lambda: pd.read_csv(study / "by_hand" / "corrections.csv").empty)


def test_without_a_name_nothing_is_corrected(page, study):
    page.locator("main").focus()
    page.keyboard.press("[")
    page.keyboard.press("m")
    page.wait_for_selector("#message.fault >> text=Give your name first")
    assert not (study / "by_hand").exists()


def test_two_people_do_not_overwrite_each_other(visit, address, study, tools):
    pages = [visit().go(address, "Review") for _ in range(2)]
    for page, name in zip(pages, ("anna", "ben"), strict=True):
        page.wait_for_selector(".time:has-text('frame')")
        page.fill("#scorer", name)
    correct(pages[0], tools, 75, 104, "m")
    pages[1].locator("main").focus()
    pages[1].keyboard.press("[")
    pages[1].keyboard.press("u")
    pages[1].wait_for_selector("#message.fault >> text=Somebody else has saved corrections.csv")
    assert set(pd.read_csv(study / "by_hand" / "corrections.csv")["scorer"]) == {"anna"}


def test_the_outline_is_drawn_round_the_animal(page, tools):
    # The picture is grey; whatever is coloured was drawn over it.
    coloured = """(canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let i = 0; i < data.length; i += 4) count += Math.abs(data[i] - data[i + 2]) > 60;
        return count;
    }"""
    go_to(page, 60, tools)
    tools.wait_for(lambda: page.locator("canvas.film").evaluate(coloured) > 20)


def test_what_is_shown_is_where_it_was_scored_whatever_was_drawn_since(study):
    workspace = open_workspace(study / "study.yaml", study / "results")
    used = workspace.scored_arena_of("002")
    assert used == workspace.used("a.mp4")[1] == workspace.arena_of("002")
    (study / "arenas.csv").write_text(
        "video,arena,x_px,y_px,width_px,height_px\n*,1,5,6,70,80\n*,2,100,6,70,80\n"
    )
    assert workspace.scored_arena_of("002") == used
    assert (workspace.arena_of("002").x, workspace.arena_of("002").width) == (100, 70)


def test_the_score_on_the_screen_is_the_one_in_the_table(page, study, tools):
    bouts = pd.read_csv(study / "results" / "bouts.csv", dtype=TEXT)
    own = bouts[bouts["trial_id"] == "001"]
    for frame in (30, 90, 150):
        go_to(page, frame, tools)
        at_s = frame / 15
        row = own[(own["start_s"] <= at_s) & (own["stop_s"] > at_s)].iloc[0]
        tools.wait_for(lambda state=row["state"]: page.inner_text(".now") == state)


def test_what_cannot_be_reviewed_is_told(study, visit, tools):
    (study / "results" / "trials_log.csv").unlink()
    with tools.serving(study) as address:
        page = visit().go(address, "Review")
        page.wait_for_selector("text=Nothing is scored yet")


def test_corrections_outlive_a_new_run(study, tools):
    (study / "by_hand").mkdir()
    (study / "by_hand" / "corrections.csv").write_text(
        "trial_id,animal_id,source,scorer,state,start_s,stop_s,duration_s,scored_at\n"
        "001,001,manual,anna,mobile,5,6.5,1.5,2026-01-01T00:00:00+00:00\n"
    )
    with tools.serving(study, read_only=True):
        assert not (study / "results" / "measures_corrected.csv").exists()
    with tools.serving(study):
        table = pd.read_csv(study / "results" / "measures_corrected.csv", dtype=TEXT)
    changed = table.set_index(["trial_id", "epoch"])["corrected_s"]
    assert changed["001", "whole"] == pytest.approx(1.5, abs=0.01)
    assert changed.drop("001").sum() == 0
