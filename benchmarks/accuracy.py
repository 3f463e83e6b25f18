"""Measure the scorer against the truth of rendered clips that are hard on purpose.

Run as ``python benchmarks/accuracy.py --seeds 1000-1009``. All clips are
SYNTHETIC, from two worlds that differ in kind (see `worlds`): in world a states
change sharply, in world b softly. Seeds below 1000 are for tuning and those
from 1000 for testing; the figures of the documentation are from the second.

Each line is one animal: Cohen's kappa over its frames; the same without the
frames within 0.25 s of a change; the error of immobility in points of the
recording; how well motion alone parts its states (AUC). Then, in the same run,
the other ways of setting the threshold, the scorer with its threshold 10 and
30 % lower and higher, and four other methods on the same frames.

========================= =====================================================
way                       threshold
========================= =====================================================
behave                    learnt from the clip's animals, as a run of it would
constant                  the tracker's own for all
learnt, clips together    from all clips of a world and view, as if one camera
                          had filmed them: it had not, so this is a worst case
best, by truth            that of each animal with the largest kappa: what is
                          then missing is separation, the rest is scale
========================= =====================================================
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pandas as pd
import peers
from worlds import draw_clip

from behave.model.arrays import Bools
from behave.scoring import MotionSignal
from behave.scoring.boundaries import classify_states
from behave.scoring.calibration import Pool, calibrate, measure_histogram
from behave.tracking import Arena, TrackingOptions, Trial, track

NEAR_S = 0.25
FACTORS = (0.7, 0.9, 1.1, 1.3)
TRIED = np.geomspace(0.012, 0.4, 36)  # thresholds, for the best of each animal
HAND_S = 0.7  # the hand leaves; nothing is scored while it is in the picture
# Fitted on tuning seeds with --fit-peers; the scorer's own is its default.
PEER_THRESHOLDS = {"area": 1.674, "pixels": 0.00716, "overlap": 0.210, "soft": 0.315}


@dataclass(frozen=True)
class Animal:
    """One animal's truth and what was measured of it.

    Parameters
    ----------
    name
        World, seed, arena.
    kind
        What is special about it.
    time_s, immobile
        Truth per frame, from the entry on.
    motion
        The scorer's motion at these frames.
    threshold, switch_penalty_s
        The tracker's own threshold, and its price of a change.
    view
        From where the clip was filmed.
    signals
        The other methods' signals at these frames.
    """

    name: str
    kind: str
    time_s: npt.NDArray[np.float64]
    immobile: Bools
    motion: npt.NDArray[np.float64]
    threshold: float
    switch_penalty_s: float
    view: str
    signals: dict[str, npt.NDArray[np.float64]]


def main() -> None:
    """Print the tables."""
    options = _options()
    animals = [
        animal
        for world in options.worlds
        for seed in _seeds(options.seeds)
        for animal in _measure(
            world, seed, options.keep, options.rate, with_peers=not options.no_peers
        )
    ]
    if options.fit_peers:
        _fit_peers(animals)
        return
    test = all(seed >= 1000 for seed in _seeds(options.seeds))  # noqa: PLR2004 - see worlds
    thinned = f", thinned to {options.rate:g} frames/s" if options.rate else ""
    print(f"SYNTHETIC clips, {'test' if test else 'TUNING'} seeds {options.seeds}{thinned}")
    ways = _ways(animals)
    scores = pd.DataFrame(
        [
            _own(animal, below) | {"threshold": below, "auc": _auc(animal)}
            for animal, below in zip(animals, ways["behave"], strict=True)
        ]
    )
    print(scores.to_string(index=False, float_format="%.3f"))
    rows = []
    for way, thresholds in ways.items():
        pairs = zip(animals, thresholds, strict=True)
        rows.append(_summary(way, pd.DataFrame([_own(*pair) for pair in pairs])))
    if not options.no_peers:
        for method, threshold in PEER_THRESHOLDS.items():
            theirs = pd.DataFrame([_theirs(animal, method, threshold) for animal in animals])
            rows.append(_summary(f"{method} (peer)", theirs))
    for world in options.worlds:
        print(f"\nworld {world}")
        table = pd.DataFrame([row[world] for row in rows])
        print(table.to_string(index=False, float_format="%.3f"))
        known = table.set_index("method")
        for column, what in (("kappa", "all frames"), ("inner", "without those near a change")):
            best, used = known.loc["best, by truth", column], known.loc["behave", column]
            print(
                f"{what}: kappa lacks {1 - used:.3f}; by scale {best - used:.3f}, "
                f"by separation {1 - best:.3f}"
            )


def _ways(animals: Sequence[Animal]) -> dict[str, list[float]]:
    """Return each animal's threshold by each way of setting it."""
    by_clip = _learnt(animals, [animal.name.partition(".")[0] for animal in animals])
    ways = {
        "behave": by_clip,
        "constant": [animal.threshold for animal in animals],
        "learnt, clips together": _learnt(
            animals, [f"{animal.name[0]} {animal.view}" for animal in animals]
        ),
        "best, by truth": [_best(animal) for animal in animals],
    }
    return ways | {
        f"behave, threshold x {factor}": [factor * below for below in by_clip] for factor in FACTORS
    }


