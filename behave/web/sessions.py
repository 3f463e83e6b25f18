"""A person's session of scoring: what is shown in which order, under which code.

The order is drawn anew for each person, a tenth of the trials comes twice, and
codes say nothing about the animal. What was keyed so far is kept after every
key, so that a closed page loses nothing.
"""

import random
from collections.abc import Collection, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from behave.files import is_file_name
from behave.web.answers import Refused

FOLDER = "sessions"
AGAIN = " (again)"
AGAIN_SHARE = 0.1
MAX_NAME = 40
RESERVED = ("corrections",)  # names of other files in the folder
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like 1 and 0


class Showing(BaseModel):
    """One trial as it is shown to one person.

    Parameters
    ----------
    code
        What the person sees in place of a name.
    trial_id
        What it is.
    again
        Whether the person has been shown it before.
    presses
        (time, state) of the keys so far.
    position_s
        Where the person stopped watching; none: at the start.
    done
        Whether it is scored.
    """

    model_config = ConfigDict(extra="forbid")

    code: str
    trial_id: str
    again: bool = False
    presses: list[tuple[float, str]] = Field(default_factory=list)
    position_s: float | None = None
    done: bool = False


class Session(BaseModel):
    """All that one person is shown, in order."""

    model_config = ConfigDict(extra="forbid")

    scorer: str
    seed: int
    showings: list[Showing]

    def showing(self, code: str) -> Showing:
        """Return the trial that is shown under a code; an unknown code raises KeyError."""
        for one in self.showings:
            if one.code == code:
                return one
        raise KeyError(code)


def draw_session(scorer: str, trial_ids: Sequence[str], seed: int) -> Session:
    """Draw the order and the codes of a person's session.

    Parameters
    ----------
    scorer
        Who it is; another name gives another order.
    trial_ids
        What is to be scored.
    seed
        The study's seed.
    """
    chance = random.Random(f"{seed}/{scorer}")  # noqa: S311 - an order, not a secret
    first = list(trial_ids)
    chance.shuffle(first)
    count = max(round(AGAIN_SHARE * len(first)), 1) if len(first) > 1 else 0
    # Seen in the first half and again in the second, so that nobody remembers.
    half = (len(first) + 1) // 2
    shown = [(trial_id, False) for trial_id in first]
    for trial_id in chance.sample(first[:half], count):
        shown.insert(chance.randint(half + 1, len(shown)), (trial_id, True))
    return Session(scorer=scorer, seed=seed, showings=_coded(shown, chance, set()))


def renew_session(session: Session, trial_ids: Sequence[str]) -> Session:
    """Return a session brought up to what the study holds by now.

    Trials that are gone are no longer shown, or last where they were begun;
    new ones come before those. What is scored stays.

    Parameters
    ----------
    session
        As it was drawn.
    trial_ids
        What is to be scored now.
    """
    there = set(trial_ids)
    shown = [one for one in session.showings if one.done or one.trial_id in there]
    # Begun, and its video is not to be had now: nothing that was keyed is thrown away.
    waiting = [one for one in session.showings if one.presses and one not in shown]
    known = {one.trial_id for one in (*shown, *waiting)}
    chance = random.Random(f"{session.seed}/{session.scorer}/{len(known)}")  # noqa: S311 - an order
    new = [(trial_id, False) for trial_id in trial_ids if trial_id not in known]
    chance.shuffle(new)
    used = {one.code for one in session.showings}
    showings = [*shown, *_coded(new, chance, used), *waiting]
    return session.model_copy(update={"showings": showings})


def _coded(
    shown: Sequence[tuple[str, bool]], chance: random.Random, used: Collection[str]
) -> list[Showing]:
    """Give what is shown codes that are not used yet."""
    codes = [f"{a}{n}{b}" for a in CODE_LETTERS for n in range(2, 10) for b in CODE_LETTERS]
    free = chance.sample([code for code in codes if code not in used], len(shown))
    return [
        Showing(code=code, trial_id=trial_id, again=again)
        for code, (trial_id, again) in zip(free, shown, strict=True)
    ]


def session_path(by_hand: Path, scorer: str) -> Path:
    """Return the file of a person's session.

    Raises
    ------
    Refused
        If the name cannot name a file.
    """
    taken = scorer.casefold() in RESERVED or scorer.casefold().endswith("_again")
    long = len(scorer) > MAX_NAME
    if not is_file_name(scorer) or taken or long or scorer.startswith("."):
        raise Refused(f"Give a name of at most {MAX_NAME} letters, digits, spaces, - and _.")
    return by_hand / FOLDER / f"{scorer}.json"


def known_scorers(by_hand: Path) -> list[str]:
    """Return who has begun to score."""
    return sorted(path.stem for path in (by_hand / FOLDER).glob("*.json"))


def scores_path(by_hand: Path, scorer: str, *, again: bool) -> Path:
    """Return the table of what a person scored, the first time or again."""
    return by_hand / f"{scorer}{'_again' if again else ''}.csv"
