"""The hard worlds that the scorer is measured on (`benchmarks/worlds`)."""

import sys
from pathlib import Path

import av
import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def worlds():
    sys.path.insert(0, str(BENCHMARKS))
    import worlds  # noqa: PLC0415 - a script's folder, importable only from here on

    yield worlds
    sys.path.remove(str(BENCHMARKS))


def test_tuning_and_test_seeds_have_none_in_common(worlds):
    assert not set(worlds.TUNING_SEEDS) & set(worlds.TEST_SEEDS)


@pytest.mark.parametrize("world", ["a", "b"])
def test_a_seed_draws_the_same_clip_again_and_another_seed_another(worlds, world):
    one, again, other = (worlds.draw_clip(world, seed) for seed in (3, 3, 13))
    assert one == again
    assert one.kind == other.kind
    assert one.settings() != other.settings()


def test_every_kind_comes_up_in_ten_seeds(worlds):
    kinds = {worlds.draw_clip("a", seed).kind for seed in range(10)}
    assert kinds == set(worlds.KINDS)


@pytest.mark.parametrize("world", ["a", "b"])
def test_settings_span_what_makes_scoring_hard(worlds, world):
    rows = [worlds.draw_clip(world, seed, duration_s=10.0).settings() for seed in range(200)]

    def seen(name):
        return {row[name] for row in rows}

    assert seen("view") == {"side", "top"}
    assert {"dark", "light"} <= seen("coat")
    assert min(seen("stroke_hz")) < 2.3
    assert max(seen("stroke_hz")) > 9
    assert min(seen("contrast")) < (0.45 if world == "a" else 0.55)
    assert min(seen("animal_size")) < 0.8
    assert {15.0} < seen("fps")
    assert 0.0 in seen("entry_s")
    if world == "a":
        assert {60.0} < seen("fps")
        assert {True, False} == seen("variable_rate")
        assert min(seen("light_step")) < -0.1 < 0.1 < max(seen("light_step"))
        assert max(seen("transition_s")) < 0.2
    else:
        assert {"mouse", "rat"} == seen("species")
        assert "hooded" in seen("coat")
        assert min(seen("transition_s")) >= 0.2
        assert max(seen("transition_s")) <= 0.6


@pytest.mark.parametrize("world", ["a", "b"])
@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("never floats", {"mobile"}),
        ("always floats", {"immobile"}),
        ("floats from the first frame", {"immobile"}),
    ],
)
def test_one_state_kinds_have_one_state(worlds, tmp_path, world, kind, states):
    clip = worlds.draw_clip(world, 1, kind=kind, duration_s=0.2)
    truth = clip.render(tmp_path / "clip.mkv")

    assert set(truth["state"].dropna()) == states
    if kind == "floats from the first frame":
        assert truth["state"].notna().all()


@pytest.mark.parametrize("seed", [32, 33])  # small and slow: one from above, one from beside
def test_world_b_has_the_frames_of_its_truth_and_its_animals_in_their_arenas(
    worlds, tmp_path, seed
):
    clip = worlds.draw_clip("b", seed, kind="mixed", duration_s=0.6)
    truth = clip.render(tmp_path / "clip.mp4")

    with av.open(str(tmp_path / "clip.mp4")) as container:
        assert "SYNTHETIC" in container.metadata["comment"]
        times = [float(frame.time) for frame in container.decode(video=0)]
    first = truth[truth["arena"] == "1"]
    np.testing.assert_allclose(times, first["time_s"], atol=1e-3)
    assert (truth["state"].isna() == truth["x_px"].isna()).all()
    for box in clip.arenas().itertuples():
        inside = truth[(truth["arena"] == box.arena) & truth["state"].notna()]
        assert inside["x_px"].between(box.x_px, box.x_px + box.width_px).all()
        assert inside["y_px"].between(box.y_px, box.y_px + box.height_px).all()


def test_world_b_renders_the_same_truth_from_a_seed(worlds, tmp_path):
    truths = [
        worlds.draw_clip("b", 9, duration_s=0.4).render(tmp_path / f"{number}.mkv")
        for number in range(2)
    ]
    assert truths[0].equals(truths[1])


@pytest.mark.usefixtures("worlds")
def test_world_bs_hind_limbs_paddle_at_their_rate_and_rest_while_it_floats():
    from worlds.skeleton_b import RATE_HZ, SwimB, animate  # noqa: PLC0415 - see the fixture

    from behave.simulate.swim import Bout  # noqa: PLC0415 - beside the next

    bouts = (Bout(0, 20, "swimming"), Bout(20, 40, "immobile"))
    swim = SwimB(
        bouts=bouts,
        entry_s=0.0,
        vigour=1.0,
        stroke_hz=3.0,
        lag=0.5,
        speed=0.5,
        drift=0.05,
        spin=0.05,
        balancing=0.0,
        transition_s=0.4,
        settle_s=0.6,
        float_pitch=0.6,
    )
    motion = animate(swim, 1.4, 40.0, np.random.default_rng(1))
    swimming = motion.left[RATE_HZ : 19 * RATE_HZ]
    beats = np.sum(np.diff(np.sign(swimming)) > 0) / 18
    assert beats == pytest.approx(3.0, abs=0.4)
    assert np.abs(motion.left[21 * RATE_HZ : 39 * RATE_HZ]).max() == 0
    # The float settles into its slope over about a second.
    off = np.abs(motion.pitch - 0.6)
    assert off[20 * RATE_HZ] > 0.05
    assert off[24 * RATE_HZ] < 0.01
