"""Five-second counts from the study file to their table, on track exports."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli
from behave.model.tables import SAMPLES

pytestmark = pytest.mark.slow  # whole runs, with their statistics

STUDY = """\
study: counts
trials: trials.csv
videos: .
protocol: {{species: rat, duration_s: 60, score_window_s: [20, 60], bin_s: 20}}
tracking: {{method: ethovision}}
scoring: {{{scoring}}}
design:
  agonist:    {{column: treatment,    control: vehicle, level: ketamine}}
  antagonist: {{column: pretreatment, control: vehicle, level: NBQX}}
"""


def write_track(path, floats):
    """Write an export of a minute at 25 Hz: Mobility 2 % while floating, 30 % else."""
    time_s = np.arange(1500) / 25
    floating = np.any([(time_s >= a) & (time_s < b) for a, b in floats], axis=0)
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(["Number of header lines:", "4"])
    writer.writerow(["Arena name", "Arena 1"])
    writer.writerow(["Recording time", "Mobility", "Mobility state(Immobile)"])
    writer.writerow(["s", "%", ""])
    for now, still in zip(time_s, floating, strict=True):
        writer.writerow([f"{now:.2f}", 2 if still else 30, int(still)])
    path.write_text(stream.getvalue(), encoding="utf-8")


@pytest.fixture
def rats(tmp_path):
    """Write eight rats, two per group; the first floats from 10 to 22 s and from 40 to 50 s."""
    groups = [(p, t) for p in ("vehicle", "NBQX") for t in ("vehicle", "ketamine")]
    rows = ["animal_id,video,arena,pretreatment,treatment"]
    for number, group in enumerate(2 * groups):
        floats = [(10, 22), (40, 50)] if number == 0 else [(22 + 3 * number, 30 + 3 * number)]
        write_track(tmp_path / f"{number}.txt", floats)
        rows.append(f"{number},{number}.txt,1,{','.join(group)}")
    (tmp_path / "trials.csv").write_text("\n".join(rows), encoding="utf-8")

    def run(scoring):
        (tmp_path / "study.yaml").write_text(STUDY.format(scoring=scoring), encoding="utf-8")
        command = ["run", tmp_path / "study.yaml", "--out", tmp_path / "out", "--jobs", 1]
        result = CliRunner().invoke(cli, [str(word) for word in command])
        assert result.exit_code == 0, result.output
        return tmp_path / "out"

    return run


def test_counts_of_each_epoch_are_a_table_of_their_own(rats):
    counts = pd.read_csv(rats("time_sampling_s: 5") / SAMPLES.file, dtype={"animal_id": str})
    assert list(counts.columns) == list(SAMPLES.names)
    first = counts[counts["animal_id"] == "0"].set_index("epoch")
    # 10 to 22 s is two intervals and two of the next one's five seconds.
    assert first.loc["whole", ["n_intervals", "n_immobile", "n_mobile"]].tolist() == [12, 4, 8]
    window = first.loc["score_window", ["n_intervals", "n_immobile", "n_mobile"]]
    assert window.tolist() == [8, 2, 6]
    # A track export holds no posture.
    assert counts[["n_swimming", "n_climbing"]].isna().all(axis=None)
    # Without the option there is no such table, and none is left over.
    assert not (rats("") / SAMPLES.file).exists()
