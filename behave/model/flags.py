"""Flags: what a careful reader should know about a trial or a verdict."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Flag:
    """A remark with its number; it never changes a score or a label.

    Parameters
    ----------
    name
        Short name in snake_case, the same in every table.
    value
        The number that raised it.
    text
        One plain sentence for a person, with the number and its unit.
    """

    name: str
    value: float
    text: str
