"""Flags: what a reader should know about a trial or a verdict."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Flag:
    """A short warning with the number behind it; it never changes a score or a label.

    Parameters
    ----------
    name
        Short name in snake_case, the same in every table.
    value
        The number because of which it was raised.
    text
        One plain sentence for a person, with the number and its unit.
    """

    name: str
    value: float
    text: str
