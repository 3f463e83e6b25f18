"""Synthetic studies: their layout, effects and truth."""

import math
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest

from behave.errors import InputError
from behave.simulate.plan import Plan, balanced_order, draw_study
from behave.simulate.render import World
from behave.simulate.study import simulate_clip, simulate_study
from behave.simulate.swim import check_bouts
from behave.simulate.truth import true_bouts, true_measures

TINY = Plan(per_cell=2, duration_s=3.0, window_start_s=1.0)
TINY_LOOK = World(width=160, height=120, fps=10.0, crf=35)
SAMPLE = Path(__file__).resolve().parents[2] / "videos_sample"


def scored(plan, seed):
    """Return the true immobility in the window with the groups beside it."""
    trials, swims = draw_study(plan, seed)
    measures = true_measures(plan, trials, swims)
    return trials.merge(measures[measures["epoch"] == "score_window"], on="animal_id")


@pytest.mark.parametrize("seed", range(5))
def test_groups_are_balanced_over_videos_arenas_and_cohorts(seed):
    trials, _ = draw_study(Plan(), seed)
    group = trials["pretreatment"] + trials["treatment"]

    assert len(set(trials["animal_id"])) == 32
    assert (pd.crosstab(group, trials["video"]) == 1).all(axis=None)
    assert (pd.crosstab(group, trials["arena"]) == 2).all(axis=None)
    assert (pd.crosstab(group, trials["cohort"]) == 4).all(axis=None)
    assert (pd.crosstab(group, trials["sex"]) == 4).all(axis=None)
    assert len(set(zip(trials["video"], trials["cohort"], strict=True))) == 8


def test_the_order_of_groups_is_drawn_by_the_seed():
    first, again, other = (
        balanced_order(np.random.default_rng(seed), 8).tolist() for seed in (1, 1, 2)
    )
    assert first == again != other


def test_neither_animal_nor_video_names_tell_the_group():
    trials, _ = draw_study(Plan(), 1)
    rank = trials["animal_id"].rank().to_numpy()
    # Ids are shuffled: they follow neither the order of filming nor the groups.
    assert abs(np.corrcoef(rank, np.arange(32))[0, 1]) < 0.5
    assert not trials["video"].str.contains("vehicle|NBQX|ketamine").any()


@pytest.mark.parametrize("blocked", [0.0, 0.5, 1.0])
def test_group_effects_are_those_asked_for(blocked):
    plan = Plan(per_cell=150, arenas=4, effect_sd=4.0, blocked=blocked)
    table = scored(plan, 3)
    mean = table.groupby(["pretreatment", "treatment"])["immobility_pct"].mean()
    spread = table.groupby(["pretreatment", "treatment"])["immobility_pct"].std()

    alone = mean["vehicle", "vehicle"] - mean["vehicle", "ketamine"]
    under = mean["NBQX", "vehicle"] - mean["NBQX", "ketamine"]
    assert mean["vehicle", "vehicle"] == pytest.approx(62, abs=2)
    assert alone == pytest.approx(28, abs=2)
    assert under == pytest.approx(28 * (1 - blocked), abs=2)
    assert spread.to_numpy() == pytest.approx(7, abs=1)


def test_true_measures_follow_from_the_true_bouts():
    trials, swims = draw_study(Plan(), 1)
    measures = true_measures(Plan(), trials, swims).set_index(["animal_id", "epoch"])
    bouts = true_bouts(Plan(), trials, swims)

    for animal, mine in bouts.groupby("animal_id"):
        entry = measures.loc[(animal, "score_window"), "entry_s"]
        still = mine[mine["state"] == "immobile"]
        start = (still["start_s"] - entry).clip(lower=30)
        stop = (still["stop_s"] - entry).clip(upper=120)
        inside = (stop - start).clip(lower=0)
        row = measures.loc[(animal, "score_window")]
        assert row["immobility_s"] == pytest.approx(inside.sum())
        assert row["n_bouts"] == (inside > 0).sum()
        assert row["latency_in_epoch_s"] == pytest.approx(start[inside > 0].min() - 30)
        assert row["latency_s"] == pytest.approx(still["start_s"].min() - entry)
        whole = measures.loc[(animal, "whole")]
        total = whole["immobility_s"] + whole["swimming_s"] + whole["climbing_s"]
        assert total == pytest.approx(120)


def test_all_animals_enter_in_the_first_seconds_and_have_bouts_for_the_whole_test():
    _, swims = draw_study(Plan(), 1)
    assert all(check_bouts(swim.bouts) == "" for swim in swims)
    assert all(swim.bouts[-1].stop_s == 120 for swim in swims)
    assert 1.4 < min(swim.entry_s for swim in swims) < max(swim.entry_s for swim in swims) < 7


