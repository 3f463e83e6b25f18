"""Results go where a person points, however the path is typed."""

import pandas as pd
from click.testing import CliRunner

from behave.cli import cli


def test_results_go_to_a_folder_above(corpus, monkeypatch, tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    corpus.write_video(here / "a.mp4", options={"g": "10"})
    (here / "arenas.csv").write_text(
        "video,arena,x_px,y_px,width_px,height_px\n*,1,0,0,96,96\n", encoding="utf-8"
    )
    monkeypatch.chdir(here)
    command = ["score", "../here/a.mp4", "--arenas", "./arenas.csv", "--out", "../out"]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 0, result.output
    log = pd.read_csv(tmp_path / "out" / "trials_log.csv")
    assert log["status"].tolist() == ["done"]
    assert (tmp_path / "out" / "frames" / "a_arena1.csv.gz").exists()
