"""Immobility from forced-swim videos, and whether an antagonist blocked a drug's effect.

Importing this package imports nothing else: its functions, and heavy libraries
with them, are loaded when they are first asked for.

    import behave
    scores = behave.score("videos", arenas=4)          # videos to one row per animal
    results = behave.run("study.yaml")                 # videos to the verdict
    results = behave.load_results("results/my-study")  # what a run wrote
    comparison = behave.compare(table, design={...})   # scores from anywhere to the verdict
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from behave.api import Comparison, StudyResults, compare, load_results, run, score

__version__ = "0.2.0"

__all__ = ["Comparison", "StudyResults", "compare", "load_results", "run", "score"]


def __getattr__(name: str) -> Any:
    """Load a function of `behave.api` when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("behave.api"), name)


def __dir__() -> list[str]:
    """Return the names that the package offers, loaded or not."""
    return sorted([*globals(), *__all__])
