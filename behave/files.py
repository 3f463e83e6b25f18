"""Files in and out: bytes read, results written whole or not at all, names that every system takes."""

import gzip
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path, PureWindowsPath

import pandas as pd

from behave.errors import InputError, OutputError, Problem

# How a spreadsheet's formula begins, and what keeps text that does from being one.
FORMULA = "[=+@-]"
SHIELD = "'"
MAX_NAME = 200
FORBIDDEN = frozenset('<>:"/\\|?*')
# Of compression: the usual 6 takes four times as long and saves 7 % of a table of frames.
LEVEL = 4
GZIP = b"\x1f\x8b"
# Whether a program that has a file open keeps others from replacing it.
HOLDS = os.name == "nt"
# How the name of a file ends that is not yet whole.
PART = ".part"
# Files that are whole, by their temporary names, and wait for others to get their names
# together; without a temporary name: files that wait to be taken away.
_Waiting = list[tuple[Path | None, Path]]
_waiting: ContextVar[_Waiting | None] = ContextVar("waiting", default=None)


def read_bytes(path: Path) -> bytes:
    """Return a file's content, or say in plain words why it cannot be had."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(
            Problem("the file does not exist", file=str(path), fix="check the path")
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        raise InputError(
            Problem(
                "the file cannot be opened",
                file=str(path),
                found=getattr(error, "strerror", None) or str(error),
                fix="close it in the program that has it open, or check its permissions",
            )
        ) from error


def write_bytes(content: bytes, path: Path) -> None:
    """Write a file whole or not at all.

    The content goes to a temporary name in the same folder, which then takes
    the file's place in one step; a reader never sees half a file.

    Raises
    ------
    OutputError
        If the folder or the file cannot be written.
    """
    place(prepare(content, path), path)


def absolute(path: Path) -> Path:
    """Return a path from the root on and without ``..``, so that it can be compared.

    By its words alone: where links lead is left to those who laid them.
    """
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() follows links


def prepare(content: bytes, path: Path) -> Path:
    """Write a file whole, but under a temporary name beside its own, which is returned.

    Raises
    ------
    OutputError
        If the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The name is cut: some file systems end it at 255 bytes.
        handle, temporary = tempfile.mkstemp(
            suffix=PART, prefix=f".{path.name[:40]}.", dir=path.parent
        )
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(temporary).chmod(0o644)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritten(path, error) from error
    return Path(temporary)


def place(temporary: Path, path: Path) -> None:
    """Give a prepared file its name; within `together`, when all are written."""
    _settle(temporary, path)


def remove(path: Path) -> None:
    """Take a file away that may be there; within `together`, when all are written."""
    _settle(None, path)


