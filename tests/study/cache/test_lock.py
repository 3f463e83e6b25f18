"""One run at a time in a results folder, and none blocked by a dead one."""

import subprocess
import sys
import time

import pytest

from behave.errors import OutputError
from behave.study.cache.lock import hold

HOLDER = """
import sys, time
from pathlib import Path
from behave.study.cache.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Start another process that holds the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_is_refused_with_who_holds_the_folder(tmp_path, holder):
    with pytest.raises(OutputError) as caught, hold(tmp_path):
        pass
    (problem,) = caught.value.problems
    assert f"process {holder.pid} on" in problem.found


def test_a_killed_run_does_not_block_the_next(tmp_path, holder):
    holder.kill()
    holder.wait()
    deadline = time.monotonic() + 10
    while True:
        try:
            with hold(tmp_path):
                return
        except OutputError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_run_that_ended_leaves_no_owner(tmp_path):
    with hold(tmp_path):
        assert (tmp_path / ".lock-owner.json").exists()
    assert not (tmp_path / ".lock-owner.json").exists()
    with hold(tmp_path):
        pass


def test_a_file_in_the_folders_place_is_told(tmp_path):
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(OutputError) as caught, hold(tmp_path / "out"):
        pass
    assert caught.value.problems[0].file == str(tmp_path / "out")


def test_what_a_killed_run_left_half_written_is_removed_and_nothing_else(tmp_path):
    (tmp_path / "stats").mkdir()
    parts = [tmp_path / ".measures.csv.ab12.part", tmp_path / "stats" / ".anova.csv.cd34.part"]
    others = [tmp_path / "measures.csv", tmp_path / "mine.part", tmp_path / ".hidden"]
    for path in [*parts, *others]:
        path.touch()
    with hold(tmp_path):
        assert not any(path.exists() for path in parts)
        assert all(path.exists() for path in others)
