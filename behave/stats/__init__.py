"""Statistics: from one row per animal to the contrasts and the verdict.

`compare` is the stage's one face. Effects are signed so that positive means
benefit. Nothing here reads or writes files.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from behave.stats.design import DesignOptions, Factor

__all__ = ["Alternative", "Comparison", "DesignOptions", "Factor", "compare"]

Alternative = tuple[str, str, pd.DataFrame]


@dataclass(frozen=True)
class Comparison:
    """What the design compares, as tables, and the verdict.

    Parameters
    ----------
    contrasts, anova, cells, equivalence, assumptions, sensitivity
        The tables of the same names in `behave.tables`.
    verdict
        The content of ``stats/verdict.json``: ``label``, ``rule_version``,
        ``rho``, ``alpha``, objects ``K``, ``Kn``, ``I`` and ``A`` (None where
        they cannot be computed), ``flags`` and ``text``.
    """

    contrasts: pd.DataFrame
    anova: pd.DataFrame
    cells: pd.DataFrame
    equivalence: pd.DataFrame
    assumptions: pd.DataFrame
    sensitivity: pd.DataFrame
    verdict: dict[str, Any]


def compare(
    measures: pd.DataFrame, design: DesignOptions, *, alternatives: Iterable[Alternative] = ()
) -> Comparison:
    """Compare the four cells of the design and give the verdict.

    Parameters
    ----------
    measures
        One row per animal: ``animal_id``, the outcome, the columns of the
        factors and blocks (text), and ``status`` (done, failed, excluded or
        missing; all done where the column is absent). Only rows that are done
        and have an outcome are analysed; the others are counted.
    design
        What is compared.
    alternatives
        ``(analysis, setting, measures)``: the same animals scored or timed
        otherwise, each put through the same rule for the sensitivity table.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If a column is missing, an animal has several rows, an analysed
        animal has no level or block, or an outcome is not a number.
    """
    raise NotImplementedError
