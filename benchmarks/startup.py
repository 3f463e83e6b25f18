"""Measure what it costs to start: CPU of ``behave --help`` and what it imports.

Run as ``python benchmarks/startup.py [--runs N]``. CPU is user plus system
time of the whole process, so that a busy machine changes it little. Not for
Windows, which does not tell the CPU time of a process that has ended.
"""

import argparse
import resource
import statistics
import subprocess
import sys

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import behave": ["-c", "import behave"],
    "behave --version": ["-m", "behave", "--version"],
    "behave --help": ["-m", "behave", "--help"],
}
LIMIT_S = 0.25


def measure_cpu(arguments: list[str]) -> float:
    """Return the CPU time of one run in s."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def list_imports(arguments: list[str]) -> list[tuple[float, str]]:
    """Return (own ms, module) for each module that a run imports, slowest first."""
    run = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-X", "importtime", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    rows = [
        line.removeprefix("import time:").split("|")
        for line in run.stderr.splitlines()
        if line.startswith("import time:") and "imported package" not in line
    ]
    return sorted(((int(own) / 1000, module.strip()) for own, _, module in rows), reverse=True)


def main() -> None:
    """Print the table of CPU times, then the slowest imports of --help."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="runs of each command")
    runs = parser.parse_args().runs
    print(f"Python {sys.version.split()[0]}, {runs} runs each, CPU in s")
    print(f"{'command':<18} {'min':>6} {'median':>7} {'max':>6}")
    for name, arguments in COMMANDS.items():
        measure_cpu(arguments)  # the first run may have to compile
        times = [measure_cpu(arguments) for _ in range(runs)]
        print(f"{name:<18} {min(times):6.3f} {statistics.median(times):7.3f} {max(times):6.3f}")
    print(f"(the limit for behave --help is {LIMIT_S} s)")
    imports = list_imports(COMMANDS["behave --help"])
    packages = sorted({module.partition(".")[0] for _, module in imports})
    outside = [name for name in packages if name.lstrip("_") not in sys.stdlib_module_names
               and name not in sys.stdlib_module_names]  # fmt: skip
    print(f"\nbehave --help imports {len(imports)} modules; not of Python itself: "
          f"{', '.join(outside)}")  # fmt: skip
    print("slowest, own time in ms:")
    for own, module in imports[:10]:
        print(f"{own:7.1f}  {module}")


if __name__ == "__main__":
    main()
