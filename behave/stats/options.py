"""The ``design`` block of the study file: what is compared."""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from behave.model.labels import dose_unit, level_name

# What a test measures; no covariate, because the treatment acts on it.
AFTER_TREATMENT = (
    "immobility_s", "immobility_pct", "latency_s", "latency_in_epoch_s", "n_bouts",
    "mean_bout_s", "longest_bout_s", "swimming_s", "climbing_s", "scored_s", "unscored_s",
)  # fmt: skip
AFTER_WORDS = ("immobil", "distance", "locomot", "velocity", "float", "post_treatment")


class Options(BaseModel):
    """Base of the block's parts: frozen, and strict about keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Factor(Options):
    """One two-level factor: a column, its control level and its drug level."""

    column: str = Field(min_length=1, description="Column of the trials table.")
    control: str = Field(min_length=1, description="Level that stands for 'without the drug'.")
    level: str = Field(min_length=1, description="Level that stands for 'with the drug'.")
    dose_column: str | None = Field(
        default=None,
        min_length=1,
        description="Column with the dose, where the drug was given in several doses.",
    )
    dose: float | None = Field(
        default=None, gt=0, description="The dose that the study's verdict is about."
    )

    @model_validator(mode="after")
    def _two_levels(self) -> "Factor":
        if self.control == self.level:
            raise ValueError("the control and the level of a factor are the same word")
        if (self.dose_column is None) != (self.dose is None):
            raise ValueError("give both 'dose_column' and 'dose', or neither")
        return self

    @property
    def name(self) -> str:
        """The level, with its dose where there are several."""
        return level_name(self.level, self.dose, self.dose_column)

    @property
    def dose_unit(self) -> str:
        """The unit that the dose column's name ends in, with a blank in front."""
        return dose_unit(self.dose_column)


class Antagonist(Factor):
    """What may remove the agonist's effect: a drug given before it, or a genotype."""

    kind: Literal["drug", "genotype"] = Field(
        default="drug",
        description="'genotype': bred, not given, such as a knock-out; the text then says so.",
    )
    given_before: Literal["agonist", "test"] | None = Field(
        default=None, description="What the time of the antagonist was set by."
    )

    @model_validator(mode="after")
    def _genotype_is_not_given(self) -> "Antagonist":
        if self.kind == "genotype" and (self.given_before or self.dose_column):
            raise ValueError("a genotype has no dose and is not given before anything")
        return self


class Locomotor(Options):
    """The locomotor control: a second outcome of the animals, in a table of its own."""

    file: Path = Field(description="Table of one row per animal, beside the study file.")
    outcome: str = Field(
        default="distance_cm",
        min_length=1,
        description="Its column that grows with how much an animal moves.",
    )


