"""How figures look, and how they become bytes that do not change between runs."""

import io
import textwrap
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib.style
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

P = ParamSpec("P")
R = TypeVar("R")

INK = "#1c2430"
SOFT = "#5a6473"
FAINT = "#d5dae1"
BAND = "#e6ebe4"
BAND_EDGE = "#8a9a84"
ALERT = "#b3400d"

STATE_COLOURS = {
    "immobile": "#22384f",
    "mobile": "#c3d3e0",
    "swimming": "#c3d3e0",
    "climbing": "#7fa3bf",
    "unscored": "#ffffff",
}

PNG_DPI = 200

# The I of a sans-serif face is a bare stroke; the effects' names are set like symbols.
SYMBOL: dict[str, Any] = {
    "family": "DejaVu Serif",
    "style": "italic",
    "weight": "bold",
    "fontsize": 10,
}

RC: dict[str, Any] = {
    # DejaVu Sans comes with matplotlib: the same letters on every machine.
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.labelsize": 8.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": SOFT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 8.5,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "text.color": INK,
    # A '$' in an animal's name is not a formula.
    "text.parse_math": False,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "hatch.linewidth": 0.6,
    # Letters as outlines, so that the page needs no font of the reader's.
    "svg.fonttype": "path",
    "svg.hashsalt": "behave",
}


def styled(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function under this style, whatever the user's own settings are."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with matplotlib.style.context(["default", RC]):
            return function(*args, **kwargs)

    return run


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches, tied to no window."""
    return Figure(figsize=(width, height), facecolor="white")


def add_axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes at a place given in inches from the lower left corner."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


@styled
def svg_bytes(figure: Figure) -> bytes:
    """Return the figure as SVG without a date."""
    stream = io.BytesIO()
    figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


@styled
def png_bytes(figure: Figure) -> bytes:
    """Return the figure as PNG at `PNG_DPI` dots per inch."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=PNG_DPI, metadata={"Software": None})
    return stream.getvalue()


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    """Return the characters that the figures' font can draw."""
    path = font_manager.findfont("DejaVu Sans")
    return frozenset(font_manager.get_font(path).get_charmap())


def drawable(text: str) -> str:
    """Return the text with '?' for each character that the font lacks."""
    return "".join(char if ord(char) in _glyphs() or char == "\n" else "?" for char in text)


def wrapped(text: str, width: int, lines: int = 3) -> str:
    """Break a text into lines; what does not fit ends in an ellipsis."""
    parts = textwrap.wrap(drawable(text), width)
    if len(parts) > lines:
        parts = [*parts[: lines - 1], shortened(parts[lines - 1] + " " * width, width)]
    return "\n".join(parts)


def shortened(text: str, width: int, *, keep_end: bool = False) -> str:
    """Return the text, cut with an ellipsis where it is longer than the width."""
    text = drawable(text)
    if len(text) <= width:
        return text
    dots = "\N{HORIZONTAL ELLIPSIS}"
    return dots + text[1 - width :] if keep_end else text[: width - 1].rstrip() + dots


def below(axes: Axes, x: float, points: float, text: str, **how: Any) -> Text:
    """Write under the axes: at x in data units, so many points down."""
    settings: dict[str, Any] = {"ha": "center", "va": "top", "linespacing": 1.15, **how}
    return axes.annotate(
        text,
        (x, 0),
        xycoords=axes.get_xaxis_transform(),
        xytext=(0, -points),
        textcoords="offset points",
        **settings,
    )


def note(figure: Figure, text: str) -> None:
    """Write one quiet sentence in the middle of an otherwise empty figure."""
    figure.text(0.5, 0.5, text, ha="center", va="center", color=SOFT)


def clear_x(axes: Axes) -> None:
    """Take away the x axis, where the labels are written by hand."""
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
