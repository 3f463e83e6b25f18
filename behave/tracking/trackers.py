"""The ways of tracking: what each needs of a study, and what it gives.

To add one, write its class here and let `tracker_of` choose it. Nothing else asks for the
method: the study, the scores and the pages ask the tracker.
"""

# ruff: noqa: PLC0415 - reading a study's options must not load the video libraries
# ruff: noqa: ARG002 - every tracker takes the same arguments
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from behave.model import tables
from behave.schema import Table
from behave.tracking.options import TrackingOptions
from behave.tracking.trial import POSE_SUFFIXES, Recording, Track, Trial, Video


@dataclass(frozen=True)
class Tracker(ABC):
    """One way of measuring the motion of animals; the defaults are those of a video's pixels.

    Parameters
    ----------
    options
        How to measure.
    """

    options: TrackingOptions

    @property
    @abstractmethod
    def signals(self) -> tuple[str, ...]:
        """Names of its motion signals: the one that is scored, then a secondary one if any.

        Each has a unit of its own, and so a threshold of its own.
        """

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that a run writes for this tracker only."""
        return ()

    @property
    def rest_spreads(self) -> bool:
        """Whether the motion of rest spreads up to that of movement, with no valley between."""
        return False

    @property
    def is_outlined(self) -> bool:
        """Whether it follows a silhouette whose outline can be shown."""
        return False

    @property
    def reads_keypoint_files(self) -> bool:
        """Whether a file of keypoints can be given in place of a video."""
        return False

    def has_picture(self, recording: Recording) -> bool:
        """Return whether what a trial names as its video has pictures."""
        return recording.suffix not in POSE_SUFFIXES

    def needs_arenas(self, *, given: bool, per_video: int) -> bool:
        """Return whether a trial's arena is a place in the picture; else it is only a name.

        Parameters
        ----------
        given
            Whether the study says where the arenas are.
        per_video
            The largest number of arenas that the trials name in one video.
        """
        return True

    def check(self, videos: Mapping[str, Video]) -> None:  # noqa: B027 - few have a check
        """Refuse what tracking could not begin with, before anything is run.

        Raises
        ------
        InputError
            With one problem for each video without, or with more than one, file of
            keypoints; or if the network is not there or cannot be run.
        """

    def fingerprint(self, video: Video) -> str:
        """Return a hash of what makes the motion beside the video and the options.

        That is the file of keypoints, or the network; "" where there is neither.

        Raises
        ------
        TrialError
            If the file cannot be read.
        """
        return ""

    @abstractmethod
    def track(
        self,
        video: Video,
        trials: Sequence[Trial],
        tell: Callable[[float], None] | None,
        *,
        ahead: bool,
    ) -> list[Track]:
        """Measure the motion of every animal in a video; see `behave.tracking.track`."""


def tracker_of(options: TrackingOptions) -> Tracker:
    """Return the tracker that a study's options choose."""
    if options.method == "ethovision":
        return EthoVision(options)
    if options.method == "both":
        return Dual(options)
    if options.method == "deeplabcut":
        return _keypoints(options)
    return Suspension(options) if options.test == "tst" else Silhouette(options)


def _keypoints(options: TrackingOptions) -> "KeypointFiles":
    """Return the tracker by keypoints, from files or by a network."""
    return KeypointFiles(options) if options.project is None else Network(options)


class Silhouette(Tracker):
    """The change of a swimming animal's silhouette."""

    @property
    def signals(self) -> tuple[str, ...]:
        """The share of the body's area that changed."""
        return ("silhouette",)

    @property
    def is_outlined(self) -> bool:
        """True."""
        return True

    def track(
        self,
        video: Video,
        trials: Sequence[Trial],
        tell: Callable[[float], None] | None,
        *,
        ahead: bool,
    ) -> list[Track]:
        """Measure the motion of every swimming animal in a video."""
        from behave.tracking.silhouette import flags, tracks

        return flags.flag_neighbours(trials, tracks.track(video, trials, ahead=ahead))


class Suspension(Tracker):
    """The change of a silhouette that hangs by its tail, its swing taken away."""

    @property
    def signals(self) -> tuple[str, ...]:
        """The share of the body's area that changed."""
        return ("silhouette",)

    @property
    def rest_spreads(self) -> bool:
        """True: a still body spins on its tail and swings towards the camera."""
        return True

    def track(
        self,
        video: Video,
        trials: Sequence[Trial],
        tell: Callable[[float], None] | None,
        *,
        ahead: bool,
    ) -> list[Track]:
        """Measure the motion of every hanging animal in a video."""
        from behave.tracking.silhouette import flags
        from behave.tracking.suspension import tracks

        return flags.flag_neighbours(trials, tracks.track(video, trials, ahead=ahead))


