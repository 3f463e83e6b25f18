"""The same tasks on a Dask cluster of real processes, some of which die."""

import os
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("distributed", reason="needs the cluster extra (distributed)")

from behave.errors import InputError
from behave.study import pipeline
from behave.study.execution import dask_cluster
from behave.study.execution.processes import Execution

pytestmark = [
    pytest.mark.slow,
    # Dask's own sockets, closed by its threads when they come to it.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def start(folder, role, *options):
    """Start one of Dask's programs, which finds the others by a file."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *options]
    return subprocess.Popen(
        [*command, "--scheduler-file", str(folder / "scheduler.json")],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture
def address(tmp_path):
    """Start a scheduler and three workers; return the file that tells its address, and them."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    scheduler = start(folder, "scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
    workers = [start(folder, "worker", *options) for _ in range(3)]
    yield str(folder / "scheduler.json"), workers
    for process in [*workers, scheduler]:
        process.kill()
    for process in [*workers, scheduler]:
        process.wait()


@pytest.fixture
def connected(address):
    """Connect to that cluster when all of its workers are there."""
    with dask_cluster.connect(address[0], 1) as found:
        found.client.wait_for_workers(3, timeout=120)
        yield found


def results(folder):
    """Return the bytes of the tables."""
    names = ["measures.csv", "bins.csv", "bouts.csv", "stats/contrasts.csv"]
    frames = [f"frames/{path.name}" for path in (folder / "frames").glob("*.gz")]
    assert len(frames) == 8
    return {name: (folder / name).read_bytes() for name in names + frames}


def test_a_study_on_a_cluster_that_loses_a_worker_ends_as_one_on_a_single_core(
    small_study, tmp_path, address, connected
):
    killed = []

    def kill_one(stage, done, total):
        if (stage, done) == ("tracking", 1):
            assert total == 4
            killed.append(address[1][0])
            killed[0].kill()

    pipeline.run(small_study, tmp_path / "alone")
    out = pipeline.run(
        small_study, tmp_path / "cluster_out", Execution(progress=kill_one, cluster=connected)
    )
    assert killed
    assert set(out.trials_log["status"]) == {"done"}
    assert results(tmp_path / "cluster_out") == results(tmp_path / "alone")


def test_a_task_whose_worker_is_lost_goes_to_another(address, connected):
    tasks = connected.run_tasks(time.sleep, [2.0] * 3)
    time.sleep(0.5)
    os.kill(address[1][1].pid, signal.SIGKILL)
    assert sorted(tasks) == [(0, None), (1, None), (2, None)]


def test_a_task_that_kills_every_worker_it_gets_fails_and_the_others_are_done():
    with dask_cluster.connect("local", 2) as found:
        # Named by text, so that no worker needs this file.
        tasks = ["1 + 1", "__import__('os')._exit(1)", "2 + 2"]
        ended = dict(found.run_tasks(eval, tasks))
    assert (ended[0], ended[2]) == (2, 4)
    assert "the process that worked on it ended unexpectedly" in str(ended[1])


def test_workers_bound_their_threads(connected):
    said = dict(connected.run_tasks(eval, ["__import__('cv2').getNumThreads()"] * 3))
    assert set(said.values()) == {1}


def test_a_cluster_that_does_not_see_the_files_is_refused_before_anything_is_run(
    small_study, tmp_path, connected, monkeypatch
):
    # The workers of this cluster see all; they are asked for a folder that only they lack.
    see = dask_cluster.see
    elsewhere = "/not/shared/" if os.name == "posix" else "Q:/not/shared/"

    def asked_elsewhere(function, probe, sizes, version, **more):
        del function
        moved = {elsewhere + path: size for path, size in sizes.items()}
        return connected.client.__class__.run(connected.client, see, probe, moved, version, **more)

    monkeypatch.setattr(connected.client, "run", asked_elsewhere)
    with pytest.raises(InputError) as caught:
        pipeline.run(small_study, tmp_path / "out", Execution(cluster=connected))
    assert len(caught.value.problems) == 3
    assert elsewhere in caught.value.problems[0].found
    assert "1 more" in caught.value.problems[0].found
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left <= {".lock", ".lock-owner.json"}


def test_a_worker_that_lacks_something_says_what(tmp_path):
    probe = tmp_path / "probe"
    probe.touch()
    version = dask_cluster.__version__
    assert dask_cluster.see(str(probe), {}, version) == ""
    assert "it has behave" in dask_cluster.see(str(probe), {}, "0.0")
    assert "results folder" in dask_cluster.see(str(tmp_path / "absent" / "probe"), {}, version)
    assert "does not find" in dask_cluster.see(str(probe), {str(probe): 5}, version)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere.json", "no such address"])
def test_no_scheduler_is_told_in_plain_words(address, monkeypatch):
    monkeypatch.setattr(dask_cluster, "CONNECT_S", 1)
    with (
        pytest.raises(InputError, match="no Dask scheduler answers"),
        dask_cluster.connect(address, 1),
    ):
        pass
