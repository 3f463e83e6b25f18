"""A run killed at any moment and started again ends with the tables of an undisturbed run."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="it looks for the processes in /proc"),
]

KILLS = 20
KILLS_PER_FOLDER = 5


def tables(folder):
    """Return the bytes of every table, the computing time apart, and of the verdict."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in [*folder.rglob("*.csv*"), folder / "stats" / "verdict.json"]
        if "cache" not in path.parts
    }
    log = pd.read_csv(folder / "trials_log.csv", dtype=str).drop(columns="seconds")
    return found | {"trials_log.csv": log.to_csv().encode()}


def hidden(folder):
    """Return the names of hidden files, but for the lock's own."""
    return {path.name for path in folder.rglob(".*")} - {".lock", ".lock-owner.json"}


@pytest.fixture
def runs():
    """Return a function that runs a study and kills it after some seconds."""
    killer = Path(__file__).with_name("killer.py")
    with subprocess.Popen(
        [sys.executable, killer], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"

        def run(study, out, seconds=1e9):
            process.stdin.write(f"{study}\t{out}\t{seconds}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield run
        process.stdin.close()


def test_runs_killed_at_random_moments_end_like_an_undisturbed_one(small_study, tmp_path, runs):
    lengths_s = []
    for _ in ("anew", "again"):
        began = time.monotonic()
        assert runs(small_study, tmp_path / "undisturbed") == 0
        lengths_s.append(time.monotonic() - began)
    expected = tables(tmp_path / "undisturbed")
    assert len(expected) >= 8 + 6 + 4 + 1  # frames, statistics, scores, verdict
    chance = random.Random(6)  # noqa: S311 - moments of a test, no secrets
    killed = attempts = 0
    while killed < KILLS:
        attempts += 1
        assert attempts < 3 * KILLS
        out = tmp_path / f"killed{killed // KILLS_PER_FOLDER}"
        # Squared, so that the early stages, which write most files, are met as often as
        # the report, which takes longest.
        again = out.exists()
        moment_s = chance.random() ** 2 * lengths_s[again]
        began = time.monotonic()
        code = runs(small_study, out, moment_s)
        assert code in {-signal.SIGKILL, 0}
        killed += code != 0
        if code == 0:  # it ended before it was to be killed: the machine is faster now
            lengths_s[again] = time.monotonic() - began
    for number in range(KILLS // KILLS_PER_FOLDER):
        out = tmp_path / f"killed{number}"
        assert runs(small_study, out) == 0
        assert tables(out) == expected
        assert not hidden(out)


def start(study, out, *options):
    """Start ``behave run`` with two worker processes."""
    command = [sys.executable, "-m", "behave", "run", study, "--out", out, "--jobs", "2", *options]
    return subprocess.Popen(
        [str(item) for item in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def workers(process):
    """Return the processes that a run has started for its tasks."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [
        int(number)
        for number in children
        if "spawn_main" in Path(f"/proc/{number}/cmdline").read_text()
    ]


def wait_for_workers(process):
    """Wait until a run has both of its workers."""
    deadline = time.monotonic() + 300
    while len(found := workers(process)) < 2:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def test_a_killed_worker_costs_nothing(small_study, tmp_path, runs):
    assert runs(small_study, tmp_path / "undisturbed") == 0
    with start(small_study, tmp_path / "out") as process:
        os.kill(wait_for_workers(process)[0], signal.SIGKILL)
        said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    assert tables(tmp_path / "out") == tables(tmp_path / "undisturbed")


def test_workers_end_with_a_killed_run_and_the_next_one_begins_at_once(small_study, tmp_path, runs):
    with start(small_study, tmp_path / "out") as process:
        found = wait_for_workers(process)
        process.kill()
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{number}").exists() for number in found):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert runs(small_study, tmp_path / "out") == 0