def _learnt(animals: Sequence[Animal], cameras: Sequence[str]) -> list[float]:
    """Return each animal's threshold, learnt from all that its camera filmed."""
    pools: dict[str, dict[str, npt.NDArray[np.float64]]] = {}
    for animal, camera in zip(animals, cameras, strict=True):
        frames = pd.DataFrame({"time_s": animal.time_s, "motion": animal.motion})
        signal = MotionSignal(frames, 0.0, animal.switch_penalty_s)
        pools.setdefault(camera, {})[animal.name] = measure_histogram(signal, np.inf)
    default = animals[0].threshold
    found = {
        # One by one: clips do not teach one another, as the cameras of a study would.
        camera: calibrate([Pool(camera, "silhouette", default, pool)])[0].immobile_below
        for camera, pool in pools.items()
    }
    return [found[camera] for camera in cameras]


def _best(animal: Animal) -> float:
    """Return the threshold that suits an animal best, by its truth."""
    tried = pd.DataFrame([_own(animal, below) | {"below": below} for below in TRIED])
    one_state = tried["kappa"].isna().all()
    if tried["bias"].isna().all():  # nothing of the animal was seen
        return animal.threshold
    place = tried["bias"].abs().argmin() if one_state else int(np.nanargmax(tried["kappa"]))
    return float(tried["below"].iloc[place])


def _auc(animal: Animal) -> float:
    """Return how often a moving frame has more motion than a floating one; NaN: one state only."""
    seen = np.isfinite(animal.motion)
    moves, ranks = ~animal.immobile[seen], pd.Series(animal.motion[seen]).rank().to_numpy()
    pairs = moves.sum() * (~moves).sum()
    if pairs == 0:
        return float("nan")
    return float((ranks[moves].sum() - moves.sum() * (moves.sum() + 1) / 2) / pairs)


def _options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", nargs="+", default=["a", "b"], choices=["a", "b", "c"])
    parser.add_argument("--seeds", default="1000-1009", help="first-last")
    parser.add_argument("--keep", type=Path, help="folder that keeps the rendered clips")
    parser.add_argument("--rate", type=float, help="at most so many frames a second are kept")
    parser.add_argument("--no-peers", action="store_true", help="leave the other methods out")
    parser.add_argument("--fit-peers", action="store_true", help="fit their thresholds")
    return parser.parse_args()


