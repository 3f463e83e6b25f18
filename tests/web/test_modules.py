"""The page's own reckoning, run in the browser that it is written for."""

import pytest


@pytest.fixture
def run(visit, address):
    """Return a function that runs lines of a module and gives what they return."""
    page = visit().go(address, "Results")

    def call(module, lines):
        return page.evaluate(
            f"async () => {{ const m = await import('/static/js/{module}.js'); {lines} }}"
        )

    return call


def test_keys_keep_to_the_order_of_time(run):
    pressed = run("presses", "return m.press(m.press([], 1, 'immobile'), 3, 'mobile')")
    assert pressed == [[1, "immobile"], [3, "mobile"]]


def test_a_key_pressed_earlier_scores_anew_from_there(run):
    before = "[[1, 'immobile'], [3, 'mobile'], [5, 'immobile']]"
    assert run("presses", f"return m.press({before}, 2, 'climbing')") == [
        [1, "immobile"],
        [2, "climbing"],
    ]


def test_a_key_of_the_state_that_is_changes_nothing(run):
    assert run("presses", "return m.press([[1, 'immobile']], 2, 'immobile')") == [[1, "immobile"]]
    assert run("presses", "return m.press([], 2, 'mobile')") == []


def test_the_state_is_that_of_the_last_key(run):
    states = run(
        "presses",
        "return [0, 1, 2.9, 3].map((s) => m.stateAt([[1, 'immobile'], [3, 'mobile']], s))",
    )
    assert states == ["mobile", "immobile", "immobile", "mobile"]


def test_a_correction_cuts_what_it_covers(run):
    laid = run(
        "stretches",
        """const one = { state: 'mobile', start_s: 0, stop_s: 10 };
        return m.lay([one], { state: 'immobile', start_s: 4, stop_s: 6 })
            .map(({ state, start_s, stop_s }) => [state, start_s, stop_s]);""",
    )
    assert laid == [["mobile", 0, 4], ["immobile", 4, 6], ["mobile", 6, 10]]


def test_arenas_are_numbered_as_the_program_numbers_them(run):
    numbered = run(
        "shapes",
        """const at = (x, y) => ({ name: '', x, y, width: 50, height: 50, shape: 'ellipse', points: [] });
        return m.numbered([at(100, 103), at(0, 100), at(100, 0), at(0, 4)])
            .map(({ name, x, y }) => [name, x, y]);""",
    )
    assert numbered == [["1", 0, 4], ["2", 100, 0], ["3", 0, 100], ["4", 100, 103]]


def test_an_arena_cannot_be_moved_out_of_the_picture(run):
    moved = run(
        "shapes",
        """const arena = { x: 10, y: 10, width: 50, height: 50, shape: 'polygon',
            points: [[10, 10], [60, 10], [10, 60]] };
        const { x, y, points } = m.moved(arena, 500, -500, { width: 100, height: 100 });
        return [x, y, points];""",
    )
    assert moved == [50, 0, [[50, 0], [100, 0], [50, 50]]]


def test_what_a_spreadsheet_copies_is_read_with_its_quotes(run):
    table = run("table", 'return m.parseTable(\'a\\tb\\r\\n"one\\ntwo"\\t"say ""x"""\\r\\n\')')
    assert table == [["a", "b"], ["one two", 'say "x"']]


def test_a_pasted_header_leads_to_the_columns_of_its_names(run):
    columns, rows = run(
        "table",
        """return m.pasted(['animal_id', 'video', 'arena'], [['', 'a.mp4', '1']],
            [['arena', 'animal_id', 'sex'], ['2', '007', 'female'], ['3', '008', 'male']], 0, 0);""",
    )
    assert columns == ["animal_id", "video", "arena", "sex"]
    assert rows == [["007", "a.mp4", "2", "female"], ["008", "", "3", "male"]]


def test_fill_down_stops_at_what_is_filled(run):
    rows = run("table", "return m.filled([['x'], [''], [''], ['y'], ['']], 0, 0)")
    assert [row[0] for row in rows] == ["x", "x", "x", "y", ""]
