"""From a plan to tasks: in which order, and what they are told."""

from dataclasses import replace
from pathlib import Path

import pytest

from behave.scoring import ScoringOptions
from behave.study import scores
from behave.study.inputs.plan import plan_videos
from behave.study.stages import Layout
from behave.tracking import Arena, TrackingOptions


class Listening:
    """An execution that runs nothing and remembers what it was asked to."""

    force = False

    def __init__(self):
        self.tasks = []

    def has_spare_core(self, tasks):
        """Return that there is one."""
        return tasks > 0

    def each(self, function, tasks, stage, few):
        """Remember the tasks of a stage."""
        del function, stage, few
        self.tasks = list(tasks)
        return iter(())


@pytest.fixture
def plan(tmp_path):
    """Plan three videos of two animals each."""
    videos = [tmp_path / f"{name}.mp4" for name in ("a", "b", "c")]
    for video in videos:
        video.touch()
    return plan_videos(videos, None, 2, TrackingOptions(), ScoringOptions())


@pytest.fixture
def layouts():
    """Say that the second of them is the longest."""
    arenas = tuple(Arena(name, 0, 0, 10, 10) for name in ("1", "2"))
    lengths_s = {"a.mp4": 60.0, "b.mp4": 3600.0, "c.mp4": 360.0}
    return {name: Layout("sha", arenas, length_s) for name, length_s in lengths_s.items()}


def test_the_longest_video_begins_first(plan, layouts):
    listening = Listening()
    scores._follow(plan, layouts, Path("out"), listening)
    assert [task.video.name for task in listening.tasks] == ["b.mp4", "c.mp4", "a.mp4"]


def test_rows_moved_about_in_a_spreadsheet_change_no_task(plan, layouts):
    told = scores._trials(plan, "a.mp4", layouts["a.mp4"])
    moved = replace(plan, trials=plan.trials.iloc[::-1].reset_index(drop=True))
    assert scores._trials(moved, "a.mp4", layouts["a.mp4"]) == told
    assert [trial.arena.name for trial in told] == ["1", "2"]
