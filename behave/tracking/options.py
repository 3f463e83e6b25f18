"""What a study may choose about tracking."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class TrackingOptions(BaseModel):
    """How motion is measured. Only these enter the key of a kept track."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    method: Literal["silhouette", "deeplabcut", "both", "ethovision"] = Field(
        "silhouette",
        description="'silhouette' measures motion from the video's pixels; 'deeplabcut' from "
        "keypoints, read from files ('outputs') or found by a network ('project'); 'both' scores "
        "by silhouette and lists the seconds in which keypoints disagree; 'ethovision' reads a raw "
        "track export, where 'video' is the export file and 'arena' its sheet.",
    )
    test: Literal["fst", "tst", "freezing"] | None = Field(
        None,
        description="What counts as movement: 'fst' and 'tst' take drifting, swinging and turning "
        "as a whole away, 'freezing' counts any movement. Left out: the protocol's test.",
    )
    outputs: Path | None = Field(
        None,
        description="deeplabcut: folder of the files that DeepLabCut wrote, found by the video's "
        "name; with a pattern where it holds several of a video, as in 'dlc/*_filtered.h5'.",
    )
    project: Path | None = Field(
        None,
        description="deeplabcut: the config.yaml of a trained project, or a folder with a "
        "pytorch_config.yaml and a snapshot; it is never written to.",
    )
    shuffle: int = Field(1, ge=0, description="deeplabcut: which of the project's networks.")
    snapshot: str = Field(
        "best", description="deeplabcut: 'best', or the path of a snapshot (.pt)."
    )
    trust_snapshot: bool = Field(
        False,
        description="deeplabcut: load a snapshot that holds more than weights. Such a file can run "
        "any program on this computer: set it for a file that you made yourself only.",
    )
    device: str = Field("auto", description="deeplabcut: 'auto', 'cpu', 'cuda' or 'mps'.")
    batch_size: int = Field(
        8, ge=1, description="deeplabcut: pictures that go through the network together."
    )
    fps: float | None = Field(
        None,
        gt=0,
        description="Frames per second: where 'video' names a file of keypoints, and of videos "
        "whose files do not tell it rightly (bare .h264 streams). Left out: the files' own times.",
    )
    keypoints: tuple[str, ...] = Field(
        (), description="deeplabcut: keypoints to use. Left out: all that move with the animal."
    )
    likelihood_above: float = Field(
        0.2,
        ge=0,
        lt=1,
        description="deeplabcut: positions of at most this likelihood are left out. Networks "
        "differ: 0.6 dropped 12 % of good tail-base positions in one of ours.",
    )
    longest_gap_s: float = Field(
        0.2,
        ge=0,
        description="deeplabcut: gaps of a keypoint up to this length are bridged by a straight "
        "line; longer ones are not measured.",
    )
    body_length_cm: float | None = Field(
        None,
        gt=0,
        description="deeplabcut: body length from nose to tail base, used where arenas.csv gives "
        "px_per_cm. Left out: measured from the keypoints.",
    )

    @field_validator("outputs", "project", "snapshot", mode="before")
    @classmethod
    def _either_slash(cls, value: object) -> object:
        return value.replace("\\", "/") if isinstance(value, str) else value

    def below(self, folder: Path) -> "TrackingOptions":
        """Return the options with paths that count from a folder made absolute."""
        changes: dict[str, object] = {
            name: folder / path
            for name in ("outputs", "project")
            if (path := getattr(self, name)) is not None
        }
        if self.snapshot != "best":
            changes["snapshot"] = str(folder / self.snapshot)
        return self.model_copy(update=changes)

    def names(self) -> dict[str, str]:
        """Return the paths by their last two parts, for a record that other computers can read."""
        paths = {"outputs": self.outputs, "project": self.project}
        return {name: "/".join(path.parts[-2:]) for name, path in paths.items() if path} | {
            "snapshot": Path(self.snapshot).name
        }

    def require_test(self, test: str | None) -> None:
        """Refuse a kind of test that this method cannot score.

        Raises
        ------
        ValueError
            With the methods that can.
        """
        if test == "freezing" and self.method in {"silhouette", "both"}:
            raise ValueError("freezing is scored from keypoints: tracking.method 'deeplabcut'")
        if test == "tst" and self.method == "both":
            raise ValueError(
                "tst is scored by one tracker: tracking.method 'silhouette' or 'deeplabcut'"
            )

    @model_validator(mode="after")
    def _test_of_keypoints(self) -> "TrackingOptions":
        self.require_test(self.test)
        if self.outputs is not None and self.project is not None:
            raise ValueError("give either 'outputs' or 'project'")
        return self
