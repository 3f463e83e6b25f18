"""Arenas of videos: reading them from a table, finding and drawing them."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd

from behave.errors import InputError, Problem, TrialError
from behave.model.tables import ARENAS
from behave.schema import conform, parse
from behave.sheets import read_sheet
from behave.tracking.arenas import counting, detection, polygon
from behave.tracking.trial import Arena, Recording, Shape, Video
from behave.tracking.video.picture import Float32, Frame, to_grey
from behave.tracking.video.reader import sample_frames
from behave.tracking.video.seeking import frame_size, middle_frame

SAMPLES = 16  # number of frames in which cylinders are searched
WILD = "*?["


def read_arenas(file: Path, videos: Mapping[str, Video]) -> dict[str, list[Arena]]:
    """Read the arenas of videos from a table.

    Parameters
    ----------
    file
        The table, as `behave.model.tables.ARENAS`. Its column ``video`` holds a
        video's name or a pattern such as ``cam1/*``. Of the patterns that fit
        a video the most specific one is used: the name itself, otherwise the one
        with the most letters that are not wildcards.
    videos
        Name in the trials table -> the video. Missing files are not checked.

    Returns
    -------
    dict
        The arenas of each video in the order of the table.

    Raises
    ------
    InputError
        If the table is faulty, no row fits a video, or an arena is partly outside
        the frame; each problem names its row. If the arenas of a pattern fit some
        of its videos and not others, the latter fail later, in `require_inside`.
    """
    table = parse(read_sheet(file), ARENAS, str(file))
    patterns = table["video"].str.replace("\\", "/")
    faulty = _faulty_polygons(table, file)
    if faulty:  # these rows cannot be converted to arenas
        raise InputError(*faulty)
    problems = _repeated(table, patterns, file)
    found: dict[str, list[Arena]] = {}
    overhanging: dict[str, list[Problem]] = {}
    inside: set[str] = set()
    for name, path in videos.items():
        fitting = [pattern for pattern in patterns.unique() if _fits(name, pattern)]
        if not fitting:
            problems.append(
                Problem(
                    f"no row fits the video '{name}'",
                    file=str(file),
                    at="column 'video'",
                    found=", ".join(patterns.unique()),
                    fix="add rows for this video, or a pattern such as 'cam1/*' or '*'",
                )
            )
            continue
        chosen = max(fitting, key=lambda pattern: _specificity(name, pattern))
        rows = table[patterns == chosen]
        found[name] = [_arena(row) for _, row in rows.iterrows()]
        size = _size_if_readable(path)
        if size is not None:
            beyond = [
                problem
                for (row, _), arena in zip(rows.iterrows(), found[name], strict=True)
                for problem in _outside(arena, size, name, f"row {row}", file)
            ]
            overhanging[chosen] = overhanging.get(chosen, []) + beyond
            if not beyond:
                inside.add(chosen)
    # If a pattern is right for other videos, only the single video fails later.
    for pattern, beyond in overhanging.items():
        problems += beyond if pattern not in inside else []
    if problems:
        raise InputError(*problems)
    return found


def _fits(name: str, pattern: str) -> bool:
    """Return whether a pattern fits a video's name, with either kind of slash."""
    return fnmatchcase(name.replace("\\", "/"), pattern)


def _specificity(name: str, pattern: str) -> tuple[bool, int]:
    """Return how specific a pattern is for a video, for comparison."""
    return pattern == name.replace("\\", "/"), sum(letter not in WILD for letter in pattern)


def _arena(row: "pd.Series[Any]") -> Arena:
    """Return the arena of one row."""
    scale = row.get("px_per_cm")
    shape: Shape = row.get("shape") or "rectangle"
    return Arena(
        name=str(row["arena"]),
        x=float(row["x_px"]),
        y=float(row["y_px"]),
        width=float(row["width_px"]),
        height=float(row["height_px"]),
        shape=shape,
        px_per_cm=None if scale is None or pd.isna(scale) else float(scale),
        points=polygon.to_points(str(row["points_px"])) if shape == "polygon" else (),
    )


def tabulate_arenas(arenas: Mapping[str, Sequence[Arena]]) -> pd.DataFrame:
    """Return the arenas of each video as a table that `read_arenas` can read."""
    rows = [
        {
            "video": video,
            "arena": one.name,
            "x_px": one.x,
            "y_px": one.y,
            "width_px": one.width,
            "height_px": one.height,
            "shape": one.shape,
            "px_per_cm": one.px_per_cm,
            "points_px": polygon.to_text(one.points),
        }
        for video, drawn in arenas.items()
        for one in drawn
    ]
    return conform(pd.DataFrame(rows, columns=list(ARENAS.names)), ARENAS)


