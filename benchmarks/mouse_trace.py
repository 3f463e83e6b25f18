"""Draw the motion of a real mouse, filmed from above, beside another tool's track of it.

Run from the repository: ``python benchmarks/mouse_trace.py DATA PICTURE.png``, where
DATA is the folder of reference data. The mouse walks in a dry arena: the picture
shows what the motion does when a real animal rests and walks, and nothing of how
well floating is scored.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from behave.report import style
from behave.scoring.boundaries import classify_states
from behave.tracking import TrackingOptions, Trial, find_arenas, track

FPS = 30.0
SMOOTH_S = 0.5  # of the other tool's track, which trembles by a px


def main() -> None:
    """Score the video, print its figures and draw them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of reference data")
    parser.add_argument("picture", type=Path, help="the picture to write, .png")
    options = parser.parse_args()
    data = options.data / "mouse_topview"
    (arena,) = find_arenas(data / "mouse_video.mp4", 1)
    (found,) = track(data / "mouse_video.mp4", [Trial("mouse", arena)], TrackingOptions())
    frames = found.motion
    time_s, motion = frames["time_s"].to_numpy(), frames["motion"].to_numpy()
    states = classify_states(time_s, motion, found.immobile_below, found.switch_penalty_s)
    speed = centre_speed(pd.read_csv(data / "mouse_video_tracked.csv"), frames["area_px"])
    still = states == "immobile"
    print(f"One REAL mouse walking, {time_s[-1]:.0f} s: {100 * still.mean():.0f} % immobile,")
    print(f"{100 * (states == 'unscored').mean():.1f} % unscored; quartiles while it is")
    for name in ("immobile", "mobile"):
        for what, values in (("motion", motion), ("speed by another tool", speed)):
            quartiles = np.nanquantile(values[states == name], [0.25, 0.5, 0.75])
            print(f"  {name}: {what}", " ".join(f"{value:.3f}" for value in quartiles))
    drawn = draw(time_s, motion, still, speed, found.immobile_below)
    options.picture.write_bytes(style.png_bytes(drawn))


def centre_speed(theirs: pd.DataFrame, area_px: pd.Series) -> "np.ndarray":
    """Return the speed of the other tool's centre at each frame, in roots of the body's area."""
    width = round(SMOOTH_S * FPS)
    places = theirs[["pos_x", "pos_y"]].rolling(width, center=True, min_periods=1).mean()
    steps = np.gradient(places.to_numpy(), 1 / FPS, axis=0)
    return np.hypot(*steps.T)[: len(area_px)] / np.sqrt(area_px.median())


@style.styled
def draw(
    time_s: "np.ndarray",
    motion: "np.ndarray",
    still: "np.ndarray",
    speed: "np.ndarray",
    below: float,
) -> Figure:
    """Return the other tool's speed over the motion, immobile time shaded."""
    figure = style.new_figure(7.4, 3.6)
    upper = style.add_axes(figure, 1.1, 2.2, 6.15, 1.1)
    lower = style.add_axes(figure, 1.1, 0.5, 6.15, 1.4)
    upper.plot(time_s, speed[: time_s.size], color=style.INK, linewidth=0.6)
    upper.set_ylabel("speed of the centre,\nbody roots/s")
    upper.set_title("another tool's track", loc="left")
    upper.tick_params(labelbottom=False)
    lower.plot(time_s, np.maximum(motion, 1e-3), color=style.INK, linewidth=0.5)
    lower.axhline(below, color=style.ALERT, linewidth=1)
    lower.set_yscale("log")
    lower.set_yticks([0.001, 0.01, 0.1, 1], ["0.001 or less", "0.01", "0.1", "1"])
    lower.minorticks_off()
    lower.set_ylabel("motion")
    lower.set_xlabel("time, s")
    lower.set_title(
        "behave, with its threshold; what it calls immobile is shaded in both", loc="left"
    )
    for axes in (upper, lower):
        low, high = axes.get_ylim()
        axes.fill_between(
            time_s, low, high, where=still.tolist(), color=style.FAINT, linewidth=0, zorder=0
        )
        axes.set_xlim(0, time_s[-1])
        axes.set_ylim(low, high)
    return figure


if __name__ == "__main__":
    main()
