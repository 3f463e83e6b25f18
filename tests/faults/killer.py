"""Real runs of a study, each in a process of its own that may be killed after some time.

Started as a program it reads lines ``study<TAB>out<TAB>seconds`` and answers each with the
run's exit code, -9 where it was killed. The processes are forked when everything is
imported, so that a kill falls into the run's own work and not into its imports.
"""

import os
import signal
import sys
import time
import traceback
from pathlib import Path

import av
import cv2
import matplotlib.pyplot as plt
import scipy.stats

from behave.report import groups
from behave.study import pipeline

IMPORTED = (av, cv2, plt, scipy.stats, groups)


def run_and_kill(study: Path, out: Path, seconds: float) -> int:
    """Run a study; kill the run after some seconds. Return its exit code."""
    process = os.fork()
    if process == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 1
        try:
            pipeline.run(study, out)
            code = 0
        except BaseException:  # noqa: BLE001 - a forked process must not go on as its parent
            traceback.print_exc()
        os._exit(code)
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            # Not yet waited for: the number cannot be another process's by now.
            os.kill(process, signal.SIGKILL)
            deadline = float("inf")
        time.sleep(0.002)


if __name__ == "__main__":
    print("ready", flush=True)  # noqa: T201 - the way it answers
    for line in sys.stdin:
        study, out, seconds = line.rstrip("\n").split("\t")
        print(run_and_kill(Path(study), Path(out), float(seconds)), flush=True)  # noqa: T201
