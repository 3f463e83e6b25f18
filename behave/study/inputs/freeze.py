"""The analysis frozen before unblinding, and whether what ran is what was frozen.

``behave check STUDY.yaml --lock`` writes ``STUDY.lock.json`` beside the study
file: design, scoring, tracking and protocol with their SHA-256, and that of
the table of trials. Every later run compares itself with it and says so.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from behave import __version__, files
from behave.errors import InputError, Problem
from behave.model.flags import Flag
from behave.study.cache import provenance
from behave.study.cache.store import content_hash
from behave.study.inputs.study_file import Study

# What changes a result; names, folders and the arenas' source do not.
PARTS = ("protocol", "tracking", "scoring", "design", "seed")


@dataclass(frozen=True)
class Lock:
    """A frozen analysis.

    Parameters
    ----------
    locked
        When, in UTC.
    sha256
        Of the analysis.
    analysis
        The study file's parts that change a result, defaults included.
    trials_sha256
        Of the table of trials as it then was.
    behave
        The version that locked it.
    """

    locked: str
    sha256: str
    analysis: Mapping[str, Any]
    trials_sha256: str
    behave: str

    def __post_init__(self) -> None:
        for name in ("locked", "sha256", "trials_sha256", "behave"):
            if not isinstance(getattr(self, name), str):
                raise TypeError(f"'{name}' is no text")


def lock_file(study_file: Path) -> Path:
    """Return where the lock of a study file is kept."""
    return study_file.with_name(f"{study_file.stem}.lock.json")


def frozen(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a configuration that are locked."""
    parts = {name: configuration[name] for name in PARTS}
    # Under a key of its own, where locks of before hold it too.
    design = dict(configuration["design"])
    parts |= {"rule_version": design.pop("rule_version"), "design": design}
    # As JSON has it, so that what was written compares with what runs.
    content: dict[str, Any] = json.loads(json.dumps(parts, default=str))
    return content


def fingerprint(analysis: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an analysis, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(analysis, sort_keys=True).encode()).hexdigest()


def freeze(study_file: Path, study: Study, configuration: Mapping[str, Any]) -> Lock:
    """Lock an analysis; one that is locked already stays as it is.

    Parameters
    ----------
    study_file
        The study file.
    study
        Its content.
    configuration
        As a run records it.

    Raises
    ------
    InputError
        If another analysis was locked before.
    OutputError
        If the lock cannot be written.
    """
    path, analysis = lock_file(study_file), frozen(configuration)
    known = read_lock(study_file)
    if known is None:
        lock = Lock(
            locked=provenance.now(),
            sha256=fingerprint(analysis),
            analysis=analysis,
            trials_sha256=content_hash(study.trials),
            behave=__version__,
        )
        files.write_text(json.dumps(lock.__dict__, indent=2, allow_nan=False) + "\n", path)
        return lock
    changed = list(_differences(known.analysis, analysis))
    if changed:
        raise InputError(
            Problem(
                f"another analysis was locked at {known.locked}",
                file=path.name,
                at=", ".join(key for key, _, _ in changed),
                expected="; ".join(f"{key}: {old}" for key, old, _ in changed),
                found="; ".join(f"{key}: {new}" for key, _, new in changed),
                fix="restore these values, or delete the lock and say why in the paper",
            )
        )
    return known


def read_lock(study_file: Path) -> Lock | None:
    """Return the lock of a study file; None where there is none.

    Raises
    ------
    InputError
        If the file is no lock, or was changed after it was written.
    """
    path = lock_file(study_file)
    if not path.is_file():
        return None
    try:
        lock = Lock(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            Problem("the lock cannot be read", file=str(path), found=str(error),
                    fix="restore it, or delete it and lock again")
        ) from error  # fmt: skip
    if fingerprint(lock.analysis) != lock.sha256:
        raise InputError(
            Problem(
                "the lock was changed after it was written",
                file=str(path),
                expected=f"an analysis of SHA-256 {lock.sha256[:12]}...",
                found=f"{fingerprint(lock.analysis)[:12]}...",
                fix="restore it, or delete it and lock again",
            )
        )
    return lock


def compare_lock(
    study_file: Path, study: Study, configuration: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Say whether what runs is what was locked; None where nothing was.

    Returns
    -------
    dict or None
        ``locked, sha256, matches, differs`` (key, locked and present value of
        each difference), ``trials_unchanged`` and ``behave``: for ``run.json``.
        In a blind study a run adds ``before_key``: whether it was locked before
        the key was first read.
    """
    lock = read_lock(study_file)
    if lock is None:
        return None
    changed = list(_differences(lock.analysis, frozen(configuration)))
    return {
        "file": lock_file(study_file).name,
        "locked": lock.locked,
        "sha256": lock.sha256,
        "matches": not changed,
        "differs": [{"key": key, "locked": old, "ran": new} for key, old, new in changed],
        "trials_unchanged": content_hash(study.trials) == lock.trials_sha256,
        "behave": lock.behave,
    }


def find_lock_flags(found: Mapping[str, Any] | None) -> list[Flag]:
    """Say that what ran is not what was locked."""
    if found is None or found["matches"]:
        return []
    told = "; ".join(f"{item['key']} was {item['locked']}, is {item['ran']}"
                     for item in found["differs"])  # fmt: skip
    return [
        Flag(
            "lock_broken",
            len(found["differs"]),
            f"What ran is not what was locked at {found['locked']}: {told}.",
        )
    ]


def _differences(
    old: Any,
    new: Any,
    at: str = "",
) -> Iterator[tuple[str, Any, Any]]:
    """Yield (key, old, new) of each value that differs."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _differences(old.get(key), new.get(key), f"{at}.{key}" if at else str(key))
    elif old != new:
        yield at, old, new
