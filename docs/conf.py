"""How the documentation is built: ``sphinx-build -W docs docs/_build/html``."""

import sys
from pathlib import Path

from behave import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "behave"
author = "The behave developers"
project_copyright = "The behave developers"
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "references",
]
exclude_patterns = ["_build", "generated"]
nitpicky = True
# Types in signatures lead to other projects, whose pages are not here.
nitpick_ignore_regex = [("py:.*", ".*")]
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
# Two hyphens must stay two hyphens: people copy commands.
smartquotes = False
highlight_language = "text"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"behave {__version__}"
html_copy_source = False
html_show_sphinx = False
