"""Tables that only some trackers give, and what a person should look at."""

from behave.model.tables.columns import ANIMAL_ID, STATES, TRIAL_ID
from behave.model.tables.scores import FRAMES
from behave.schema import Column, Table

# Written together with the overlays (--overlay).
DOUBTFUL = Table(
    "doubtful.csv",
    "stretch of neighbouring seconds whose motion lies near the threshold",
    (
        TRIAL_ID,
        Column("start_s", "number", "Start, from the video's first frame.", decimals=4),
        Column("stop_s", "number", "End, from the video's first frame.", decimals=4),
        Column("motion_ratio", "number", "Mean motion divided by the threshold.", decimals=3),
        Column(
            "doubt",
            "number",
            "Sum over its seconds of a weight: 1 at the threshold, 0 from 20 % above or below it.",
            decimals=3,
        ),
    ),
)

# Written if animals were followed by keypoints.
KEYPOINTS = Table(
    "keypoints.csv",
    "trial and keypoint",
    (
        TRIAL_ID,
        ANIMAL_ID,
        Column("keypoint", "text", "Name of the keypoint in the network."),
        Column(
            "kept_pct",
            "number",
            "Frames of the trial in which its likelihood was above the cut.",
            decimals=2,
        ),
    ),
)

# Written with method 'both'.
KEYPOINT_FRAMES = Table("frames_keypoints/<trial_id>.csv.gz", "frame", FRAMES.columns)

TRACKERS = Table(
    "trackers.csv",
    "trial and epoch, followed by silhouette and by keypoints",
    (
        TRIAL_ID,
        ANIMAL_ID,
        Column("epoch", "text", "Named time window.", allowed=("whole", "score_window")),
        Column("both_s", "number", "Time with a state from both trackers.", decimals=4),
        Column("silhouette_s", "number", "Of that, immobile by silhouette.", decimals=4),
        Column("keypoints_s", "number", "Of that, immobile by keypoints.", decimals=4),
        Column("differ_s", "number", "Of that, time in which the two states differ.", decimals=4),
        Column(
            "n_seconds",
            "integer",
            "Seconds, counted from entry, in which they differ for more than half of the second.",
        ),
        Column("kappa", "number", "Cohen's kappa of the two, weighted by time.", decimals=4),
    ),
)

DISAGREEMENTS = Table(
    "disagreements.csv",
    "stretch of neighbouring seconds in which silhouette and keypoints disagree, longest first",
    (
        TRIAL_ID,
        ANIMAL_ID,
        Column("start_s", "number", "Start, from the video's first frame.", decimals=4),
        Column("stop_s", "number", "End, from the video's first frame.", decimals=4),
        Column("silhouette", "text", "State by silhouette.", allowed=STATES[:2]),
        Column("keypoints", "text", "State by keypoints.", allowed=STATES[:2]),
        Column("differ_s", "number", "Time of the stretch in which they differ.", decimals=4),
        Column(
            "silhouette_ratio",
            "number",
            "Mean motion divided by the threshold, silhouette.",
            decimals=3,
        ),
        Column(
            "keypoints_ratio",
            "number",
            "Mean motion divided by the threshold, keypoints.",
            decimals=3,
        ),
    ),
)

# Tables that only some trackers give, in the order of the documentation.
BY_TRACKER = (KEYPOINTS, KEYPOINT_FRAMES, TRACKERS, DISAGREEMENTS)
