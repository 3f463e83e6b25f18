"""Immobility from forced-swim videos, and whether an antagonist blocked a drug's effect.

Importing this package imports nothing else: each stage is reached by its own
module (``behave.tracking``, ``behave.scoring``, ``behave.stats``,
``behave.report``, ``behave.study``), and heavy libraries are loaded only by
the stage that needs them.
"""

__version__ = "0.1.0"
