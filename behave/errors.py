"""What can go wrong, and how it is reported.

::

    BehaveError             anything this package raises on purpose
    ├── InputError          the input is wrong and nothing was run (exit 2)
    ├── TrialError          one trial cannot be scored; the others go on (exit 1)
    └── OutputError         a result cannot be written (exit 2)

Each error carries one or more `Problem` objects, so that all faults of a
spreadsheet are reported at once. Only the command line turns errors into
printed messages and exit codes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """One fault, described so that the user can correct it.

    Parameters
    ----------
    what
        The fault in one plain sentence.
    file
        The file in which it was found, as the user named it.
    at
        Where in the file: ``row 7, column 'arena'`` or ``design.agonist.level``.
    expected, found
        What should be there, and what is there.
    fix
        What to do about it.
    """

    what: str
    file: str | None = None
    at: str | None = None
    expected: str | None = None
    found: str | None = None
    fix: str | None = None

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.at) if part)
        lines = [f"{place}: {self.what}" if place else self.what]
        for label, text in (
            ("expected", self.expected),
            ("found", self.found),
            ("to do", self.fix),
        ):
            if text:
                lines.append(f"  {label + ':':<10}{text}")
        return "\n".join(lines)


class BehaveError(Exception):
    """Base of all errors raised on purpose; its arguments are `Problem` objects."""

    def __init__(self, *problems: Problem) -> None:
        # The problems are the exception's own args: pickle rebuilds an exception from
        # its args when it is sent from a worker process.
        super().__init__(*problems)

    @property
    def problems(self) -> Sequence[Problem]:
        """The faults, in the order in which they were found."""
        return self.args

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class InputError(BehaveError):
    """The input is wrong and nothing was run."""


class TrialError(BehaveError):
    """One trial cannot be scored; the others go on."""


class OutputError(BehaveError):
    """A result cannot be written."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the most similar known word, or all known words.

    Parameters
    ----------
    word
        The unknown word.
    known
        The words that are allowed here.

    Returns
    -------
    str
        ``did you mean 'duration_s'?``, or ``one of: a, b`` if none is similar.
    """
    items = [str(item) for item in known]
    near = nearest(word, items)
    return f"did you mean '{near}'?" if near else "one of: " + ", ".join(items)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most similar to a word, ignoring case; None if none is similar."""
    words = {str(item).casefold(): str(item) for item in known}
    near = get_close_matches(str(word).casefold(), words, n=1, cutoff=0.6)
    return words[near[0]] if near else None
