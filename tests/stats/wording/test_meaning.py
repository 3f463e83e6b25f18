"""Label and words as a table of cases; no sentence contradicts a test that was made."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from behave.model.labels import LABELS
from behave.stats.options import Antagonist
from behave.stats.rule.estimates import Estimates
from behave.stats.rule.verdict import Rule, find_shown, give_label
from behave.stats.wording.meaning import (
    Names,
    explain,
    find_qualifiers,
    format_headline,
    names_of,
)

NAMES = Names(
    agonist="ketamine",
    antagonist="NBQX",
    there="under NBQX",
    without="under vehicle",
    control="vehicle",
    alone="NBQX alone",
    subject="NBQX",
    bred=False,
)


def contrasts(k, kn, errors, rho=0.5):
    """Return K, Kn, I, A and the rule's tests, with normal tails."""
    values = [k, kn, k - kn, 0.0, kn - rho * k, kn + rho * k, kn - (1 - rho) * k]
    return Estimates(np.array(values), np.array(errors, dtype=float), np.full(7, 1e6))


def told(found, rule):
    """Return label, what is shown, and the words."""
    label = str(give_label(found, np.array(True), rule))
    shown = find_shown(found, rule)
    return label, shown, explain(label, shown, rule, NAMES, "")


# K, Kn and their standard error; the label, what the words hold and what they may not hold.
TABLE = [
    (100, 5, 10, "blocked", ["at least half of it was taken away"], ["direction", "prove"]),
    (100, -25, 10, "blocked", ["at least half", "a little in the other direction"], ["nothing"]),
    (100, -40, 30, "blocked", ["a reversal is not excluded"], ["other direction"]),
    (100, -60, 10, "reversed", ["acted in the other direction"], ["taken away", "remained"]),
    (78, -84, 10, "reversed", ["acted in the other direction"], ["smaller", "neither"]),
    (100, 25, 10, "partially_blocked", ["part of it remained", "At least half of it was taken"], []),
    (100, 70, 5, "partially_blocked", ["More than half of it remained"], ["At least half"]),
    (100, 50, 10, "partially_blocked", ["is not settled"], ["At least half of", "More than half"]),
    (50, 12, 10, "attenuated", ["neither that at least half was, nor that some"], ["complete"]),
    (100, 95, 10, "not_blocked", ["more than half of the effect"], ["did not remain"]),
    (100, 160, 10, "enhanced", ["larger under NBQX"], ["smaller"]),
    (40, 25, 10, "inconclusive", ["was not shown", "nor that more than half"], ["taken away"]),
    (10, 5, 10, "no_agonist_effect", ["was not shown", "does not show that"], ["was shown"]),
    (10, 60, 10, "no_agonist_effect", ["Under NBQX, an effect of ketamine was shown", "differ"], []),
    (-60, 5, 10, "no_agonist_effect", ["against the expected direction"], ["has no effect"]),
    (10, -60, 10, "no_agonist_effect", ["Under NBQX, it acted against"], ["an effect of ketamine was shown"]),
]  # fmt: skip


@pytest.mark.parametrize("case", TABLE, ids=lambda case: f"{case[3]} {case[0]} {case[1]}")
def test_label_and_words_of_each_case(case):
    k, kn, error, label, says, never = case
    errors = error * np.array([1, 1, 2**0.5, 1, *[1.25**0.5] * 3])
    given_label, _, text = told(contrasts(k, kn, errors), Rule())
    assert given_label == label
    for phrase in says:
        assert phrase in text
    for phrase in never:
        assert phrase not in text


def test_the_table_has_every_label():
    assert {case[3] for case in TABLE} == set(LABELS) - {"not_assessable"}


