"""Some videos are broken: the others are scored, and nothing that exists is lost."""

import av
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli

pytestmark = pytest.mark.slow

STUDY = """\
study: broken
trials: trials.csv
videos: .
arenas: {file: arenas.csv}
protocol: {duration_s: 12, score_window_s: [2, 12], bin_s: 2}
design:
  agonist:    {column: treatment,    control: vehicle, level: ketamine}
  antagonist: {column: pretreatment, control: vehicle, level: NBQX}
"""

# One good animal per group, then one whose video is broken in its own way, one
# that was not filmed, and one that is left out.
TRIALS = """\
animal_id,video,arena,pretreatment,treatment,exclude,exclude_reason
1,good.mp4,1,vehicle,vehicle,,
2,good.mp4,2,vehicle,ketamine,,
3,good.mp4,3,NBQX,vehicle,,
4,good.mp4,4,NBQX,ketamine,,
5,gone.mp4,1,vehicle,vehicle,,
6,empty.mp4,1,vehicle,ketamine,,
7,words.mp4,1,NBQX,vehicle,,
8,cut.mp4,1,NBQX,ketamine,,
9,,,vehicle,vehicle,,
10,good.mp4,1,vehicle,vehicle,true,seizure
"""

ARENAS = """\
video,arena,x_px,y_px,width_px,height_px
*,1,0,0,80,80
*,2,80,0,80,80
*,3,0,80,80,80
*,4,80,80,80,80
"""


def write_good_video(path):
    """Write 13 s of four dark discs that circle in pale quarters of the picture."""
    rows, columns = np.mgrid[:160, :160]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=15, options={"crf": "18"})
        stream.width = stream.height = 160
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        for index in range(13 * 15):
            angle = index / 15
            y, x = 40 + 22 * np.sin(angle), 40 + 22 * np.cos(angle)
            disc = (rows % 80 - y) ** 2 + (columns % 80 - x) ** 2 < 81
            picture = np.where(disc, 40, 200).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.fixture(scope="module")
