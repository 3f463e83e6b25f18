"""Statistics: from one row per animal to the contrasts and the verdict.

`compare` is the stage's one face. Effects are signed so that positive means
benefit. Nothing here reads or writes files.
"""

from behave.stats.comparison import Comparison, compare
from behave.stats.options import Antagonist, DesignOptions, Factor, Locomotor
from behave.stats.sensitivity import Alternative

__all__ = [
    "Alternative",
    "Antagonist",
    "Comparison",
    "DesignOptions",
    "Factor",
    "Locomotor",
    "compare",
]