def _faulty_polygons(table: pd.DataFrame, file: Path) -> list[Problem]:
    """Return a problem for each polygon without corners, or whose box does not fit them."""
    problems = []
    for row, cells in table.iterrows():
        if cells.get("shape") != "polygon":
            continue
        at, text = f"row {row}, column 'points_px'", str(cells.get("points_px", ""))
        try:
            arena = _arena(cells)
        except (ValueError, KeyError):
            problems.append(
                Problem(
                    "a polygon without its corners",
                    file=str(file),
                    at=at,
                    expected="three corners or more: 'x y; x y; x y'",
                    found=repr(text),
                    fix="write the corners in px of the full frame, or draw them in 'behave web'",
                )
            )
            continue
        if not polygon.fits_box(arena):
            left, top, width, height = polygon.box_of(arena.points)
            problems.append(
                Problem(
                    f"the box of arena '{arena.name}' does not fit its corners",
                    file=str(file),
                    at=at,
                    expected=f"x_px {left:g}, y_px {top:g}, width_px {width:g}, "
                    f"height_px {height:g}",
                    found=f"{arena.x:g}, {arena.y:g}, {arena.width:g}, {arena.height:g}",
                    fix="correct the box or the corners",
                )
            )
    return problems


def _repeated(table: pd.DataFrame, patterns: "pd.Series[str]", file: Path) -> list[Problem]:
    """Return a problem for each arena that a pattern names twice."""
    keys = pd.DataFrame({"video": patterns, "arena": table["arena"]})
    return [
        Problem(
            f"arena '{key['arena']}' of '{key['video']}' appears twice",
            file=str(file),
            at=f"row {row}",
            fix="delete one of the rows or rename the arena",
        )
        for row, key in keys[keys.duplicated()].iterrows()
    ]


def _size_if_readable(video: Video) -> tuple[int, int] | None:
    """Return a video's width and height; None if it cannot be read (reported later)."""
    try:
        return frame_size(video)
    except TrialError:
        return None


def require_inside(video: Video, arenas: Sequence[Arena]) -> None:
    """Check that all arenas are inside the picture of a video.

    Raises
    ------
    TrialError
        With one problem for each arena that extends beyond the picture.
    """
    recording, size = Recording.of(video), frame_size(video)
    problems = [
        problem
        for arena in arenas
        for problem in _outside(arena, size, recording.name, f"arena {arena.name}", recording)
    ]
    if problems:
        raise TrialError(*problems)


def _outside(arena: Arena, size: tuple[int, int], name: str, at: str, file: Video) -> list[Problem]:
    """Return a problem if an arena is not inside the frame."""
    width, height = size
    right, bottom = arena.x + arena.width, arena.y + arena.height
    if right <= width and bottom <= height:
        return []
    return [
        Problem(
            f"arena '{arena.name}' extends beyond the picture of '{name}'",
            file=str(file),
            at=at,
            expected=f"within {width} x {height} px",
            found=f"right edge at {right:g}, bottom edge at {bottom:g}",
            fix="measure the arena in pixels of the video itself",
        )
    ]


def find_arenas(video: Video, count: int) -> list[Arena]:
    """Find the cylinders of a video, seen from the side or from above.

    Parameters
    ----------
    video
        The video.
    count
        Number of cylinders in it.

    Returns
    -------
    list of Arena
        Named 1..count, left to right, then top to bottom. Rectangles if the
        cylinders are seen from the side, ellipses if seen from above.

    Raises
    ------
    TrialError
        If the file cannot be read, this number of cylinders is not found, or the
        picture clearly shows another number.
    """
    still, moving = _still_and_moving(list(sample_frames(video, SAMPLES)))
    seen = counting.count_cylinders(still, moving)
    if seen is not None and seen != count and not (
        count > seen and counting.shows(still, moving, count)
    ):  # fmt: skip
        # A cylinder may be empty, so that nothing moves in it: `shows` finds these.
        raise TrialError(
            Problem(
                f"the picture shows {_cylinders(seen)}, and {count} were given",
                file=str(video),
                at="the number of arenas",
                expected=f"{seen}",
                found=f"{count}",
                fix=f"correct the count to {seen}, or give the arenas in a table (arenas.csv)",
            )
        )
    found = detection.detect_cylinders(still, moving, count)
    if found is None:
        raise TrialError(
            Problem(
                f"{count} cylinders were not found in the picture",
                file=str(video),
                expected=f"{count} upright glass cylinders or {count} round pools",
                fix="check the count, or give the arenas in a table (arenas.csv)",
            )
        )
    shape, boxes = found
    return [
        Arena(str(number), *box, shape=shape)
        for number, box in enumerate(_reading_order(boxes), start=1)
    ]


