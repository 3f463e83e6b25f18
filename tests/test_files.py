"""Results: whole or not at all, and the same bytes for the same table."""

import gzip
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from behave import files, sheets
from behave.errors import OutputError

# The folder is only a place for one file, which each example writes anew.
SHARED_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0")).map(str.strip)


# Results: whole or not at all, and the same bytes for the same table.


@SHARED_FOLDER
@given(
    table=st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(CELL, min_size=width, max_size=width).filter(any), max_size=5
        ).map(
            lambda rows: pd.DataFrame(
                rows, columns=[f"c{number}" for number in range(width)], dtype=object
            )
        )
    )
)
@example(table=pd.DataFrame({"c0": ["a\rb"], "c1": ['"quoted", and\ncut']}))
def test_text_comes_back_as_it_was_written(tmp_path: Path, table: pd.DataFrame) -> None:
    path = tmp_path / "any.csv"
    files.write_table(table, path)
    back = sheets.read_sheet(path)
    # A carriage return inside a cell becomes the line end that all tools know.
    expected = [
        [str(cell).replace("\r\n", "\n").replace("\r", "\n") for cell in row]
        for row in table.to_numpy()
    ]
    assert back.to_numpy().tolist() == expected
    assert list(back.columns) == list(table.columns)


@SHARED_FOLDER
@given(numbers=st.lists(st.floats(allow_infinity=False), max_size=5))
def test_numbers_come_back_exactly(tmp_path: Path, numbers: list[float]) -> None:
    path = tmp_path / "any.csv.gz"
    table = pd.DataFrame({"row": range(len(numbers)), "x": pd.Series(numbers, dtype="float64")})
    files.write_table(table, path)
    pd.testing.assert_series_equal(
        files.read_table(path)["x"], table["x"], check_dtype=bool(numbers)
    )


def test_booleans_and_missing_values_have_one_spelling() -> None:
    table = pd.DataFrame(
        {
            "plain": [True, False],
            "nullable": pd.array([True, None], dtype="boolean"),
            "count": pd.array([1, None], dtype="Int64"),
            "x": [0.5, float("nan")],
            "text": ["a", None],
        }
    )
    assert files.csv_bytes(table) == (
        b"plain,nullable,count,x,text\ntrue,true,1,0.5,a\nfalse,,,,\n"
    )


@pytest.mark.parametrize(("text", "marked"), [("mu", False), ("µ", True)])
def test_the_mark_stands_only_where_a_spreadsheet_needs_it(text: str, *, marked: bool) -> None:
    content = files.csv_bytes(pd.DataFrame({"name": [text]}))
    assert content.startswith(b"\xef\xbb\xbf") is marked


def test_a_file_name_that_is_no_text_can_still_be_written() -> None:
    undecodable = b"m\xfcs.mp4".decode("utf-8", errors="surrogateescape")
    assert b"m?s.mp4" in files.csv_bytes(pd.DataFrame({"video": [undecodable]}))


def test_the_same_table_gives_the_same_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pd.DataFrame({"frame": range(1000)})
    files.write_table(table, tmp_path / "one.csv.gz")
    monkeypatch.setattr("time.time", lambda: 2e9)
    files.write_table(table, tmp_path / "two.csv.gz")
    one, two = ((tmp_path / f"{name}.csv.gz").read_bytes() for name in ("one", "two"))
    assert one == two
    assert gzip.decompress(one) == files.csv_bytes(table)


def test_folders_are_made_and_files_replaced(tmp_path: Path) -> None:
    path = tmp_path / "stats" / "cells.csv"
    files.write_text("old\n", path)
    files.write_text("new µ\n", path)
    assert path.read_bytes() == "new µ\n".encode()
    assert [item.name for item in path.parent.iterdir()] == ["cells.csv"]


