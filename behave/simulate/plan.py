"""Who is in which group, video and arena of a synthetic study, and what each animal does.

The layout is blind and balanced: every four animals in a row are one of each
group, the order within them follows randomised Latin squares over the arenas,
and cohorts hold whole videos and all groups, so that neither video, arena nor
cohort tells one group from another.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from behave.errors import InputError, Problem
from behave.simulate.swim import Array, Integers, Swim, join, random_bouts

# Group numbers: bit 0 is the treatment, bit 1 the pretreatment.
PRETREATMENTS, TREATMENTS = ("vehicle", "NBQX"), ("vehicle", "ketamine")
GROUPS = 4
COHORTS = 2
ARENAS = (1, 2, 4, 8)  # so that groups are balanced over videos and arenas
# Invented, to fill the columns that a real study has.
MADE_UP = {"NBQX": 10.0, "ketamine": 10.0, "before_pretreatment": 60, "before_treatment": 30}
FIRST_ENTRY_S, ENTRY_STEP_S = 1.8, 1.2
MIN_SHARE, MAX_SHARE = 0.03, 0.97


@dataclass(frozen=True)
class Plan:
    """A study to be rendered.

    Parameters
    ----------
    per_cell
        Animals in each of the four groups.
    arenas
        Cylinders per video.
    view
        ``mixed`` (one view per cohort), ``side`` or ``top``.
    coat
        ``dark`` or ``light``.
    duration_s
        Length of the test from the animal's entry.
    window_start_s
        Start of the scored window; it ends with the test.
    immobile_pct
        Mean immobility under vehicle, in percent of the scored window; in a
        single clip, that of every animal.
    sd_pct
        Standard deviation between animals of a group, in percent of the window.
    effect_sd
        Ketamine's effect under vehicle, in those standard deviations.
    blocked
        Share of that effect which NBQX removes.
    test
        ``fst``, or ``tst``: animals hang by their tails, seen from the side.
    """

    per_cell: int = 8
    arenas: int = 4
    view: str = "mixed"
    coat: str = "dark"
    duration_s: float = 120.0
    window_start_s: float = 30.0
    immobile_pct: float = 62.0
    sd_pct: float = 7.0
    effect_sd: float = 4.0
    blocked: float = 0.95
    test: str = "fst"


def draw_study(plan: Plan, seed: int) -> tuple[pd.DataFrame, list[Swim]]:
    """Draw who is in which group, video and arena, and what each animal does.

    Parameters
    ----------
    plan
        The study.
    seed
        Source of chance.

    Returns
    -------
    tuple of pandas.DataFrame and list of Swim
        The trials (one row per animal), and the swims in the same order.
    """
    rng = np.random.default_rng(seed)
    groups = balanced_order(rng, plan.per_cell)
    count = len(groups)
    place = np.arange(count)
    # A cohort holds whole videos, and all groups equally often.
    unit = max(GROUPS, plan.arenas)
    cohort = place // unit * COHORTS // max(count // unit, COHORTS)
    videos = count // plan.arenas
    number = np.char.zfill((place // plan.arenas + 1).astype(str), len(str(videos)))
    pretreatment = np.array(PRETREATMENTS, dtype=object)[groups >> 1]
    treatment = np.array(TREATMENTS, dtype=object)[groups & 1]
    trials = pd.DataFrame(
        {
            "animal_id": [f"S{n + 1:0{len(str(count))}d}" for n in rng.permutation(count)],
            "video": [f"video_{n}.mp4" for n in number],
            "arena": [str(n % plan.arenas + 1) for n in place],
            "pretreatment": pretreatment,
            "treatment": treatment,
            "cohort": [f"cohort {n + 1}" for n in cohort],
            "sex": _sexes(rng, groups),
            "weight_g": np.round(rng.normal(26, 2, count), 1),
            "pretreatment_dose_mg_per_kg": [MADE_UP.get(name, np.nan) for name in pretreatment],
            "pretreatment_min_before_test": MADE_UP["before_pretreatment"],
            "treatment_dose_mg_per_kg": [MADE_UP.get(name, np.nan) for name in treatment],
            "treatment_min_before_test": MADE_UP["before_treatment"],
            "synthetic": "true",
        }
    )
    shares = _draw_shares(rng, plan, groups)
    swims = [
        draw_swim(rng, plan, float(share), int(n % plan.arenas))
        for n, share in zip(place, shares, strict=True)
    ]
    return trials, swims


def balanced_order(rng: np.random.Generator, per_cell: int) -> Integers:
    """Return the animals' groups in order: rows of randomised Latin squares.

    Every four animals are one of each group, and within four such rows every
    group stands once in every position.
    """
    rows: list[Integers] = []
    while len(rows) < per_cell:
        square = np.add.outer(np.arange(GROUPS), np.arange(GROUPS)) % GROUPS
        square = square[rng.permutation(GROUPS)][:, rng.permutation(GROUPS)]
        rows.extend(rng.permutation(GROUPS)[square])
    return np.concatenate(rows[:per_cell])


def _sexes(rng: np.random.Generator, groups: Integers) -> list[str]:
    """Return sexes, half and half in every group."""
    sexes = [""] * len(groups)
    for group in range(GROUPS):
        members = rng.permutation(np.flatnonzero(groups == group))
        for turn, member in enumerate(members):
            sexes[member] = ("female", "male")[turn % 2]
    return sexes


def _draw_shares(rng: np.random.Generator, plan: Plan, groups: Integers) -> Array:
    """Return each animal's immobile share of the scored window."""
    effect = plan.effect_sd * plan.sd_pct
    lowered = (groups & 1) * effect * np.where(groups >> 1, 1 - plan.blocked, 1.0)
    pct = plan.immobile_pct - lowered + rng.normal(0, plan.sd_pct, len(groups))
    return np.clip(pct / 100, MIN_SHARE, MAX_SHARE)


