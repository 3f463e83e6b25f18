"""What the statistics give: contrasts, cells, tests, sensitivity, power, latency."""

from behave.schema import Column, Table

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
                "reversed",
                "partially_blocked",
                "blocked",
                "attenuated",
                "not_blocked",
                "inconclusive",
            )
        ),
    ),
)


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
