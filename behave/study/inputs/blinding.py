"""Which video is whose, kept apart until the scores are made.

A blind study names its videos and animals by codes. What stands behind them,
the groups among it, is in a file of its own, the key. The first run that
reads the key is recorded beside it and told in ``run.json``.
"""

import json
import secrets
from pathlib import Path
from typing import Any

import pandas as pd

from behave import files, sheets
from behave.errors import InputError, Problem
from behave.study.cache import provenance
from behave.study.cache.store import content_hash

# No vowels, so that no code is a word, and nothing that is mistaken for a digit.
LETTERS = "BCDFGHJKMNPQRTVWXYZ"
LENGTH = 5
RECORDED = {"first_read", "key_sha256", "trials_sha256"}


def draw_codes(count: int) -> list[str]:
    """Draw that many codes, each other and in no order that tells of the videos."""
    codes: set[str] = set()
    while len(codes) < count:
        codes.add("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))
    return list(codes)


def add_key(trials: pd.DataFrame, trials_file: Path, key_file: Path) -> pd.DataFrame:
    """Add to coded trials what the key says of each animal.

    Parameters
    ----------
    trials
        The table of trials as text, indexed by its rows in the file.
    trials_file
        Its file, for messages.
    key_file
        The key: ``animal_id``, and columns that the trials do not have.

    Raises
    ------
    InputError
        With one problem for each column or animal that does not fit.
    """
    key = sheets.read_sheet(key_file)
    problems = [
        Problem(f"no column '{name}'", file=str(path), at="header", fix="restore the column")
        for table, path in ((trials, trials_file), (key, key_file))
        for name in ("animal_id",)
        if name not in table
    ]
    if problems:
        raise InputError(*problems)
    told = [name for name in key.columns if name != "animal_id"]
    problems += [
        Problem(
            f"column '{name}' stands in the trials and in the key",
            file=str(trials_file),
            at="header",
            expected="groups in the key alone, so that the trials stay blind",
            fix=f"delete '{name}' from one of them",
        )
        for name in told
        if name in trials
    ]
    problems += [
        Problem(
            f"animal '{animal}' appears twice in the key", file=str(key_file), fix="keep one row"
        )
        for animal in dict.fromkeys(key.loc[key["animal_id"].duplicated(), "animal_id"])
    ]
    problems += [
        Problem(
            f"animal '{animal}' is not in the key",
            file=str(trials_file),
            at=f"row {row}, column 'animal_id'",
            expected=f"an animal of {key_file.name}",
            fix="restore its code",
        )
        for row, animal in trials["animal_id"].items()
        if animal not in set(key["animal_id"])
    ]
    if problems:
        raise InputError(*problems)
    by_animal = key.set_index("animal_id")
    return trials.assign(**{name: trials["animal_id"].map(by_animal[name]) for name in told})


def open_key(key_file: Path | None, trials_file: Path) -> dict[str, Any] | None:
    """Record that a run has read the key; return what ``run.json`` says of it.

    Returns
    -------
    dict or None
        ``key, first_read, key_sha256, trials_sha256`` (of the table as it was at
        the first reading) and ``trials_unchanged``; None where nothing is blind.

    Raises
    ------
    OutputError
        If the record cannot be written: then the key counts as unread.
    """
    if key_file is None:
        return None
    record = key_file.with_name(f"{key_file.stem}.read.json")
    present = content_hash(trials_file)
    first = _read_record(record)
    if first is None:
        first = {
            "first_read": provenance.now(),
            "key_sha256": content_hash(key_file),
            "trials_sha256": present,
        }
        files.write_text(json.dumps(first, indent=1) + "\n", record)
    return {"key": key_file.name, **first, "trials_unchanged": first["trials_sha256"] == present}


def _read_record(file: Path) -> dict[str, Any] | None:
    """Return what was recorded at the first reading; None where nothing readable was."""
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(content, dict) and content.keys() >= RECORDED
    return content if known else None
