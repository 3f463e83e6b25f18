"""Reading DeepLabCut's files of keypoints: HDF5 (any key) or CSV, with one or several animals.

A file's columns are labelled by 3 rows, ``scorer, bodyparts, coords``, or by
4, with ``individuals`` after the scorer. Smoothed files (``_filtered``) and
files of the trackers (``_el``, ``_bx``, ``_sk``) have the same form. The
index is the frame's number in the video.

If the network was run on a crop, the positions count from the crop's corner,
which is recorded only in the ``_meta.pickle`` in the same folder.
"""

import csv
import importlib.util
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from behave.errors import Problem, TrialError
from behave.model.arrays import Floats
from behave.tracking.keypoints.crop_offset import read_offset
from behave.tracking.keypoints.plain_pickles import plain_in_tables

LEVELS = (["scorer", "bodyparts", "coords"], ["scorer", "individuals", "bodyparts", "coords"])
COORDS = ("x", "y", "likelihood")
FARTHEST_PX = 16384  # wider than the pictures of any camera
ROUNDING = 1e-3  # of likelihoods, in single precision and in text
# DeepLabCut uses this name for keypoints of the scene that belong to no animal.
OF_NO_ANIMAL = "single"
# If a file holds several tables, the positions are in the first of these that it has.
USUAL_KEYS = ("/df_with_missing", "/tracks", "/predictions")


@dataclass(frozen=True)
class Poses:
    """The keypoints of one video's animals.

    Parameters
    ----------
    file
        Name of the file, for messages.
    individuals
        Names of the animals; ``("",)`` where there is one without a name.
    keypoints
        Names of the keypoints.
    xy
        Positions in px of the full frame, shape (frames, individuals,
        keypoints, 2); NaN: not found. Row ``n`` is the video's frame ``n``.
    likelihood
        The network's confidence, 0 to 1, shape (frames, individuals,
        keypoints); 0 where there is no position.
    """

    file: str
    individuals: tuple[str, ...]
    keypoints: tuple[str, ...]
    xy: Floats
    likelihood: Floats


def read_poses(path: Path) -> Poses:
    """Read one file of keypoints.

    Parameters
    ----------
    path
        ``.h5`` (needs PyTables, which the extra ``dlc`` installs) or ``.csv``.

    Returns
    -------
    Poses
        In px of the full frame: the corner of a crop is added.

    Raises
    ------
    TrialError
        If the file is not DeepLabCut's, or it is not known whether there was
        a crop.
    """
    table = _read_csv(path) if path.suffix.lower() == ".csv" else _read_hdf(path)
    poses = _arrange(table, path)
    return Poses(
        poses.file,
        poses.individuals,
        poses.keypoints,
        poses.xy + np.array(read_offset(path)),
        poses.likelihood,
    )


def read_individuals(path: Path) -> tuple[str, ...]:
    """Return the names of a file's animals; ``("",)`` for one without a name.

    Raises
    ------
    TrialError
        If the file is not DeepLabCut's.
    """
    if path.suffix.lower() != ".csv":
        return read_poses(path).individuals
    levels, columns = _csv_header(path)
    return _individuals(pd.MultiIndex.from_tuples(columns, names=levels))


def _read_csv(path: Path) -> pd.DataFrame:
    """Return the table of a CSV with its column levels."""
    levels, columns = _csv_header(path)
    try:
        table = pd.read_csv(path, header=None, skiprows=len(levels), index_col=0)
    except (OSError, ValueError) as error:
        raise _not_poses(path, str(error)) from error
    if table.shape[1] != len(columns):
        raise _not_poses(path, f"{table.shape[1]} columns of numbers, {len(columns)} headings")
    table.columns = pd.MultiIndex.from_tuples(columns, names=levels)
    return table


def _csv_header(path: Path) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the names of the header rows, and each column's label in all of them."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(islice(csv.reader(stream), 4))
    except FileNotFoundError as error:
        raise TrialError(Problem("the file is not there", file=str(path))) from error
    except (OSError, ValueError, csv.Error) as error:
        raise _not_poses(path, str(error)) from error
    first = [row[0].strip() if row else "" for row in rows]
    if first and len(rows[0]) == 1 and (";" in first[0] or "\t" in first[0]):
        separator = "semicolons" if ";" in first[0] else "tabs"
        raise _not_poses(path, f"columns separated by {separator}: a spreadsheet saved it anew")
    for levels in LEVELS:
        if first[: len(levels)] == levels:
            header = rows[: len(levels)]
            if len({len(row) for row in header}) != 1:
                raise _not_poses(path, "header rows of different lengths")
            return levels, list(zip(*(row[1:] for row in header), strict=True))
    raise _not_poses(path, "first column " + ", ".join(repr(name) for name in first))


def can_read_hdf() -> bool:
    """Return whether PyTables is installed, without importing it."""
    return importlib.util.find_spec("tables") is not None


