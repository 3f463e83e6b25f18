"""What a study may choose about tracking."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class TrackingOptions(BaseModel):
    """How motion is measured. Only these enter the key of a kept track."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["silhouette", "ethovision"] = Field(
        "silhouette",
        description="'silhouette' measures motion from the video's pixels; 'ethovision' reads "
        "a raw track export, where 'video' is the export file and 'arena' its sheet.",
    )
