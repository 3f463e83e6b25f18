"""Tasks in processes: each ends as a result or an error, whatever befalls the others."""

import os

import cv2
import pytest

from behave.errors import BehaveError, Problem, TrialError
from behave.study.execution import Execution, run_tasks


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
    assert "died" in results[1].problems[0].what


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
