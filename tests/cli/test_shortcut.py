"""An icon on the desktop starts the pages on each system."""

import os
import shlex
import subprocess
import sys

import pytest

from behave.cli.shortcut import write_shortcut
from behave.errors import OutputError


@pytest.fixture
def home(tmp_path):
    """Return a home folder, with a space in its name and a desktop in it."""
    folder = tmp_path / "Anna Lab"
    (folder / "Desktop").mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("platform", "name"),
    [("win32", "behave.bat"), ("darwin", "behave.command"), ("linux", "behave.desktop")],
)
def test_the_icon_has_the_systems_own_kind(home, platform, name):
    path = write_shortcut(platform, home)
    assert path == home / "Desktop" / name
    assert sys.executable in path.read_text()
    assert platform == "win32" or os.access(path, os.X_OK)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_what_the_icon_starts_is_this_program(home):
    text = write_shortcut("linux", home).read_text()
    (line,) = (line for line in text.splitlines() if line.startswith("Exec="))
    command = [*shlex.split(line.removeprefix("Exec=")), "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "behave web" in said


def test_without_a_desktop_it_says_what_to_do(tmp_path):
    with pytest.raises(OutputError, match="behave web"):
        write_shortcut("linux", tmp_path)
