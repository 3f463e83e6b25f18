"""What a table is not: files of other programs, told by their first bytes."""

from pathlib import Path

from behave.errors import InputError, Problem

# How a file begins, what it is, and what makes a table of it.
OTHERS = (
    (
        b"\xd0\xcf\x11\xe0",
        "an old Excel workbook (.xls), or one with a password",
        "open it in a spreadsheet program and save it as .xlsx without a password",
    ),
    (
        b"PCFFGRA4",
        "an old GraphPad Prism file (.pzf)",
        "export the table from Prism as .csv (File > Export), or copy it into an .xlsx",
    ),
    (b"%PDF", "a PDF", "export the table as .csv or .xlsx from the program that made it"),
)
PRISM = "export the table from Prism as .csv (File > Export), or copy it into an .xlsx"
ZIP = b"PK\x03\x04"
LOOK_AT = 4096


def refuse_other_formats(path: Path, content: bytes) -> None:
    """Refuse a file that is no table but another program's own format.

    Raises
    ------
    InputError
        Saying what the file is, by its first bytes, and how to make a table of it.
    """
    start = content[:LOOK_AT]
    for magic, what, fix in OTHERS:
        if start.startswith(magic):
            raise _refused(path, what, fix)
    if b"GraphPadPrismFile" in start:
        raise _refused(path, "a GraphPad Prism file (.pzfx)", PRISM)
    if start.startswith(ZIP):
        if b"application/vnd.oasis.opendocument" in start:
            raise _refused(path, "an OpenDocument sheet (.ods)", "save it as .xlsx")
        if b"document.json" in start and path.suffix.lower() == ".prism":
            raise _refused(path, "a GraphPad Prism file (.prism)", PRISM)
        if path.suffix.lower() not in {".xlsx", ".xlsm"}:
            raise _refused(path, "a workbook under another name", "give it the ending .xlsx")


def _refused(path: Path, what: str, fix: str) -> InputError:
    """Return the refusal of a format."""
    return InputError(
        Problem(
            f"this is {what}",
            file=str(path),
            expected="a table: .csv in UTF-8, or .xlsx",
            fix=fix,
        )
    )
