"""The columns of a table as the design reads them: text, doses, numbers."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.errors import InputError, Problem
from behave.stats.options import Factor


def text_of(frame: pd.DataFrame, column: str) -> "pd.Series[str]":
    """Return a column as trimmed text, empty where missing."""
    return frame[column].astype(object).where(frame[column].notna(), "").map(str).str.strip()


def doses_of(frame: pd.DataFrame, factor: Factor) -> "pd.Series[float]":
    """Return the doses of a factor's level, NaN for its control and where not given."""
    given = text_of(frame, factor.column) == factor.level
    cells = frame[str(factor.dose_column)].where(given)
    return pd.to_numeric(cells.replace("", None), errors="coerce").astype("float64")


def numbers_of(frame: pd.DataFrame, outcome: str) -> "pd.Series[float]":
    """Return the outcome as numbers, NaN where not measured."""
    values = frame[outcome].astype(object).where(frame[outcome].notna(), None)
    values = values.map(lambda value: None if value == "" else value)
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    wrong = (numbers.isna() & values.notna()) | np.isinf(numbers)
    if wrong.any():
        raise InputError(
            *(
                Problem(
                    f"'{outcome}' is not a number",
                    at=f"animal {frame.loc[row, 'animal_id']}",
                    expected="a number with a decimal point, or an empty cell",
                    found=f"'{values[row]}'",
                    fix="correct the cell",
                )
                for row in frame.index[wrong]
            )
        )
    return numbers


def codes_of(frame: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the levels of the columns as integers from 0, (n, columns)."""
    codes = [pd.factorize(text_of(frame, name), sort=True)[0] for name in columns]
    return np.array(codes, dtype="int64").reshape(len(codes), len(frame)).T
