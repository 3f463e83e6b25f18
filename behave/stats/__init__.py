"""Statistics: from one row per animal to the contrasts and the verdict.

`compare` is the stage's one face. Effects are signed so that positive means
benefit. Nothing here reads or writes files.
"""

import importlib
from typing import TYPE_CHECKING, Any

from behave.stats.options import Antagonist, DesignOptions, Factor, Locomotor

if TYPE_CHECKING:
    from behave.stats.comparison import Comparison, compare
    from behave.stats.sensitivity.analyses import Alternative

__all__ = [
    "Alternative",
    "Antagonist",
    "Comparison",
    "DesignOptions",
    "Factor",
    "Locomotor",
    "compare",
]

# What computes is loaded when it is first asked for: scoring a video reads the
# options alone, and scipy takes longer to load than such a file's first minute.
_MODULES = {
    "Alternative": "sensitivity.analyses",
    "Comparison": "comparison",
    "compare": "comparison",
}


def __getattr__(name: str) -> Any:
    """Load the room that holds a name."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
