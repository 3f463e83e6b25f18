"""A paper's table, read as it is printed."""

import pandas as pd
import pytest

from behave.errors import InputError
from behave.study.inputs.published import half_digit, read_published

TABLE = """antagonist,agonist,mean,sem,n
vehicle,vehicle,145.2,9.1,9
vehicle,ketamine,88,8.4,10
NBQX,vehicle,139.50,10.2,16
NBQX,ketamine,121.3,9.9,10
"""


def read(path, text, **options):
    path.write_text(text, "utf-8")
    return read_published(path, "immobility_s", "decrease", **options)


def test_an_sem_becomes_an_sd_and_each_number_keeps_its_last_digit(tmp_path):
    found = read(tmp_path / "t.csv", TABLE)
    assert found.means.tolist() == [145.2, 88, 139.5, 121.3]
    assert found.deviations[[0, 2]].tolist() == pytest.approx([27.3, 40.8])
    assert found.mean_rounding.tolist() == pytest.approx([0.05, 0.5, 0.005, 0.05])
    assert found.deviation_rounding[0] == pytest.approx(0.15)
    assert (found.agonist, found.antagonist) == ("ketamine", "NBQX")


def test_rows_may_stand_in_any_order_under_the_labs_own_names(tmp_path):
    head, *rows = TABLE.splitlines()
    turned = "\n".join(["Pretreatment,Treatment,Mean (s),S.E.M.,N", *rows[::-1]])
    ours, theirs = read(tmp_path / "a.csv", TABLE), read(tmp_path / "b.csv", turned)
    assert ours.means.tolist() == theirs.means.tolist()
    assert head.count(",") == 4


def test_yaml_keeps_the_zeros_that_were_printed(tmp_path):
    text = """groups:
- {antagonist: saline, agonist: saline, mean: 145.0, sd: 30, n: 8}
- {antagonist: saline, agonist: ketamine, mean: 88.0, sd: 30, n: 8}
- {antagonist: NBQX, agonist: saline, mean: 139.0, sd: 30, n: 8}
- {antagonist: NBQX, agonist: ketamine, mean: 121.0, sd: 30, n: 8}
"""
    found = read(tmp_path / "t.yaml", text)
    assert found.mean_rounding.tolist() == [0.05] * 4
    assert found.deviations.tolist() == [30.0] * 4


def test_a_workbook_is_read_too(tmp_path):
    rows = [line.split(",") for line in TABLE.splitlines()]
    pd.DataFrame(rows[1:], columns=rows[0]).to_excel(tmp_path / "t.xlsx", index=False)
    found = read_published(tmp_path / "t.xlsx", "immobility_s", "decrease")
    assert found.sizes.tolist() == [9, 10, 16, 10]


def test_every_wrong_cell_is_told_at_once(tmp_path):
    wrong = TABLE.replace("88,", "88 s,").replace(",16", ",8-10").replace("9.9", "-9.9")
    with pytest.raises(InputError) as caught:
        read(tmp_path / "t.csv", wrong)
    told = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "group 2 (vehicle + ketamine): 'mean' is not a number" in told
    assert "for a range of n audit its lower and its upper end" in told
    assert "'sem' is below 0" in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TABLE.replace("sem", "spread"), "no column 'sd' or 'sem'"),
        (TABLE.replace(",n\n", ",number of mice\n"), "no column 'n'"),
        (TABLE.rpartition("NBQX")[0], "the four groups are not there"),
        (TABLE.replace("vehicle", "Cremophor"), "which level of 'antagonist' is the control"),
        (TABLE + "MK-801,ketamine,90,9,8\n", "'antagonist' has 3 levels"),
    ],
)
def test_a_table_that_cannot_be_judged_is_told_why(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path / "t.csv", text)


def test_a_control_of_another_name_is_named_by_the_user(tmp_path):
    text = TABLE.replace("vehicle", "Cremophor")
    found = read(tmp_path / "t.csv", text, controls=["cremophor"])
    assert found.controls == ("Cremophor", "Cremophor")


@pytest.mark.parametrize(("text", "half"), [("145", 0.5), ("145.0", 0.05), ("0.125", 0.0005)])
def test_half_of_the_last_digit(text, half):
    assert half_digit(text) == pytest.approx(half)
