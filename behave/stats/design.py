"""The design: which column tells what, and the four cells it makes of the animals."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Factor(BaseModel):
    """One two-level factor: a column, its control level and its drug level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str = Field(min_length=1, description="Column of the trials table.")
    control: str = Field(min_length=1, description="Level that stands for 'without the drug'.")
    level: str = Field(min_length=1, description="Level that stands for 'with the drug'.")

    @model_validator(mode="after")
    def _two_levels(self) -> "Factor":
        if self.control == self.level:
            raise ValueError("the control and the level of a factor are the same word")
        return self


class DesignOptions(BaseModel):
    """What is compared: the ``design`` block of the study file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: str = Field(
        default="immobility_s", min_length=1, description="Column that is compared."
    )
    benefit: Literal["decrease", "increase"] = Field(
        default="decrease", description="Direction in which the agonist acts."
    )
    agonist: Factor = Field(description="The drug whose effect is tested.")
    antagonist: Factor = Field(description="The drug given to block it.")
    blocks: tuple[str, ...] = Field(
        default=(), description="Columns of batches (cohort) that enter as fixed blocks."
    )
    residual_fraction: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="rho: the share of the agonist's effect that may remain in 'blocked'.",
    )

    @model_validator(mode="after")
    def _distinct_columns(self) -> "DesignOptions":
        columns = [self.outcome, self.agonist.column, self.antagonist.column, *self.blocks]
        repeated = sorted({column for column in columns if columns.count(column) > 1})
        if repeated:
            raise ValueError(f"column {repeated[0]!r} has two parts in the design")
        return self
