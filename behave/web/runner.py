"""A run in a process of its own, which tells how far it is as lines of JSON.

Started by `behave.web.runs` with a study file, a results folder, a number of
processes, and ``anew`` or ``on``. It ends when whoever started it ends.
"""

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from behave.errors import BehaveError


def main(study: str, out: str, jobs: str, how: str) -> int:
    """Run a study; return the exit code of ``behave run``."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from behave.study import pipeline  # noqa: PLC0415 - the watch begins before the long imports
    from behave.study.execution.processes import Execution  # noqa: PLC0415

    def progress(stage: str, done: float, total: int) -> None:
        _tell({"stage": stage, "done": done, "total": total})

    execution = Execution(jobs=int(jobs), force=how == "anew", progress=progress)
    try:
        outcome = pipeline.run(Path(study), Path(out), execution)
    except BehaveError as error:
        _tell({"problems": [str(problem) for problem in error.problems]})
        return 2
    return int((outcome.trials_log["status"] == "failed").any())


def _tell(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    """End when the pipe from whoever started this process closes."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
