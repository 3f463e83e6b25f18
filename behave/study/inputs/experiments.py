"""Results folders of several experiments, read to be pooled."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from behave.errors import InputError, Problem
from behave.stats.pool import Experiment

# What must be the same for two experiments to have asked the same question.
SAME = (
    "outcome",
    "benefit",
    "agonist.level",
    "agonist.control",
    "agonist.dose",
    "antagonist.level",
    "antagonist.control",
    "antagonist.dose",
)


def read_experiments(folders: Sequence[Path]) -> list[Experiment]:
    """Read the verdicts of several results folders.

    Parameters
    ----------
    folders
        Results folders of `behave run` or `behave analyze`.

    Raises
    ------
    InputError
        If there are fewer than two, if one holds no verdict, if two are of the same
        data, or if they asked different questions.
    """
    if len(folders) < 2:  # noqa: PLR2004 - one experiment is not pooled
        raise InputError(
            Problem(
                "one experiment cannot be pooled",
                expected="two results folders or more",
                fix="name the results folder of each experiment",
            )
        )
    found: list[tuple[Path, dict[str, Any], dict[str, Any]]] = []
    problems: list[Problem] = []
    for folder in folders:
        try:
            verdict = json.loads((folder / "stats" / "verdict.json").read_text("utf-8"))
            run = json.loads((folder / "run.json").read_text("utf-8"))
            found.append((folder, verdict, run))
        except (OSError, ValueError) as error:
            problems.append(
                Problem(
                    "the folder holds no verdict",
                    file=str(folder),
                    expected="a results folder of 'behave run' or 'behave analyze'",
                    found=str(error),
                    fix="run the study first, and name its results folder",
                )
            )
    if problems:
        raise InputError(*problems)
    if problems := [*_same_data(found), *_other_questions(found)]:
        raise InputError(*problems)
    studies = [str(run["configuration"]["study"]) for _, _, run in found]
    several = Counter(studies)
    names = [
        study if several[study] == 1 else f"{study} ({folder.name})"
        for study, (folder, _, _) in zip(studies, found, strict=True)
    ]
    return [Experiment(name, verdict) for name, (_, verdict, _) in zip(names, found, strict=True)]


def _same_data(found: Sequence[tuple[Path, dict[str, Any], dict[str, Any]]]) -> Iterator[Problem]:
    """Yield a problem for each folder of data that another folder has already."""
    seen: dict[str, Path] = {}
    for folder, _, run in found:
        inputs = run["inputs"]
        data = json.dumps(
            [inputs.get("measures"), inputs.get("videos"), inputs["trials"]["sha256"]]
        )
        first = seen.setdefault(data, folder)
        if first != folder:
            yield Problem(
                "two folders hold the same experiment; it would count twice",
                file=str(folder),
                expected="experiments with animals of their own",
                found=f"the data of {first}",
                fix="name each experiment once",
            )


def _other_questions(
    found: Sequence[tuple[Path, dict[str, Any], dict[str, Any]]],
) -> Iterator[Problem]:
    """Yield a problem for each part of the design in which a folder differs from the first."""
    first, _, run = found[0]
    for folder, _, other in found[1:]:
        for key in SAME:
            one, two = (_part(item["configuration"]["design"], key) for item in (run, other))
            if one != two:
                yield Problem(
                    "the experiments did not ask the same question",
                    file=str(folder),
                    at=f"design.{key}",
                    expected=f"{one!r}, as in {first}",
                    found=repr(two),
                    fix="pool only experiments of the same outcome, drugs and doses",
                )


def _part(design: dict[str, Any], key: str) -> object:
    """Return a value of a design block by its dotted key; None where a part is absent."""
    value: object = design
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
