"""A new study from a folder of videos: a study file and a sheet to complete."""

import io
import re
from collections.abc import Sequence
from pathlib import Path

from behave import files, tracking
from behave.errors import BehaveError, InputError, Problem
from behave.study.plan import find_videos
from behave.tables import TRIALS

TEMPLATE = """\
# A study of behave. Complete trials.xlsx, then:
#   behave check study.yaml    says what is still missing
#   behave run study.yaml      scores the videos and compares the groups
study: {name}
trials: trials.xlsx
videos: .
arenas: {{count: {count}}}            # cylinders in each video, or {{file: arenas.csv}}
protocol:
  test: fst
  species: mouse                # mouse | rat
  duration_s: 360               # length of the test from the animal's entry
  score_window_s: [120, 360]    # the part that is scored, from the animal's entry
  bin_s: 60
design:
  outcome: immobility_s
  benefit: decrease             # the direction in which the agonist acts
  # The levels must be spelled as in trials.xlsx.
  agonist:    {{column: treatment,    control: vehicle, level: ketamine}}
  antagonist: {{column: pretreatment, control: vehicle, level: NBQX}}
  blocks: []                    # for example [cohort]
  residual_fraction: 0.5        # 'blocked' leaves less than this share of the effect
seed: 1
"""

# The columns of the sheet: what a run needs first, then what readers ask for.
COLUMNS = (
    "animal_id", "video", "arena", "pretreatment", "treatment", "cohort", "sex", "strain",
    "age_d", "weight_g", "cage", "litter", "experimenter", "pretreatment_dose_mg_per_kg",
    "pretreatment_min_before_test", "treatment_dose_mg_per_kg", "treatment_min_before_test",
    "entry_s", "exclude", "exclude_reason",
)  # fmt: skip
FACTORS = {
    "pretreatment": "What was given first: vehicle or NBQX, as in study.yaml.",
    "treatment": "What was given then: vehicle or ketamine, as in study.yaml.",
}


def start_study(folder: Path, count: int) -> tuple[list[str], list[str]]:
    """Write ``study.yaml``, ``trials.xlsx`` and pictures of the arenas into a folder of videos.

    Parameters
    ----------
    folder
        Searched for videos, subfolders included.
    count
        How many cylinders each video shows.

    Returns
    -------
    written, remarks
        Names of the files written, and what could not be drawn.

    Raises
    ------
    InputError
        If there is no video, or one of the files is there already.
    """
    videos = find_videos([folder])
    targets = {name: folder / name for name in ("study.yaml", "trials.xlsx")}
    taken = [
        Problem(
            "the file is there already",
            file=str(path),
            fix="complete it, or rename it to start anew; it is never overwritten",
        )
        for path in targets.values()
        if path.exists()
    ]
    if taken:
        raise InputError(*taken)
    pictures, remarks = _draw_cameras(videos, folder, count)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-") or "study"
    files.write_bytes(_workbook(list(videos), count), targets["trials.xlsx"])
    files.write_text(TEMPLATE.format(name=name, count=count), targets["study.yaml"])
    return [*targets, *pictures], remarks


def _draw_cameras(videos: dict[str, Path], folder: Path, count: int) -> tuple[list[str], list[str]]:
    """Draw the numbered arenas of the first video of each folder: one camera, one picture."""
    pictures, remarks, seen = [], [], set()
    for name, path in videos.items():
        if path.parent in seen:
            continue
        seen.add(path.parent)
        try:
            picture = tracking.draw_arenas(path, tracking.find_arenas(path, count))
        except BehaveError as error:
            remarks.append(f"{name}: {error.problems[0].what}")
            continue
        target = f"arenas/{name.replace('/', '__')}.png"
        files.write_bytes(picture, folder / target)
        pictures.append(target)
    return pictures, remarks


def _workbook(videos: Sequence[str], count: int) -> bytes:
    """Return the sheet of trials, one row per arena of each video, and a sheet of help."""
    from openpyxl import Workbook  # noqa: PLC0415 - only here
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "trials"
    sheet.append(COLUMNS)
    for video in videos:
        for arena in range(1, count + 1):
            row = dict.fromkeys(COLUMNS, "") | {"video": video, "arena": str(arena)}
            sheet.append([row[name] or None for name in COLUMNS])
    for position, name in enumerate(COLUMNS, start=1):
        column = get_column_letter(position)
        sheet.column_dimensions[column].width = max(12, len(name) + 2)
        if name in FACTORS or TRIALS[name].kind == "text":
            # Text, so that a spreadsheet keeps 007 and does not make 3-2 a date.
            for cell in sheet[column]:
                cell.number_format = "@"
    sheet.column_dimensions["B"].width = max(12, *(len(video) + 2 for video in videos))
    sheet.freeze_panes = "D2"
    guide = book.create_sheet("help")
    guide.append(("column", "meaning", "needed"))
    for name in COLUMNS:
        meaning = FACTORS[name] if name in FACTORS else TRIALS[name].description
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