def _cylinders(count: int) -> str:
    """Return a number of cylinders in words."""
    return f"{count} cylinder{'s' if count != 1 else ''}"


def count_cylinders(video: Video) -> int | None:
    """Return the number of cylinders in a video; None if it is not certain.

    Raises
    ------
    TrialError
        If the file cannot be read.
    """
    return counting.count_cylinders(*_still_and_moving(list(sample_frames(video, SAMPLES))))


def _still_and_moving(samples: Sequence[Frame]) -> tuple[Float32, Float32]:
    """Return the median picture and the mean absolute difference of each pixel from it.

    Both have the shape (height, width), with black 0 and white 1. The samples are kept
    as one byte per px: as floats, those of a full HD recording would take 130 MB.
    """
    median = np.median(np.stack([frame.luma for frame in samples]), axis=0)
    still = to_grey(median, full_range=samples[0].full_range)
    moving = np.zeros_like(still)
    for frame in samples:
        moving += np.abs(to_grey(frame.luma, full_range=frame.full_range) - still)
    return still, moving / np.float32(len(samples))


def _reading_order(boxes: Sequence[detection.Box]) -> list[detection.Box]:
    """Return boxes row by row, each row from left to right.

    Two boxes are in the same row if their middles differ by less than half of a
    height: cylinders on a bench are never at exactly the same level.
    """
    rows: list[list[detection.Box]] = []
    for box in sorted(boxes, key=lambda box: box[1] + box[3] / 2):
        middle = box[1] + box[3] / 2
        if rows and middle - (rows[-1][0][1] + rows[-1][0][3] / 2) < box[3] / 2:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [box for row in rows for box in sorted(row)]


def draw_arenas(video: Video, arenas: Sequence[Arena]) -> bytes:
    """Draw numbered outlines on a frame, so that confused arenas are noticed.

    Parameters
    ----------
    video
        The video; a frame from its middle is drawn on.
    arenas
        The arenas to draw.

    Returns
    -------
    bytes
        A PNG picture of the video's size.

    Raises
    ------
    TrialError
        If the file cannot be read.
    """
    frame = middle_frame(video)
    grey = np.clip(to_grey(frame.luma, full_range=frame.full_range) * 255, 0, 255)
    picture = cv2.cvtColor(grey.astype(np.uint8), cv2.COLOR_GRAY2BGR)
    thickness = max(round(min(grey.shape) / 240), 1)
    for arena in arenas:
        _outline(picture, arena, thickness)
    encoded: bytes = cv2.imencode(".png", picture)[1].tobytes()
    return encoded


def _outline(picture: cv2.typing.MatLike, arena: Arena, thickness: int) -> None:
    """Draw one arena's outline and name."""
    colour = (0, 170, 255)  # orange: different from coat, water and glass
    left, top = round(arena.x), round(arena.y)
    right, bottom = round(arena.x + arena.width) - 1, round(arena.y + arena.height) - 1
    if arena.shape == "ellipse":
        middle = ((left + right) // 2, (top + bottom) // 2)
        axes = ((right - left) // 2, (bottom - top) // 2)
        cv2.ellipse(picture, middle, axes, 0, 0, 360, colour, thickness, cv2.LINE_AA)
    elif arena.shape == "polygon":
        corners = np.round(np.array(arena.points)).astype(np.int32)
        cv2.polylines(picture, [corners], True, colour, thickness, cv2.LINE_AA)
    else:
        cv2.rectangle(picture, (left, top), (right, bottom), colour, thickness)
    size = max(min(arena.width, arena.height) / 150, 0.5)
    at = (left + 3 * thickness, top + 3 * thickness + round(22 * size))
    for shade, width in (((0, 0, 0), 4 * thickness), (colour, thickness)):
        cv2.putText(
            picture, arena.name, at, cv2.FONT_HERSHEY_SIMPLEX, size, shade, width, cv2.LINE_AA
        )