def broken_study(tmp_path_factory):
    """Make the study and run it once; return its folder and what the run printed."""
    folder = tmp_path_factory.mktemp("videor från kameran")
    for name, text in (("study.yaml", STUDY), ("trials.csv", TRIALS), ("arenas.csv", ARENAS)):
        (folder / name).write_text(text, encoding="utf-8")
    write_good_video(folder / "good.mp4")
    content = (folder / "good.mp4").read_bytes()
    (folder / "empty.mp4").touch()
    (folder / "words.mp4").write_text("This is not a video.\n" * 200, encoding="utf-8")
    (folder / "cut.mp4").write_bytes(content[: len(content) // 2])
    return folder, behave("run", folder / "study.yaml", "--out", folder / "out", "--jobs", 1)


def behave(*arguments):
    return CliRunner().invoke(cli, [str(item) for item in arguments])


def read(folder, name):
    return pd.read_csv(folder / "out" / name, dtype={"animal_id": str, "trial_id": str})


def contents(folder):
    """Return the bytes of every file below a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_run_ends_with_exit_code_1_and_names_each_failure(broken_study):
    _, result = broken_study
    assert result.exit_code == 1
    assert "4 of 10 trials scored, 4 failed, 1 excluded, 1 missing" in result.stdout
    assert "Traceback" not in result.output
    for trial in "5678":
        assert f"failed: {trial}: " in result.stderr


def test_each_trial_has_its_status_and_reason(broken_study):
    folder, _ = broken_study
    log = read(folder, "trials_log.csv").set_index("trial_id")
    assert dict(log["status"]) == {
        **dict.fromkeys("1234", "done"),
        **dict.fromkeys("5678", "failed"),
        "9": "missing",
        "10": "excluded",
    }
    assert log.loc[list("5678"), "message"].str.len().min() > 10
    assert log.loc["5", "message"].startswith("the file is not there")


def test_the_others_are_measured_and_a_failure_is_never_a_zero(broken_study):
    folder, _ = broken_study
    measures = read(folder, "measures.csv")
    window = measures[measures["epoch"] == "score_window"].set_index("trial_id")
    np.testing.assert_allclose(window.loc[list("1234"), "scored_s"], 10, atol=0.5)
    lost = window.reindex(list("56789"))
    assert lost["immobility_s"].isna().all()
    assert lost["scored_s"].isna().all()


def test_the_end_of_a_recording_that_was_not_scored_is_not_known(tmp_path):
    (tmp_path / "words.mp4").write_text("no video", encoding="utf-8")
    arenas = tmp_path / "arenas.csv"
    arenas.write_text(ARENAS, encoding="utf-8")
    asked = ["score", str(tmp_path / "words.mp4"), "--arenas", str(arenas)]
    CliRunner().invoke(cli, [*asked, "--out", str(tmp_path / "out")])
    measures = pd.read_csv(tmp_path / "out" / "measures.csv")
    assert len(measures) == 4
    assert measures["stop_s"].isna().all()


def test_a_run_that_is_refused_changes_no_result(broken_study):
    folder, _ = broken_study
    before = contents(folder / "out")
    (folder / "other.yaml").write_text(STUDY.replace("level: NBQX", "level: MK-801"))
    result = behave("run", folder / "other.yaml", "--out", folder / "out")
    assert result.exit_code == 2
    assert contents(folder / "out") == before


def test_a_repaired_video_is_scored_next_time_and_the_others_stay(broken_study):
    folder, _ = broken_study
    before = contents(folder / "out")
    (folder / "gone.mp4").write_bytes((folder / "good.mp4").read_bytes())
    result = behave("run", folder / "study.yaml", "--out", folder / "out", "--jobs", 1)
    assert result.exit_code == 1
    assert "5 of 10 trials scored, 3 failed" in result.stdout
    after = contents(folder / "out")
    for trial in "1234":
        path = folder / "out" / "frames" / f"{trial}.csv.gz"
        assert after[path] == before[path]
    window = read(folder, "measures.csv").query("epoch == 'score_window'").set_index("trial_id")
    # The same animal in the same video, under another name.
    assert window.loc["5", "immobility_s"] == window.loc["1", "immobility_s"]


@pytest.fixture
def small_study(tmp_path):
    """Make a study of one animal per group in one good video, and one that was not filmed."""
    rows = [line for line in TRIALS.splitlines() if line[:2] in {"1,", "2,", "3,", "4,", "9,"}]
    given = [f"{row},{'' if row.startswith('9') else 0}" for row in rows]
    head = TRIALS.splitlines()[0] + ",entry_s"
    (tmp_path / "trials.csv").write_text("\n".join([head, *given]) + "\n", "utf-8")
    for name, text in (("study.yaml", STUDY), ("arenas.csv", ARENAS)):
        (tmp_path / name).write_text(text, "utf-8")
    write_good_video(tmp_path / "good.mp4")
    return tmp_path


def run_small(folder, change=("", "")):
    """Run the study with a change of its file; return the result, the log and the measures."""
    (folder / "study.yaml").write_text(STUDY.replace(*change), "utf-8")
    result = behave("run", folder / "study.yaml", "--out", folder / "out", "--jobs", 1)
    return result, read(folder, "trials_log.csv").set_index("trial_id")


def test_a_trial_without_a_video_is_missing_and_no_failure(small_study):
    result, log = run_small(small_study)
    assert result.exit_code == 0, result.output
    assert log["status"].to_dict() == {**dict.fromkeys("1234", "done"), "9": "missing"}


def test_a_window_past_the_videos_end_is_flagged_over_5_percent_and_fails_over_20(small_study):
    """The video lasts 13 s: 1 of 12 s are lost, then 4 of 15 s."""
    result, log = run_small(small_study, ("12, score_window_s: [2, 12]", "14, score_window_s: [2, 14]"))  # fmt: skip
    assert result.exit_code == 0, result.output
    assert log.loc[list("1234"), "flags"].str.contains("unscored_score_window").all()
    assert "8.3 % of epoch score_window" in log.loc["1", "flag_text"]
    result, log = run_small(small_study, ("12, score_window_s: [2, 12]", "17, score_window_s: [2, 17]"))  # fmt: skip
    assert result.exit_code == 1
    assert (log.loc[list("1234"), "status"] == "failed").all()
    assert "26.7 %" in log.loc["1", "message"]


def test_corrections_made_in_the_browser_reach_the_verdict_and_can_be_left_out(small_study):
    """Anna says that animal 1 floated from 4 to 9 s; the discs never stop."""
    run_small(small_study)
    auto = read(small_study, "measures.csv").query("epoch == 'score_window'").set_index("trial_id")
    (small_study / "by_hand").mkdir()
    (small_study / "by_hand" / "corrections.csv").write_text(
        "trial_id,animal_id,source,scorer,state,start_s,stop_s,duration_s\n"
        "1,1,manual,Anna,immobile,4,9,5\n",
        "utf-8",
    )
    result, _ = run_small(small_study)
    assert result.exit_code == 0, result.output
    table = read(small_study, "measures_corrected.csv").query("epoch == 'score_window'")
    row = table.set_index("trial_id").loc["1"]
    assert auto.loc["1", "immobility_s"] == 0
    assert row["immobility_s"] == pytest.approx(5, abs=0.1)
    assert row["corrected_s"] == pytest.approx(5, abs=0.1)
    assert row["latency_s"] == pytest.approx(4, abs=0.1)
    cells = read_cells(small_study)
    assert cells == pytest.approx(row["immobility_s"])
    page = (small_study / "out" / "report.html").read_text("utf-8")
    assert "Corrected by Anna: 1 5.0 s." in page
    assert "Corrected by Anna: 1 5.0 s." in result.output

    (small_study / "study.yaml").write_text("corrections: false\n" + STUDY, "utf-8")
    result = behave("run", small_study / "study.yaml", "--out", small_study / "out", "--jobs", 1)
    assert result.exit_code == 0, result.output
    assert not (small_study / "out" / "measures_corrected.csv").exists()
    assert read_cells(small_study) == 0
    assert "Corrected by" not in (small_study / "out" / "report.html").read_text("utf-8")


def read_cells(folder):
    """Return the mean immobility of the group without drugs, as it was compared."""
    cells = pd.read_csv(folder / "out" / "stats" / "cells.csv")
    here = (cells == "vehicle").sum(axis=1) == 2
    return float(cells.loc[here, "mean"].iloc[0])
