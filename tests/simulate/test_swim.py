"""Bouts and the movements made from them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from behave.simulate.swim import (
    BOUT_QUANTILES,
    Bout,
    Swim,
    check_bouts,
    join,
    move,
    random_bouts,
    states_at,
)


def immobile_s(bouts):
    return sum(bout.stop_s - bout.start_s for bout in bouts if bout.state == "immobile")


@settings(deadline=None, max_examples=50)
@given(
    seed=st.integers(0, 10_000),
    duration_s=st.floats(5, 400),
    share=st.integers(0, 100).map(lambda percent: percent / 100),
)
def test_random_bouts_fill_the_time_and_meet_the_share_exactly(seed, duration_s, share):
    bouts = random_bouts(np.random.default_rng(seed), duration_s, share, climbing_share=0.3)

    assert check_bouts(join(bouts)) == ""
    assert bouts[-1].stop_s == duration_s
    assert immobile_s(bouts) == pytest.approx(share * duration_s, abs=1e-6)


def test_random_bouts_are_as_long_as_those_that_humans_score():
    rng = np.random.default_rng(0)
    lengths = [
        bout.stop_s - bout.start_s
        for _ in range(40)
        for bout in random_bouts(rng, 240.0, 0.5)
        if bout.state == "immobile"
    ]

    found = np.quantile(lengths, list(BOUT_QUANTILES))
    np.testing.assert_allclose(found, list(BOUT_QUANTILES.values()), rtol=0.12)


def test_share_zero_and_one_are_a_single_bout():
    rng = np.random.default_rng(0)
    assert [bout.state for bout in join(random_bouts(rng, 60.0, 0.0))] == ["swimming"]
    assert [bout.state for bout in join(random_bouts(rng, 60.0, 1.0))] == ["immobile"]


def test_joined_stretches_have_no_two_neighbours_in_one_state():
    joined = join([Bout(0, 3, "swimming"), Bout(3, 4, "immobile")], [Bout(4, 9, "immobile")])
    assert joined == (Bout(0, 3, "swimming"), Bout(3, 9, "immobile"))


def test_a_time_on_a_boundary_belongs_to_the_later_bout():
    bouts = (Bout(0, 1, "swimming"), Bout(1, 2, "immobile"), Bout(2, 3, "climbing"))
    found = states_at(bouts, np.array([-0.1, 0.0, 0.99, 1 - 1e-12, 1.0, 2.5, 10.0]))
    assert found.tolist() == [-1, 1, 1, 0, 0, 2, 2]


@pytest.mark.parametrize(
    ("bouts", "fault"),
    [
        ((), "begin at 0"),
        ((Bout(1, 2, "immobile"),), "begin at 0"),
        ((Bout(0, 2, "asleep"),), "one of"),
        ((Bout(0, 0, "immobile"),), "after it starts"),
        ((Bout(0, 1, "immobile"), Bout(2, 3, "swimming")), "gap"),
    ],
)
def test_bouts_out_of_order_are_named(bouts, fault):
    assert fault in check_bouts(bouts)


def test_limbs_rest_while_the_animal_floats_and_beat_at_the_stroke_rate_while_it_swims():
    swim = Swim((Bout(0, 20, "swimming"), Bout(20, 40, "immobile")), stroke_hz=5.0, balancing=0.0)
    limbs = move(swim, 1.1, 40.0, np.random.default_rng(1)).limbs[:, 2]

    swimming, floating = limbs[120 : 19 * 120], limbs[21 * 120 : 39 * 120]
    beats = np.sum(np.diff(np.sign(swimming)) > 0) / (len(swimming) / 120)
    assert beats == pytest.approx(5.0, abs=0.5)
    assert np.abs(floating).max() == 0
    assert np.abs(swimming).max() > 0.5


def test_balancing_strokes_are_small_and_come_only_while_the_animal_floats():
    bouts = (Bout(0, 30, "immobile"), Bout(30, 60, "swimming"))
    with_strokes = move(Swim(bouts, balancing=1.0), 1.1, 60.0, np.random.default_rng(1)).limbs

    floating = np.abs(with_strokes[: 29 * 120]).max(axis=1)
    assert 0.05 < floating.max() < 0.6
    assert (floating > 0).mean() < 0.6


def test_strokes_fade_symmetrically_round_the_boundary():
    swim = Swim((Bout(0, 5, "swimming"), Bout(5, 10, "immobile")), transition_s=0.4)
    activity = move(swim, 1.1, 10.0, np.random.default_rng(2)).activity

    assert activity[int(4.75 * 120)] > 0.5
    assert activity[5 * 120] == pytest.approx(activity[int(4.75 * 120)] / 2, rel=0.25)
    assert activity[int(5.25 * 120)] == 0


def test_the_animal_stays_in_its_cylinder_and_climbs_at_the_wall():
    swim = Swim((Bout(0, 20, "swimming"), Bout(20, 30, "climbing")), speed=1.5)
    movement = move(swim, 1.25, 30.0, np.random.default_rng(3))

    away = np.hypot(movement.x, movement.y)
    assert away.max() <= 1.25 - 0.45 + 1e-9
    assert away[25 * 120 :].min() > 0.7
    assert movement.pitch[25 * 120 :].min() > 1.2 > movement.pitch[: 19 * 120].max()


def test_a_floating_animal_drifts_slowly():
    swim = Swim((Bout(0, 5, "swimming"), Bout(5, 30, "immobile")), drift=0.1)
    movement = move(swim, 2.0, 30.0, np.random.default_rng(4))

    speed = np.hypot(np.diff(movement.x), np.diff(movement.y)) * 120
    assert 0.03 < speed[8 * 120 : -120].mean() < 0.12
    assert speed[120 : 5 * 120].mean() > 0.5
