"""Strips between hanging animals."""

from dataclasses import replace
from pathlib import Path

import pytest

from behave.simulate.suspension import Hang
from behave.simulate.suspension_render import SuspensionWorld, compartments, render_suspension
from behave.simulate.swim import Bout
from behave.tracking import find_arenas


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_each_strip_holds_one_animal(tmp_path: Path, count: int):
    world = SuspensionWorld(width=320, height=240, fps=15, arenas=count, body=min(0.3, 0.7 / count))
    hangs = [Hang((Bout(0, 9, "swimming"),)) for _ in range(count)]
    hangs[0] = replace(hangs[0], bouts=(Bout(0, 9, "immobile"),))
    render_suspension(tmp_path / "a.mp4", world, hangs, 1, 6.0)
    found = find_arenas(tmp_path / "a.mp4", count, "tst")
    assert [arena.name for arena in found] == [str(number + 1) for number in range(count)]
    for arena, (left, _, width, height) in zip(found, compartments(world), strict=True):
        assert arena.x == pytest.approx(left, abs=0.12 * width)
        assert arena.width == pytest.approx(width, abs=0.15 * width)
        assert arena.height == height
