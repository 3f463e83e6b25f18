"""``behave agree`` from files to tables, figures and words."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from behave.cli import cli
from behave.model.tables import AGREEMENT, AGREEMENT_FIT, RATERS, RATINGS

RATS = Path(__file__).parents[1] / "study" / "rats" / "study.yaml"


def run(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def two_raters(tmp_path):
    """Write three trials as scored by two people, half a second apart."""
    paths = []
    for rater, late in (("ann", 0.0), ("bob", 0.5)):
        rows = [
            f"{trial},immobile,{10 * number + late},{10 * number + 8 + late}"
            for number, trial in enumerate(("t1", "t2", "t3"), start=1)
        ]
        path = tmp_path / f"{rater}.csv"
        path.write_text("\n".join(["trial_id,state,start_s,stop_s", *rows]), encoding="utf-8")
        paths.append(path)
    return paths


def test_two_people_alone(tmp_path, two_raters):
    out = tmp_path / "out"
    result = run("agree", *two_raters, "--window", 0, 60, "--out", out)
    assert result.exit_code == 0, result.output
    assert "ann and bob (n = 3): kappa 0.93" in result.output
    for table in (AGREEMENT, RATINGS, RATERS):
        assert tuple(pd.read_csv(out / table.file).columns) == table.names
    for name in ("bland_altman", "identity", "ethogram"):
        assert (out / "figures" / f"{name}.png").stat().st_size > 5000
        assert (out / "figures" / f"{name}.svg").is_file()
    ratings = pd.read_csv(out / RATINGS.file)
    assert ratings["latency_s"].tolist() == [10.0, 10.5, 20.0, 20.5, 30.0, 30.5]


def test_an_interval_that_cannot_be_computed_is_left_out_with_the_reason(tmp_path, two_raters):
    for path in two_raters:
        lines = path.read_text("utf-8").splitlines()
        path.write_text("\n".join(lines[:3]), encoding="utf-8")
    result = run("agree", *two_raters, "--window", 0, 60, "--out", tmp_path / "out")
    assert "(no interval: fewer than 3 animals)" in result.output
    assert "nan" not in result.output


def test_a_flag_on_a_rater_says_what_was_found(tmp_path, two_raters):
    rows = [f"t{number},immobile,0,{8 + 9 * number}" for number in (1, 2, 3)]
    two_raters[1].write_text("\n".join(["trial_id,state,start_s,stop_s", *rows]), encoding="utf-8")
    result = run("agree", *two_raters, "--window", 0, 60, "--out", tmp_path / "out")
    assert "flag: bob differs from the others by an amount that changes" in result.output


def test_the_same_seed_writes_the_same_bytes(tmp_path, two_raters):
    folders = (tmp_path / "one", tmp_path / "two")
    for folder in folders:
        assert run("agree", *two_raters, "--window", 0, 60, "--out", folder).exit_code == 0
    files = sorted(path.relative_to(folders[0]) for path in folders[0].rglob("*.*"))
    assert len(files) == 9
    for name in files:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


def test_where_to_write_must_be_known(two_raters):
    result = run("agree", *two_raters)
    assert result.exit_code == 2
    assert "--out" in result.output


def test_unknown_names_end_with_what_to_do(tmp_path, two_raters):
    result = run("agree", *two_raters, "--behavior", "drifting", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "--behavior" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.shared_data
def test_the_four_rats_from_their_tracks_to_the_human(tmp_path, shared_data):
    """A run on real tracks, its honest verdict, and its distance from one human's totals."""
    out = tmp_path / "rats"
    first = run("run", RATS, "--out", out)
    assert first.exit_code == 0, first.output
    assert "These animals decide nothing" in first.output
    by_hand = shared_data / "rat_fst_ethovision" / "manual_scoring.csv"
    result = run("agree", by_hand, "--results", out, "--fit")
    assert result.exit_code == 0, result.output
    assert "n = 4" in result.output
    held_out = pd.read_csv(out / "agreement" / AGREEMENT_FIT.file)
    errors = held_out[["before_s", "after_s"]].sub(held_out["human_s"], axis=0).abs().mean()
    assert errors["after_s"] < 20 < errors["before_s"]
    fitted = yaml.safe_load((out / "agreement" / "scoring.yaml").read_text(encoding="utf-8"))
    assert 9 < fitted["scoring"]["immobile_below"] < 12
    assert "Only 4 animals" in result.output


@pytest.mark.shared_data
def test_boris_times_are_in_the_videos_own_time_whatever_the_offset(tmp_path, shared_data):
    """BORIS adds an observation's offset to its times: without it the two files are the same."""
    scores = [shared_data / "bug_inputs" / f"boris_{name}.tsv" for name in ("right", "offset")]
    result = run("agree", *scores, "--window", 0, 125, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(tmp_path / AGREEMENT.file).set_index(["quantity", "statistic"])
    assert table.loc[("frames", "kappa"), "estimate"] == pytest.approx(1, abs=0.001)
    assert table.loc[("immobility_s", "bias"), "estimate"] == pytest.approx(0, abs=0.05)