def draw_swim(rng: np.random.Generator, plan: Plan, share: float, arena: int) -> Swim:
    """Draw one animal's behaviour; it struggles more before the scored window."""
    window = plan.duration_s - plan.window_start_s
    before = random_bouts(
        rng, plan.window_start_s, max(0.35 * share, MIN_SHARE), climbing_share=0.4
    )
    scored = random_bouts(rng, window, share, climbing_share=0.15, start_s=plan.window_start_s)
    return Swim(
        bouts=join(before, scored),
        entry_s=round(FIRST_ENTRY_S + ENTRY_STEP_S * arena + float(rng.uniform(0, 0.6)), 2),
        vigour=float(rng.uniform(0.75, 1.15)),
        stroke_hz=float(rng.uniform(4.5, 7.5)),
        speed=float(rng.uniform(0.7, 1.2)),
        drift=float(rng.uniform(0.03, 0.12)),
        balancing=float(rng.uniform(0.05, 0.25)),
    )


def view_of(plan: Plan, cohort: str) -> str:
    """Return the camera's view of a cohort."""
    if plan.view == "mixed":
        return "side" if cohort == "cohort 1" else "top"
    return plan.view


def check_plan(plan: Plan) -> None:
    """Refuse a plan that makes no study."""
    if plan.arenas not in ARENAS or plan.per_cell < 1 or (GROUPS * plan.per_cell) % plan.arenas:
        raise InputError(
            Problem(
                "the animals do not fill the videos",
                expected="1, 2, 4 or 8 arenas per video, of which 4 x animals per group is a multiple",
                found=f"{plan.per_cell} per group, {plan.arenas} arenas",
            )
        )
    check_window(plan)
    if plan.view not in ("mixed", "side", "top"):
        raise InputError(Problem("unknown view", expected="mixed, side or top", found=plan.view))


def check_window(plan: Plan) -> None:
    """Refuse a scored window that lies outside the test."""
    if not 0 < plan.window_start_s < plan.duration_s:
        raise InputError(
            Problem(
                "the scored window must begin after the start and before the end of the test",
                found=f"start {plan.window_start_s:g} s, test {plan.duration_s:g} s",
            )
        )
