"""Every table that is read or written: its columns, units and allowed values.

The unit is the last token of a column's name (``immobility_s``, ``x_px``).
Intervals are half-open and 0-based, ``[start, stop)``.
"""

from behave.schema import Column, Table

TRIAL_ID = Column("trial_id", "text", "Trial: one animal in one video.")
ANIMAL_ID = Column("animal_id", "text", "Animal.")
VIDEO = Column("video", "text", "Video file as named in the trials table.")
ARENA = Column("arena", "text", "Arena: the region of the picture drawn for one animal.")
STATES = ("immobile", "mobile", "unscored")
# Where posture was seen, mobile time is divided.
BEHAVIOURS = (*STATES, "swimming", "climbing")
STATUSES = ("done", "failed", "excluded", "missing")

TRIALS = Table(
    "trials.csv",
    "trial",
    (
        Column("trial_id", "text", "Trial; the animal's id where the column is absent."),
        Column("animal_id", "text", "Animal; text, so that 007 stays 007.", required=True),
        Column(
            "video",
            "text",
            "Video file below the study's videos folder; chapters joined by |; empty if missing.",
        ),
        Column("arena", "text", "Number or name of the animal's arena in the video."),
        Column("entry_s", "text", "Video time at which the animal enters, seconds or mm:ss."),
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
        Column("synthetic", "boolean", "Whether the trial is simulated; said wherever shown."),
    ),
    more=True,
)