class OtherOutcome(Options):
    """A further outcome of the same animals, such as another test, in a table of its own."""

    file: Path = Field(description="Table of one row per animal, beside the study file.")
    outcome: str = Field(
        min_length=1, description="Its column; the unit is the last part of the name."
    )
    benefit: Literal["decrease", "increase"] = Field(
        description="Direction in which the agonist acts on it."
    )
    bounds: tuple[float | None, float | None] = Field(
        default=(None, None),
        description="Smallest and largest value that it can have; `null` for an open end.",
    )
    kind: Literal["measure", "count"] = Field(
        default="measure", description="'count': whole numbers of events, such as rearings."
    )
    primary: bool = Field(
        default=True,
        description="Whether it belongs to the family over which p values are adjusted.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> "OtherOutcome":
        require_order(self.bounds)
        return self


def require_order(bounds: tuple[float | None, float | None]) -> None:
    """Refuse bounds of which the smaller does not come first."""
    low, high = bounds
    if low is not None and high is not None and low >= high:
        raise ValueError(f"bounds [{low:g}, {high:g}]: the smaller value comes first")


class HumanScores(Options):
    """People's scores of some of the animals, from which the scorer's error is learnt."""

    file: Path = Field(
        description="Table of animals that people scored, with the outcome; several rows of one "
        "animal (raters) are averaged."
    )


class TimePoints(Options):
    """Several times after the drug: of different animals, or of the same ones."""

    column: str = Field(min_length=1, description="Column with the time point, as text.")
    level: str = Field(min_length=1, description="The time point that the verdict is about.")
    repeated: bool = Field(
        default=False, description="Whether the same animals were tested at several of them."
    )


class TimeCourse(Options):
    """Time bins of the test as repeated measures, beside the verdict."""

    file: Path | None = Field(
        default=None, description="Table of bins; a run uses its own bins.csv without it."
    )


class DesignOptions(Options):
    """What is compared: the ``design`` block of the study file."""

    outcome: str = Field(
        default="immobility_s", min_length=1, description="Column that is compared."
    )
    benefit: Literal["decrease", "increase"] = Field(
        default="decrease", description="Direction in which the agonist acts."
    )
    bounds: tuple[float | None, float | None] = Field(
        default=(None, None),
        description="Smallest and largest value that the outcome can have, where its name and the "
        "protocol do not say it; `null` for an open end.",
    )
    kind: Literal["measure", "count"] = Field(
        default="measure",
        description="'count': whole numbers of events; effects are given as ratios too.",
    )
    other_outcomes: dict[str, OtherOutcome] = Field(
        default={},
        description="Further outcomes of the same animals, by a name of your choice: a verdict "
        "each, beside the study's own.",
    )
    agonist: Factor = Field(description="The drug whose effect is tested.")
    antagonist: Antagonist | None = Field(
        default=None, description="What may remove its effect; without one there is no verdict."
    )
    other_antagonists: dict[str, str] = Field(
        default={},
        description="Further antagonists in the antagonist's column, each with its own control: "
        "`{level: control}`.",
    )
    other_agonists: dict[str, str] = Field(
        default={},
        description="Further drugs in the agonist's column, each with its own control: "
        "`{level: control}`.",
    )
    positive_control: str | None = Field(
        default=None,
        min_length=1,
        description="Level of the agonist's column that is known to act; it stands outside the "
        "verdict.",
    )
    not_analysed: tuple[str, ...] = Field(
        default=(),
        description="Levels of the agonist's and antagonist's columns that are left out of every "
        "comparison; any other level that the design does not name is an error.",
    )
    by: tuple[str, ...] = Field(
        default=(),
        description="Columns of further factors (sex, strain, stress), one or a list: a verdict "
        "per level of each, and whether its levels differ.",
    )
    time: TimePoints | None = Field(
        default=None, description="Time points; the verdict is about one of them."
    )
    time_course: TimeCourse | None = Field(
        default=None, description="Analyse the time bins too; it never changes the label."
    )
    blocks: tuple[str, ...] = Field(
        default=(), description="Columns of batches (cohort) that enter as fixed blocks."
    )
    covariates: tuple[str, ...] = Field(
        default=(),
        description="Columns of numbers measured before any treatment (weight_g): their common "
        "slope is taken out, each centred.",
    )
    random: tuple[str, ...] = Field(
        default=(),
        max_length=1,
        description="The unit that was treated where that is not the animal (cage, litter): its "
        "random intercept makes the planned analysis a mixed model.",
    )
    residual_fraction: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="rho: the share of the agonist's effect that may remain in 'blocked'.",
    )
    rule_version: Literal[1, 2] = Field(
        default=2,
        description="Version of the verdict rule; 1 judges as results of before did.",
    )
    dose_scale: Literal["dose", "log"] = Field(
        default="dose",
        description="Over what the main trend of a dose series is taken: the dose, or its "
        "logarithm with the control apart.",
    )
    adjust: Literal["holm", "sidak"] = Field(
        default="holm",
        description="How p values are adjusted within a family; they never enter the verdict.",
    )
    equivalence_bound: float | None = Field(
        default=None,
        gt=0,
        description="A bound fixed beforehand, in the outcome's unit: whether Kn and A lie within "
        "it is tested beside the rule (TOST).",
    )
    locomotor: Locomotor | None = Field(
        default=None, description="The locomotor control; it never changes the label."
    )

    human_scores: HumanScores | None = Field(
        default=None, description="Carry the scorer's error along; it never changes the label."
    )

    @field_validator("by", mode="before")
    @classmethod
    def _one_or_several(cls, told: object) -> object:
        return () if told is None else (told,) if isinstance(told, str) else told

    @model_validator(mode="after")
    def _named_outcomes(self) -> "DesignOptions":
        require_order(self.bounds)
        for name in self.other_outcomes:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
                raise ValueError(
                    f"other outcome {name!r}: a name has letters, digits and _, such as tail_suspension"
                )
            if name in {self.outcome, self.own_name}:
                raise ValueError(f"other outcome {name!r} is called like the study's own")
        return self

    @model_validator(mode="after")
    def _distinct_columns(self) -> "DesignOptions":
        columns = [self.outcome, *self.factor_columns]
        repeated = sorted({column for column in columns if columns.count(column) > 1})
        if repeated:
            raise ValueError(f"column {repeated[0]!r} has two parts in the design")
        return self

    @model_validator(mode="after")
    def _measured_before(self) -> "DesignOptions":
        later = set(AFTER_TREATMENT)
        if self.locomotor:
            later.add(self.locomotor.outcome)
        for name in self.covariates:
            if name in later or any(word in name.lower() for word in AFTER_WORDS):
                raise ValueError(
                    f"covariate {name!r} is measured after the treatment, so that what the "
                    "treatment did to it would be taken out of the effect; a covariate is known "
                    "before (weight_g, age_d, a baseline)"
                )
        if self.random and self.time and self.time.repeated:
            raise ValueError("'random' with 'time.repeated': the animal is the random unit there")
        return self

    @model_validator(mode="after")
    def _distinct_antagonists(self) -> "DesignOptions":
        if self.antagonist is None:
            if self.other_antagonists:
                raise ValueError("'other_antagonists' without an 'antagonist'")
            return self
        for level, control in self.other_antagonists.items():
            if level in {control, self.antagonist.level, self.antagonist.control}:
                raise ValueError(f"other antagonist {level!r} is also named as something else")
        return self

    @model_validator(mode="after")
    def _distinct_agonists(self) -> "DesignOptions":
        others = dict(self.other_agonists)
        if self.positive_control:
            if self.positive_control in others:
                raise ValueError(f"{self.positive_control!r} is also named as another agonist")
            others[self.positive_control] = self.agonist.control
        for level, control in others.items():
            if level in {control, self.agonist.level, self.agonist.control}:
                raise ValueError(f"other agonist {level!r} is also named as something else")
        return self

    @model_validator(mode="after")
    def _analysed_or_not(self) -> "DesignOptions":
        factors = (*self.agonists, *self.antagonists)
        named = {level for factor in factors for level in (factor.level, factor.control)}
        both = sorted({*named, self.positive_control or ""} & set(self.not_analysed))
        if both:
            raise ValueError(f"{both[0]!r} is compared, and also named in 'not_analysed'")
        return self

    @model_validator(mode="after")
    def _one_measure(self) -> "DesignOptions":
        if self.time_course and self.outcome not in {"immobility_s", "immobility_pct"}:
            raise ValueError("'time_course' is of immobility: outcome immobility_s or _pct")
        return self

    @property
    def own_name(self) -> str:
        """The name of the study's own outcome beside the other ones."""
        return self.outcome.rpartition("_")[0] or self.outcome

    def of_outcome(self, name: str) -> "DesignOptions":
        """Return the same design with another outcome, and nothing that is about the first alone."""
        other = self.other_outcomes[name]
        kept = {key: getattr(other, key) for key in ("outcome", "benefit", "bounds", "kind")}
        gone = {"locomotor": None, "human_scores": None, "time_course": None}
        return self.model_copy(
            update={**kept, **gone, "other_outcomes": {}, "equivalence_bound": None}
        )

    @property
    def tables(self) -> dict[str, Locomotor | TimeCourse | HumanScores]:
        """The parts of the design that name a table of their own, by their key.

        Those of the other outcomes stand in ``other_outcomes``.
        """
        parts = (
            ("locomotor", self.locomotor),
            ("time_course", self.time_course),
            ("human_scores", self.human_scores),
        )
        return {name: part for name, part in parts if part and part.file}

    @property
    def factor_columns(self) -> tuple[str, ...]:
        """All columns that say what an animal is and was given, blocks included."""
        parts = [self.antagonist.column] if self.antagonist else []
        parts.append(self.agonist.column)
        parts += [item.dose_column for item in (self.antagonist, self.agonist)
                  if item and item.dose_column]  # fmt: skip
        parts += self.by
        parts += [self.time.column] if self.time else []
        return (*parts, *self.blocks, *self.covariates, *self.random)

    @property
    def antagonists(self) -> tuple[Antagonist, ...]:
        """The antagonist of the verdict, and then the other ones."""
        if self.antagonist is None:
            return ()
        own = self.antagonist
        return own, *(
            own.model_copy(
                update={"control": control, "level": level, "dose_column": None, "dose": None}
            )
            for level, control in self.other_antagonists.items()
        )

    @property
    def agonists(self) -> tuple[Factor, ...]:
        """The agonist of the verdict, and then the other ones."""
        column = self.agonist.column
        return self.agonist, *(
            Factor(column=column, control=control, level=level)
            for level, control in self.other_agonists.items()
        )
