"""The report: figures and one self-contained page, from tables only.

`write` is the wing's one face. It computes no statistics: every number on the
page stands in a table, save the interval of a group's mean per time bin.
"""

from pathlib import Path

from behave.report.results import Results

__all__ = ["Results", "write"]


def write(results: Results, folder: Path) -> None:
    """Write the figures and the page; two identical calls write identical bytes.

    ``figures/*.svg`` and ``figures/*.png`` hold each figure that the tables
    allow, ``report.html`` all of them, ``export/`` what Prism and R take over.
    Figures of an earlier run that these
    tables do not allow are removed.

    Parameters
    ----------
    results
        What is reported.
    folder
        The results folder.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    # Drawing takes most of a second to load; those who only read `Results` do not wait.
    from behave.report import publish  # noqa: PLC0415 - matplotlib is slow to load

    publish.write(results, folder)