# What a phrase claims: the fact that must have been shown, or must not have been.
CLAIMS = [
    (r"smaller under NBQX(?! was not shown)", lambda s: s.less),
    (r"larger under NBQX", lambda s: s.more),
    (r"smaller under NBQX was not shown", lambda s: not s.less),
    (r"part of it remained", lambda s: s.remains),
    (r"[Aa]t least half of it was taken away(?! is not)", lambda s: s.mostly_gone),
    (r"Whether at least half .* is not settled", lambda s: not s.mostly_gone),
    (r"neither that at least half was", lambda s: not s.mostly_gone),
    (r"nor that some of it remained", lambda s: not s.remains),
    (r"(?<!nor that )[Mm]ore than half of (it|the effect)", lambda s: s.mostly_left),
    (r"nor that more than half", lambda s: not s.mostly_left),
    (r"in the other direction", lambda s: s.turned),
    (r"reversal is not excluded", lambda s: not s.turn_is_small or not s.turned),
    (r"was less than half .* was not shown", lambda s: not s.turn_is_small),
    (r"does not mean that nothing remained", lambda s: not s.turned),
    (r"puts the loss at half or more", lambda s: s.mostly_gone),
    (r"no effect was shown by itself", lambda s: not s.remains),
    (r"Under NBQX, an effect of ketamine was shown", lambda s: s.remains),
    (r"two effects differ", lambda s: s.less or s.more),
    (r"does not show that ketamine has no effect", lambda s: not s.opposes),
    (r"acted against the expected direction", lambda s: s.opposes or s.turned),
    (r"smaller loss is not excluded", lambda s: not s.more and not s.less),
]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(
    st.floats(-100, 200),
    st.floats(-200, 250),
    st.lists(st.floats(1, 60), min_size=7, max_size=7),
    st.sampled_from([1, 2]),
)
def test_no_sentence_contradicts_a_test_that_was_made(k, kn, errors, version):
    rule = Rule(version=version)
    label, shown, text = told(contrasts(k, kn, errors), rule)
    for pattern, holds in CLAIMS:
        if re.search(pattern, text):
            assert holds(shown), (label, pattern, text)


def test_another_rho_is_told_in_percent():
    errors = 5 * np.ones(7)
    _, _, text = told(contrasts(100, 5, errors, rho=0.3), Rule(rho=0.3))
    assert "at least 70% of it was taken away" in text
    assert "half" not in text


@pytest.mark.parametrize(
    ("label", "headline"),
    [
        ("blocked", "NBQX blocked the effect of ketamine on immobility: at least half of it was taken away."),
        ("partially_blocked", "NBQX took away part of the effect of ketamine on immobility; part of it remained."),
        ("attenuated", "NBQX weakened the effect of ketamine on immobility; by how much is not resolved."),
        ("reversed", "NBQX turned the effect of ketamine on immobility into its opposite."),
        ("not_blocked", "NBQX did not block the effect of ketamine on immobility: more than half of it remained."),
        ("enhanced", "NBQX strengthened the effect of ketamine on immobility."),
        ("no_agonist_effect", "An effect of ketamine on immobility was not shown, so a block by NBQX cannot be judged."),
        ("inconclusive", "These data do not decide whether NBQX blocked the effect of ketamine on immobility."),
        ("not_assessable", "Whether NBQX blocked the effect of ketamine on immobility cannot be assessed from these data."),
    ],
)  # fmt: skip
def test_each_label_has_its_headline(label, headline):
    assert format_headline(label, NAMES, "immobility", Rule()) == headline


def test_an_opposite_effect_is_not_told_as_none():
    text = format_headline("no_agonist_effect", NAMES, "immobility", Rule(), opposes=True)
    assert text.startswith("Ketamine acted on immobility against the expected direction")


def test_a_genotype_is_not_given(design):
    blocker = Antagonist(column="g", control="wild type", level="knock-out", kind="genotype")
    names = names_of(design, blocker)
    for label in set(LABELS):
        text = format_headline(label, names, "immobility", Rule())
        assert "knock-out" in text
        assert "under" not in text


@pytest.mark.parametrize(
    ("label", "helps", "differs", "floor", "found"),
    [
        ("blocked", True, True, True, ["floor", "antagonist_alone"]),
        ("blocked", True, True, False, ["antagonist_alone"]),
        ("blocked", False, True, True, ["antagonist_alone"]),
        ("blocked", False, False, True, []),
        ("not_blocked", True, True, True, ["antagonist_alone"]),
        ("no_agonist_effect", True, True, True, []),
        ("not_assessable", True, True, True, []),
    ],
)
def test_what_qualifies_a_label(label, helps, differs, floor, found):
    assert find_qualifiers(label, alone_helps=helps, alone_differs=differs, floor=floor) == found