def test_a_rendered_study_is_complete_and_says_that_it_is_synthetic(tmp_path):
    seen = []
    trials = simulate_study(
        tmp_path, TINY, 5, recording=TINY_LOOK, progress=lambda *done: seen.append(done)
    )

    assert seen == [(1, 2), (2, 2)]
    written = pd.read_csv(tmp_path / "trials.csv", dtype=str)
    assert written["animal_id"].tolist() == trials["animal_id"].tolist()
    assert set(written["synthetic"]) == {"true"}
    assert "SYNTHETIC" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert len(pd.read_csv(tmp_path / "truth" / "measures.csv")) == 2 * 8
    for video in set(written["video"]):
        with av.open(str(tmp_path / video)) as container:
            assert "SYNTHETIC" in container.metadata["comment"]
            frames = sum(1 for _ in container.decode(video=0))
        assert frames / 10 > 3 + 1.8  # the hand comes first


def test_one_seed_writes_the_same_truth_again(tmp_path):
    for name in ("one", "two"):
        simulate_study(tmp_path / name, TINY, 5, recording=TINY_LOOK)
    for file in ("trials.csv", "truth/measures.csv", "truth/bouts.csv", "study.yaml"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_clip_has_the_immobility_asked_for(tmp_path):
    plan = Plan(arenas=2, duration_s=20.0, window_start_s=5.0, immobile_pct=40.0)
    truth = simulate_clip(tmp_path / "clip.mp4", plan, 3, recording=TINY_LOOK)

    for _, frames in truth.groupby("arena"):
        entry = frames.loc[frames["state"].notna(), "time_s"].min()
        window = frames[frames["time_s"].between(entry + 5, entry + 20, inclusive="left")]
        assert 100 * (window["state"] == "immobile").mean() == pytest.approx(40, abs=4)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan(per_cell=1, arenas=8), "do not fill"),
        (Plan(arenas=3), "do not fill"),
        (Plan(per_cell=0), "do not fill"),
        (Plan(window_start_s=120), "scored window"),
        (Plan(view="below"), "view"),
    ],
)
def test_a_plan_that_makes_no_study_is_refused(tmp_path, plan, said):
    with pytest.raises(InputError, match=said):
        simulate_study(tmp_path, plan, 1)


def test_the_sample_study_is_the_one_its_seed_draws():
    plan = Plan()
    trials, swims = draw_study(plan, 1)
    written = pd.read_csv(SAMPLE / "trials.csv", dtype={"arena": str, "synthetic": str})
    names = ["animal_id", "video", "arena", "pretreatment", "treatment", "cohort", "synthetic"]
    pd.testing.assert_frame_equal(
        written[names], trials[names], check_dtype=False, check_column_type=False
    )
    measures = true_measures(plan, trials, swims)
    stored = pd.read_csv(SAMPLE / "truth" / "measures.csv")
    for name in ("immobility_s", "latency_s", "latency_in_epoch_s", "n_bouts", "entry_s"):
        np.testing.assert_allclose(stored[name], measures[name], atol=1e-4)


def test_the_sample_study_is_small_and_its_videos_last_as_long_as_their_tests():
    files = [path for path in SAMPLE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 8_000_000
    measures = pd.read_csv(SAMPLE / "truth" / "measures.csv")
    for video, entry in measures.groupby("video")["entry_s"].max().items():
        with av.open(str(SAMPLE / str(video))) as container:
            stream = container.streams.video[0]
            assert "SYNTHETIC" in container.metadata["comment"]
            assert (stream.width, stream.height) == (640, 480)
            seconds = float(stream.duration * stream.time_base)
        assert math.isclose(seconds, entry + 120, abs_tol=0.05)


def test_a_tail_suspension_study_has_the_same_states_and_says_its_test(tmp_path):
    plan = Plan(per_cell=1, arenas=4, duration_s=3, window_start_s=1, test="tst")
    trials = simulate_study(tmp_path, plan, 1)
    bouts = pd.read_csv(tmp_path / "truth/bouts.csv")
    assert set(bouts["state"]) == {"immobile", "mobile"}
    measures = pd.read_csv(tmp_path / "truth/measures.csv")
    assert measures["climbing_s"].isna().all()
    assert "  test: tst\n" in (tmp_path / "study.yaml").read_text("utf-8")
    assert "tail suspension" in (tmp_path / "README.md").read_text("utf-8")
    assert (tmp_path / trials["video"].iloc[0]).stat().st_size > 0
