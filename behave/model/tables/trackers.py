"""What only some trackers give, and what a person should look at."""

from behave.model.tables.columns import ANIMAL_ID, STATES, TRIAL_ID
from behave.model.tables.scores import FRAMES
from behave.schema import Column, Table

# Beside the overlays, where these were asked for.
DOUBTFUL = Table(
    "doubtful.csv",
    "stretch of neighbouring seconds whose motion lies near the threshold",
    (
        TRIAL_ID,
        Column("start_s", "number", "Start, from the video's first frame.", decimals=4),
        Column("stop_s", "number", "End, from the video's first frame.", decimals=4),
        Column("motion_ratio", "number", "Mean motion over the threshold.", decimals=3),
        Column(
            "doubt",
            "number",
            "Sum over its seconds of 1 at the threshold down to 0 at 20 % from it.",
            decimals=3,
        ),
    ),
)

# With keypoints, in files or by a network.
KEYPOINTS = Table(
    "keypoints.csv",
    "trial and keypoint",
    (
        TRIAL_ID,
        ANIMAL_ID,
        Column("keypoint", "text", "Keypoint, as the network names it."),
        Column(
            "kept_pct",
            "number",
            "Frames of the trial in which its likelihood was above the cut.",
            decimals=2,
        ),
    ),
)

# With method 'both'.
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
            "n_seconds", "integer", "Seconds from entry in more than half of which they differ."
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
            "silhouette_ratio", "number", "Mean motion over its threshold, silhouette.", decimals=3
        ),
        Column(
            "keypoints_ratio", "number", "Mean motion over its threshold, keypoints.", decimals=3
        ),
    ),
)

# What only some trackers give, in the order in which it is documented.
BY_TRACKER = (KEYPOINTS, KEYPOINT_FRAMES, TRACKERS, DISAGREEMENTS)
