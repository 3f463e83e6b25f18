"""Other programs get the analysed values, and come to the same effects."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from behave.report import Results, prism_and_r
from behave.report.groups import animals
from behave.stats import DesignOptions, compare


def rows_of(results: Results) -> pd.DataFrame:
    return animals(results.measures, results.trials_log, results.design)


def test_the_column_table_has_a_column_per_group_and_blanks_for_the_rest(
    with_losses: Results,
) -> None:
    table = prism_and_r.prism_column(rows_of(with_losses), with_losses.design)
    assert list(table) == [
        "vehicle + vehicle",
        "vehicle + ketamine",
        "NBQX + vehicle",
        "NBQX + ketamine",
    ]
    # m03, m10 and m20 are lost from the first three groups.
    assert table.count().tolist() == [7, 7, 7, 8]
    assert len(table) == 8
    assert table.mean().tolist() == pytest.approx(with_losses.cells["mean"].tolist())


def test_the_grouped_table_sets_replicates_side_by_side(with_losses: Results) -> None:
    table = prism_and_r.prism_grouped(rows_of(with_losses), with_losses.design)
    assert table["pretreatment"].tolist() == ["vehicle", "NBQX"]
    ketamine = table[[f"ketamine {number}" for number in range(1, 9)]]
    assert ketamine.count(axis=1).tolist() == [7, 8]
    assert ketamine.mean(axis=1).tolist() == pytest.approx(with_losses.cells["mean"].tolist()[1::2])


def test_missing_values_are_empty_cells_in_the_file(with_losses: Results, tmp_path: Path) -> None:
    prism_and_r.write(rows_of(with_losses), with_losses.design, "study", tmp_path)
    lines = (tmp_path / "export" / "prism_column.csv").read_text(encoding="ascii").splitlines()
    assert lines[-1].startswith(",,,")
    assert float(lines[-1].rpartition(",")[2]) > 0


def with_cohorts(results: Results) -> Results:
    """Return the study in three cohorts, the last of a single animal that has to be left out."""
    number = results.measures["trial_id"].str[1:].astype(int)
    cohort = np.where(number == 32, "3", np.where(number % 3 == 0, "1", "2"))
    shift = np.where(cohort == "1", 25.0, 0.0)
    measures = results.measures.assign(
        cohort=cohort, immobility_s=results.measures["immobility_s"] + shift
    )
    return replace(results, measures=measures, design={**results.design, "blocks": ["cohort"]})


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_takes_out_a_covariate_as_the_study_does(with_losses: Results, tmp_path: Path) -> None:
    weight = 20 + (np.arange(len(with_losses.measures)) * 7 % 11)
    results = replace(
        with_losses,
        measures=with_losses.measures.assign(weight_g=weight),
        design={**with_losses.design, "covariates": ["weight_g"]},
    )
    prism_and_r.write(rows_of(results), results.design, "study", tmp_path)
    done = subprocess.run(
        ["Rscript", "--vanilla", "contrasts.R"],  # noqa: S607 - found on the path by the skip above
        cwd=tmp_path / "export", capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = [line.split() for line in done.stdout.splitlines()[1:]]
    table = pd.DataFrame(lines[1:], columns=lines[0])
    window = results.measures[results.measures["epoch"] == "score_window"]
    own = compare(window, DesignOptions(**results.design)).contrasts.head(4)
    assert own["method"].iloc[0] == "OLS with covariates, HC2, Bell-McCaffrey df"
    for column in ("estimate", "std_error", "df", "p_value"):
        found = table[column].astype(float).to_numpy()
        assert found == pytest.approx(own[column].to_numpy(dtype=float), rel=1e-6), column


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
@pytest.mark.parametrize("blocks", [False, True], ids=["welch", "blocks"])
@pytest.mark.parametrize("benefit", ["decrease", "increase"])
def test_r_comes_to_the_same_effects(
    with_losses: Results, tmp_path: Path, *, blocks: bool, benefit: str
) -> None:
    results = with_cohorts(with_losses) if blocks else with_losses
    design = {**results.design, "benefit": benefit}
    prism_and_r.write(rows_of(results), design, "a 'quoted' study", tmp_path)
    done = subprocess.run(
        ["Rscript", "--vanilla", "contrasts.R"],  # noqa: S607 - found on the path by the skip above
        cwd=tmp_path / "export",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()[1:]
    table = pd.DataFrame([row.split() for row in lines[1:]], columns=lines[0].split())
    window = results.measures[results.measures["epoch"] == "score_window"]
    own = compare(window, DesignOptions(**design)).contrasts
    own = own[own["method"] == own["method"].iloc[0]]
    assert own["method"].iloc[0].startswith("OLS with blocks" if blocks else "Welch")
    assert table["contrast_id"].tolist() == own["contrast_id"].tolist() == ["K", "Kn", "I", "A"]
    for column in ("estimate", "std_error", "df", "conf_low", "conf_high", "p_value", "p_adj"):
        found = table[column].astype(float).to_numpy()
        assert found == pytest.approx(own[column].to_numpy(dtype=float), rel=1e-6), column


def test_the_r_script_adjusts_as_the_study_does(blocked: Results) -> None:
    script = prism_and_r.r_script({**blocked.design, "adjust": "sidak"}, "study")
    assert "1 - (1 - result$p_value)^" in script
    assert '"holm"' not in script
    assert '"holm"' in prism_and_r.r_script(blocked.design, "study")


def test_names_with_quotes_stay_inside_their_strings(blocked: Results) -> None:
    design = {**blocked.design, "outcome": 'a"; system("rm"); "\\'}
    script = prism_and_r.r_script(design, "study")
    assert 'outcome    <- "a\\"; system(\\"rm\\"); \\"\\\\"' in script
