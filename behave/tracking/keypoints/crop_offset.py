"""Where a crop lay: DeepLabCut's ``_meta.pickle``, read without running what is in it."""

import re
from pathlib import Path

from behave.errors import Problem, TrialError
from behave.tracking.keypoints import plain_pickles

# What stands behind the network's name in files made from its output.
_DERIVED = re.compile(r"(_(el|bx|sk|filtered|full|assemblies))+$")


def meta_file(path: Path) -> Path:
    """Return where the meta file of a file of keypoints would be."""
    return path.with_name(_DERIVED.sub("", path.stem) + "_meta.pickle")


def read_offset(path: Path) -> tuple[float, float]:
    """Return the corner of the crop that a file of keypoints counts from.

    Parameters
    ----------
    path
        The file of keypoints. DeepLabCut puts the meta file beside it.

    Returns
    -------
    x, y
        In px of the full frame; 0, 0 where there was no crop or there is no
        meta file.

    Raises
    ------
    TrialError
        If the meta file is there but does not tell.
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
                "it cannot be told whether the network saw the whole picture or a crop",
                file=str(meta),
                expected="DeepLabCut's meta file, with plain values for 'cropping' and "
                "'cropping_parameters'",
                found=f"{type(error).__name__}: {error}",
                fix="analyse the video again; or, if it was not cropped, move this file away",
            )
        ) from error
    return left, top