def _settle(temporary: Path | None, path: Path) -> None:
    """Give a file its name, or take it away, now or when its time has come."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append((temporary, path))
    elif temporary is not None:
        _rename(temporary, path)
    else:
        # What a program holds open on Windows stays; the next run takes it away.
        with suppress(OSError):
            path.unlink()


@contextmanager
def together() -> Iterator[None]:
    """Give the files that are written in the block their names when all are written.

    On a disk that fills up midway all of the earlier files stay, and so fit
    one another.
    """
    waiting: _Waiting = []
    token = _waiting.set(waiting)
    try:
        try:
            yield
        finally:
            _waiting.reset(token)
        _check_free([path for _, path in waiting])
        while waiting:
            _settle(*waiting.pop(0))
    finally:
        for temporary, _ in waiting:
            if temporary is not None:
                temporary.unlink(missing_ok=True)


def _check_free(paths: Iterable[Path]) -> None:
    """Refuse to begin where a program holds one of the files: the others would not fit it."""
    for path in paths if HOLDS else ():
        try:
            with path.open("r+b"):
                pass
        except PermissionError as error:
            raise _unwritten(path, error, held=True) from error
        except OSError:
            pass  # not there yet


def _rename(temporary: Path, path: Path) -> None:
    """Let a file that is whole take its place."""
    # On Windows a file that a program holds open cannot be replaced.
    held = path.exists()
    try:
        temporary.replace(path)
    except OSError as error:
        held = held and isinstance(error, PermissionError)
        raise _unwritten(path, error, held=held) from error
    finally:
        temporary.unlink(missing_ok=True)


def _unwritten(path: Path, error: OSError, *, held: bool = False) -> OutputError:
    """Say why a file could not be written."""
    return OutputError(
        Problem(
            "the result cannot be written",
            file=str(path),
            found=error.strerror or str(error),
            fix="close the file in the spreadsheet program that has it open, then run again"
            if held
            else "check that the disk is not full and that the folder can be written",
        )
    )


def remove_parts(folder: Path) -> None:
    """Remove what a killed run left half-written in a results folder."""
    for path in folder.rglob(f".*{PART}"):
        # A worker of that run may still live, and give its file its name just now.
        with suppress(OSError):
            path.unlink()


def write_text(text: str, path: Path) -> None:
    r"""Write UTF-8 text with ``\n`` line ends, whole or not at all."""
    # A file name that is no text in the system's encoding may be part of it.
    write_bytes(text.encode("utf-8", errors="replace"), path)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""Return a table as CSV: ``\n`` line ends, ``true``/``false``, empty for missing.

    A byte-order mark goes in front only where there is text beyond ASCII:
    Excel needs it there, and R and Prism read plain ASCII without it. Text that
    begins like a formula gets an apostrophe in front, which `read_sheet` takes
    off again.
    """
    shown = frame.copy()
    for name in shown.columns:
        column = shown[name]
        if column.dtype in ("bool", "boolean"):
            shown[name] = column.map({True: "true", False: "false"}).astype(object)
        elif not pd.api.types.is_numeric_dtype(column):
            # A table of frames has thousands of cells and a handful of texts.
            texts = {text for text in column.unique() if isinstance(text, str)}
            others = {text: _shielded(text) for text in texts if _shielded(text) != text}
            if others:
                shown[name] = column.map(lambda cell, others=others: others.get(cell, cell))
    # A group's name may head a column, and a name is the user's.
    shown.columns = pd.Index([re.sub(rf"^(?={FORMULA})", SHIELD, str(name)) for name in shown])
    text = shown.to_csv(index=False, lineterminator="\n")
    return text.encode("ascii" if text.isascii() else "utf-8-sig", errors="replace")


def _shielded(text: str) -> str:
    """Return a text as it is written: it neither ends its row nor is run."""
    # A bare carriage return is written without quotes, and would end the row.
    # A spreadsheet would run text that begins like a formula, as '+/+' does.
    return re.sub(rf"^(?={FORMULA})", SHIELD, re.sub(r"\r\n?", "\n", text))


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, gzipped where the name ends in ``.gz``."""
    write_bytes(table_bytes(frame, path), path)


def table_bytes(frame: pd.DataFrame, path: Path) -> bytes:
    """Return a table as CSV, gzipped where the file's name ends in ``.gz``.

    The archive carries no time stamp: the same table gives the same bytes.
    """
    content = csv_bytes(frame)
    return gzip.compress(content, LEVEL, mtime=0) if path.suffix == ".gz" else content


def read_table(path: Path, text: tuple[str, ...] = ()) -> pd.DataFrame:
    """Read a table that this package wrote; the named columns are text."""
    with path.open("rb") as stream:
        # Not by the name: a file that waits for its name is read too.
        packed = stream.read(len(GZIP)) == GZIP
    table = pd.read_csv(
        path, dtype=dict.fromkeys(text, "object"), keep_default_na=False, na_values=[""],
        encoding="utf-8-sig", compression="gzip" if packed else None,
    )  # fmt: skip
    table = table.rename(columns=lambda name: re.sub(rf"^{SHIELD}(?={FORMULA})", "", name))
    shielded = {name: {rf"^{SHIELD}(?={FORMULA})": ""} for name in text if name in table}
    return table.fillna(dict.fromkeys(shielded, "")).replace(shielded, regex=True)


def is_file_name(text: str) -> bool:
    """Return whether a text can name a file on Windows, macOS and Linux alike."""
    return (
        text not in {"", ".", ".."}
        and not set(text) & FORBIDDEN
        and text.isprintable()
        and len(text.encode("utf-8", "replace")) <= MAX_NAME
        and not text.endswith((".", " "))
        and PureWindowsPath(text).stem.upper()
        not in {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}
    )  # fmt: skip


def as_file_name(text: str) -> str:
    """Return a text as one that can name a file on every system; itself where it can already.

    What cannot stand in a name becomes ``_``, and a few letters of a hash keep two such
    texts apart: ``<b>x`` becomes ``_b_x~1c5b2d``.
    """
    if is_file_name(text) or not text:
        return text
    bare = "".join("_" if sign in FORBIDDEN or not sign.isprintable() else sign for sign in text)
    mark = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:6]
    return f"{bare[: MAX_NAME // 5].strip(' .')}~{mark}"
