"""Bad input, as labs have it: told by its place, exit code 2, nothing written."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from behave.cli import cli
from behave.sheets.workbook import read_pages

STUDY = """\
study: demo
trials: trials.csv
videos: .
arenas: {count: 2}
protocol: {duration_s: 120, score_window_s: [30, 120], bin_s: 30}
design:
  agonist:    {column: treatment,    control: vehicle, level: ketamine}
  antagonist: {column: pretreatment, control: vehicle, level: NBQX}
"""

TRIALS = """\
animal_id,video,arena,pretreatment,treatment,treatment_dose_mg_per_kg
001,a.mp4,1,vehicle,vehicle,0
002,a.mp4,2,vehicle,ketamine,10
003,b.mp4,1,NBQX,vehicle,0
004,b.mp4,2,NBQX,ketamine,10
"""

# name: (in the study file or the trials?, old text, new text, what the message must hold)
FAULTS = {
    "unknown key": ("study", "duration_s", "durations", ["protocol.durations", "'duration_s'"]),
    "unknown test": ("study", "{duration_s", "{test: swim, duration_s", ["protocol.test"]),
    "missing column": ("trials", "treatment,treatment_dose", "drug,treatment_dose",
                       ["trials.csv, header", "no column 'treatment'", "animal_id, video"]),
    "repeated header": ("trials", "pretreatment,treatment,", "treatment,treatment,",
                        ["header, column 5", "appears twice"]),
    "repeated animal": ("trials", "004,b", "001,b", ["rows 2 and 5", "'001'"]),
    "repeated arena": ("trials", "b.mp4,2", "b.mp4,1", ["row", "b.mp4", "arena '1'"]),
    "arena beyond the count": ("trials", "b.mp4,2", "b.mp4,3", ["row 5", "arena"]),
    "dose with its unit": ("trials", "ketamine,10\n003", "ketamine,10 mg/kg\n003",
                           ["row 3, column 'treatment_dose_mg_per_kg'", "'10 mg/kg'"]),
    "decimal comma": ("trials", "ketamine,10\n003", 'ketamine,"0,5"\n003',
                      ["row 3", "write 0.5 with a decimal point"]),
    "comma without quotes": ("trials", "ketamine,10\n003", "ketamine,0,5\n003",
                             ["row 3", "more cells than the header has columns"]),
    "empty cell of the design": ("trials", "NBQX,vehicle", ",vehicle",
                                 ["row 4, column 'pretreatment'", "an empty cell"]),
    "levels that differ by case": ("trials", "NBQX,ketamine", "nbqx,ketamine",
                                   ["'NBQX'", "'nbqx'", "row 4", "row 5"]),
    "level that nobody has": ("study", "level: NBQX", "level: NBQ", ["'NBQ'", "'NBQX'"]),
    "misspelt level": ("trials", "NBQX,ketamine", "NBXQ,ketamine",
                       ["row 5, column 'pretreatment'", "did you mean 'NBQX'?", "not_analysed"]),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Make a study of four animals in a folder with a blank and letters beyond ASCII."""
    folder = tmp_path / "Försök 1"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "trials.csv").write_text(TRIALS, encoding="utf-8")
    return folder


def behave(*arguments):
    return CliRunner().invoke(cli, [str(item) for item in arguments])


def refusals(folder: Path) -> list[str]:
    """Return what check and run say of a study that cannot be run."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    check = behave("check", folder / "study.yaml")
    run = behave("run", folder / "study.yaml", "--out", folder / "results")
    for result in (check, run):
        assert result.exit_code == 2
        assert "Traceback" not in result.output
        assert result.stdout == ""
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    return [check.stderr, run.stderr]


def test_the_study_without_a_fault_is_only_without_its_videos(folder):
    result = behave("check", folder / "study.yaml")
    assert result.exit_code == 1
    assert "0 to score, 4 failed" in result.stdout


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_its_place(folder, name):
    place, old, new, parts = FAULTS[name]
    path = folder / {"study": "study.yaml", "trials": "trials.csv"}[place]
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1))
    for message in refusals(folder):
        assert [part for part in parts if part not in message] == [], message


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "cp1252"])
def test_another_encoding_is_refused(folder, encoding):
    text = TRIALS.replace("animal_id", "animal_id,µ").replace("001,", "001,µ,")
    (folder / "trials.csv").write_bytes(text.encode(encoding))
    for message in refusals(folder):
        assert "the file is not UTF-8 text" in message


def test_a_table_that_is_open_elsewhere_is_told_how_to_be_freed(folder, monkeypatch):
    read_bytes = Path.read_bytes

    def hold(path):
        if path.suffix == ".csv":
            raise PermissionError(13, "The process cannot access the file")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", hold)
    result = behave("check", folder / "study.yaml")
    assert result.exit_code == 2
    assert "close the program that has it open" in result.stderr


@pytest.mark.parametrize("name", ["trials.csv", "study.yaml"])
@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x01\x02", b"\xff\xfe\x00"])
def test_a_file_of_nothing_or_nonsense_is_refused(folder, name, content):
    (folder / name).write_bytes(content)
    for message in refusals(folder):
        assert name in message


def test_every_fault_is_told_at_once(folder):
    text = TRIALS.replace("ketamine,10", "ketamine,10 mg").replace("NBQX,vehicle", ",vehicle")
    (folder / "trials.csv").write_text(text)
    assert "3 errors:" in refusals(folder)[0]


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("animal_id", "Animal ID", "Column 'Animal ID' was read as 'animal_id'."),
        (",", ";", "trials.csv: columns separated by semicolons."),
    ],
)
def test_what_is_certain_is_read_and_told(folder, old, new, note):
    (folder / "trials.csv").write_text(TRIALS.replace(old, new))
    result = behave("check", folder / "study.yaml")
    assert result.exit_code == 1  # the videos are not there
    assert f"- {note}" in result.stdout


def test_debug_shows_where_it_was_raised(folder):
    (folder / "study.yaml").write_text(STUDY.replace("duration_s", "durations"))
    result = behave("check", folder / "study.yaml", "--debug")
    assert result.exit_code == 1
    assert type(result.exception).__name__ == "InputError"


def test_a_formula_beside_cells_that_the_file_leaves_out_is_read(tmp_path):
    """A total under one column: the cells between it and the edge are not in the file."""
    book = Workbook()
    book.active.append(["animal_id", "weight_g", "sex", "cage"])
    book.active.append(["001", 20, None, "1"])
    book.active["D3"] = "=SUM(B2:B2)"
    book.save(tmp_path / "trials.xlsx")
    (page,) = read_pages(tmp_path / "trials.xlsx", (tmp_path / "trials.xlsx").read_bytes())
    assert page.rows[1] == (2, ["001", "20", "", "1"])
    assert [fault.cell for fault in page.faults] == ["D3"]
