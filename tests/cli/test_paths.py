"""A path may be typed as people type it: from the folder above, with a detour, from elsewhere."""

import pytest

from behave.cli import cli
from behave.cli.console import FOLDER, shown


@pytest.mark.parametrize("typed", ["../out", "a/../../out", "./../out/"])
def test_a_typed_path_is_made_whole_and_normal(monkeypatch, tmp_path, typed):
    (tmp_path / "here" / "a").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    found = FOLDER.convert(typed, None, None)
    assert found == tmp_path / "out"
    assert shown(tmp_path / "here" / "a") == "a"
    assert shown(found) == str(tmp_path / "out")


def test_a_link_is_not_followed(monkeypatch, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    monkeypatch.chdir(tmp_path)
    assert FOLDER.convert("link", None, None) == tmp_path / "link"


def path_parameters():
    """Yield each command's parameters that are paths."""
    for name in cli.list_commands(None):
        for parameter in cli.get_command(None, name).params:
            if parameter.type.name in {"path", "file", "directory", "filename"}:
                yield name, parameter


def test_every_command_takes_paths_of_this_kind():
    found = list(path_parameters())
    assert len(found) > 12
    for name, parameter in found:
        assert type(parameter.type) is type(FOLDER), f"behave {name}: {parameter.name}"
