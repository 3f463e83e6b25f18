"""References made from the code: study-file options, table columns, commands.

A page names a reference in a comment of its own line, ``<!-- options -->``,
``<!-- columns -->`` or ``<!-- commands -->``; Sphinx puts the text in its
place. Without Sphinx the functions can be called by tests.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from behave.cli import COMMANDS
from behave.model.tables import (
    AGREEMENTS,
    ARENAS,
    BY_HAND,
    BY_TRACKER,
    CORRECTED,
    DOUBTFUL,
    RESULTS,
    SAMPLES,
    TRIALS,
)
from behave.schema import Column, Table
from behave.study.inputs.study_file import Study

UNITS = {
    "area_px": "px\u00b2",
    "age_d": "days",
    "_s": "s",
    "_pct": "%",
    "_px": "px",
    "px_per_cm": "px/cm",
    "_g": "g",
    "_mg_per_kg": "mg/kg",
    "_min_before_test": "min",
}
BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
KINDS = {
    "integer": "whole number",
    "null": "`null`",
    "boolean": "true or false",
    "string": "text",
    "object": "`{from: path}`",
}


@dataclass(frozen=True)
class Option:
    """One key of the study file.

    Parameters
    ----------
    key
        With the keys above it: ``design.agonist.column``.
    kind
        What its value may be, in words.
    default
        As YAML, ``required`` where there is none, "" where it may be left out.
    description
        One sentence, from the model.
    block
        Whether it only holds other keys.
    """

    key: str
    kind: str
    default: str
    description: str
    block: bool = False


def list_options() -> list[Option]:
    """Return every key of the study file, in the order of the models."""
    schema = Study.model_json_schema()
    return list(_options(schema, schema.get("$defs", {}), ""))


def _options(schema: dict[str, Any], models: dict[str, Any], above: str) -> Iterator[Option]:
    """Yield the options of one model and of those below it."""
    for name, field in schema["properties"].items():
        variants = [item for item in field.get("anyOf", [field]) if item.get("type") != "null"]
        model = models.get(variants[0].get("$ref", "").rpartition("/")[2])
        key = f"{above}{name}"
        default = "required" if name in schema.get("required", []) else ""
        if field.get("default") is not None:
            default = f"`{json.dumps(field['default'])}`"
        kind = "block" if model else " or ".join(_kind(item) for item in variants)
        yield Option(key, kind, default, field.get("description", ""), block=bool(model))
        if model:
            yield from _options(model, models, f"{key}.")
        # A block per name that the study chooses.
        named = variants[0].get("additionalProperties")
        inner = (
            models.get(named.get("$ref", "").rpartition("/")[2])
            if isinstance(named, dict)
            else None
        )
        if inner:
            yield Option(f"{key}.NAME", "block", "", inner["description"], block=True)
            yield from _options(inner, models, f"{key}.NAME.")


def _kind(schema: dict[str, Any]) -> str:
    """Return what a value may be, in words."""
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " or ".join(_kind(item) for item in schema["anyOf"])
    if schema.get("type") == "array":
        items = schema.get("prefixItems", [schema.get("items", {})])
        inner = ", ".join(_kind(item) for item in items)
        return f"[{inner}]" if "prefixItems" in schema else f"list of {inner}"
    if schema.get("format") == "path":
        return "path"
    if isinstance(schema.get("additionalProperties"), dict):
        inner = schema["additionalProperties"]
        return "`{NAME: " + ("block" if "$ref" in inner else _kind(inner)) + "}`"
    kind = KINDS.get(schema["type"], schema["type"])
    limits = [f"{words} {schema[name]:g}" for name, words in BOUNDS.items() if name in schema]
    return ", ".join([kind, *limits])


def options() -> str:
    """Return the reference of the study file as Markdown."""
    rows = [
        (f"`{option.key}`", option.kind, option.default, option.description)
        for option in list_options()
    ]
    return _table(("key", "value", "default", "meaning"), rows)


def columns() -> str:
    """Return the reference of all tables as Markdown."""
    return "\n\n".join(
        _describe(table)
        for table in (
            TRIALS,
            ARENAS,
            *RESULTS,
            SAMPLES,
            DOUBTFUL,
            *BY_TRACKER,
            BY_HAND,
            CORRECTED,
            *AGREEMENTS,
        )
    )


def _describe(table: Table) -> str:
    """Return the section of one table."""
    rows = [
        (f"`{column.name}`", _column_kind(column), unit(column.name), column.description)
        for column in table.columns
    ]
    more = "\n\nFurther columns may follow; they are kept as text." if table.more else ""
    header = ("column", "cells", "unit", "meaning")
    return f"## `{table.file}`\n\nOne row per {table.row}.{more}\n\n{_table(header, rows)}"


def _column_kind(column: Column) -> str:
    """Return what the cells of a column hold, in words."""
    words = KINDS.get(column.kind, column.kind)
    if column.allowed:
        words = " or ".join(f"`{value}`" for value in column.allowed if value)
    if column.minimum is not None:
        words += f", at least {column.minimum:g}"
    return f"{words}, in every row" if column.required else words


def unit(name: str) -> str:
    """Return the unit that a column's name ends in, or nothing."""
    return next((unit for end, unit in UNITS.items() if name.endswith(end)), "")


def commands() -> str:
    """Return directives that document every command."""
    directives = [
        f".. click:: behave.cli.{name}:command\n   :prog: behave {name}\n" for name in COMMANDS
    ]
    return "```{eval-rst}\n" + "\n".join(directives) + "```"


def show_examples(_app: Any, _context: Any, lines: list[str]) -> None:
    """Turn a command's examples into a block that can be copied."""
    text = re.sub(r"^[\b\s|]*Examples?:", "", "\n".join(lines))
    examples = [line.strip("\b| ") for line in text.splitlines()]
    lines[:] = ["", "Example::", "", *(f"   {line}" for line in examples if line), ""]


def _table(header: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [tuple(header), tuple("---" for _ in header), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


REFERENCES = {"options": options, "columns": columns, "commands": commands}


def insert(text: str) -> str:
    """Return a page's text with the references in place."""
    for name, make in REFERENCES.items():
        mark = f"<!-- {name} -->"
        if mark in text:
            text = text.replace(mark, make())
    return text


def setup(app: Any) -> dict[str, bool]:
    """Put the references into the pages that name them."""
    app.connect("source-read", lambda _app, _page, source: source.append(insert(source.pop())))
    app.connect("sphinx-click-process-epilog", show_examples)
    # A reference changes with the code, which Sphinx does not watch.
    app.connect("env-get-outdated", lambda _app, env, *_: sorted(env.all_docs))
    return {"parallel_read_safe": True}
