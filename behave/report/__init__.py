"""The report: figures and one self-contained page, from tables only.

`write` is the wing's face, `draw_estimation` gives a notebook the main figure. The report computes no statistics: every number on the
page stands in a table, save the interval of a group's mean per time bin.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from behave.report.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Results", "draw_estimation", "write"]


def write(results: Results, folder: Path) -> None:
    """Write the figures and the page; two identical calls write identical bytes.

    ``figures/*.svg`` and ``figures/*.png`` hold each figure that the tables
    allow, ``report.html`` all of them, ``export/`` what Prism and R take over.
    Figures of an earlier run that these
    tables do not allow are removed.

    Parameters
    ----------
    results
        What is reported.
    folder
        The results folder.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    # Drawing takes most of a second to load; those who only read `Results` do not wait.
    from behave.report import publish  # noqa: PLC0415 - matplotlib is slow to load

    publish.write(results, folder)


def draw_estimation(
    measures: pd.DataFrame,
    cells: pd.DataFrame,
    verdict: Mapping[str, Any],
    design: Mapping[str, Any],
) -> "Figure":
    """Draw every animal of the groups, and the effects with their intervals.

    Parameters
    ----------
    measures
        One row per animal, with the design's columns and the outcome.
    cells
        The table ``stats/cells.csv``.
    verdict
        The content of ``stats/verdict.json``.
    design
        The design block of the study file, as a plain mapping.
    """
    from behave.report import publish  # noqa: PLC0415 - matplotlib is slow to load

    return publish.draw_main(measures, cells, verdict, design)
