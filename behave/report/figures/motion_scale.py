"""The pooled motion of each camera, with the threshold that reads it."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from behave.report import style

WIDTH, ROW_HEIGHT = 4.3, 1.5
# What is weaker than this share of the threshold is drawn as one bar at the left end.
WEAKEST = 1 / 100
PER_TENFOLD = 20


@style.styled
def motion_scale(calibration: pd.DataFrame, shares: pd.DataFrame) -> Figure:
    """Draw how long the animals of each camera had which motion, and its threshold.

    Parameters
    ----------
    calibration
        One row per camera and tracker, columns as in `behave.model.tables.CALIBRATION`.
    shares
        ``camera, tracker, motion, share``.
    """
    rows = calibration.to_dict("records")
    figure = Figure(figsize=(WIDTH, ROW_HEIGHT * len(rows) + 0.6), layout="constrained")
    axes = np.atleast_1d(figure.subplots(len(rows), 1))
    for place, row in zip(axes, rows, strict=True):
        mine = (shares["camera"] == row["camera"]) & (shares["tracker"] == row["tracker"])
        _draw(place, shares[mine], float(row["immobile_below"]))
        told = f"Camera {row['camera']}, {row['tracker']}: {row['n_animals']} animals"
        place.set_title(told, loc="left")
    axes[-1].set_xlabel("Motion, in the tracker's unit")
    figure.supylabel("Share of the time (%)", fontsize=8.5)
    return figure


def _draw(place: Axes, shares: pd.DataFrame, immobile_below: float) -> None:
    """Draw one camera."""
    motion, share = shares["motion"].to_numpy(), 100 * shares["share"].to_numpy()
    scale = (
        immobile_below if np.isfinite(immobile_below) else float(np.average(motion, None, share))
    )
    low = WEAKEST * scale
    high = max(float(motion.max(initial=0.0)), 2 * scale)
    edges = np.geomspace(low, high, int(PER_TENFOLD * np.log10(high / low)) + 2)
    place.hist(
        np.clip(motion, low, high),
        edges.tolist(),
        weights=share,
        color=style.STATE_COLOURS["mobile"],
    )
    place.set_xscale("log")
    if np.isfinite(immobile_below):
        place.axvline(immobile_below, color=style.ALERT, linewidth=1)
