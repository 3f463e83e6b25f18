"""The screen 'Run': a run in a process of its own, watched from any page.

The process goes on when the page is closed and ends with the program. Nothing
that it measured is lost when it is stopped: the next run begins where it was.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Literal

from starlette.routing import Route

from behave.errors import BehaveError
from behave.study.check import check
from behave.study.execution.processes import cores
from behave.web.answers import Body, Refused, get, put
from behave.web.workspace import Workspace

STAGES = ("arenas", "videos", "scores", "statistics", "report")
KEPT_LINES = 5
STOP_S = 10


class Wish(Body):
    """What a person wants of the run."""

    act: Literal["start", "stop"]
    anew: bool = False


@dataclass
class Progress:
    """How far one stage is.

    Parameters
    ----------
    done, total
        Tasks; parts of tasks count.
    began_s, now_s
        When it began and was last told of, on this computer's monotonic clock.
    """

    done: float
    total: int
    began_s: float
    now_s: float

    @property
    def left_s(self) -> float | None:
        """How long the rest will take at the pace so far; None where that is unknown."""
        if not 0 < self.done < self.total:
            return None
        return (self.now_s - self.began_s) * (self.total - self.done) / self.done


@dataclass
class Run:
    """The run of one study.

    Parameters
    ----------
    workspace
        What lies open.
    """

    workspace: Workspace
    state: Literal["idle", "running", "stopped", "done", "refused"] = "idle"
    stages: dict[str, Progress] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    _process: "subprocess.Popen[str] | None" = None
    _lock: Lock = field(default_factory=Lock)

    def start(self, *, anew: bool) -> None:
        """Start a run, unless one is under way."""
        if self.workspace.read_only:
            raise Refused("This page was opened to look at only: nothing can be changed.", 403)
        if self.workspace.study is None:
            raise Refused(f"This is a folder without a study. Type  {self.workspace.run_command}")
        with self._lock:
            if self.state == "running":
                return
            self.state, self.stages, self.problems = "running", {}, []
            # One core is left to the page, where there is more than one.
            jobs = max(cores() - 1, 1)
            self._process = subprocess.Popen(  # noqa: S603 - this very program, no shell
                [sys.executable, "-m", "behave.web.runner", str(self.workspace.source),
                 str(self.workspace.results), str(jobs), "anew" if anew else "on"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, encoding="utf-8", errors="replace",
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            )  # fmt: skip
            Thread(target=self._follow, args=(self._process,), daemon=True).start()

    def stop(self) -> None:
        """Stop the run; what it measured is kept."""
        with self._lock:
            process = self._process
            if self.state != "running" or process is None:
                return
            self.state = "stopped"
            process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()

    def _follow(self, process: "subprocess.Popen[str]") -> None:
        """Take what the process tells, line by line, until it ends."""
        lines: list[str] = []
        with process:
            for line in process.stdout or ():
                try:
                    self._take(json.loads(line))
                except json.JSONDecodeError:
                    lines = [*lines, line.rstrip()][-KEPT_LINES:]
        with self._lock:
            if self.state == "running":
                self.state = "done" if process.returncode in (0, 1) else "refused"
                if self.state == "refused" and not self.problems:
                    self.problems = lines or [f"The run ended with code {process.returncode}."]

    def _take(self, told: dict[str, Any]) -> None:
        """Take one thing that the process told: how far a stage is, or what is wrong."""
        if "problems" in told:
            self.problems += told["problems"]
            return
        now_s, name = time.monotonic(), told["stage"]
        began_s = self.stages[name].began_s if name in self.stages else now_s
        self.stages[name] = Progress(told["done"], told["total"], began_s, now_s)

    def show(self) -> dict[str, Any]:
        """Return how far the run is, and what became of each trial in the last one."""
        log = self.workspace.log()
        return {
            "state": self.state,
            "read_only": self.workspace.read_only,
            "stages": [
                {
                    "name": name,
                    "done": one.done,
                    "total": one.total,
                    "left_s": one.left_s if self.state == "running" else None,
                }
                for name, one in self.stages.items()
            ],
            "problems": self.problems,
            "results": str(self.workspace.results),
            "command": self.workspace.run_command,
            "trials": log[["trial_id", "video", "arena", "status", "message", "flag_text"]],
        }


def ready(workspace: Workspace) -> dict[str, Any]:
    """Return what stands in the way of a run, found without running it."""
    if workspace.study is None:
        raise Refused("A folder of videos has no study to check.", 404)
    try:
        found = check(Path(workspace.source))
    except BehaveError as error:
        return {"ready": False, "problems": [str(one) for one in error.problems], "notes": []}
    count, length_s = found.videos
    return {
        "ready": found.trials["to score"] > 0,
        "problems": [str(one) for one in found.problems],
        "notes": list(found.notes),
        "trials": dict(found.trials),
        "videos": count,
        "length_s": length_s,
    }


def routes(workspace: Workspace) -> list[Route]:
    """Return the addresses of the screen."""
    run = Run(workspace)

    def wish(asked: Wish) -> dict[str, Any]:
        if asked.act == "start":
            run.start(anew=asked.anew)
        else:
            run.stop()
        return run.show()

    return [
        get("/api/run", lambda _: run.show()),
        get("/api/run/ready", lambda _: ready(workspace)),
        put("/api/run", Wish, lambda _, asked: wish(asked)),
    ]
