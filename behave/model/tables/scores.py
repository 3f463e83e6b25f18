"""Tables of trials and of what is measured in them: motion, frames, bouts, bins, measures."""

from behave.model.tables.columns import ANIMAL_ID, ARENA, BEHAVIOURS, STATUSES, TRIAL_ID, VIDEO
from behave.schema import Column, Table

TRIALS = Table(
    "trials.csv",
    "trial",
    (
        Column("trial_id", "text", "Trial; the animal's id where the column is absent."),
        Column("animal_id", "text", "Animal; text, so that 007 stays 007.", required=True),
        Column(
            "video",
            "text",
            "Video file in the study's videos folder; files of one recording joined by |; "
            "empty if there is no video.",
        ),
        Column("arena", "text", "Number or name of the animal's arena in the video."),
        Column("entry_s", "text", "Video time at which the animal enters, seconds or mm:ss."),
        Column("camera", "text", "Camera that filmed it; left out: told by the pictures."),
        Column("cohort", "text", "Batch of animals tested together."),
        Column("cage", "text", "Home cage."),
        Column("litter", "text", "Litter."),
        Column("sex", "text", "Sex."),
        Column("strain", "text", "Strain."),
        Column("age_d", "number", "Age in days.", minimum=0),
        Column("weight_g", "number", "Body weight.", minimum=0),
        Column("experimenter", "text", "Who ran the trial."),
        Column("pretreatment_dose_mg_per_kg", "number", "Dose of the pretreatment.", minimum=0),
        Column(
            "pretreatment_min_before_test",
            "number",
            "Time from the pretreatment to the test.",
            minimum=0,
        ),
        Column("treatment_dose_mg_per_kg", "number", "Dose of the treatment.", minimum=0),
        Column(
            "treatment_min_before_test", "number", "Time from the treatment to the test.", minimum=0
        ),
        Column("exclude", "boolean", "Whether the trial is left out of the analysis."),
        Column("exclude_reason", "text", "Why it is left out."),
        Column("synthetic", "boolean", "Whether the trial is simulated; results then say so."),
    ),
    more=True,
)

ARENAS = Table(
    "arenas.csv",
    "arena of a video",
    (
        Column(
            "video",
            "text",
            "Video's path or a pattern such as cam1/*; the most specific one is used.",
            required=True,
        ),
        Column("arena", "text", "Number or name of the arena.", required=True),
        Column("x_px", "number", "Left edge in the full frame.", required=True, minimum=0),
        Column("y_px", "number", "Top edge in the full frame.", required=True, minimum=0),
        Column("width_px", "number", "Width.", required=True, minimum=1),
        Column("height_px", "number", "Height.", required=True, minimum=1),
        Column(
            "shape", "text", "Shape of the region.", allowed=("rectangle", "ellipse", "polygon")
        ),
        Column("px_per_cm", "number", "Scale of the picture.", minimum=0),
        Column("points_px", "text", "Corners of a polygon in the full frame: 'x y; x y; x y'."),
    ),
)

ARENAS_USED = Table("arenas/arenas.csv", "arena of a video, as the run used it", ARENAS.columns)

MOTION = Table(
    "",
    "frame",
    (
        Column("frame", "integer", "Frame, counted from 0."),
        Column("time_s", "number", "Time from the video's first frame.", decimals=4),
        Column("motion", "number", "The tracker's motion signal; empty: not measured.", decimals=5),
        Column("x_px", "number", "Centre of the animal in the full frame.", decimals=2),
        Column("y_px", "number", "Centre of the animal in the full frame.", decimals=2),
        Column("area_px", "number", "Area of the animal's silhouette.", decimals=1),
        Column(
            "climb",
            "number",
            "How upright the animal is; 1: climbing and swimming equally likely; empty: unknown.",
            decimals=4,
        ),
    ),
)

FRAMES = Table(
    "frames/<trial_id>.csv.gz",
    "frame",
    (
        *MOTION.columns[:3],
        Column("state", "text", "State of the animal in this frame.", allowed=BEHAVIOURS),
        *MOTION.columns[3:5],
    ),
)

MEASURED = (
    Column("immobility_s", "number", "Time spent immobile.", decimals=4),
    Column("immobility_pct", "number", "100 * immobility_s / scored_s.", decimals=4),
    Column(
        "latency_s",
        "number",
        "Time from the animal's entry to its first immobile bout.",
        decimals=4,
    ),
    Column(
        "latency_censored",
        "boolean",
        "Whether no immobile bout came before the scored end; latency_s is then the time to it.",
    ),
    Column("n_bouts", "integer", "Immobile bouts, clipped to the epoch."),
    Column("mean_bout_s", "number", "Mean duration of the immobile bouts.", decimals=4),
    Column("longest_bout_s", "number", "Longest immobile bout.", decimals=4),
    Column("scored_s", "number", "Time with a state.", decimals=4),
    Column("unscored_s", "number", "Time not seen.", decimals=4),
    Column("swimming_s", "number", "Time spent swimming; empty: not distinguished.", decimals=4),
    Column("climbing_s", "number", "Time spent climbing; empty: not distinguished.", decimals=4),
)

