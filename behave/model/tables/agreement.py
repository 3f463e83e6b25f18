"""People's scores: ratings, agreement, and the threshold fitted to them."""

from behave.model.tables.columns import ANIMAL_ID, TRIAL_ID
from behave.model.tables.scores import MEASURED
from behave.schema import Column, Table

RATER = Column("rater", "text", "Who scored; 'behave' is the program.")

RATINGS = Table(
    "agreement_animals.csv",
    "trial and rater",
    (
        TRIAL_ID,
        RATER,
        Column("start_s", "number", "Start of the window that all raters scored, from the first frame.", decimals=4),
        Column("stop_s", "number", "End of the window that all raters scored, from the first frame.", decimals=4),
        *(column for column in MEASURED if column.name in
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
        Column("method", "text", "How the interval is computed; empty where there is none."),
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
                (
                    "kappa_lost",
                    "Mean kappa among the others minus their mean kappa with this rater",
                ),
                ("bias_s", "Mean difference of immobility from the mean of the others"),
                ("drift_s_per_trial", "Change of that difference from one trial to the next"),
            )
            for part, said in (("", "."), ("_low", ": lower end."), ("_high", ": upper end."))
        ),
        Column("flags", "text", "Flags: apart, biased, drifting; separated by ';'."),
    ),
)

AGREEMENT_FIT = Table(
    "agreement_fit.csv",
    "trial, scored with values fitted to all other animals",
    (
        TRIAL_ID,
        ANIMAL_ID,
        Column("immobile_below", "number", "Threshold fitted without this animal."),
        Column("min_bout_s", "number", "Minimum bout fitted without this animal."),
        Column("human_s", "number", "Immobility as the people scored it, their mean.", decimals=4),
        Column("before_s", "number", "Immobility as scored in the results.", decimals=4),
        Column("after_s", "number", "Immobility with the fitted values.", decimals=4),
        Column("kappa_before", "number", "Kappa per frame as scored in the results.", decimals=6),
        Column("kappa_after", "number", "Kappa per frame with the fitted values.", decimals=6),
    ),
)  # fmt: skip

AGREEMENTS = (AGREEMENT, RATINGS, RATERS, AGREEMENT_FIT)
