"""A session shows every trial once and some twice, in an order and under codes of its own."""

from hypothesis import given
from hypothesis import strategies as st

from behave.web.sessions import AGAIN_SHARE, draw_session, renew_session

NAMES = st.sampled_from(["anna", "ben", "Chloe 2"])


@given(count=st.integers(1, 200), scorer=NAMES, seed=st.integers(0, 9))
def test_every_trial_is_shown_once_and_a_tenth_again_later(count, scorer, seed):
    trials = [f"t{number}" for number in range(count)]
    session = draw_session(scorer, trials, seed)
    first = [one.trial_id for one in session.showings if not one.again]
    again = [one.trial_id for one in session.showings if one.again]
    assert sorted(first) == sorted(trials)
    assert len(again) == (max(round(AGAIN_SHARE * count), 1) if count > 1 else 0)
    assert len(set(again)) == len(again)
    order = [(one.trial_id, one.again) for one in session.showings]
    for trial in again:
        assert order.index((trial, False)) < order.index((trial, True))


def test_codes_are_unique_and_tell_nothing_of_the_animal():
    trials = [f"ketamine{number}" for number in range(100)]
    session = draw_session("anna", trials, 1)
    codes = [one.code for one in session.showings]
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 3 for code in codes)


def test_one_person_gets_the_same_order_and_another_one_another():
    trials = [f"t{number}" for number in range(30)]
    anna, ben = (draw_session(name, trials, 1) for name in ("anna", "ben"))
    assert anna == draw_session("anna", trials, 1)
    assert [one.trial_id for one in anna.showings] != [one.trial_id for one in ben.showings]


def test_a_study_that_grows_or_shrinks_keeps_what_is_scored():
    session = draw_session("anna", ["a", "b", "c"], 1)
    session.showing(next(one.code for one in session.showings if one.trial_id == "a")).done = True
    renewed = renew_session(session, ["b", "d", "e"])
    shown = [one.trial_id for one in renewed.showings if not one.again]
    assert set(shown) == {"a", "b", "d", "e"}
    assert set(shown[-2:]) == {"d", "e"}
    assert len({one.code for one in renewed.showings}) == len(renewed.showings)
    assert renew_session(renewed, ["b", "d", "e"]) == renewed


def test_what_was_begun_is_kept_while_its_video_is_away():
    session = draw_session("anna", ["a", "b", "c"], 1)
    code = session.showings[0].code
    session.showing(code).presses = [(1.0, "immobile")]
    others = [name for name in "abc" if name != session.showings[0].trial_id]
    renewed = renew_session(session, others)
    assert renewed.showings[-1].code == code
    assert renewed.showings[-1].presses == [(1.0, "immobile")]
