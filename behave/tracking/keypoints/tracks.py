"""DeepLabCut's keypoints as a source of motion.

Keypoints come from files that DeepLabCut wrote, or from its network, which is run on
the video's frames (`behave.tracking.deeplabcut.tracks`). How motion is computed from
them is described in `behave.tracking.keypoints.motion`.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from behave.errors import Problem, TrialError, did_you_mean
from behave.model.arrays import Bools, Floats
from behave.model.flags import Flag
from behave.model.tables import MOTION
from behave.schema import conform
from behave.tracking.keypoints.cleaning import Cleaned, body_length, clean_keypoints, find_landmarks
from behave.tracking.keypoints.files import Poses
from behave.tracking.keypoints.flags import flag_frozen, flag_keypoints, flag_place
from behave.tracking.keypoints.frames import read_timed
from behave.tracking.keypoints.motion import (
    CHANGE_COST_S,
    IMMOBILE_BELOW,
    estimate_jitter,
    measure_motion,
)
from behave.tracking.keypoints.outputs import pose_files
from behave.tracking.options import TrackingOptions
from behave.tracking.trial import Arena, EntrySource, Track, Trial, Video
from behave.tracking.video.frozen import find_frozen, hide

# An animal may extend beyond its arena's edge by this share of the arena's size.
OVER_EDGE = 0.1
NEVER = np.empty((0, 2))
# The animal has entered once at least half of its keypoints are seen for this share of
# this time.
ENTRY_S, ENTRY_SHARE = 1.0, 0.8


def track(video: Video, trials: Sequence[Trial], options: TrackingOptions) -> list[Track]:
    """Measure the motion of animals from files of keypoints.

    Parameters
    ----------
    video
        The video, or the file of keypoints itself.
    trials
        Its animals. An arena without a size names the individual.
    options
        ``outputs`` for a video, ``fps`` for a file without one.

    Returns
    -------
    list of Track
        In the order of the trials.

    Raises
    ------
    TrialError
        If the file cannot be read or does not fit the video.
    """
    poses, time_s, flags = read_timed(video, options)
    if any(trial.arena.width for trial in trials):
        files = pose_files(video, options)
        flags = (*flags, *(flag for file in files for flag in flag_place(file)))
    frozen_s = find_repeats(poses, time_s)
    return [make_track(poses, time_s, trial, options, flags, frozen_s=frozen_s) for trial in trials]


def make_track(
    poses: Poses,
    time_s: Floats,
    trial: Trial,
    options: TrackingOptions,
    flags: Sequence[Flag] = (),
    *,
    frozen_s: Floats = NEVER,
) -> Track:
    """Measure the motion of one animal from its keypoints.

    Parameters
    ----------
    poses
        The keypoints of the video.
    time_s
        Time of each frame in s from the video's first.
    trial
        The animal.
    options
        Options of the tracking.
    flags
        Flags on the whole video.
    frozen_s
        Stretches in which the picture stood still, shape (stretches, 2), s.

    Raises
    ------
    TrialError
        If there are fewer than two frames, or the keypoints are not those
        that the options name.
    """
    if len(time_s) < 2:  # noqa: PLR2004 - a speed needs two frames
        raise TrialError(
            Problem(
                "too few frames to measure any motion",
                file=poses.file,
                found=str(len(time_s)),
                fix="check that the file is complete",
            )
        )
    xy, likelihood = pick_animal(poses, trial.arena)
    cleaned = clean_keypoints(
        xy,
        likelihood,
        time_s,
        poses.keypoints,
        likelihood_above=options.likelihood_above,
        longest_gap_s=options.longest_gap_s,
    )
    used, landmarks = _used(cleaned, options.keypoints, poses.file)
    entry_s, source = _entry(used.kept, time_s, trial.entry_s)
    inside = time_s >= entry_s
    if trial.duration_s is not None:
        inside &= time_s < entry_s + trial.duration_s
    test = options.test or "fst"
    length = _length_px(used, trial.arena, options, poses.file)
    kept = _kept_shares(used, inside)
    middle = _middle(used.xy)
    # Positions before the animal's entry say nothing about the network's jitter.
    # Neither do they where the picture stood still.
    stood = np.zeros(len(time_s), bool)
    for start_s, stop_s in frozen_s:
        stood |= (time_s > start_s) & (time_s < stop_s)
    xy_there = np.where((inside & ~stood)[:, None, None], used.xy, np.nan)
    motion = pd.DataFrame(
        {
            "frame": np.arange(len(time_s)),
            "time_s": time_s,
            "motion": measure_motion(xy_there, time_s, length, test),
            "x_px": middle[:, 0],
            "y_px": middle[:, 1],
        }
    )
    return Track(
        trial_id=trial.trial_id,
        motion=hide(conform(motion, MOTION), frozen_s),
        entry_s=entry_s,
        entry_source=source,
        immobile_below=IMMOBILE_BELOW[test],
        flags=(
            *flags,
            *flag_frozen(frozen_s, time_s[inside]),
            *landmarks,
            *flag_keypoints(length, kept, estimate_jitter(xy_there, time_s, test)),
        ),
        kept=kept,
        switch_penalty_s=CHANGE_COST_S,
    )


def find_repeats(poses: Poses, time_s: Floats) -> Floats:
    """Return the stretches in which the picture stood still, by its keypoints.

    A network that sees the same picture again gives the same numbers to the bit, for all
    keypoints and their likelihoods at once; of a live one it never does.

    Returns
    -------
    ndarray
        As from `behave.tracking.video.frozen.find_frozen`.
    """
    seen: Bools = np.isfinite(poses.xy).all(axis=-1) & (poses.likelihood > 0)
    numbers = np.concatenate([poses.xy, poses.likelihood[..., None]], axis=-1)
    numbers = np.nan_to_num(numbers).reshape(len(time_s), -1)
    changes = np.abs(np.diff(numbers, axis=0, prepend=np.inf)).mean(axis=1)
    # Nothing found looks the same each time; positions in whole px repeat in a live picture, and
    # where all likelihoods are one number no network gave them.
    several = seen.reshape(len(time_s), -1).sum(axis=1) > 1
    fine = bool((poses.xy[seen] % 1).any()) and np.unique(poses.likelihood[seen]).size > 1
    return find_frozen(time_s, np.where(several & fine, changes, np.inf))


def pick_animal(poses: Poses, arena: Arena) -> tuple[Floats, Floats]:
    """Return the keypoints of the animal in an arena.

    If the arena has a size, the animal is the one that is inside it in each
    frame: trackers confuse identities, but animals stay in their cylinders.
    Otherwise the arena's name is that of the individual.

    Returns
    -------
    xy, likelihood
        Shapes (frames, keypoints, 2) and (frames, keypoints).

    Raises
    ------
    TrialError
        If no individual has the arena's name.
    """
    if not arena.width:
        return _by_name(poses, arena.name)
    margin_x, margin_y = OVER_EDGE * arena.width, OVER_EDGE * arena.height
    low = np.array([arena.x - margin_x, arena.y - margin_y])
    high = np.array([arena.x + arena.width + margin_x, arena.y + arena.height + margin_y])
    frames, individuals, keypoints, _ = poses.xy.shape
    middle = _middle(poses.xy.reshape(frames * individuals, keypoints, 2), poses.likelihood)
    middle = middle.reshape(frames, individuals, 2)
    inside: Bools = np.all((middle >= low) & (middle <= high), axis=-1)
    trust = np.where(inside, poses.likelihood.sum(axis=-1), -1.0)
    best = trust.argmax(axis=1)
    rows = np.arange(frames)
    there = inside[rows, best]
    xy = np.where(there[:, None, None], poses.xy[rows, best], np.nan)
    likelihood = np.where(there[:, None], poses.likelihood[rows, best], 0.0)
    return xy, likelihood


def _by_name(poses: Poses, name: str) -> tuple[Floats, Floats]:
    """Return the keypoints of a named individual; a single one needs no name."""
    if len(poses.individuals) > 1 and name not in poses.individuals:
        raise TrialError(
            Problem(
                f"no individual '{name}'",
                file=poses.file,
                expected="arena: the individual's name",
                found=", ".join(poses.individuals),
                fix=did_you_mean(name, poses.individuals),
            )
        )
    place = poses.individuals.index(name) if len(poses.individuals) > 1 else 0
    return poses.xy[:, place], poses.likelihood[:, place]


def _used(cleaned: Cleaned, wanted: Sequence[str], file: str) -> tuple[Cleaned, tuple[Flag, ...]]:
    """Return the keypoints to be measured, and a flag on those left out."""
    unknown = [name for name in wanted if name not in cleaned.names]
    if unknown:
        raise TrialError(
            Problem(
                f"no keypoint '{unknown[0]}'",
                file=file,
                at="tracking.keypoints",
                found=", ".join(cleaned.names),
                fix=did_you_mean(unknown[0], cleaned.names),
            )
        )
    if wanted:
        return cleaned.only(wanted), ()
    landmarks = find_landmarks(cleaned)
    if not landmarks:
        return cleaned, ()
    animal = [name for name in cleaned.names if name not in landmarks]
    flag = Flag(
        "landmarks",
        len(landmarks),
        f"{', '.join(landmarks)} never moved while the animal travelled and were left out; "
        "to use them, list the keypoints in 'tracking.keypoints'.",
    )
    return cleaned.only(animal), (flag,)


def _length_px(used: Cleaned, arena: Arena, options: TrackingOptions, file: str) -> float:
    """Return the body length in px: given in cm, or measured; NaN if it was never seen."""
    if arena.px_per_cm and options.body_length_cm:
        return arena.px_per_cm * options.body_length_cm
    if len(used.names) > 1:
        length = body_length(used)
        return length if length > 0 else np.nan
    raise TrialError(
        Problem(
            "the animal's body length cannot be measured",
            file=file,
            expected="two keypoints of the body, such as nose and tail base",
            found=", ".join(used.names),
            fix="label more keypoints; or give px_per_cm in arenas.csv and "
            "'tracking.body_length_cm'",
        )
    )


def _entry(kept: Bools, time_s: Floats, given: float | None) -> tuple[float, EntrySource]:
    """Return the time of the animal's entry, and the source of that time."""
    if given is not None:
        return given, "given"
    there = kept.mean(axis=1) >= 0.5  # noqa: PLR2004 - half of its keypoints
    total = np.append(0, np.cumsum(there))
    later = np.searchsorted(time_s, time_s + ENTRY_S)
    first = np.arange(len(time_s))
    share = (total[later] - total[first]) / np.maximum(later - first, 1)
    starts = np.flatnonzero(there & (share >= ENTRY_SHARE))
    if not starts.size or time_s[starts[0]] < ENTRY_S:
        return 0.0, "first frame"
    return float(time_s[starts[0]]), "detected"


def _middle(xy: Floats, likelihood: Floats | None = None) -> Floats:
    """Return the mean of each row's known keypoints, shape (rows, 2); NaN if there are none."""
    known: Bools = np.all(np.isfinite(xy), axis=-1)
    trust = 1.0 if likelihood is None else likelihood.reshape(known.shape)
    weight = np.asarray(known * trust, np.float64)
    total = weight.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (np.where(known[..., None], xy, 0) * weight[..., None]).sum(axis=1)
        return np.asarray(middle / total[:, None])


def _kept_shares(used: Cleaned, inside: Bools) -> dict[str, float]:
    """Return the share of the frames in which each keypoint had a sufficient likelihood."""
    shares = used.kept[inside].mean(axis=0) if inside.any() else np.zeros(len(used.names))
    return {name: float(share) for name, share in zip(used.names, shares, strict=True)}