ARENAS = Table(
    "arenas.csv",
    "arena of a video",
    (
        Column("video", "text", "Video path or glob; the most specific wins.", required=True),
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
            "How upright the animal stands; 1: as likely climbing as swimming; empty: not known.",
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

_MEASURED = (
    Column("immobility_s", "number", "Time spent immobile.", decimals=4),
    Column("immobility_pct", "number", "100 * immobility_s / scored_s.", decimals=4),
    Column(
        "latency_s",
        "number",
        "Time to the first immobile bout, from the epoch's start.",
        decimals=4,
    ),
    Column("latency_censored", "boolean", "Whether no immobile bout came before the epoch's end."),
    Column("n_bouts", "integer", "Immobile bouts, clipped to the epoch."),
    Column("mean_bout_s", "number", "Mean duration of the immobile bouts.", decimals=4),
    Column("longest_bout_s", "number", "Longest immobile bout.", decimals=4),
    Column("scored_s", "number", "Time with a state.", decimals=4),
    Column("unscored_s", "number", "Time not seen.", decimals=4),
    Column("swimming_s", "number", "Time spent swimming; empty: not told apart.", decimals=4),
    Column("climbing_s", "number", "Time spent climbing; empty: not told apart.", decimals=4),
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
        *_MEASURED,
        Column("status", "text", "What became of the trial.", allowed=STATUSES),
    ),
    more=True,
)

CORRECTED = Table(
    "measures_corrected.csv",
    "trial and epoch, with what a person corrected",
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

# Beside the other results, where scoring.time_sampling_s is set.
SAMPLES = Table(
    "time_samples.csv",
    "trial and epoch, counted in short intervals by predominant behaviour",
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
        Column("n_swimming", "integer", "Of these mostly swimming; empty: not told apart."),
        Column("n_climbing", "integer", "Of these mostly climbing; empty: not told apart."),
        Column("n_unscored", "integer", "Intervals of which more than half was not seen."),
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
        Column("status", "text", "What became of the trial.", allowed=STATUSES),
        Column(
            "seconds", "number", "Computing time, shared evenly by a video's trials.", decimals=2
        ),
        Column("message", "text", "Why the trial was not scored."),
        Column("entry_s", "number", "Video time at which the animal entered.", decimals=4),
        Column(
            "entry_source",
            "text",
            "Where entry_s comes from.",
            allowed=("given", "detected", "first frame", ""),
        ),
        Column("immobile_below", "number", "Threshold of the motion that was used."),
        Column("flags", "text", "Names of the quality flags, separated by ';'."),
        Column("flag_text", "text", "The quality flags in plain sentences."),
    ),
)

_INTERVAL = (
    Column("conf_low", "number", "Lower end of the interval."),
    Column("conf_high", "number", "Upper end of the interval."),
)

CONTRASTS = Table(
    "stats/contrasts.csv",
    "contrast and method",
    (
        Column("contrast_id", "text", "K, Kn, I, A, or a name."),
        Column(
            "family",
            "text",
            "Contrasts adjusted together: planned, all pairs, locomotor, or those of a further "
            "comparison.",
        ),
        Column("contrast", "text", "What is compared, in words."),
        Column("method", "text", "How its standard error and df are made."),
        Column(
            "estimate",
            "number",
            "Estimate; positive means benefit, in family 'locomotor' more movement.",
        ),
        Column("std_error", "number", "Standard error."),
        Column("df", "number", "Degrees of freedom."),
        Column("statistic", "number", "t."),
        Column("p_value", "number", "Two-sided p, unadjusted."),
        Column("p_adj", "number", "p adjusted over the family; never enters the verdict."),
        Column("adjust", "text", "How it is adjusted."),
        *_INTERVAL,
        Column("conf_level", "number", "Level of the interval."),
        Column("effsize_type", "text", "Name of the effect size and its standardiser."),
        Column("effsize", "number", "Effect size."),
        Column("effsize_low", "number", "Lower end of its interval."),
        Column("effsize_high", "number", "Upper end of its interval."),
        Column(
            "n1",
            "integer",
            "Animals in the cells that enter with a plus where benefit is a decrease.",
        ),
        Column("n2", "integer", "Animals in the other cells."),
        Column("unit", "text", "Unit of the estimate."),
        Column("planned", "boolean", "Whether the contrast was planned."),
    ),
)

ANOVA = Table(
    "stats/anova.csv",
    "term",
    (
        Column("term", "text", "Term of the model."),
        Column("type", "text", "Type of the sums of squares."),
        Column("sumsq", "number", "Sum of squares."),
        Column("df", "number", "Degrees of freedom."),
        Column("statistic", "number", "F."),
        Column("p_value", "number", "p."),
        Column("effsize_type", "text", "Name of the effect size."),
        Column("effsize", "number", "Effect size."),
        Column("effsize_low", "number", "Lower end of its interval."),
        Column("effsize_high", "number", "Upper end of its interval."),
        Column("conf_level", "number", "Level of the interval."),
        Column("omega_squared", "number", "Partial omega squared, the less biased sibling."),
    ),
)

CELLS = Table(
    "stats/cells.csv",
    "cell of the design",
    (
        Column("cell", "text", "Cell, in words."),
        Column("antagonist", "text", "Level of the antagonist's column."),
        Column("agonist", "text", "Level of the agonist's column."),
        Column("n", "integer", "Animals analysed."),
        Column("n_excluded", "integer", "Animals excluded on purpose."),
        Column("n_failed", "integer", "Animals lost for technical reasons."),
        Column("n_missing", "integer", "Animals without a video or without the outcome."),
        Column("n_alone", "integer", "Animals left out because alone in their block."),
        Column("mean", "number", "Mean."),
        Column("std_dev", "number", "Standard deviation."),
        Column("std_error", "number", "Standard error of the mean."),
        *_INTERVAL,
        Column("median", "number", "Median."),
        Column("minimum", "number", "Smallest value."),
        Column("maximum", "number", "Largest value."),
        Column("unit", "text", "Unit of the outcome."),
    ),
)

EQUIVALENCE = Table(
    "stats/equivalence.csv",
    "one-sided test",
    (
        Column("contrast_id", "text", "Name of the test."),
        Column(
            "procedure",
            "text",
            "'rule': a test of the verdict rule. 'TOST': beside it, against a bound fixed in the "
            "study file; both tests of a contrast must hold.",
            allowed=("rule", "TOST"),
        ),
        Column("contrast", "text", "The linear contrast tested."),
        Column("alternative", "text", "Side.", allowed=("less", "greater")),
        Column("bound", "number", "What it is tested against."),
        Column("estimate", "number", "Estimate."),
        Column("std_error", "number", "Standard error."),
        Column("df", "number", "Degrees of freedom."),
        Column("statistic", "number", "t."),
        Column("p_value", "number", "One-sided p."),
        Column("p_tost", "number", "The larger p of the contrast's two tests."),
        Column("alpha", "number", "Level of the test."),
        Column("rho", "number", "Share of the effect that may remain in 'blocked'."),
        Column("unit", "text", "Unit of the estimate."),
    ),
)

ASSUMPTIONS = Table(
    "stats/assumptions.csv",
    "diagnostic; none chooses the test",
    (
        Column("check", "text", "Name of the diagnostic."),
        Column("statistic", "number", "Its statistic."),
        Column("df", "text", "Its degrees of freedom, if any."),
        Column("p_value", "number", "p."),
        Column("text", "text", "What it says in words."),
    ),
)

SENSITIVITY = Table(
    "stats/sensitivity.csv",
    "alternative analysis",
    (
        Column("comparison", "text", "Empty: the study's verdict; else a further comparison."),
        Column("analysis", "text", "What was done otherwise."),
        Column("setting", "text", "How."),
        Column("threshold_factor", "number", "Of a scoring: its threshold over the one used."),
        Column("min_bout_s", "number", "Of a scoring: the shortest immobile bout that counts."),
        Column("window", "text", "Of a scoring: the time window."),
        Column(
            "label", "text", "The verdict under it; empty where the interaction alone is tested."
        ),
        Column(
            "agrees",
            "boolean",
            "Whether the label is the verdict's; for a test of the interaction alone, whether it "
            "finds I (p < 0.05) exactly where the main analysis does. Empty where neither is asked.",
        ),
        *(
            Column(f"{name}_{part}", "number", f"{part} of {name} under it.")
            for name in ("K", "Kn", "I")
            for part in ("estimate", "conf_low", "conf_high")
        ),
        Column("I_p_value", "number", "p of I, where the interaction alone is tested."),
        Column("I_bayes_factor", "number", "Bayes factor for I over none."),
        Column("note", "text", "What else the method says."),
    ),
)

# Written where the design has a dose series.
DOSE_RESPONSE = Table(
    "stats/dose_response.csv",
    "parameter of a dose series' curve",
    (
        Column("series", "text", "The drug whose doses vary, and what was given beside it."),
        Column("parameter", "text", "Response at dose 0 and at high doses, ED50, Hill slope.",
               allowed=("at_zero", "at_most", "ed50", "hill")),
        Column("estimate", "number", "Its value."),
        Column("std_error", "number", "Standard error; empty where the animals do not give it."),
        Column("conf_low", "number", "Lower end of the ED50's profile interval; 0: no end."),
        Column("conf_high", "number", "Upper end; empty for an ED50 without one."),
        Column("identified", "boolean", "Whether the ED50 may be quoted."),
        Column("p_value", "number", "Of the whole curve against one mean (F test)."),
        Column("text", "text", "The same in words."),
    ),
)  # fmt: skip

POWER = Table(
    "power.csv",
    "number of animals per cell",
    (
        Column("n_per_cell", "integer", "Animals in each of the four cells."),
        Column("n_total", "integer", "Animals in all."),
        Column("K_power", "number", "Probability that K's interval lies above 0.", decimals=4),
        Column("I_power", "number", "Probability that I's interval lies above 0.", decimals=4),
        *(
            Column(label, "number", f"Share of simulated experiments labelled {label}.", decimals=4)
            for label in (
                "no_agonist_effect",
                "enhanced",
                "partially_blocked",
                "blocked",
                "attenuated",
                "not_blocked",
                "inconclusive",
            )
        ),
    ),
)

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

# Written where the measures have latencies and what of them is censored.
LATENCY = Table(
    "stats/latency.csv",
    "contrast of latencies and method",
    (
        Column("contrast_id", "text", "K, Kn, I or A."),
        Column("contrast", "text", "What is compared, in words."),
        Column("method", "text", "Restricted mean, Cox's model or log-rank test."),
        Column("estimate", "number", "Estimate; positive means a later first immobile bout."),
        Column("std_error", "number", "Standard error."),
        Column("statistic", "number", "z."),
        Column("p_value", "number", "Two-sided p, unadjusted."),
        *_INTERVAL,
        Column("conf_level", "number", "Level of the interval."),
        Column("until_s", "number", "The restricted mean's limit, from the window's start."),
        Column("unit", "text", "Unit of the estimate."),
    ),
)

LATENCY_CELLS = Table(
    "stats/latency_cells.csv",
    "cell of the design",
    (
        Column("cell", "text", "Cell, in words."),
        Column("n", "integer", "Animals with a latency."),
        Column("n_censored", "integer", "Those that never stopped within the window."),
        Column("median_s", "number", "Median latency; empty where fewer than half stopped."),
        Column("restricted_mean_s", "number", "Mean latency within the limit."),
        Column("std_error", "number", "Its standard error."),
        Column("until_s", "number", "The limit, from the window's start."),
    ),
)

LATENCY_CURVE = Table(
    "stats/latency_curve.csv",
    "cell of the design and time at which an animal stopped",
    (
        Column("cell", "text", "Cell, in words."),
        Column("time_s", "number", "Time from the window's start."),
        Column("at_risk", "integer", "Animals that had not stopped before."),
        Column("events", "integer", "Animals that stopped then."),
        Column("share_without", "number", "Kaplan-Meier share that had not stopped since."),
        *_INTERVAL,
        Column("until_s", "number", "How long the cell was followed."),
    ),
)

RESULTS = (MEASURES, BINS, BOUTS, FRAMES, TRIALS_LOG, CONTRASTS, ANOVA, CELLS, EQUIVALENCE, ASSUMPTIONS, SENSITIVITY, DOSE_RESPONSE, LATENCY, LATENCY_CELLS, LATENCY_CURVE)  # fmt: skip

RATER = Column("rater", "text", "Who scored; 'behave' is the program.")

RATINGS = Table(
    "agreement_animals.csv",
    "trial and rater",
    (
        TRIAL_ID,
        RATER,
        Column("start_s", "number", "Start of what all compared, from the first frame.", decimals=4),
        Column("stop_s", "number", "End of what all compared, from the first frame.", decimals=4),
        *(column for column in _MEASURED if column.name in
          {"immobility_s", "latency_s", "latency_censored", "n_bouts", "scored_s"}),
    ),
)  # fmt: skip

AGREEMENT = Table(
    "agreement.csv",
    "pair of raters (or all of them), quantity and statistic",
    (
        Column("rater_1", "text", "First rater, or 'all raters'."),
        Column("rater_2", "text", "Second rater; differences are first minus second."),
        Column("quantity", "text", "What is compared: frames, seconds, or a measure."),
        Column("statistic", "text", "Name of the statistic."),
        Column("estimate", "number", "Its value.", decimals=6),
        Column("conf_low", "number", "Lower end of its 95 % interval.", decimals=6),
        Column("conf_high", "number", "Upper end of its 95 % interval.", decimals=6),
        Column("n_animals", "integer", "Animals that both scored."),
        Column("method", "text", "How the interval is made."),
    ),
)

RATERS = Table(
    "agreement_raters.csv",
    "rater against the others",
    (
        RATER,
        Column("n_animals", "integer", "Animals that the rater and another person scored."),
        *(
            Column(f"{name}{part}", "number", text + said, decimals=6)
            for name, text in (
                ("kappa_majority", "Kappa per frame with the majority of the other people"),
                ("accuracy_majority", "Accuracy per frame against that majority"),
                ("kappa_lost", "Mean kappa among the others less that with this rater"),
                ("bias_s", "Mean difference of immobility from the mean of the others"),
                ("drift_s_per_trial", "Change of that difference from trial to trial in order"),
            )
            for part, said in (("", "."), ("_low", ": lower end."), ("_high", ": upper end."))
        ),
        Column("flags", "text", "apart, biased, drifting; separated by ';'."),
    ),
)

CALIBRATION = Table(
    "agreement_fit.csv",
    "trial, scored by values fitted on all other animals",
    (
        TRIAL_ID,
        ANIMAL_ID,
        Column("immobile_below", "number", "Threshold fitted without this animal."),
        Column("min_bout_s", "number", "Minimum bout fitted without this animal."),
        Column("human_s", "number", "Immobility by the people's majority, or their total.", decimals=4),
        Column("before_s", "number", "Immobility as scored in the results.", decimals=4),
        Column("after_s", "number", "Immobility with the fitted values.", decimals=4),
        Column("kappa_before", "number", "Kappa per frame as scored in the results.", decimals=6),
        Column("kappa_after", "number", "Kappa per frame with the fitted values.", decimals=6),
    ),
)  # fmt: skip

AGREEMENTS = (AGREEMENT, RATINGS, RATERS, CALIBRATION)
