"""A new study from a folder of videos: a study file and a sheet to complete."""

import io
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from behave import files, tracking
from behave.errors import BehaveError, InputError, OutputError, Problem
from behave.model.tables import TRIALS
from behave.study.inputs.blinding import draw_codes
from behave.study.inputs.video_files import find_videos

TEMPLATE = """\
# A study of behave. Complete trials.xlsx, then:
#   behave check study.yaml    says what is still missing
#   behave run study.yaml      scores the videos and compares the groups
study: {name}
trials: trials.xlsx
videos: .{key}
arenas: {{count: {count}}}            # {place} in each video, or {{file: arenas.csv}}
protocol:
  test: {test}
  species: mouse                # mouse | rat
  duration_s: 360               # length of the test from the animal's entry
  score_window_s: {window}    # the part that is scored, from the animal's entry
  bin_s: 60
design:                         # doses, genotypes, times, ...: see the page 'Designs'
  outcome: immobility_s
  benefit: decrease             # the direction in which the agonist acts
  # The levels must be spelled as in trials.xlsx.
  agonist:    {{column: treatment,    control: vehicle, level: ketamine}}
  antagonist: {{column: pretreatment, control: vehicle, level: NBQX}}
  blocks: []                    # for example [cohort]
  residual_fraction: 0.5        # 'blocked' leaves less than this share of the effect
seed: 1
"""

Test = Literal["fst", "tst"]
PROTOCOLS: dict[Test, dict[str, str]] = {
    "fst": {"test": "fst", "window": "[120, 360]", "place": "cylinders"},
    "tst": {"test": "tst", "window": "[0, 360]", "place": "animals"},
}

# The columns of the sheet: what a run needs first, then what readers ask for.
COLUMNS = (
    "animal_id", "video", "arena", "pretreatment", "treatment", "cohort", "sex", "strain",
    "age_d", "weight_g", "cage", "litter", "experimenter", "pretreatment_dose_mg_per_kg",
    "pretreatment_min_before_test", "treatment_dose_mg_per_kg", "treatment_min_before_test",
    "entry_s", "exclude", "exclude_reason",
)  # fmt: skip
SHOWN = 8  # names told one by one
BLIND = "blind"
KEY = "key.xlsx"
# A blind study's sheet steers the run; all else is in the key, the groups among it.
BLIND_COLUMNS = ("animal_id", "video", "arena", "entry_s", "exclude", "exclude_reason")
KEY_COLUMNS = ("true_animal_id", *(name for name in COLUMNS if name not in BLIND_COLUMNS))
TRUE = {
    "true_animal_id": "The animal's own id.",
    "true_video": "The video behind the code.",
    "true_arena": "Its arena, as numbered in the picture of the arenas.",
}
FACTORS = {
    "pretreatment": "What was given first: vehicle or NBQX, as in study.yaml.",
    "treatment": "What was given then: vehicle or ketamine, as in study.yaml.",
}


@dataclass(frozen=True)
class Started:
    """What was written for a new study.

    Parameters
    ----------
    written
        Names of the files.
    notes
        What could not be read or drawn, and what was seen.
    videos
        How many videos were found.
    count
        How many cylinders each is said to show.
    """

    written: list[str]
    notes: list[str]
    videos: int
    count: int


def start_study(folder: Path, count: int | None, test: Test = "fst") -> Started:
    """Write ``study.yaml``, ``trials.xlsx`` and pictures of the arenas into a folder of videos.

    Parameters
    ----------
    folder
        Searched for videos, subfolders included.
    count
        How many cylinders each video shows; None: as many as are seen.
    test
        The kind of test. Hanging animals are not counted: None is then 1.

    Raises
    ------
    InputError
        If there is no video, or one of the files is there already.
    """
    videos = find_videos([folder])
    targets = {name: folder / name for name in ("study.yaml", "trials.xlsx")}
    _refuse_taken(list(targets.values()))
    count, pictures, notes = _look(videos, folder, count, test)
    name = _study_name(folder)
    rows = [("", video, str(arena)) for video in videos for arena in range(1, count + 1)]
    files.write_bytes(_workbook(COLUMNS, rows), targets["trials.xlsx"])
    text = TEMPLATE.format(name=name, count=count, key="", **PROTOCOLS[test])
    files.write_text(text, targets["study.yaml"])
    return Started([*targets, *pictures], notes, len(videos), count)


def start_blind_study(folder: Path, count: int | None, test: Test = "fst") -> Started:
    """Write a study under codes into ``blind/``, and what is behind them into ``key.xlsx``.

    Each video has its code for a name in ``blind/``: as a second name of the
    same file where the disk knows such, else as a copy.

    Parameters
    ----------
    folder
        Searched for videos, subfolders included.
    count
        How many cylinders each video shows; None: as many as are seen.
    test
        The kind of test. Hanging animals are not counted: None is then 1.

    Raises
    ------
    InputError
        If there is no video, or the folder or the key is there already.
    """
    videos = find_videos([folder])
    blind = folder / BLIND
    _refuse_taken([blind, folder / KEY])
    codes = dict(zip(videos, draw_codes(len(videos)), strict=True))
    coded = {f"{codes[name]}{path.suffix.lower()}": name for name, path in videos.items()}
    blind.mkdir(parents=True)
    try:
        for code, name in coded.items():
            _second_name(videos[name], blind / code)
    except OSError as error:
        shutil.rmtree(blind)
        raise OutputError(
            Problem("the coded videos cannot be written", file=str(blind), found=str(error),
                    fix="check that the disk is not full and that the folder can be written")
        ) from error  # fmt: skip
    shown = {code: blind / code for code in sorted(coded)}
    count, pictures, notes = _look(shown, blind, count, test)
    # In the order of the codes, which tells nothing of the videos.
    places = [
        (f"{Path(code).stem}_{arena}", code, str(arena))
        for code in sorted(coded)
        for arena in range(1, count + 1)
    ]
    key_rows = [(animal, coded[code], arena) for animal, code, arena in places]
    files.write_bytes(
        _workbook(("animal_id", "true_video", "true_arena", *KEY_COLUMNS), key_rows), folder / KEY
    )
    files.write_bytes(_workbook(BLIND_COLUMNS, places), blind / "trials.xlsx")
    template = TEMPLATE.format(
        name=_study_name(folder), count=count, key=f"\nkey: ../{KEY}", **PROTOCOLS[test]
    )
    files.write_text(template, blind / "study.yaml")
    names = ["study.yaml", "trials.xlsx", *pictures]
    written = [KEY, *(f"{BLIND}/{name}" for name in names)]
    return Started(written, notes, len(videos), count)


