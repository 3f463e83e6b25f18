"""The scale of each camera's motion, learnt from the animals that it filmed."""

from behave.scoring.calibration.cameras import (
    Calibration,
    Pool,
    calibrate,
    find_calibration_flags,
    pool_shares,
)
from behave.scoring.calibration.histogram import measure_histogram

__all__ = [
    "Calibration",
    "Pool",
    "calibrate",
    "find_calibration_flags",
    "measure_histogram",
    "pool_shares",
]
