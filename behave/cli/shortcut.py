"""An icon on the desktop that opens the pages, for people who do not use a terminal."""

import os
import shlex
import sys
from pathlib import Path

from behave.errors import OutputError, Problem
from behave.files import write_text

NAME = "behave"


def write_shortcut(platform: str = sys.platform, home: Path | None = None) -> Path:
    """Write the icon and return the path of its file.

    Parameters
    ----------
    platform
        Operating system, named as in `sys.platform`.
    home
        The person's home folder; None for that of the present user.

    Raises
    ------
    OutputError
        If there is no desktop folder, or it cannot be written.
    """
    desktop = (home or Path.home()) / "Desktop"
    if not desktop.is_dir():
        raise OutputError(
            Problem(
                "this account has no desktop folder, so no icon was made",
                expected=str(desktop),
                fix="start the pages with 'behave web'",
            )
        )
    program = [sys.executable, "-m", "behave", "web"]
    if platform == "win32":
        path = desktop / f"{NAME}.bat"
        quoted = " ".join(f'"{word}"' for word in program)
        write_text(f"@echo off\r\n{quoted}\r\nif errorlevel 1 pause\r\n", path)
        return path
    command = shlex.join(program)
    if platform == "darwin":
        path = desktop / f"{NAME}.command"
        write_text(f"#!/bin/sh\nexec {command}\n", path)
    else:
        path = desktop / f"{NAME}.desktop"
        write_text(
            "[Desktop Entry]\nType=Application\nTerminal=true\n"
            f"Name={NAME}\nComment=Score forced-swim and tail-suspension videos\nExec={command}\n",
            path,
        )
    os.chmod(path, 0o755)  # noqa: PTH101, S103 - a double click must start it
    return path
