"""Tables of statistics: contrasts, cells, tests, sensitivity, power, latency."""

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
        Column("method", "text", "How its standard error and df are computed."),
        Column(
            "estimate",
            "number",
            "Estimate; positive means benefit, in family 'locomotor' more movement.",
        ),
        Column("std_error", "number", "Standard error."),
        Column("df", "number", "Degrees of freedom."),
        Column("statistic", "number", "t."),
        Column("p_value", "number", "Two-sided p, unadjusted."),
        Column("p_adj", "number", "p adjusted over the family; the verdict does not use it."),
        Column("adjust", "text", "Method of the adjustment."),
        *_INTERVAL,
        Column("conf_level", "number", "Level of the interval."),
        Column("effsize_type", "text", "Name of the effect size and its standardiser."),
        Column("effsize", "number", "Effect size."),
        Column("effsize_low", "number", "Lower end of its interval."),
        Column("effsize_high", "number", "Upper end of its interval."),
        Column(
            "n1",
            "integer",
            "Animals in the cells with positive weight if benefit is a decrease.",
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
        Column("omega_squared", "number", "Partial omega squared, a less biased effect size."),
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
        Column("n_alone", "integer", "Animals left out because they are alone in their block."),
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

# Written if the design names other outcomes.
OUTCOMES = Table(
    "stats/outcomes.csv",
    "outcome of the study, its own one first",
    (
        Column("name", "text", "Name of the outcome, as in the study file."),
        Column("outcome", "text", "Its column."),
        Column("unit", "text", "Its unit."),
        Column("kind", "text", "Measure or count.", allowed=("measure", "count")),
        Column("benefit", "text", "Direction of benefit.", allowed=("decrease", "increase")),
        Column("primary", "boolean", "Whether it belongs to the family of primary outcomes."),
        Column("n", "integer", "Animals analysed."),
        Column("label", "text", "The label of the rule; empty without an antagonist."),
        *(
            Column(f"{name}_{part}", "number", f"{part} of {name}, in the outcome's unit.")
            for name in ("K", "Kn", "I")
            for part in ("estimate", "conf_low", "conf_high")
        ),
        Column(
            "tested", "text", "The effect that the family tests: I, or K if nothing could block it."
        ),
        Column("p_value", "number", "Its two-sided p, unadjusted."),
        Column("p_adj", "number", "The same adjusted over the primary outcomes; empty for others."),
        Column("std_dev", "number", "Standard deviation within cells, pooled."),
        Column("reversal_pct", "number", "Share of K taken away; empty if K is not shown."),
        Column("reversal_conf_low", "number", "Lower end of its 95 % interval, in percent."),
        Column("reversal_conf_high", "number", "Upper end of its 95 % interval, in percent."),
    ),
)

OUTCOME_CELLS = Table(
    "stats/outcome_cells.csv",
    "outcome and cell of the design",
    (Column("name", "text", "Name of the outcome, as in the study file."), *CELLS.columns),
)

EQUIVALENCE = Table(
    "stats/equivalence.csv",
    "one-sided test",
    (
        Column("contrast_id", "text", "Name of the test."),
        Column(
            "procedure",
            "text",
            "'rule': a test of the verdict rule. 'TOST': a test against a bound from the study "
            "file, which the rule does not use; both tests of a contrast must be significant.",
            allowed=("rule", "TOST"),
        ),
        Column("contrast", "text", "The linear contrast tested."),
        Column("alternative", "text", "Direction of the test.", allowed=("less", "greater")),
        Column("bound", "number", "Value that it is tested against."),
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
    "diagnostic; none of them selects the test",
    (
        Column("check", "text", "Name of the diagnostic."),
        Column("statistic", "number", "Its statistic."),
        Column("df", "text", "Its degrees of freedom, if any."),
        Column("p_value", "number", "p."),
        Column("text", "text", "The result in words."),
    ),
)

SENSITIVITY = Table(
    "stats/sensitivity.csv",
    "alternative analysis",
    (
        Column("comparison", "text", "Empty: the study's verdict; else a further comparison."),
        Column("analysis", "text", "Kind of the alternative analysis."),
        Column("setting", "text", "Its settings."),
        Column("threshold_factor", "number", "If scored again: threshold divided by the main one."),
        Column("min_bout_s", "number", "If scored again: shortest immobile bout that counts."),
        Column("window", "text", "If scored again: the time window."),
        Column("label", "text", "The label that it gives; empty if it only tests the interaction."),
        Column(
            "agrees",
            "boolean",
            "Whether it gives the same label; for a test of the interaction only, whether I is "
            "significant (p < 0.05) in both analyses or in neither. Empty if not applicable.",
        ),
        *(
            Column(f"{name}_{part}", "number", f"{part} of {name} in this analysis.")
            for name in ("K", "Kn", "I")
            for part in ("estimate", "conf_low", "conf_high")
        ),
        Column("I_p_value", "number", "p of I, if only the interaction is tested."),
        Column("note", "text", "Further information from the method."),
    ),
)

# Written if the design has a dose series.
DOSE_RESPONSE = Table(
    "stats/dose_response.csv",
    "parameter of a dose series' curve",
    (
        Column("series", "text", "The drug whose doses vary, and what else was given."),
        Column("parameter", "text", "Response at dose 0 and at high doses, ED50, Hill slope.",
               allowed=("at_zero", "at_most", "ed50", "hill")),
        Column("estimate", "number", "Its value."),
        Column("std_error", "number", "Standard error; empty if it cannot be estimated."),
        Column("conf_low", "number", "Lower end of the ED50's profile interval; 0: unbounded."),
        Column("conf_high", "number", "Upper end; empty: unbounded."),
        Column("identified", "boolean", "Whether the data determine the ED50."),
        Column("p_value", "number", "p of the curve against a single mean (F test)."),
        Column("text", "text", "The same in words."),
    ),
)  # fmt: skip

POOLED = Table(
    "pooled.csv",
    "effect and experiment, then the two means",
    (
        Column("effect", "text", "K, Kn, I or A."),
        Column(
            "row", "text", "An experiment, or a mean.", allowed=("experiment", "fixed", "random")
        ),
        Column("name", "text", "Name of the experiment."),
        Column("estimate", "number", "Estimate; positive means benefit."),
        Column("std_error", "number", "Standard error."),
        Column("df", "number", "Degrees of freedom; empty for a normal quantile."),
        Column("p_value", "number", "Two-sided p."),
        *_INTERVAL,
        Column("weight_fixed_pct", "number", "Weight in the mean by fixed effects."),
        Column("weight_random_pct", "number", "Weight in the mean by random effects."),
        Column("label", "text", "The label of the experiment."),
        Column("tau", "number", "Of the means: SD of the true effect between experiments."),
        Column("q", "number", "Of the means: Cochran's Q."),
        Column(
            "q_p_value", "number", "Its p: whether experiments differ more than animals explain."
        ),
        Column("unit", "text", "Unit of the estimate."),
    ),
)

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


# Written if the measures have latencies and say which of them are censored.
LATENCY = Table(
    "stats/latency.csv",
    "contrast of latencies and method",
    (
        Column("contrast_id", "text", "K, Kn, I or A."),
        Column("contrast", "text", "What is compared, in words."),
        Column("method", "text", "Restricted mean, Cox model or log-rank test."),
        Column("estimate", "number", "Estimate; positive means a later first immobile bout."),
        Column("std_error", "number", "Standard error."),
        Column("df", "number", "Degrees of freedom; empty for a z."),
        Column("statistic", "number", "t or z."),
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
        Column("n_censored", "integer", "Animals that were never immobile within the window."),
        Column("median_s", "number", "Median latency; empty if fewer than half became immobile."),
        Column("restricted_mean_s", "number", "Mean latency within the limit."),
        Column("std_error", "number", "Its standard error."),
        Column("until_s", "number", "The limit, from the window's start."),
    ),
)

LATENCY_CURVE = Table(
    "stats/latency_curve.csv",
    "cell of the design and time at which an animal became immobile",
    (
        Column("cell", "text", "Cell, in words."),
        Column("time_s", "number", "Time from the window's start."),
        Column("at_risk", "integer", "Animals that had not yet been immobile."),
        Column("events", "integer", "Animals that became immobile at this time."),
        Column("share_without", "number", "Kaplan-Meier share of animals not yet immobile."),
        *_INTERVAL,
        Column("until_s", "number", "Time until which the cell was observed."),
    ),
)