class KeypointFiles(Tracker):
    """The movement of keypoints that DeepLabCut wrote to files."""

    @property
    def signals(self) -> tuple[str, ...]:
        """The keypoints' speed, computed in another way for each kind of test."""
        return (f"keypoints_{self.options.test or 'fst'}",)

    @property
    def tables(self) -> tuple[Table, ...]:
        """How often each keypoint was trusted."""
        return (tables.KEYPOINTS,)

    @property
    def reads_keypoint_files(self) -> bool:
        """True."""
        return True

    def needs_arenas(self, *, given: bool, per_video: int) -> bool:
        """Return whether arenas are given; else they name the individuals of the file."""
        return given

    def check(self, videos: Mapping[str, Video]) -> None:
        """Refuse videos without exactly one file of keypoints."""
        from behave.tracking.keypoints import outputs

        if self.options.outputs is not None:
            outputs.find_outputs(videos, self.options.outputs)
            return
        for video in videos.values():
            outputs.check_named(Recording.of(video).first)

    def fingerprint(self, video: Video) -> str:
        """Return the hash of the video's files of keypoints."""
        from behave.tracking.keypoints import outputs

        return outputs.fingerprint(video, self.options)

    def track(
        self,
        video: Video,
        trials: Sequence[Trial],
        tell: Callable[[float], None] | None,
        *,
        ahead: bool,
    ) -> list[Track]:
        """Measure the motion of animals from a video's files of keypoints."""
        from behave.tracking.keypoints import tracks

        return tracks.track(video, trials, self.options)


class Network(KeypointFiles):
    """The movement of keypoints that a trained DeepLabCut network finds in a video."""

    @property
    def reads_keypoint_files(self) -> bool:
        """False: it reads videos."""
        return False

    def needs_arenas(self, *, given: bool, per_video: int) -> bool:
        """Return False for a lone animal without an arena, which has the whole picture."""
        return given or per_video > 1

    def check(self, videos: Mapping[str, Video]) -> None:
        """Refuse a network that is not there or cannot be run."""
        from behave.tracking.deeplabcut import network

        network.network_of(self.options)
        network.check_installed()

    def fingerprint(self, video: Video) -> str:
        """Return the hash of the network."""
        from behave.tracking.deeplabcut import network

        return network.network_of(self.options).sha256

    def track(
        self,
        video: Video,
        trials: Sequence[Trial],
        tell: Callable[[float], None] | None,
        *,
        ahead: bool,
    ) -> list[Track]:
        """Measure the motion of every animal in a video with the network."""
        from behave.tracking.deeplabcut import tracks
        from behave.tracking.silhouette import flags

        return flags.flag_neighbours(trials, tracks.track(video, trials, self.options, tell))


class Dual(Silhouette):
    """The silhouette, which is scored, with the keypoints as a secondary signal."""

    @property
    def signals(self) -> tuple[str, ...]:
        """The silhouette's signal, then the keypoints'."""
        return (*super().signals, *_keypoints(self.options).signals)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The keypoints' tables, and how far the two agree."""
        return (*_keypoints(self.options).tables, tables.TRACKERS, tables.DISAGREEMENTS)

    def check(self, videos: Mapping[str, Video]) -> None:
        """Refuse what the keypoints could not begin with."""
        _keypoints(self.options).check(videos)

    def fingerprint(self, video: Video) -> str:
        """Return the hash of the keypoints' origin."""
        return _keypoints(self.options).fingerprint(video)

    def track(
        self,
        video: Video,
        trials: Sequence[Trial],
        tell: Callable[[float], None] | None,
        *,
        ahead: bool,
    ) -> list[Track]:
        """Measure the motion of every animal by both, reading the video once."""
        from behave.tracking import dual
        from behave.tracking.silhouette import flags

        return flags.flag_neighbours(trials, dual.track(video, trials, self.options, tell))


class EthoVision(Tracker):
    """The Mobility of a raw track export, where 'video' is the file and 'arena' its sheet."""

    @property
    def signals(self) -> tuple[str, ...]:
        """EthoVision's Mobility."""
        return ("ethovision",)

    def has_picture(self, recording: Recording) -> bool:
        """Return False."""
        return False

    def needs_arenas(self, *, given: bool, per_video: int) -> bool:
        """Return False: an arena is the name of a sheet."""
        return False

    def track(
        self,
        video: Video,
        trials: Sequence[Trial],
        tell: Callable[[float], None] | None,
        *,
        ahead: bool,
    ) -> list[Track]:
        """Read the motion of animals from an export."""
        from behave.tracking.ethovision import tracks

        return tracks.track(Recording.of(video).first, trials)