def _read_hdf(path: Path) -> pd.DataFrame:
    """Return the table of an HDF5 file, whatever its key."""
    if not can_read_hdf():
        raise TrialError(
            Problem(
                "HDF5 files of keypoints need PyTables, which is not installed",
                file=str(path),
                fix="install the extra: pip install 'behave-fst[dlc]' (or PyTables alone: "
                "pip install tables); or use DeepLabCut's CSV of the same video",
            )
        )
    if not path.is_file():
        raise TrialError(Problem("the file is not there", file=str(path)))
    try:
        with plain_in_tables(), pd.HDFStore(str(path), mode="r") as store:
            keys = store.keys()
            usual = [key for key in USUAL_KEYS if key in keys]
            table = store[(usual or keys)[0]] if keys else None
    except Exception as error:  # PyTables and pandas raise whatever their parts raise
        raise _not_poses(path, f"{type(error).__name__}: {error}") from error
    if not isinstance(table, pd.DataFrame) or list(table.columns.names) not in LEVELS:
        raise _not_poses(path, "no table, or one without these column labels")
    return table


def _arrange(table: pd.DataFrame, path: Path) -> Poses:
    """Convert a table with labelled columns to arrays."""
    columns = pd.MultiIndex.from_tuples(
        [tuple(label)[1:] for label in table.columns], names=table.columns.names[1:]
    )
    individuals = _individuals(table.columns)
    named = columns.nlevels == len(LEVELS[1]) - 1
    mine = columns[columns.get_level_values(0) != OF_NO_ANIMAL] if named else columns
    keypoints = tuple(dict.fromkeys(str(name) for name in mine.get_level_values("bodyparts")))
    frames = _frame_numbers(table.index, path)
    count = int(frames[-1]) + 1
    values = np.full((count, len(individuals), len(keypoints), len(COORDS)), np.nan)
    for position, label in enumerate(columns):
        *who, part, coord = (str(name) for name in label)
        if (who and who[0] == OF_NO_ANIMAL) or coord not in COORDS:
            continue
        place = individuals.index(who[0]) if who else 0, keypoints.index(part), COORDS.index(coord)
        try:
            values[frames, *place] = table.iloc[:, position].to_numpy(np.float64)
        except (TypeError, ValueError) as error:
            raise _not_poses(path, str(error)) from error
    xy, likelihood = values[..., :2], values[..., 2]
    absent = ~np.isfinite(xy).all(axis=-1)
    xy[absent] = np.nan
    if np.isnan(likelihood[~absent]).all():
        raise _not_poses(path, "no column 'likelihood': labels made by hand, not tracks")
    _require_possible(xy, likelihood, path)
    likelihood[absent | np.isnan(likelihood)] = 0.0
    return Poses(path.name, individuals, keypoints, xy, likelihood)


def _require_possible(xy: Floats, likelihood: Floats, path: Path) -> None:
    """Refuse numbers that no network gives: a spreadsheet has lost their decimal points."""
    known = likelihood[np.isfinite(likelihood)]
    far = np.abs(xy[np.isfinite(xy)])
    found = []
    if ((known < -ROUNDING) | (known > 1 + ROUNDING)).any():
        found.append(f"likelihoods from {known.min():g} to {known.max():g}")
    if far.size and far.max() > FARTHEST_PX:
        found.append(f"coordinates up to {far.max():g} px")
    if found:
        raise TrialError(
            Problem(
                "keypoints that cannot be",
                file=str(path),
                expected=f"likelihoods from 0 to 1 and coordinates below {FARTHEST_PX} px",
                found=" and ".join(found),
                fix="take the file as DeepLabCut wrote it: a spreadsheet that takes the point for "
                "a thousands mark loses it",
            )
        )


def _individuals(columns: pd.Index) -> tuple[str, ...]:
    """Return the animals named in a table's columns."""
    if "individuals" not in columns.names:
        return ("",)
    names = dict.fromkeys(str(name) for name in columns.get_level_values("individuals"))
    return tuple(name for name in names if name != OF_NO_ANIMAL)


def _frame_numbers(index: pd.Index, path: Path) -> npt.NDArray[np.int64]:
    """Return the frame number of each row; these must be increasing whole numbers."""
    try:
        numbers = index.to_numpy().astype(np.float64)
    except (TypeError, ValueError) as error:
        raise _not_poses(
            path, f"rows named {index[0]!r}: labels made by hand, not tracks"
        ) from error
    frames = numbers.astype(np.int64)
    if (
        not frames.size
        or (frames != numbers).any()
        or (np.diff(frames) <= 0).any()
        or frames[0] < 0
    ):
        raise _not_poses(path, "frame numbers that do not increase")
    return frames


def _not_poses(path: Path, found: str) -> TrialError:
    """Return the error for a file that is not DeepLabCut's."""
    return TrialError(
        Problem(
            "the file does not hold keypoints as DeepLabCut writes them",
            file=str(path),
            expected="columns labelled by scorer, (individuals,) bodyparts and coords",
            found=found,
            fix="give the .h5 or .csv file that DeepLabCut's analyze_videos wrote",
        )
    )