def _second_name(video: Path, target: Path) -> None:
    """Give a video a second name, or copy it where the disk knows no second names."""
    try:
        target.hardlink_to(video)
    except OSError:
        shutil.copyfile(video, target)


def _study_name(folder: Path) -> str:
    """Return a folder's name as one that a study may have."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-") or "study"


def _refuse_taken(paths: Sequence[Path]) -> None:
    """Refuse to write over what is there."""
    taken = [
        Problem(
            "the file is there already",
            file=str(path),
            fix="complete it, or rename it to start anew; it is never overwritten",
        )
        for path in paths
        if path.exists()
    ]
    if taken:
        raise InputError(*taken)


def _look(
    videos: dict[str, Path], folder: Path, count: int | None, test: Test
) -> tuple[int, list[str], list[str]]:
    """Look at the videos: how many cylinders they show, a picture per camera, and notes.

    One folder and one size of the picture are taken for one camera; its first
    video that can be read is drawn.
    """
    pictures, notes, unreadable = [], [], []
    cameras: dict[tuple[Path, int, int], list[str]] = {}
    for name, path in videos.items():
        try:
            info = tracking.probe(path)
        except BehaveError:
            unreadable.append(name)
            continue
        cameras.setdefault((path.parent, info.width, info.height), []).append(name)
    firsts = [names[0] for names in cameras.values()]
    counted = firsts if test == "fst" else ()
    seen = {name: tracking.count_cylinders(videos[name]) for name in counted}
    told = [number for number in seen.values() if number is not None]
    if count is None:
        count = max(told, key=told.count, default=1)
        if not told:
            notes.append(
                f"How many {PROTOCOLS[test]['place']} the videos show could not be seen: 1 was written. Correct "
                "'arenas: {count: 1}' in study.yaml, or start anew with --count."
            )
    for name in firsts:
        try:
            arenas = tracking.find_arenas(videos[name], count, test)
            crowded = tracking.find_crowded(videos[name], arenas, test)
            picture = tracking.draw_arenas(videos[name], arenas)
        except BehaveError as error:
            notes.append(f"No picture of {name}: {error.problems[0].what}.")
            continue
        target = f"arenas/{name.replace('/', '__')}.png"
        files.write_bytes(picture, folder / target)
        pictures.append(target)
        notes += [
            f"{name}: two animals are seen in arena {one}; is the count right?" for one in crowded
        ]
    if unreadable:
        shown = ", ".join(unreadable[:SHOWN])
        more = f" and {len(unreadable) - SHOWN} more" if len(unreadable) > SHOWN else ""
        notes.append(
            f"Cannot be read as videos: {shown}{more}. Delete their rows, or mend the files."
        )
    sizes: dict[tuple[int, int], list[str]] = {}
    for (_, width, height), names in cameras.items():
        sizes.setdefault((width, height), []).extend(names)
    if len(sizes) > 1:
        told_sizes = "; ".join(
            f"{width} x {height} px in {len(names)} video{'s' if len(names) != 1 else ''} "
            f"({', '.join(names[:2])}{', ...' if len(names) > 2 else ''})"  # noqa: PLR2004 - two are shown
            for (width, height), names in sizes.items()
        )
        notes.append(f"The pictures have {len(sizes)} sizes: {told_sizes}.")
    return count, pictures, notes


def _workbook(columns: Sequence[str], rows: Sequence[tuple[str, str, str]]) -> bytes:
    """Return a sheet of which the first three columns are filled, and a sheet of help."""
    from openpyxl import Workbook  # noqa: PLC0415 - only here
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "trials"
    sheet.append(list(columns))
    for row in rows:
        sheet.append([cell or None for cell in row])
    meanings = FACTORS | TRUE
    for position, name in enumerate(columns, start=1):
        column = get_column_letter(position)
        sheet.column_dimensions[column].width = max(12, len(name) + 2)
        if name in meanings or TRIALS[name].kind == "text":
            # Text, so that a spreadsheet keeps 007 and does not make 3-2 a date.
            for cell in sheet[column]:
                cell.number_format = "@"
    sheet.column_dimensions["B"].width = max(12, *(len(row[1]) + 2 for row in rows))
    sheet.freeze_panes = "D2"
    guide = book.create_sheet("help")
    guide.append(("column", "meaning", "needed"))
    for name in columns:
        meaning = meanings[name] if name in meanings else TRIALS[name].description
        needed = name in {"animal_id", "video", "arena", *FACTORS}
        guide.append((name, meaning, "yes" if needed else "if known"))
    for width, column in ((32, "A"), (90, "B"), (10, "C")):
        guide.column_dimensions[column].width = width
    for header in (sheet[1], guide[1]):
        for cell in header:
            cell.font = Font(bold=True)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
