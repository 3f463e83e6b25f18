"""Names that would be markup or formulas are shown as the text that they are."""

import csv
import re

import pytest

from behave import files, sheets
from behave.study import pipeline

pytestmark = pytest.mark.slow

SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(2)>"
CLOSING = "</svg></style>{{ 7*7 }}"
FORMULA = "=HYPERLINK(1)"


def test_hostile_names_do_nothing_in_the_report_or_a_spreadsheet(small_study, tmp_path):
    trials = sheets.read_sheet(small_study.with_name("trials.csv"))
    hostile = trials.rename(columns={"animal_id": "trial_id"})
    hostile["animal_id"] = [f"{name} {SCRIPT}" for name in hostile["trial_id"]]
    hostile.loc[hostile.index[0], "animal_id"] = FORMULA
    hostile["treatment"] = hostile["treatment"].replace({"ketamine": IMAGE})
    hostile["pretreatment"] = hostile["pretreatment"].replace({"NBQX": CLOSING})
    hostile["cohort"] = SCRIPT
    hostile["exclude"] = ["true", *[""] * 7]
    hostile["exclude_reason"] = [f"{IMAGE} escaped", *[""] * 7]
    files.write_table(hostile, small_study.with_name("hostile.csv"))
    text = small_study.read_text().replace("trials.csv", "hostile.csv")
    text = text.replace("level: ketamine", f"level: '{IMAGE}'")
    text = text.replace("level: NBQX", f"level: '{CLOSING}'")
    study = small_study.with_name("hostile.yaml")
    study.write_text(text, encoding="utf-8")
    pipeline.run(study, tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "alert(1)" in page  # shown, and as text
    for word in (SCRIPT, IMAGE, CLOSING, "<script>alert", "<img src=x"):
        assert word not in page
    assert re.search(r"onerror=alert", page.replace("&gt;", "")) is not None
    assert not re.search(r"<[^>&]*onerror", page)
    for figure in (tmp_path / "figures").glob("*.svg"):
        assert "<script>alert" not in figure.read_text("utf-8")
    with (tmp_path / "trials_log.csv").open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert f"'{FORMULA}" in cells
    assert not any(cell.startswith("=") for cell in cells)
