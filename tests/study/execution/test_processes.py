"""Tasks in processes: each ends with a result or an error, even if others crash."""

import os
import time
from itertools import pairwise

import cv2
import numpy as np
import pytest

from behave.errors import BehaveError, Problem, TrialError
from behave.study.execution.processes import Execution, run_tasks


def where(_):
    """Return the process in which this runs."""
    return os.getpid()


def halve(number):
    """Halve an even number; odd ones fail in the three ways in which a trial can."""
    if number == 1:
        raise TrialError(Problem("odd", found="1"))
    if number == 3:
        raise ZeroDivisionError("unforeseen")
    if number == 5:
        os._exit(1)  # as when the system kills a process that ran out of memory
    return number // 2


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failing_task_does_not_stop_the_others(jobs):
    results = dict(run_tasks(halve, [0, 1, 2, 3, 4], jobs))
    assert [results[index] for index in (0, 2, 4)] == [0, 1, 2]
    assert results[1].problems[0].what == "odd"
    assert "ZeroDivisionError: unforeseen" in results[3].problems[0].found


def test_a_task_that_kills_its_process_is_found_and_the_others_are_done():
    results = dict(run_tasks(halve, [2, 5, 4], 2))
    assert (results[0], results[2]) == (1, 2)
    assert isinstance(results[1], BehaveError)
    assert "ended unexpectedly" in results[1].problems[0].what


def note(task):
    """Write a line when begun and when done; one task kills its process at once."""
    folder, number = task
    if number == 0:
        os._exit(1)
    for word in ("begun", "done"):
        with (folder / "log").open("a") as log:
            log.write(f"{os.getpid()} {word}\n")
        time.sleep(0.5)
    return number


def test_what_is_left_of_a_dead_pool_is_still_done_side_by_side(tmp_path):
    results = dict(run_tasks(note, [(tmp_path, number) for number in range(5)], 4))
    assert [results[index] for index in range(1, 5)] == [1, 2, 3, 4]
    assert "ended unexpectedly" in results[0].problems[0].what
    lines = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    done = {process for process, word in lines if word == "done"}
    finished = [word for process, word in lines if process in done]
    assert ("begun", "begun") in pairwise(finished)


def grow(task):
    """Die where another has begun within the same second and a half, else succeed."""
    folder, number = task
    mine = folder / str(number)
    mine.touch()
    time.sleep(2)
    starts = [path.stat().st_mtime for path in folder.iterdir() if path != mine]
    if any(abs(start - mine.stat().st_mtime) < 1.5 for start in starts):
        os._exit(1)
    return number


def test_tasks_that_together_need_too_much_memory_are_done_one_by_one(tmp_path):
    results = dict(run_tasks(grow, [(tmp_path, number) for number in range(2)], 2))
    assert results == {0: 0, 1: 1}


def run_out_of_memory(number):
    """Ask for more memory than there is."""
    del number
    return np.zeros(2**50)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_without_enough_memory_says_so_and_what_to_do(jobs):
    for _, error in run_tasks(run_out_of_memory, [1, 2], jobs):
        assert isinstance(error, TrialError)
        assert error.problems[0].what == "there was not enough memory"
        assert "fewer --jobs" in error.problems[0].fix
        assert "Unable to allocate" in error.problems[0].found


def linger(number):
    """Take a second each."""
    time.sleep(1)
    return number


def test_tasks_that_have_not_begun_are_given_up_when_a_run_ends_early():
    began = time.monotonic()
    waiting = run_tasks(linger, list(range(100)), 2)
    next(waiting)
    waiting.close()
    assert time.monotonic() - began < 50


def threads(name):
    """Say what bounds the threads of this process: OpenCV's own count, or a variable."""
    return str(cv2.getNumThreads()) if name == "cv2" else os.environ[name]


def test_each_process_has_one_thread():
    names = ["cv2", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
    assert dict(run_tasks(threads, names, 2)) == dict.fromkeys(range(4), "1")


def test_progress_counts_every_task():
    seen = []
    execution = Execution(progress=lambda *told: seen.append(told))
    list(execution.each(halve, [2, 1, 4], "stage"))
    assert seen == [("stage", done, 3) for done in range(4)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_debug_raises_what_nobody_foresaw_but_not_what_was(jobs):
    tolerant = Execution(jobs, debug=True)
    assert len(list(tolerant.each(halve, [0, 1, 2], "stage"))) == 3
    with pytest.raises(ZeroDivisionError):
        list(tolerant.each(halve, [0, 3, 2], "stage"))


def test_few_tasks_are_done_here_and_more_of_them_in_processes():
    few, more = ({pid for _, pid in Execution(2).each(where, range(n), "stage", 2)} for n in (2, 3))
    assert few == {os.getpid()}
    assert os.getpid() not in more


def test_a_core_is_spare_where_fewer_tasks_run_than_there_are_cores(monkeypatch):
    monkeypatch.setattr("behave.study.execution.processes.cores", lambda: 2)
    assert Execution(jobs=1).has_spare_core(9)
    assert Execution(jobs=2).has_spare_core(1)
    assert not Execution(jobs=2).has_spare_core(2)
