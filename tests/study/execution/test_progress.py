"""How far tasks are, seen while they run."""

import time

import pytest

from behave.study.execution.processes import Execution, run_tasks
from behave.study.execution.progress import TaskProgress, report_share

LONGEST_WAIT_S = 60


def wait_for(path):
    """Wait until a file is there."""
    until = time.monotonic() + LONGEST_WAIT_S
    while not path.exists():
        assert time.monotonic() < until, f"{path} never came"
        time.sleep(0.01)


def half_then_wait(task):
    """Tell that half is done, then wait until somebody has seen it."""
    report_share(0.5)
    wait_for(task)
    return task.name


@pytest.mark.parametrize("jobs", [1, 2])
def test_half_a_task_is_seen_while_it_runs(jobs, tmp_path):
    """Each task ends only once its half was seen, by whoever watches."""
    tasks = [tmp_path / "a", tmp_path / "b"]
    seen = []

    def see(stage, done, total):
        seen.append(done)
        assert (stage, total) == ("stage", 2)
        halves = {1: [0.5, 1.5], 2: [1.0, 1.5]}[jobs]  # one by one, or both at a time
        if done >= halves[0]:
            tasks[0].touch()
        if done >= halves[1]:
            tasks[1].touch()

    results = dict(Execution(jobs, progress=see).each(half_then_wait, tasks, "stage"))
    assert results == {task: task.name for task in tasks}
    assert seen[0] == 0
    assert seen[-1] == 2


def test_what_is_told_where_nobody_watches_is_lost(tmp_path):
    report_share(0.5)
    (tmp_path / "a").touch()
    assert dict(run_tasks(half_then_wait, [tmp_path / "a"], 1)) == {0: "a"}


def test_only_a_change_is_told_and_a_failed_task_is_done():
    seen = []
    advance = TaskProgress(lambda done, total: seen.append((done, total)), 4)
    for _ in range(2):
        advance.update()
    advance.shares[2] = 0.25
    advance.update()
    advance.finish(2)
    assert seen == [(0, 4), (0.25, 4), (1, 4)]