MEASURES = Table(
    "measures.csv",
    "trial and epoch",
    (
        TRIAL_ID,
        ANIMAL_ID,
        VIDEO,
        ARENA,
        Column("epoch", "text", "Named time window.", allowed=("whole", "score_window")),
        Column("start_s", "number", "Start of the epoch, from the animal's entry.", decimals=4),
        Column("stop_s", "number", "End of the epoch, from the animal's entry.", decimals=4),
        *MEASURED,
        Column("status", "text", "Outcome of the trial.", allowed=STATUSES),
        Column(
            "latency_in_epoch_s",
            "number",
            "Time from the epoch's start to the first immobile moment in it; the epoch's length "
            "if there is none.",
            decimals=4,
        ),
    ),
    more=True,
)

CORRECTED = Table(
    "measures_corrected.csv",
    "trial and epoch, with the corrections of a person",
    (
        *MEASURES.columns,
        Column(
            "corrected_s",
            "number",
            "Time whose state a person changed; the automatic score stays in measures.csv.",
            decimals=4,
        ),
    ),
    more=True,
)

BINS = Table(
    "bins.csv",
    "trial and time bin",
    (
        TRIAL_ID,
        ANIMAL_ID,
        Column("bin", "integer", "Time bin, counted from 0."),
        Column("start_s", "number", "Start of the bin, from the animal's entry.", decimals=4),
        Column("stop_s", "number", "End of the bin, from the animal's entry.", decimals=4),
        Column("immobility_s", "number", "Time spent immobile.", decimals=4),
        Column("scored_s", "number", "Time with a state.", decimals=4),
    ),
)

BOUTS = Table(
    "bouts.csv",
    "bout",
    (
        TRIAL_ID,
        ANIMAL_ID,
        Column("source", "text", "Who scored it.", allowed=("auto", "manual")),
        Column("state", "text", "State during the bout.", allowed=BEHAVIOURS),
        Column("start_s", "number", "Start, from the video's first frame.", decimals=4),
        Column("stop_s", "number", "End, from the video's first frame.", decimals=4),
        Column("duration_s", "number", "stop_s - start_s.", decimals=4),
    ),
)

# Written if scoring.time_sampling_s is set.
SAMPLES = Table(
    "time_samples.csv",
    "trial and epoch, with counts of short intervals by their predominant behaviour",
    (
        TRIAL_ID,
        ANIMAL_ID,
        Column("epoch", "text", "Named time window.", allowed=("whole", "score_window")),
        Column("start_s", "number", "Start of the epoch, from the animal's entry.", decimals=4),
        Column("stop_s", "number", "End of the epoch, from the animal's entry.", decimals=4),
        Column("interval_s", "number", "Length of an interval."),
        Column("n_intervals", "integer", "Whole intervals in the epoch."),
        Column("n_immobile", "integer", "Intervals mostly immobile."),
        Column("n_mobile", "integer", "Intervals mostly of another behaviour."),
        Column("n_swimming", "integer", "Of these, mostly swimming; empty: not distinguished."),
        Column("n_climbing", "integer", "Of these, mostly climbing; empty: not distinguished."),
        Column("n_unscored", "integer", "Intervals in which the animal was mostly not seen."),
    ),
)

BY_HAND = Table(
    "by_hand/<scorer>.csv",
    "bout that a person scored",
    (
        *BOUTS.columns[:3],
        Column("scorer", "text", "Who scored it; '(again)' where the trial was scored twice."),
        *BOUTS.columns[3:],
        Column("scored_at", "text", "When it was saved, UTC."),
    ),
)

TRIALS_LOG = Table(
    "trials_log.csv",
    "trial",
    (
        TRIAL_ID,
        ANIMAL_ID,
        VIDEO,
        ARENA,
        Column("status", "text", "Outcome of the trial.", allowed=STATUSES),
        Column(
            "seconds",
            "number",
            "Computing time; that of a video is divided evenly by its trials.",
            decimals=2,
        ),
        Column("message", "text", "Why the trial was not scored."),
        Column("entry_s", "number", "Video time at which the animal entered.", decimals=4),
        Column(
            "entry_source",
            "text",
            "Where entry_s comes from.",
            allowed=("given", "detected", "first frame", ""),
        ),
        Column("camera", "text", "Camera that filmed it: as given, or numbered."),
        Column("immobile_below", "number", "Threshold of the motion that was used."),
        Column(
            "switch_penalty_s",
            "number",
            "Time with clear evidence that is needed for a change of state; depends on the tracker.",
        ),
        Column("flags", "text", "Names of the quality flags, separated by ';'."),
        Column("flag_text", "text", "The quality flags in plain sentences."),
    ),
)

CALIBRATION = Table(
    "calibration.csv",
    "camera and tracker",
    (
        Column("camera", "text", "Camera: as given in the trials, or numbered.", required=True),
        Column("tracker", "text", "Whose motion it is, which has its own unit.", required=True),
        Column("n_animals", "integer", "Animals whose motion was pooled."),
        Column("minutes", "number", "Their time after the entry that was seen.", decimals=2),
        Column(
            "immobile_below",
            "number",
            "Motion below which an animal counts as immobile.",
            required=True,
        ),
        Column(
            "clarity",
            "number",
            "How clearly two modes part in the pool, 0 to 1: the say that it has.",
            decimals=4,
        ),
        Column(
            "source",
            "text",
            "Where the threshold comes from mostly: this camera, the study's others, the "
            "tracker's own, or the study file.",
            allowed=("learnt", "study", "default", "given"),
        ),
    ),
)
