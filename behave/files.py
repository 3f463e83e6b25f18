"""Reading and writing files: a result is written completely or not at all.

Also: names that are allowed on Windows, macOS and Linux.
"""

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

# A spreadsheet takes text that begins with one of these signs for a formula, unless an
# apostrophe is put in front.
FORMULA = "[=+@-]"
SHIELD = "'"
MAX_NAME = 200
FORBIDDEN = frozenset('<>:"/\\|?*')
# Level of compression: the usual 6 takes four times as long and saves 7 % of a table of frames.
LEVEL = 4
GZIP = b"\x1f\x8b"
# On Windows, a file that a program has open cannot be replaced.
HOLDS = os.name == "nt"
# End of the temporary name of a file.
PART = ".part"
# Within `together`: complete files under temporary names, with their final names. Where
# the temporary name is None, the file with the final name is to be removed.
_Waiting = list[tuple[Path | None, Path]]
_waiting: ContextVar[_Waiting | None] = ContextVar("waiting", default=None)


def read_bytes(path: Path) -> bytes:
    """Return a file's content.

    Raises
    ------
    InputError
        If the file does not exist or cannot be opened.
    """
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
                fix="close the program that has it open, or check the file's permissions",
            )
        ) from error


def write_bytes(content: bytes, path: Path) -> None:
    """Write a file completely or not at all.

    The content is written under a temporary name in the same folder, and the
    file is then renamed in one step; a reader never sees half a file.

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
    """Write a file under a temporary name in the same folder, and return that name.

    Raises
    ------
    OutputError
        If the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The name is cut, because some file systems allow only 255 bytes.
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
    """Give a prepared file its final name; within `together`, at the end of the block."""
    _settle(temporary, path)


def remove(path: Path) -> None:
    """Remove a file if it exists; within `together`, at the end of the block."""
    _settle(None, path)


def _settle(temporary: Path | None, path: Path) -> None:
    """Rename or remove a file, now or at the end of the block of `together`."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append((temporary, path))
    elif temporary is not None:
        _rename(temporary, path)
    else:
        # On Windows a file that a program has open stays; the next run removes it.
        with suppress(OSError):
            path.unlink()


@contextmanager
def together() -> Iterator[None]:
    """Give the files that are written in the block their final names when all are written.

    If the disk becomes full in between, all files of the earlier run stay, so
    that the files in the folder always belong together.
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
    """Raise an error if a program has one of the files open, before any file is replaced."""
    for path in paths if HOLDS else ():
        try:
            with path.open("r+b"):
                pass
        except PermissionError as error:
            raise _unwritten(path, error, held=True) from error
        except OSError:
            pass  # the file does not exist yet


def _rename(temporary: Path, path: Path) -> None:
    """Give a complete file its final name."""
    # On Windows a file that a program has open cannot be replaced.
    held = path.exists()
    try:
        temporary.replace(path)
    except OSError as error:
        held = held and isinstance(error, PermissionError)
        raise _unwritten(path, error, held=held) from error
    finally:
        temporary.unlink(missing_ok=True)


def _unwritten(path: Path, error: OSError, *, held: bool = False) -> OutputError:
    """Return the error that says why a file could not be written."""
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
    """Remove temporary files that a killed run left in a results folder."""
    for path in folder.rglob(f".*{PART}"):
        # A worker of that run may still be running, and rename its file at this moment.
        with suppress(OSError):
            path.unlink()


def write_text(text: str, path: Path) -> None:
    r"""Write UTF-8 text with ``\n`` line ends, completely or not at all."""
    # The text may hold a file name that cannot be encoded.
    write_bytes(text.encode("utf-8", errors="replace"), path)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""Return a table as CSV: ``\n`` line ends, ``true``/``false``, empty for missing.

    A byte-order mark is written only if the text is not plain ASCII: Excel
    needs it then. Text that begins like a formula gets an apostrophe in front,
    which `read_sheet` removes again.
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
    # A column may be named after a group, and the user chose that name.
    shown.columns = pd.Index([re.sub(rf"^(?={FORMULA})", SHIELD, str(name)) for name in shown])
    text = shown.to_csv(index=False, lineterminator="\n")
    return text.encode("ascii" if text.isascii() else "utf-8-sig", errors="replace")


def _shielded(text: str) -> str:
    """Return a text that neither ends its row nor is taken for a formula."""
    # A carriage return alone is written without quotes, and would end the row.
    # A spreadsheet takes text such as '+/+' for a formula.
    return re.sub(rf"^(?={FORMULA})", SHIELD, re.sub(r"\r\n?", "\n", text))


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, compressed with gzip if the name ends in ``.gz``."""
    write_bytes(table_bytes(frame, path), path)


def table_bytes(frame: pd.DataFrame, path: Path) -> bytes:
    """Return a table as CSV, compressed with gzip if the file's name ends in ``.gz``.

    No time stamp is written, so that the same table gives the same bytes.
    """
    content = csv_bytes(frame)
    return gzip.compress(content, LEVEL, mtime=0) if path.suffix == ".gz" else content


def read_table(path: Path, text: tuple[str, ...] = ()) -> pd.DataFrame:
    """Read a table that this package wrote; the columns named in `text` are read as text."""
    with path.open("rb") as stream:
        # The name does not show it: a file under a temporary name is read too.
        packed = stream.read(len(GZIP)) == GZIP
    table = pd.read_csv(
        path, dtype=dict.fromkeys(text, "object"), keep_default_na=False, na_values=[""],
        encoding="utf-8-sig", compression="gzip" if packed else None,
    )  # fmt: skip
    table = table.rename(columns=lambda name: re.sub(rf"^{SHIELD}(?={FORMULA})", "", name))
    shielded = {name: {rf"^{SHIELD}(?={FORMULA})": ""} for name in text if name in table}
    return table.fillna(dict.fromkeys(shielded, "")).replace(shielded, regex=True)


def is_file_name(text: str) -> bool:
    """Return whether a text can be a file's name on Windows, macOS and Linux."""
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
    """Return a text changed, if necessary, so that it can be a file's name on every system.

    Forbidden signs become ``_``, and a few letters of a hash are added, so that two
    different texts get different names: ``<b>x`` becomes ``_b_x~1c5b2d``.
    """
    if is_file_name(text) or not text:
        return text
    bare = "".join("_" if sign in FORBIDDEN or not sign.isprintable() else sign for sign in text)
    mark = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:6]
    return f"{bare[: MAX_NAME // 5].strip(' .')}~{mark}"
