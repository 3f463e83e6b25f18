"""The study file: what a YAML file may say, composed of each stage's own options."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from behave.errors import InputError, Problem, did_you_mean
from behave.files import is_file_name
from behave.scoring import ScoringOptions
from behave.stats import DesignOptions
from behave.tracking import TrackingOptions

# Bytes: a name gets an ending, and disks take 255.


# What a tracker can score; any other test comes as a table.
SCORED_TESTS = ("fst", "tst", "freezing")


class Options(BaseModel):
    """Base of the study file's own blocks: frozen, and strict about keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ArenaOptions(Options):
    """Where the arenas come from: a table, or detection of a given number."""

    count: int | None = Field(None, ge=1, le=64, description="How many arenas to find per video.")
    file: Path | None = Field(None, description="Table of arenas, beside the study file.")

    @model_validator(mode="after")
    def _one_source(self) -> "ArenaOptions":
        if (self.count is None) == (self.file is None):
            raise ValueError("give either 'count' or 'file'")
        return self


class ProtocolOptions(Options):
    """The test as it was run, in seconds from the animal's entry."""

    test: str = Field(
        "fst",
        pattern="^[A-Za-z][A-Za-z0-9 _-]*$",
        description="'fst': forced-swim test. 'tst': tail suspension test, in which swinging is no "
        "movement. 'freezing': any movement but breathing counts; scored from keypoints. Any other "
        "test ('spt') is analysed from a table (behave analyze), not scored from video.",
    )
    species: Literal["mouse", "rat"] = Field("mouse", description="Species.")
    duration_s: float = Field(360, gt=0, description="Length of the test from the animal's entry.")
    score_window_s: tuple[float, float] = Field(
        (120, 360),
        description="Start and stop of the scored window, from the animal's entry. Left out of a "
        "tail suspension test: all of it.",
    )
    bin_s: float = Field(60, gt=0, description="Width of the time bins.")

    @model_validator(mode="before")
    @classmethod
    def _usual_window(cls, told: object) -> object:
        if isinstance(told, dict) and told.get("test") == "tst":
            return {"score_window_s": (0, told.get("duration_s", 360)), **told}
        return told

    @model_validator(mode="after")
    def _window_inside(self) -> "ProtocolOptions":
        start, stop = self.score_window_s
        if not 0 <= start < stop <= self.duration_s:
            raise ValueError(
                f"score_window_s [{start:g}, {stop:g}] must lie inside [0, {self.duration_s:g}]"
            )
        return self

    @property
    def epochs(self) -> dict[str, tuple[float, float]]:
        """The named time windows that are measured, from the animal's entry."""
        return {"whole": (0.0, self.duration_s), "score_window": self.score_window_s}


