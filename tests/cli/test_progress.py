"""How far a run is and how long it will still take, on a terminal and in a log."""

import doctest
import io

import pytest
import rich.console

from behave.cli import console


class Clock:
    """A clock that is moved by hand."""

    now_s = 100.0

    def monotonic(self):
        """Return the time of this clock, s."""
        return self.now_s


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(console, "time", clock)
    return clock


def test_the_examples_hold():
    assert doctest.testmod(console).failed == 0


def test_a_log_gets_a_line_a_minute_with_the_time_that_is_left(clock):
    lines = []
    show = console.ProgressLines(lines.append).show
    clock.now_s += 300  # the stage before
    show("tracking", 0, 40)
    for done in range(1, 41):
        clock.now_s += 45  # longer than a library looks back
        show("tracking", done, 40)
    assert lines[:2] == [
        "tracking: 1 of 40 (2 %), about 29 min left",
        "tracking: 3 of 40 (8 %), about 28 min left",
    ]
    assert len(lines) == 20  # none at the beginning and the end


def test_a_short_run_writes_no_line(clock):
    lines = []
    show = console.ProgressLines(lines.append).show
    for done in range(10):
        clock.now_s += 5
        show("tracking", done, 10)
    assert lines == []


def test_a_terminal_shows_the_time_that_is_left_of_long_videos(clock, monkeypatch):
    screen = io.StringIO()
    terminal = rich.console.Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr(rich.console, "Console", lambda **_: terminal)
    monkeypatch.setattr(console.sys.stderr, "isatty", lambda: True)
    with console.progress_bars() as show:
        show("tracking", 0, 4)
        clock.now_s += 3600
        show("tracking", 2, 4)
    assert "2/4" in screen.getvalue()
    assert "about 1 h 0 min left" in screen.getvalue()


def test_without_a_terminal_nothing_is_drawn(clock, capsys):
    with console.progress_bars() as show:
        show("tracking", 0, 2)
        clock.now_s += 90
        show("tracking", 1, 2)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "tracking: 1 of 2 (50 %), about 2 min left\n"
