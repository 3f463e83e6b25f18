"""What cannot be compared: refused with the place, what was found, and what to do."""

from collections.abc import Iterator

import pandas as pd

from behave.errors import InputError, Problem, did_you_mean
from behave.stats.options import DesignOptions
from behave.stats.rule.columns import doses_of, text_of

# A column of numbers with more levels than this may be a quantity; its unit or a decimal says so.
FEW_CLASSES = 4
QUANTITIES = (
    "_g",
    "_kg",
    "_d",
    "_s",
    "_min",
    "_h",
    "_mm",
    "_cm",
    "_pct",
    "_mg_per_kg",
    "_ml",
    "_c",
)


def require_columns(measures: pd.DataFrame, design: DesignOptions) -> None:
    """Refuse a table that lacks a column of the design."""
    asked = {
        "animal_id": "one row per animal",
        design.outcome: "design.outcome",
        **dict.fromkeys(design.factor_columns, "design"),
        **dict.fromkeys(design.blocks, "design.blocks"),
        **dict.fromkeys(design.covariates, "design.covariates"),
        **dict.fromkeys(design.random, "design.random"),
    }
    missing = [name for name in asked if name not in measures.columns]
    if missing:
        raise InputError(
            *(
                Problem(
                    f"no column '{name}' in the measures or the trials",
                    at=asked[name],
                    expected="a column of that name",
                    found="columns " + ", ".join(map(str, measures.columns)),
                    fix=did_you_mean(name, map(str, measures.columns)),
                )
                for name in missing
            )
        )


def require_levels(frame: pd.DataFrame, design: DesignOptions) -> None:
    """Refuse a design whose levels do not occur."""
    problems = [
        Problem(
            f"no animal has '{wanted}' in column '{column}'",
            at=f"design.{key}",
            expected="a level that occurs in the trials",
            found=", ".join(present) or "an empty column",
            fix=did_you_mean(wanted, present) if present else "fill in the column",
        )
        for key, column, wanted in named_levels(design)
        if wanted not in (present := [v for v in dict.fromkeys(text_of(frame, column)) if v])
    ]
    for key, factor in (("agonist", design.agonist), ("antagonist", design.antagonist)):
        if factor is None or factor.dose_column is None:
            continue
        doses = doses_of(frame, factor)
        if not (doses == factor.dose).any():
            problems.append(
                Problem(
                    f"no animal with '{factor.level}' has the dose {factor.dose:g}",
                    at=f"design.{key}.dose",
                    expected=f"a dose of column '{factor.dose_column}'",
                    found=", ".join(f"{dose:g}" for dose in sorted(doses.dropna().unique()))
                    or "no dose",
                    fix="name the dose that the verdict is about",
                )
            )
    if problems:
        raise InputError(*problems)


def named_levels(design: DesignOptions) -> Iterator[tuple[str, str, str]]:
    """Yield each level that the design names: its key, its column and the level."""
    for role, factors in (("antagonist", design.antagonists), ("agonist", design.agonists)):
        for number, factor in enumerate(factors):
            name = f"other_{role}s" if number else role
            yield f"{name}.control", factor.column, factor.control
            yield f"{name}.level", factor.column, factor.level
    if design.positive_control:
        yield "positive_control", design.agonist.column, design.positive_control
    if design.time:
        yield "time.level", design.time.column, design.time.level


def require_blocks(done: pd.DataFrame, blocks: list[str]) -> None:
    """Refuse an analysed animal whose block is not known."""
    problems = [
        Problem(
            f"no '{name}' for an animal that is analysed",
            at=f"animal {animal}",
            expected="the block that the animal was tested in",
            found="an empty cell",
            fix=f"fill in '{name}', or take it out of the design",
        )
        for name in blocks
        for animal in done.loc[text_of(done, name) == "", "animal_id"]
    ]
    if problems:
        raise InputError(*problems)


def require_classes(frame: pd.DataFrame, columns: list[str], design: DesignOptions) -> None:
    """Refuse a measured quantity as a block: each of its values would become a class."""
    problems = []
    for name in columns:
        levels = [level for level in dict.fromkeys(text_of(frame, name)) if level]
        numbers = pd.to_numeric(pd.Series(levels, dtype=object), errors="coerce")
        if len(levels) <= FEW_CLASSES or numbers.isna().any():
            continue
        measured = any(name.endswith(unit) for unit in QUANTITIES) or bool((numbers % 1 != 0).any())
        if not measured:
            continue
        key = "by" if name in design.by else "blocks"
        problems.append(
            Problem(
                f"'{name}' is a measured quantity with {len(levels)} values, not a few classes",
                at=f"design.{key}",
                expected="a column of classes, such as cohort or sex",
                found=", ".join(levels[:4]) + ", ...",
                fix=f"move it to design.covariates: [{name}], which takes out a slope, "
                "or make classes of it in a column of its own",
            )
        )
    if problems:
        raise InputError(*problems)


def require_covariates(analysed: pd.DataFrame, values: list["pd.Series[float]"]) -> None:
    """Refuse an analysed animal whose covariate is not known."""
    problems = [
        Problem(
            f"no '{column.name}' for an animal that is analysed",
            at=f"animal {animal}",
            expected="the covariate of each animal",
            found="an empty cell",
            fix=f"fill in '{column.name}', or take it out of the design",
        )
        for column in values
        for animal in analysed.loc[column.isna().to_numpy(), "animal_id"]
    ]
    if problems:
        raise InputError(*problems)


def require_one_row_each(analysed: pd.DataFrame) -> None:
    """Refuse several rows of one animal: they are not independent."""
    repeated = analysed.loc[analysed["animal_id"].duplicated(), "animal_id"].unique()
    if len(repeated):
        raise InputError(
            *(
                Problem(
                    "one animal has several rows; they would be taken as independent animals",
                    at=f"animal {animal}",
                    expected="one row per animal",
                    found=f"{int((analysed['animal_id'] == animal).sum())} rows",
                    fix="exclude the other trials of the animal, or average them first",
                )
                for animal in repeated
            )
        )
