"""Position of a crop, from DeepLabCut's ``_meta.pickle``, read without executing its content."""

import re
from pathlib import Path

from behave.errors import Problem, TrialError
from behave.tracking.keypoints import plain_pickles

# Endings after the network's name in files that were made from its output.
_DERIVED = re.compile(r"(_(el|bx|sk|filtered|full|assemblies))+$")


def meta_file(path: Path) -> Path:
    """Return the path of the meta file that belongs to a file of keypoints."""
    return path.with_name(_DERIVED.sub("", path.stem) + "_meta.pickle")


def read_offset(path: Path) -> tuple[float, float]:
    """Return the corner of the crop from which a file of keypoints counts its positions.

    Parameters
    ----------
    path
        The file of keypoints. DeepLabCut writes the meta file into the same folder.

    Returns
    -------
    x, y
        In px of the full frame; 0, 0 if there was no crop or there is no meta
        file.

    Raises
    ------
    TrialError
        If there is a meta file from which this cannot be read.
    """
    meta = meta_file(path)
    try:
        content = plain_pickles.loads(meta.read_bytes())
        data = content["data"]
        if not data["cropping"]:
            return 0.0, 0.0
        left, _, top, _ = (float(value) for value in data["cropping_parameters"])
    except FileNotFoundError:
        return 0.0, 0.0
    except Exception as error:  # a damaged pickle raises whatever its bytes lead to
        raise TrialError(
            Problem(
                "it is not known whether the network analysed the whole picture or a crop",
                file=str(meta),
                expected="DeepLabCut's meta file, with plain values for 'cropping' and "
                "'cropping_parameters'",
                found=f"{type(error).__name__}: {error}",
                fix="analyse the video again; or, if it was not cropped, move this file away",
            )
        ) from error
    return left, top
