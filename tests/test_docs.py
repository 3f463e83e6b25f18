"""The documentation and the program say the same."""

import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import click
import pytest
import yaml

from behave import __version__
from behave.cli import COMMANDS, cli
from behave.model.labels import LABELS
from behave.study.inputs import study_file

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
SOURCE = "\n".join(path.read_text("utf-8") for path in (ROOT / "behave").rglob("*.py"))


def load_references() -> ModuleType:
    """Return the module that makes the references, without Sphinx."""
    place = ROOT / "docs" / "_ext" / "references.py"
    spec = importlib.util.spec_from_file_location("references", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


references = load_references()
OPTIONS = {option.key: option for option in references.list_options()}
BLOCKS = {key.partition(".")[0] for key, option in OPTIONS.items() if option.block}


def command_named(name: str) -> click.Command:
    """Return a command of the program."""
    return importlib.import_module(f"behave.cli.{name}").command


def page_name(page: Path) -> str:
    """Return a page's name below the repository."""
    return page.relative_to(ROOT).as_posix()


def calls(text: str) -> list[list[str]]:
    """Return the words of each ``behave <command> ...`` that a text shows as code."""
    code = re.findall(r"`(behave [^`]+)`", text)
    for block in re.findall(r"(?ms)^[ :]*```\w*\n(.*?)^[ ]*```", text):
        code += re.findall(r"\bbehave \w[^\n&]*", block)
    return [words.split() for words in code]


def known_words(command: click.Command) -> set[str]:
    """Return the options that a command understands."""
    words = {word for option in command.params for word in option.opts}
    return words | {"--help", "-h"}


@pytest.mark.parametrize("key", OPTIONS)
def test_every_option_of_the_study_file_is_described(key: str) -> None:
    assert re.fullmatch(r".+\.", OPTIONS[key].description)


def test_the_reference_lists_every_option_that_the_program_suggests() -> None:
    for place in [(), *(tuple(key.split(".")) for key in OPTIONS if OPTIONS[key].block)]:
        above = ".".join(place)
        listed = {key.rpartition(".")[2] for key in OPTIONS if key.rpartition(".")[0] == above}
        # The program's own list of known keys, made otherwise, names the same ones.
        assert listed == set(study_file._known_keys(place)), above


def test_every_reference_has_its_page() -> None:
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    for name in references.REFERENCES:
        assert text.count(f"<!-- {name} -->") == 1
        assert references.insert(f"<!-- {name} -->") != f"<!-- {name} -->"


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_option_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"`([a-z_]+\.[a-z_.]+)`", page.read_text("utf-8"))
    files = (".csv", ".xlsx", ".yaml", ".json", ".html", ".py")
    options = [
        name for name in named if name.partition(".")[0] in BLOCKS and not name.endswith(files)
    ]
    assert [name for name in options if name not in OPTIONS] == []


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_study_file_that_a_page_shows_is_understood(page: Path, tmp_path: Path) -> None:
    for block in re.findall(r"(?ms)^```yaml\n(.*?)^```", page.read_text("utf-8")):
        if "study" not in yaml.safe_load(block):
            continue
        (tmp_path / "study.yaml").write_text(block)
        assert (
            study_file.load_study(tmp_path / "study.yaml").study == yaml.safe_load(block)["study"]
        )


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_command_that_a_page_shows_exists(page: Path) -> None:
    for words in calls(page.read_text("utf-8")):
        name = words[1]
        if name.startswith("-"):
            assert name in known_words(cli)
        if name.startswith("-") or name.isupper():
            continue
        assert name in COMMANDS, " ".join(words)
        shown = {word.partition("=")[0] for word in words if word.startswith("-")}
        assert shown <= known_words(command_named(name)), " ".join(words)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_an_example(name: str) -> None:
    command = command_named(name)
    assert command.name is None or command.name in {name, "command"}
    assert command.help
    assert re.match(rf"[\b\s]*Examples?:\s+behave {name} ", str(command.epilog))
    shown = {word for word in command.epilog.split() if word.startswith("-")}
    assert shown <= known_words(command)
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name


def test_commands_documents_every_command() -> None:
    for name in COMMANDS:
        assert f"behave.cli.{name}:command" in references.commands()


@pytest.mark.parametrize(
    "message",
    re.findall(r"(?m)^### `(.+)`$", (ROOT / "docs/troubleshooting.md").read_text("utf-8")),
)
def test_every_message_that_is_explained_exists(message: str) -> None:
    assert message in SOURCE


def test_every_flag_is_explained_and_every_flag_explained_exists() -> None:
    names = set(re.findall(r'\bFlag\(\s*f?"([a-z_{}]+)"', SOURCE))
    names |= {"floor", "ceiling"}  # raised in a loop over both ends of the scale
    known = {name.replace("{epoch}", "EPOCH") for name in names if "{name}" not in name}
    known |= {"cage_treated_alike", "litter_treated_alike"}  # raised for both kinds of home
    page = (ROOT / "docs" / "flags.md").read_text("utf-8")
    assert set(re.findall(r"(?m)^\| `(\w+)`", page)) == known


def test_every_label_of_the_rule_is_explained() -> None:
    page = (ROOT / "docs" / "verdict.md").read_text("utf-8")
    explained = re.findall(r"(?m)^`(\w+)`\n: ", page)
    assert sorted(explained) == sorted(LABELS)


def test_the_readme_has_its_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for mark, end in (("run", "behave run configs/nbqx_ketamine.yaml"), ("test", "pytest -n auto")):
        found = re.findall(rf"<!-- {mark} command -->\n```bash\n(.+)\n```\n", readme)
        assert len(found) == 1
        assert found[0].startswith("python -m venv ")
        assert found[0].endswith(end)


def test_the_citation_names_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == __version__
    assert citation["license"] == "BSD-3-Clause"


def test_every_benchmark_is_listed_and_exists() -> None:
    text = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    listed = set(re.findall(r"(?m)^\| `(\w+\.py)`", text))
    assert listed == {path.name for path in (ROOT / "benchmarks").glob("*.py")}
