"""What a run was made of: ``run.json``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from behave.scoring import EarlierCalibration, ScoringOptions
from behave.study.cache import provenance
from behave.study.cache.store import content_hash
from behave.study.inputs.blinding import open_key
from behave.study.inputs.freeze import compare_lock
from behave.study.inputs.study_file import Study
from behave.study.score_tables import Scores


def record_of(
    path: Path,
    study: Study,
    inputs: Mapping[str, Path],
    started: str,
    scores: Scores | None = None,
) -> dict[str, Any]:
    """Return the content of ``run.json``, with what the analysis was locked as."""
    made = provenance.record(
        configuration=configuration_of(study),
        inputs=inputs,
        videos=scores.hashes if scores else {},
        keypoints=scores.keypoints if scores else {},
        seed=study.seed,
        started=started,
    )
    blinding = open_key(study.key, study.trials)
    lock = compare_lock(path, study, made["configuration"])
    if lock and blinding:
        # Both are times in UTC of one form, which sort as text.
        lock["before_key"] = lock["locked"] <= blinding["first_read"]
    return made | {"lock": lock, "blinding": blinding}


def configuration_of(study: Study) -> dict[str, Any]:
    """Return the study file in full, its paths as they lie relative to each other."""
    content: dict[str, Any] = study.model_dump(mode="json")
    content["trials"] = study.trials.name
    content["videos"] = study.videos.name if study.videos else None
    content["key"] = study.key.name if study.key else None
    content["other_folders"] = [folder.name for folder in study.other_folders[1:]]
    content["tracking"] |= study.tracking.names()
    content["scoring"] |= earlier_calibration(study.scoring)
    if study.arenas and study.arenas.file:
        content["arenas"]["file"] = study.arenas.file.name
    for part, item in study.design.tables.items():
        content["design"][part]["file"] = item.file.name if item.file else None
    for name, other in study.design.other_outcomes.items():
        content["design"]["other_outcomes"][name]["file"] = other.file.name
    return content


def earlier_calibration(scoring: ScoringOptions) -> dict[str, Any]:
    """Return what an earlier calibration is called, and what is in it."""
    earlier = scoring.immobile_below
    if not isinstance(earlier, EarlierCalibration):
        return {}
    sha256 = content_hash(earlier.file) if earlier.file.is_file() else None
    return {"immobile_below": {"from": earlier.file.name, "sha256": sha256}}


def inputs_of(path: Path, study: Study) -> dict[str, Path]:
    """Return the files that a run reads, by their part."""
    inputs = {"study": path, "trials": study.trials}
    if study.arenas and study.arenas.file:
        inputs["arenas"] = study.arenas.file
    if study.key:
        inputs["key"] = study.key
    if isinstance(study.scoring.immobile_below, EarlierCalibration):
        inputs["calibration"] = study.scoring.immobile_below.file
    return inputs | design_inputs(study)


def design_inputs(study: Study) -> dict[str, Path]:
    """Return the tables that the design names, by their part."""
    named = {part: item.file for part, item in study.design.tables.items() if item.file}
    others = study.design.other_outcomes
    return named | {f"outcome_{name}": other.file for name, other in others.items()}