class Study(Options):
    """A study file. Paths are relative to it, and absolute once it is loaded."""

    study: str = Field(description="Name of the study and of its results folder.")
    trials: Path = Field(description="Table of trials: .csv or .xlsx.")
    videos: Path | None = Field(None, description="Folder that the trials' videos are named from.")
    other_folders: tuple[Path, ...] = Field(
        (), description="Further folders that the trials' videos may lie in."
    )
    key: Path | None = Field(
        None, description="Table of what stands behind a blind study's codes; see 'behave init'."
    )
    arenas: ArenaOptions | None = Field(None, description="Where the arenas come from.")
    protocol: ProtocolOptions = Field(default_factory=ProtocolOptions, description="The test.")
    tracking: TrackingOptions = Field(
        default_factory=TrackingOptions, description="How motion is measured."
    )
    scoring: ScoringOptions = Field(
        default_factory=ScoringOptions, description="How motion becomes immobility."
    )
    design: DesignOptions = Field(description="What is compared.")
    corrections: bool = Field(
        True,
        description="Whether what a person corrected in 'behave web' (by_hand/corrections.csv) "
        "counts in the comparison.",
    )
    seed: int = Field(1, ge=0, description="Seed of everything that is drawn at random.")

    @field_validator("trials", "videos", "key", mode="before")
    @classmethod
    def _either_slash(cls, value: object) -> object:
        return portable(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _test_of_tracking(self) -> "Study":
        self.tracking.require_test(self.protocol.test)
        return self

    @property
    def tracking_options(self) -> TrackingOptions:
        """How motion is measured: the options, of the protocol's test if they name none."""
        return self.tracking.model_copy(update={"test": self.tracking.test or self.protocol.test})

    @field_validator("study")
    @classmethod
    def _file_name(cls, value: str) -> str:
        if not is_file_name(value):
            raise ValueError("the study's name is also a folder's name: use letters, digits and -")
        return value


def portable(path: str) -> str:
    """Return a path with forward slashes, so that Windows paths work everywhere."""
    return path.replace("\\", "/")


def load_study(path: Path) -> Study:
    """Read and validate a study file.

    Parameters
    ----------
    path
        The YAML file.

    Returns
    -------
    Study
        With absolute paths.

    Raises
    ------
    InputError
        With one problem for each fault of the file.
    """
    content = _load_yaml(path)
    try:
        study = Study.model_validate(content)
    except ValidationError as error:
        raise InputError(*_problems(error, path)) from None
    folder = path.resolve().parent
    changes: dict[str, Any] = {"trials": folder / study.trials}
    if study.videos is not None:
        changes["videos"] = folder / study.videos
    # The study's own folder is always among them.
    others = (folder / portable(str(other)) for other in study.other_folders)
    changes["other_folders"] = (folder, *others)
    if study.key is not None:
        changes["key"] = folder / study.key
    if study.arenas is not None and study.arenas.file is not None:
        changes["arenas"] = ArenaOptions(count=None, file=folder / portable(str(study.arenas.file)))
    tables: dict[str, Any] = {
        name: part.model_copy(update={"file": folder / portable(str(part.file))})
        for name, part in study.design.tables.items()
    }
    if study.design.other_outcomes:
        tables["other_outcomes"] = {
            name: other.model_copy(update={"file": folder / portable(str(other.file))})
            for name, other in study.design.other_outcomes.items()
        }
    if tables:
        changes["design"] = study.design.model_copy(update=tables)
    changes["tracking"] = study.tracking.below(folder)
    changes["scoring"] = study.scoring.below(folder)
    return study.model_copy(update=changes)


class _Loader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice; YAML keeps the last in silence."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - PyYAML's signature
    ) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # refused by the base class, with its line
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key '{key.value}' is given twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _load_yaml(path: Path) -> Mapping[str, Any]:
    """Return the file's mapping, or say in which line it stops being YAML."""
    try:
        content = yaml.load(path.read_text("utf-8-sig"), _Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise InputError(
            Problem(
                "the study file cannot be opened",
                file=str(path),
                found=error.strerror or str(error),
                fix="check the path",
            )
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            Problem("the file is not UTF-8 text", file=str(path), fix="save it as UTF-8")
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            Problem(
                "the file is not valid YAML",
                file=str(path),
                at=f"line {mark.line + 1}" if mark else None,
                expected="lines of 'key: value', indented with spaces",
                found=getattr(error, "problem", None) or str(error).splitlines()[0],
                fix="compare the line with configs/nbqx_ketamine.yaml",
            )
        ) from error
    if not isinstance(content, dict):
        raise InputError(
            Problem(
                "the file holds no settings",
                file=str(path),
                expected="lines of 'key: value', starting with 'study: NAME'",
                found="nothing" if content is None else type(content).__name__,
                fix="start from configs/nbqx_ketamine.yaml or 'behave init'",
            )
        )
    return content


def _problems(error: ValidationError, path: Path) -> list[Problem]:
    """Return a plain problem for each fault that pydantic found."""
    problems = []
    for fault in error.errors(include_url=False):
        key = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            problem = Problem(
                f"unknown key '{fault['loc'][-1]}'",
                file=str(path),
                at=key,
                fix=did_you_mean(str(fault["loc"][-1]), _known_keys(fault["loc"][:-1])),
            )
        elif fault["type"] == "missing":
            problem = Problem("missing key", file=str(path), at=key, fix=f"add '{key}'")
        else:
            problem = Problem(
                "this value cannot be used",
                file=str(path),
                at=key or "the file",
                expected=fault["msg"].removeprefix("Value error, "),
                found=repr(fault["input"]),
                fix="correct the value",
            )
        problems.append(problem)
    return problems


def _known_keys(place: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the study file may have at a place."""
    model: type[BaseModel] = Study
    for part in place:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
        model = next(
            (item for item in inner if isinstance(item, type) and issubclass(item, BaseModel)),
            model,
        )
    return list(model.model_fields)
