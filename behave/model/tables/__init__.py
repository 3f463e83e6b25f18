"""Definitions of all tables that are read or written: columns, units, allowed values.

The unit is the last token of a column's name (``immobility_s``, ``x_px``).
Intervals are half-open and 0-based, ``[start, stop)``.
"""

from behave.model.tables.agreement import (
    AGREEMENT,
    AGREEMENT_FIT,
    AGREEMENTS,
    RATER,
    RATERS,
    RATINGS,
)
from behave.model.tables.columns import (
    ANIMAL_ID,
    ARENA,
    BEHAVIOURS,
    STATES,
    STATUSES,
    TRIAL_ID,
    VIDEO,
)
from behave.model.tables.scores import (
    ARENAS,
    ARENAS_USED,
    BINS,
    BOUTS,
    BY_HAND,
    CALIBRATION,
    CORRECTED,
    FRAMES,
    MEASURES,
    MOTION,
    SAMPLES,
    TRIALS,
    TRIALS_LOG,
)
from behave.model.tables.statistics import (
    ANOVA,
    ASSUMPTIONS,
    CELLS,
    CONTRASTS,
    DOSE_RESPONSE,
    EQUIVALENCE,
    LATENCY,
    LATENCY_CELLS,
    LATENCY_CURVE,
    OUTCOME_CELLS,
    OUTCOMES,
    POWER,
    SENSITIVITY,
)
from behave.model.tables.trackers import (
    BY_TRACKER,
    DISAGREEMENTS,
    DOUBTFUL,
    KEYPOINT_FRAMES,
    KEYPOINTS,
    TRACKERS,
)

RESULTS = (MEASURES, BINS, BOUTS, FRAMES, TRIALS_LOG, CALIBRATION, CONTRASTS, ANOVA, CELLS, EQUIVALENCE, ASSUMPTIONS, SENSITIVITY, DOSE_RESPONSE, LATENCY, LATENCY_CELLS, LATENCY_CURVE, OUTCOMES, OUTCOME_CELLS)  # fmt: skip


__all__ = [
    "AGREEMENT",
    "AGREEMENTS",
    "AGREEMENT_FIT",
    "ANIMAL_ID",
    "ANOVA",
    "ARENA",
    "ARENAS",
    "ARENAS_USED",
    "ASSUMPTIONS",
    "BEHAVIOURS",
    "BINS",
    "BOUTS",
    "BY_HAND",
    "BY_TRACKER",
    "CALIBRATION",
    "CELLS",
    "CONTRASTS",
    "CORRECTED",
    "DISAGREEMENTS",
    "DOSE_RESPONSE",
    "DOUBTFUL",
    "EQUIVALENCE",
    "FRAMES",
    "KEYPOINTS",
    "KEYPOINT_FRAMES",
    "LATENCY",
    "LATENCY_CELLS",
    "LATENCY_CURVE",
    "MEASURES",
    "MOTION",
    "OUTCOMES",
    "OUTCOME_CELLS",
    "POWER",
    "RATER",
    "RATERS",
    "RATINGS",
    "RESULTS",
    "SAMPLES",
    "SENSITIVITY",
    "STATES",
    "STATUSES",
    "TRACKERS",
    "TRIALS",
    "TRIALS_LOG",
    "TRIAL_ID",
    "VIDEO",
]
