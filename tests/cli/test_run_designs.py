"""A run from videos of a design with all that may stand beside a verdict."""

import json

import av
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from behave.cli import cli

pytestmark = pytest.mark.slow

STUDY = """\
study: whole
trials: trials.csv
videos: .
arenas: {file: arenas.csv}
protocol: {duration_s: 12, score_window_s: [2, 12], bin_s: 5}
design:
  agonist:    {column: treatment,    control: vehicle, level: ketamine}
  antagonist: {column: pretreatment, control: vehicle, level: NBQX, given_before: agonist}
  by: sex
  locomotor: {file: open_field.csv}
  time_course: {}
  human_scores: {file: people.csv}
  other_outcomes:
    open_field: {file: open_field.csv, outcome: distance_cm, benefit: increase, primary: false}
"""
ARENAS = """\
video,arena,x_px,y_px,width_px,height_px
*,1,0,0,80,80
*,2,80,0,80,80
*,3,0,80,80,80
*,4,80,80,80,80
"""
CELLS = [("vehicle", "vehicle"), ("vehicle", "ketamine"), ("NBQX", "vehicle"), ("NBQX", "ketamine")]


def write_video(path, moving):
    """Write 13 s of four discs that circle for so many seconds each, and then stand still."""
    rows, columns = np.mgrid[:160, :160]
    # As a camera's sensor: without noise, four discs that stand still are a frozen picture.
    noise = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=15, options={"crf": "18"})
        stream.width = stream.height = 160
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        for index in range(13 * 15):
            picture = np.full((160, 160), 200, dtype=np.uint8)
            for arena, seconds in enumerate(moving):
                angle = min(index / 15, seconds)
                y = 80 * (arena // 2) + 40 + 22 * np.sin(angle)
                x = 80 * (arena % 2) + 40 + 22 * np.cos(angle)
                # The body beats while it moves: what only drifts and turns is not moving.
                long, wide = 15 + 4 * np.sin(12 * angle), 8 - 3 * np.sin(12 * angle)
                along = (columns - x) * np.cos(angle) + (rows - y) * np.sin(angle)
                across = (rows - y) * np.cos(angle) - (columns - x) * np.sin(angle)
                picture[(along / long) ** 2 + (across / wide) ** 2 < 1] = 40
            seen = np.clip(picture + noise.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(seen, format="gray").reformat(format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Render four videos of four animals, run the study once, and return its folder."""
    folder = tmp_path_factory.mktemp("whole")
    rng = np.random.default_rng(2)
    trials, field, people = [], [], []
    for video in range(4):
        # Ketamine's animals keep moving, unless NBQX was given before.
        moving = np.array([4, 9.5, 4, 4.5]) + rng.uniform(-1, 1, 4)
        write_video(folder / f"{video}.mp4", moving)
        for arena, (before, drug) in enumerate(CELLS):
            name = f"m{video}{arena}"
            sex = ("female", "male")[video % 2]
            trials.append((name, f"{video}.mp4", str(arena + 1), before, drug, sex, 60, 30))
            field.append((name, 2000 + 900 * (drug == "ketamine") + rng.normal(0, 100)))
            if video < 3:
                people.append((name, 12 - moving[arena]))
    columns = ["animal_id", "video", "arena", "pretreatment", "treatment", "sex",
               "pretreatment_min_before_test", "treatment_min_before_test"]  # fmt: skip
    pd.DataFrame(trials, columns=columns).to_csv(folder / "trials.csv", index=False)
    pd.DataFrame(field, columns=["animal_id", "distance_cm"]).to_csv(
        folder / "open_field.csv", index=False
    )
    pd.DataFrame(people, columns=["animal_id", "immobility_s"]).to_csv(
        folder / "people.csv", index=False
    )
    (folder / "study.yaml").write_text(STUDY, "utf-8")
    (folder / "arenas.csv").write_text(ARENAS, "utf-8")
    locked = CliRunner().invoke(cli, ["check", str(folder / "study.yaml"), "--lock"])
    assert locked.exit_code == 0, locked.output
    ran = CliRunner().invoke(
        cli, ["run", str(folder / "study.yaml"), "--out", str(folder / "out"), "--jobs", "1"]
    )
    assert ran.exit_code == 0, ran.output
    return folder / "out"


@pytest.fixture(scope="module")
def verdict(results):
    """Return the verdict of the run."""
    return json.loads((results / "stats" / "verdict.json").read_text("utf-8"))


def test_the_locomotor_control_is_compared_and_flagged(verdict, results):
    assert verdict["locomotor"]["K"]["estimate"] == pytest.approx(900, abs=250)
    assert "locomotion_increased" in {flag["name"] for flag in verdict["flags"]}
    made = json.loads((results / "run.json").read_text("utf-8"))
    assert made["inputs"]["locomotor"]["file"] == "open_field.csv"


def test_the_runs_own_bins_of_the_window_are_compared(verdict, results):
    bins = pd.read_csv(results / "bins.csv")
    family = next(item for item in verdict["families"] if item["family"] == "time_bins")
    starts = sorted({start for start in bins["start_s"] if start >= 2})
    assert [arm["name"].split()[0] for arm in family["arms"]] == [f"{start:g}" for start in starts]


def test_an_outcome_of_a_table_is_judged_beside_the_scored_one(verdict, results):
    own, field = verdict["outcomes"]["outcomes"]
    assert own["K"] == verdict["K"]
    assert field["K"] == pytest.approx(verdict["locomotor"]["K"])
    outcomes = pd.read_csv(results / "stats" / "outcomes.csv")
    assert outcomes["name"].tolist() == ["immobility", "open_field"]


def test_both_sexes_have_their_verdict(verdict):
    family = next(item for item in verdict["families"] if item["family"] == "by_sex")
    assert [arm["n"] for arm in family["arms"]] == [[2, 2, 2, 2]] * 2


def test_peoples_scores_are_held_against_the_runs(verdict):
    assert verdict["scorer_error"]["n_scored"] == [3, 3, 3, 3]
    assert verdict["scorer_error"]["noise_sd"] < 3


def test_the_run_is_what_was_locked_and_the_times_are_told(results):
    assert json.loads((results / "run.json").read_text("utf-8"))["lock"]["matches"]
    page = (results / "report.html").read_text("utf-8")
    assert "what ran is what was locked" in page
    assert (
        "NBQX was given 60 min before the test; ketamine was given 30 min before the test" in page
    )
    assert "the time of NBQX was set by ketamine" in page


def test_every_further_label_is_rescored_over_the_grid(results):
    table = pd.read_csv(results / "stats" / "sensitivity.csv", keep_default_na=False)
    grid = table[table["analysis"] == "scoring grid"].groupby("comparison").size()
    assert set(grid.index) == {"", "female", "male"}
    assert len(set(grid)) == 1