def _seeds(text: str) -> range:
    """Return the seeds from ``first-last``."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _measure(
    world: str, seed: int, keep: Path | None, rate: float | None, *, with_peers: bool
) -> list[Animal]:
    """Render a clip, thin its frames to a rate if there is one, and measure all its animals."""
    clip = draw_clip(world, seed)
    with tempfile.TemporaryDirectory() as name:
        video = (keep or Path(name)) / f"{world}{seed}.mp4"
        kept = video.with_suffix(".csv")
        if kept.exists():
            truth = pd.read_csv(kept)
        else:
            truth = clip.render(video)
            truth.to_csv(kept, index=False)
        if rate:
            video, truth = _thin(video, truth, rate, Path(name) / "thinned.mp4")
        arenas = [
            Arena(str(row.arena), row.x_px, row.y_px, row.width_px, row.height_px, row.shape)
            for row in clip.arenas().itertuples()
        ]
        trials = [Trial(arena.name, arena) for arena in arenas]
        tracks = track(video, trials, TrackingOptions())
        others = peers.measure(video, arenas)[1] if with_peers else [{} for _ in arenas]
    print(f"{world}{seed} {clip.kind}", file=sys.stderr)
    animals = []
    for found, signals in zip(tracks, others, strict=True):
        mine = truth[truth["arena"].astype(str) == found.trial_id].reset_index(drop=True)
        entry_s = mine["time_s"][mine["state"].notna()].min()
        start_s = entry_s + (HAND_S if entry_s > 0 else 0.0)
        count = min(len(mine), len(found.motion))
        after = (mine["time_s"] >= start_s).to_numpy()[:count]
        animals.append(
            Animal(
                name=f"{world}{seed}.{found.trial_id}",
                kind=clip.kind,
                time_s=mine["time_s"].to_numpy()[:count][after],
                immobile=(mine["state"] == "immobile").to_numpy()[:count][after],
                motion=found.motion["motion"].to_numpy()[:count][after],
                threshold=found.immobile_below,
                switch_penalty_s=found.switch_penalty_s,
                view=str(clip.settings().get("view", "")),
                signals={method: values[:count][after] for method, values in signals.items()},
            )
        )
    return animals


def _thin(video: Path, truth: pd.DataFrame, rate: float, target: Path) -> tuple[Path, pd.DataFrame]:
    """Write a clip with the first frame of each so-many-th of a second; return it and its truth."""
    kept: list[int] = []
    last = -1
    with av.open(str(video)) as source, av.open(str(target), "w") as written:
        stream = source.streams.video[0]
        size = {"width": stream.width, "height": stream.height, "pix_fmt": "yuv420p"}
        out = written.add_stream(
            "libx264", rate=stream.average_rate, options={"crf": "18", "preset": "veryfast"}, **size
        )
        out.codec_context.time_base = stream.time_base
        for number, frame in enumerate(source.decode(stream)):
            due = int(frame.time * rate + 1e-6)  # up to rounding of the time stamps
            if due > last:
                kept.append(number)
                last = due
                frame.pict_type = 0  # the encoder chooses its key frames anew
                written.mux(out.encode(frame))
        written.mux(out.encode(None))
    return target, truth[truth["frame"].isin(kept)]


def _own(animal: Animal, below: float) -> dict[str, object]:
    """Score the scorer with a threshold."""
    states = classify_states(animal.time_s, animal.motion, below, animal.switch_penalty_s)
    return _score(animal, states == "immobile", states != "unscored")


def _theirs(animal: Animal, method: str, threshold: float) -> dict[str, object]:
    """Score another method."""
    found = peers.immobile(animal.signals[method], method, threshold)
    return _score(animal, found, np.ones(found.shape, bool))


def _score(animal: Animal, found: Bools, scored: Bools) -> dict[str, object]:
    """Compare states with the truth."""
    truth, times = animal.immobile, animal.time_s
    changes = times[1:][np.diff(truth.astype(int)) != 0]
    near = np.zeros(times.shape, bool)
    for change in changes:
        near |= np.abs(times - change) < NEAR_S
    share = float(truth[scored].mean()) if scored.any() else float("nan")
    return {
        "animal": animal.name,
        "kind": animal.kind,
        "immobile": 100 * share,
        "kappa": _kappa(truth[scored], found[scored]),
        "kappa_inner": _kappa(truth[scored & ~near], found[scored & ~near]),
        "bias": 100 * (float(found[scored].mean()) - share) if scored.any() else float("nan"),
        "unscored": 100 * float((~scored).mean()),
    }


def _kappa(truth: Bools, found: Bools) -> float:
    """Return Cohen's kappa; NaN where the truth has one state only."""
    if truth.size == 0 or truth.all() or not truth.any():
        return float("nan")
    agreed = float((truth == found).mean())
    chance = truth.mean() * found.mean() + (1 - truth.mean()) * (1 - found.mean())
    return float((agreed - chance) / (1 - chance))


def _summary(name: str, scores: pd.DataFrame) -> dict[str, dict[str, object]]:
    """Return one line per world."""
    lines = {}
    for world, rows in scores.groupby(scores["animal"].str[0]):
        mixed = rows[rows["kappa"].notna()]
        never, always = rows[rows["immobile"] == 0], rows[rows["immobile"] == 100]  # noqa: PLR2004 - per cent
        lines[str(world)] = {
            "method": name,
            "n": len(rows),
            "kappa": mixed["kappa"].mean(),
            "worst": mixed["kappa"].min(),
            "inner": mixed["kappa_inner"].mean(),
            "inner_worst": mixed["kappa_inner"].min(),
            "bias": mixed["bias"].mean(),
            "bias_worst": mixed["bias"].abs().max(),
            "never_floats": never["bias"].max(),
            "always_floats": 100 + always["bias"].min(),
        }
    return lines


def _fit_peers(animals: Sequence[Animal]) -> None:
    """Print each method's best single threshold on these clips."""
    for method in peers.METHODS:
        every = np.concatenate([animal.signals[method] for animal in animals])
        tried = np.nanquantile(every[every > 0], np.linspace(0.02, 0.95, 60))
        means = [
            np.nanmean([_theirs(animal, method, value)["kappa"] for animal in animals])
            for value in tried
        ]
        print(f"{method}: {tried[int(np.argmax(means))]:.4g} (mean kappa {max(means):.3f})")


if __name__ == "__main__":
    main()