def test_the_longest_name_that_a_disk_takes_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 251 + ".csv")
    files.write_text("a\n", path)
    assert path.read_text() == "a\n"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "measures.csv"
    files.write_text("old\n", path)

    def fill_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "chmod", fill_disk)
    with pytest.raises(OutputError, match="No space left on device") as caught:
        files.write_text("new\n", path)
    assert "disk is not full" in str(caught.value)
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "measures.csv"
    files.write_text("old\n", path)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_text("new\n", path)
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_files_written_together_get_their_names_together_or_not_at_all(tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    files.write_text("old\n", first)

    def write(second_text: str) -> None:
        with files.together():
            files.write_text("new\n", first)
            assert first.read_text() == "old\n"
            if not second_text:
                raise OutputError
            files.write_text(second_text, second)

    with pytest.raises(OutputError):
        write("")
    assert first.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [first]
    write("new\n")
    assert (first.read_text(), second.read_text()) == ("new\n", "new\n")
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_a_file_that_a_spreadsheet_holds_open_keeps_all_of_the_others_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("bins.csv", "measures.csv", "trials_log.csv")
    for name in names:
        files.write_text("old\n", tmp_path / name)
    files.write_text("old\n", tmp_path / "samples.csv")
    opened = Path.open

    def hold(path: Path, mode: str = "r", **more: object) -> object:
        if path.name == "measures.csv" and "+" in mode:
            raise PermissionError(13, "used by another process")
        return opened(path, mode, **more)  # type: ignore[call-overload]

    def write_all() -> None:
        with files.together():
            for name in names:
                files.write_text("new\n", tmp_path / name)
            files.remove(tmp_path / "samples.csv")

    with monkeypatch.context() as windows:
        windows.setattr(files, "HOLDS", True)
        windows.setattr(Path, "open", hold)
        with pytest.raises(OutputError, match="close the file in the spreadsheet program"):
            write_all()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys(
        [*names, "samples.csv"], "old\n"
    )
    write_all()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys(
        names, "new\n"
    )


def test_a_file_that_a_spreadsheet_holds_open_is_said_to_be_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "measures.csv"
    files.write_text("old\n", path)

    def hold(*_: object) -> None:
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(Path, "replace", hold)
    with pytest.raises(OutputError, match="close the file in the spreadsheet program"):
        files.write_text("new\n", path)
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_may_not_be_written_is_not_blamed_on_a_spreadsheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "measures.csv"
    files.write_text("old\n", path)

    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(OutputError, match="the folder can be written"):
        files.write_text("new\n", path)


def test_a_file_where_a_folder_should_be_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "stats").touch()
    with pytest.raises(OutputError, match="the result cannot be written"):
        files.write_text("new\n", tmp_path / "stats" / "cells.csv")


# Tables that this package wrote.


def test_named_columns_are_text_and_empty_text_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "measures.csv"
    table = pd.DataFrame(
        {"animal_id": ["007", "NA"], "cohort": ["µ", ""], "x": [1.5, float("nan")]}
    )
    files.write_table(table, path)
    back = files.read_table(path, text=("animal_id", "cohort", "absent"))
    assert list(back["animal_id"]) == ["007", "NA"]
    assert list(back["cohort"]) == ["µ", ""]
    assert list(back["x"].isna()) == [False, True]


@pytest.mark.parametrize("text", ["=1+1", "+/+", "-/-", "@SUM(A1)", "'-/-"])
def test_text_that_begins_like_a_formula_is_shielded_and_comes_back(tmp_path, text):
    files.write_table(pd.DataFrame({"genotype": [text, "wt"]}), tmp_path / "t.csv")
    written = (tmp_path / "t.csv").read_text("utf-8").splitlines()[1]
    assert written.startswith("'")
    assert sheets.read_sheet(tmp_path / "t.csv")["genotype"].iloc[0] == text.removeprefix("'")


def test_negative_numbers_stay_numbers(tmp_path):
    files.write_table(pd.DataFrame({"estimate": [-1.5]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text("utf-8") == "estimate\n-1.5\n"


def test_a_heading_that_begins_like_a_formula_is_shielded_and_comes_back(tmp_path):
    table = pd.DataFrame({"=SUM(A1)": ["-x"], "@group": [1.5]})
    path = tmp_path / "t.csv"
    files.write_table(table, path)
    assert path.read_text("ascii").splitlines() == ["'=SUM(A1),'@group", "'-x,1.5"]
    assert list(sheets.read_sheet(path).columns) == ["=SUM(A1)", "@group"]
    back = files.read_table(path, ("=SUM(A1)",))
    assert back.to_dict("list") == {"=SUM(A1)": ["-x"], "@group": [1.5]}
