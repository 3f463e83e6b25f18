"""A reviewer's question in one command."""

import json

from click.testing import CliRunner

from behave.cli import cli

TABLE = """antagonist,agonist,mean,sem,n
vehicle,vehicle,145.2,9.1,10
vehicle,ketamine,88.0,8.4,10
NBQX,vehicle,139.5,10.2,10
NBQX,ketamine,121.3,9.9,10
"""


def test_a_published_table_is_judged_in_one_command(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE, "utf-8")
    out = tmp_path / "audit.json"
    result = CliRunner().invoke(cli, ["audit", str(tmp_path / "t.csv"), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "Verdict from the printed numbers: attenuated" in result.output
    assert "57.2        [31.2, 83.2]" in result.output
    assert "138 animals per group" in result.output
    told = json.loads(out.read_text("utf-8"))
    assert (told["label"], told["labels_within_rounding"]) == ("attenuated", ["attenuated"])


def test_a_wrong_table_ends_with_2_and_no_traceback(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", "utf-8")
    result = CliRunner().invoke(cli, ["audit", str(tmp_path / "t.csv")])
    assert result.exit_code == 2
    assert "no column 'mean'" in result.output
    assert "Traceback" not in result.output
