"""Spreadsheets as labs save them: read as text, or refused in plain words."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from behave import sheets
from behave.errors import InputError, Problem
from behave.model.tables import ARENAS, TRIALS
from behave.schema import notes_of, parse

# The folder is only a place for one file, which each example writes anew.
SHARED_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0")).map(str.strip)


def read(path: Path, content: bytes | str) -> pd.DataFrame:
    """Write a file and read it as a sheet."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return sheets.read_sheet(path)


def fault(path: Path, content: bytes | str) -> Problem:
    """Return the one problem that a sheet's content has."""
    with pytest.raises(InputError) as caught:
        read(path, content)
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    return problem


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    """Return the path of a CSV that does not exist yet."""
    return tmp_path / "trials.csv"


@pytest.fixture
def save_workbook(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that saves rows as the first sheet of a workbook."""

    def save(*rows: list[Any], formats: dict[str, str] | None = None) -> Path:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for place, number_format in (formats or {}).items():
            book.active[place].number_format = number_format
        path = tmp_path / "trials.xlsx"
        book.save(path)
        return path

    return save


# Comma-separated UTF-8, with or without a mark in front.


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_cells_are_trimmed_text_whatever_the_line_ends(csv_file: Path, mark: str, end: str) -> None:
    sheet = read(csv_file, end.join([f"{mark}animal_id,video", "007, a.mp4 ", "µ8,"]))
    assert sheet.to_dict("list") == {"animal_id": ["007", "µ8"], "video": ["a.mp4", ""]}
    assert set(sheet.dtypes) == {np.dtype(object)}


def test_rows_are_numbered_as_a_spreadsheet_shows_them(csv_file: Path) -> None:
    sheet = read(csv_file, 'animal_id,note\n1,"two\nlines"\n\n,\n2,\n')
    assert list(sheet.index) == [2, 5]
    assert sheet.index.name == "row"
    assert list(sheet["note"]) == ["two\nlines", ""]


def test_short_rows_and_trailing_separators_are_filled_with_nothing(csv_file: Path) -> None:
    sheet = read(csv_file, "a,b,,\n1\n2,3,,\n")
    assert sheet.to_dict("list") == {"a": ["1", "2"], "b": ["", "3"]}


def test_a_header_alone_is_a_table_without_rows(csv_file: Path) -> None:
    sheet = read(csv_file, "a,b\n")
    assert list(sheet.columns) == ["a", "b"]
    assert len(sheet) == 0


@pytest.mark.parametrize(
    ("content", "what", "at"),
    [
        ("", "the table is empty", None),
        ("\n,,\n  \n", "the table is empty", None),
        ("a,b,a\n", "column name 'a' appears twice", "header, column 3"),
        ("a,,b\n", "a column without a name", "header, column 2"),
        ("a,b\n1,2\n3,4,5\n", "more cells than the header has columns", "row 3"),
        ('a,b\n1,"open\n', "the row cannot be read as CSV", "row 2"),
        ("a\n1\nµ\n".encode("latin-1"), "the file is not UTF-8 text", "row 3"),
        ("a\n1\n".encode("utf-16"), "the file is not UTF-8 text", "row 1"),
        ("a\n1\n".encode("utf-16-le"), "the file is not UTF-8 text", "row 1"),
    ],
)
def test_a_fault_is_named_with_its_place(
    csv_file: Path, content: bytes | str, what: str, at: str | None
) -> None:
    problem = fault(csv_file, content)
    assert (problem.what, problem.at) == (what, at)


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_another_separator_is_read_where_the_header_makes_it_certain(
    csv_file: Path, separator: str, word: str
) -> None:
    lines = ["animal_id,weight_g,note", "1,21.5,a", "2,20.25,b"]
    sheet = read(csv_file, "\n".join(line.replace(",", separator) for line in lines))
    assert sheet.to_dict("list") == {
        "animal_id": ["1", "2"],
        "weight_g": ["21.5", "20.25"],
        "note": ["a", "b"],
    }
    assert notes_of(sheet) == (f"trials.csv: columns separated by {word}.",)


def test_between_semicolons_a_comma_is_the_decimal_point(csv_file: Path) -> None:
    sheet = read(csv_file, "animal_id;weight_g;note\n1;21,5;3,4 and 5\n2;-0,25;\n")
    assert list(sheet["weight_g"]) == ["21.5", "-0.25"]
    assert sheet.loc[2, "note"] == "3,4 and 5"


def test_a_column_with_points_keeps_its_commas(csv_file: Path) -> None:
    assert list(read(csv_file, "a;b\n1;1.5\n2;1,500\n")["b"]) == ["1.5", "1,500"]


def test_semicolons_inside_a_comma_table_part_nothing(csv_file: Path) -> None:
    assert read(csv_file, "a,b;c\n1,2;3\n").to_dict("list") == {"a": ["1"], "b;c": ["2;3"]}


# The header and the sheet are found by their columns.

TRIAL_NAMES = sheets.holding(["animal_id", "video", "arena"])


def test_a_title_above_the_header_is_no_header(csv_file: Path) -> None:
    csv_file.write_text("NBQX study, spring\n\nanimal_id,video,arena\n1,a.mp4,1\n")
    sheet = sheets.read_sheet(csv_file, TRIAL_NAMES)
    assert sheet.to_dict("index") == {4: {"animal_id": "1", "video": "a.mp4", "arena": "1"}}
    assert notes_of(sheet) == ("trials.csv: the header is row 3.",)


def test_the_sheet_is_found_by_its_columns_and_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Project", "NBQX study"], ["Animals", 16]):
        book.active.append(row)
    second = book.create_sheet("trials")
    for row in (["Animal ID", "Video"], ["1", "a.mp4"]):
        second.append(row)
    book.save(tmp_path / "book.xlsx")
    sheet = sheets.read_sheet(tmp_path / "book.xlsx", TRIAL_NAMES)
    assert sheet.to_dict("list") == {"Animal ID": ["1"], "Video": ["a.mp4"]}
    assert notes_of(sheet) == ("book.xlsx: sheet 'trials' was read.",)
    assert sheets.place_of(sheet, tmp_path / "book.xlsx").endswith("book.xlsx, sheet 'trials'")


def test_where_no_header_fits_the_first_row_is_the_header(csv_file: Path) -> None:
    csv_file.write_text("a,b\n1,2\n")
    assert list(sheets.read_sheet(csv_file, TRIAL_NAMES).columns) == ["a", "b"]


# Files of other programs are named, not quoted.


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("scores.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel workbook"),
        ("scores.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel workbook"),
        ("scores.pzfx", b'<?xml version="1.0"?><GraphPadPrismFile>', "GraphPad Prism file"),
        ("scores.csv", WORKBOOK_START := b"PK\x03\x04" + b"\0" * 30, "a workbook under another"),
        ("scores.ods", WORKBOOK_START + b"application/vnd.oasis.opendocument.sp", "OpenDocument"),
    ],
)
def test_a_file_of_another_program_is_called_by_its_name(
    tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    problem = fault(tmp_path / name, content)
    assert what in problem.what
    assert problem.found is None


# Cells without a value are not empty cells.


def test_formulas_that_were_never_calculated_are_refused_by_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["animal_id", "immobility_s"], ["1", "=20+1"], ["2", 30], ["3", "=B2"]):
        book.active.append(row)
    book.save(tmp_path / "trials.xlsx")
    with pytest.raises(InputError) as caught:
        sheets.read_sheet(tmp_path / "trials.xlsx")
    assert [problem.at for problem in caught.value.problems] == ["cell B2", "cell B4"]
    assert {problem.found for problem in caught.value.problems} == {"a formula"}


def test_a_formula_that_gave_an_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["animal_id", "note"], ["1", "=A1"]):
        book.active.append(row)
    path = tmp_path / "trials.xlsx"
    book.save(path)
    rewrite(path, "xl/worksheets/sheet1.xml", b'<c r="B2">', b'<c r="B2" t="str">')
    assert list(sheets.read_sheet(path)["note"]) == [""]


def test_all_faulty_cells_are_told_at_once(save_workbook: Callable[..., Path]) -> None:
    path = save_workbook(["animal_id", "dose"], [date(2026, 4, 3), "#N/A"], [date(2026, 5, 3), 1])
    with pytest.raises(InputError) as caught:
        sheets.read_sheet(path)
    assert [problem.at for problem in caught.value.problems] == ["cell A2", "cell B2", "cell A3"]


@pytest.mark.parametrize("name", ["absent.csv", "absent.xlsx", "file.csv/below.csv"])
def test_an_absent_file_is_said_to_be_absent(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.csv").touch()
    with pytest.raises(InputError, match="the file does not exist"):
        sheets.read_sheet(tmp_path / name)


@pytest.mark.parametrize("name", ["", "zero\0byte.csv"])
def test_a_path_that_is_no_file_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="the file cannot be opened"):
        sheets.read_sheet(tmp_path / name)


def test_a_file_that_the_system_refuses_is_told_how_to_be_freed(
    csv_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match="close the program that has it open"):
        sheets.read_sheet(csv_file)


# Excel workbooks: what the author typed comes out as text.


def test_types_come_out_as_typed(save_workbook: Callable[..., Path]) -> None:
    path = save_workbook(
        ["id", "dose", "share", "exclude", "note", "empty"],
        [7, 10.0, 0.25, True, " two words ", None],
    )
    sheet = sheets.read_sheet(path)
    assert sheet.loc[2].to_dict() == {
        "id": "7",
        "dose": "10",
        "share": "0.25",
        "exclude": "true",
        "note": "two words",
        "empty": "",
    }


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [(7, "000", "007"), (7, "0", "7"), (1234, "000", "1234"), (7, "General", "7")],
)
def test_a_number_shown_with_leading_zeros_keeps_them(
    save_workbook: Callable[..., Path], value: int, number_format: str, text: str
) -> None:
    path = save_workbook(["animal_id"], [value], formats={"A2": number_format})
    assert list(sheets.read_sheet(path)["animal_id"]) == [text]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (time(1, 30), "h:mm", "1:30"),
        (time(0, 1, 30), "h:mm:ss", "0:01:30"),
        (time(0, 1, 30), "mm:ss", "1:30"),
        (time(0, 1, 30, 500000), "mm:ss.0", "1:30.5"),
        (timedelta(hours=25, minutes=10), "[h]:mm", "25:10"),
    ],
)
def test_a_time_comes_out_as_the_sheet_shows_it(
    save_workbook: Callable[..., Path],
    value: time | timedelta,
    number_format: str,
    text: str,
) -> None:
    path = save_workbook(["entry_s"], [value], formats={"A2": number_format})
    assert list(sheets.read_sheet(path)["entry_s"]) == [text]


@pytest.mark.parametrize("value", [date(2026, 4, 3), datetime(2026, 4, 3, 12)])  # noqa: DTZ001 - spreadsheets know no zones
def test_an_id_turned_into_a_date_is_refused(
    save_workbook: Callable[..., Path], value: date
) -> None:
    path = save_workbook(["animal_id", "video"], ["3-3", "a.mp4"], [value, "a.mp4"])
    with pytest.raises(InputError) as caught:
        sheets.read_sheet(path)
    (problem,) = caught.value.problems
    assert problem.what == "the spreadsheet turned this cell into a date"
    assert problem.at == "cell A3"
    assert problem.found == "2026-04-03"


@pytest.mark.parametrize("column", ["Test date", "cohort", "batch"])
def test_a_date_is_text_where_no_id_stands(save_workbook: Callable[..., Path], column: str) -> None:
    path = save_workbook(["animal_id", column], ["1", date(2026, 4, 3)])
    assert list(sheets.read_sheet(path)[column]) == ["2026-04-03"]


def test_a_spreadsheet_error_is_no_level(save_workbook: Callable[..., Path]) -> None:
    path = save_workbook(["animal_id", "treatment"], ["1", "#N/A"])
    with pytest.raises(InputError, match="cell B2: the cell holds a spreadsheet error"):
        sheets.read_sheet(path)


def test_rows_are_numbered_as_the_sheet_shows_them(save_workbook: Callable[..., Path]) -> None:
    path = save_workbook(["animal_id"], ["1"], [None], ["2"])
    assert list(sheets.read_sheet(path).index) == [2, 4]


def test_a_size_that_the_file_states_wrongly_loses_no_rows(
    save_workbook: Callable[..., Path],
) -> None:
    path = save_workbook(["animal_id", "video"], ["1", "a.mp4"], ["2", "b.mp4"])
    rewrite(path, "xl/worksheets/sheet1.xml", b'ref="A1:B3"', b'ref="A1"')
    assert sheets.read_sheet(path).to_dict("list") == {
        "animal_id": ["1", "2"],
        "video": ["a.mp4", "b.mp4"],
    }


def test_the_first_sheet_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["first"])
    book.create_sheet("legend").append(["second"])
    book.save(tmp_path / "two.xlsx")
    assert list(sheets.read_sheet(tmp_path / "two.xlsx").columns) == ["first"]


@pytest.mark.parametrize("content", [b"", b"animal_id,video\n", b"PK\x03\x04 cut"])
def test_a_file_that_is_no_workbook_is_told_so(tmp_path: Path, content: bytes) -> None:
    problem = fault(tmp_path / "trials.xlsx", content)
    assert problem.what == "the workbook cannot be read"


def rewrite(path: Path, member: str, old: bytes, new: bytes) -> None:
    """Replace bytes inside one member of a workbook."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old in members[member]
    members[member] = members[member].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def workbook_bytes() -> bytes:
    """Return a small workbook."""
    book = openpyxl.Workbook()
    book.active.append(["animal_id", "treatment_dose_mg_per_kg", "exclude"])
    book.active.append(["007", 10.5, True])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


WORKBOOK = workbook_bytes()


# Whatever a file holds, only an `InputError` may come of it.


@SHARED_FOLDER
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@example(content=b"animal_id\r\n1\0")
@example(content="animal_id,weight_g\n1,1_000\n2,١٢\n3,1e999\n4,nan\n".encode())
@example(content=b"animal_id\n" + b"x" * 200_000)
@pytest.mark.parametrize("table", [TRIALS, ARENAS], ids=["trials", "arenas"])
def test_any_bytes_as_csv(tmp_path: Path, table: Any, content: bytes) -> None:
    read_and_parse(tmp_path / "any.csv", content, table)


@SHARED_FOLDER
@given(
    cells=st.lists(
        st.sampled_from(["1,5", "10 mg/kg", "0x10", "-1", "1e3", "true", "nan", "", '"', ";"])
        | CELL,
        min_size=3,
        max_size=3,
    )
)
def test_any_cells_below_a_right_header(tmp_path: Path, cells: list[str]) -> None:
    content = ("animal_id,treatment_dose_mg_per_kg,exclude\n" + ",".join(cells)).encode()
    read_and_parse(tmp_path / "any.csv", content, TRIALS)


@SHARED_FOLDER
@given(
    damage=st.lists(st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), max_size=40),
    stop=st.just(len(WORKBOOK)) | st.integers(0, len(WORKBOOK)),
)
def test_any_damage_to_a_workbook(tmp_path: Path, damage: list[tuple[int, int]], stop: int) -> None:
    content = bytearray(WORKBOOK)
    for place, value in damage:
        content[place] = value
    read_and_parse(tmp_path / "any.xlsx", bytes(content[:stop]), TRIALS)


@SHARED_FOLDER
@given(
    sheet=st.text(
        st.sampled_from('<>/="&;rctvsA1029 .-eEinlStrdbB#')
        | st.characters(codec="utf-8", exclude_characters="\0"),
        max_size=80,
    )
)
@example(sheet='<row r="x"/>')
@example(sheet='<row><c r="A1" t="d"><v>9999-99-99</v></c></row>')
@example(sheet='<row><c r="A1" s="99"><v>1</v></c></row>')
@example(sheet='<row><c r="A1" t="s"><v>99</v></c></row>')
def test_any_rows_inside_a_workbook(tmp_path: Path, sheet: str) -> None:
    path = tmp_path / "any.xlsx"
    path.write_bytes(WORKBOOK)
    rewrite(path, "xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetData>" + sheet.encode())
    read_and_parse(path, path.read_bytes(), TRIALS)


def read_and_parse(path: Path, content: bytes, table: Any) -> None:
    """Read bytes as a table; a refusal must say what is wrong and where."""
    path.write_bytes(content)
    problems: Sequence[Problem] = ()
    try:
        parse(sheets.read_sheet(path), table, path.name)
    except InputError as error:
        problems = error.problems
    assert all(problem.what and problem.file for problem in problems)
