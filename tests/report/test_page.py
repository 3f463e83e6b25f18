"""The page says what the tables say, to everybody, without anything from outside."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from behave.model import tables
from behave.report import Results, words, write
from behave.report.page import render
from behave.report.publish import complete
from behave.schema import conform


class Reader(HTMLParser):
    """Collects the text, the tags with their attributes and the tables of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.first_text_of: dict[str, str] = {}
        self.cells: dict[str, list[list[str]]] = {}
        self._table = ""
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and open its table, row or cell."""
        self.tags.append((tag, dict(attrs)))
        self._hidden = tag == "style"
        if tag == "table":
            self._table = dict(attrs)["id"] or ""
            self.cells[self._table] = []
        elif tag == "tr":
            self.cells[self._table].append([])
        elif tag in {"td", "th"}:
            self.cells[self._table][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """Close a table."""
        self._hidden = False
        if tag == "table":
            self._table = ""

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if self._hidden or not data.strip():
            return
        self.texts.append(data.strip())
        self.first_text_of.setdefault(self.tags[-1][0], data.strip())
        if self._table and self.cells[self._table] and self.cells[self._table][-1]:
            self.cells[self._table][-1][-1] += data.strip()


def page_of(results: Results) -> str:
    """Return the page without its figures: they take most of the time."""
    return render(complete(results), {})


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.fixture(scope="module")
def page(with_losses: Results, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the page of a study that lost three animals."""
    folder = tmp_path_factory.mktemp("report")
    write(with_losses, folder)
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_rule_of_either_version_lists_its_labels(blocked: Results) -> None:
    for version, of in ((1, 8), (2, 9)):
        rule = words.rule({"rule_version": version, "rho": 0.7}, blocked.design)
        assert len(rule) == of
        assert ("reversed" in dict(rule)) == (version == 2)
    assert "at least 0.3 of the effect" in dict(rule)["blocked"]


def test_the_verdict_is_the_first_thing_said(page: str) -> None:
    reader = read(page)
    main = reader.texts.index("nbqx-ketamine")
    said = "NBQX blocked the effect of ketamine on immobility: at least half of it was taken away."
    assert reader.texts[main + 1] == reader.first_text_of["h1"] == said
    assert reader.texts[main + 2].startswith("What the label means")


def test_all_but_what_a_biologist_reads_is_folded(page: str) -> None:
    folded = " ".join(re.findall(r"(?s)<details>.*?</details>", page))
    for table in ("animals", "anova", "effect-details", "sensitivity", "arrive"):
        assert f'<table id="{table}"' in folded
    for table in ("effect-table", "group-table"):
        assert f'<table id="{table}"' not in folded
    open_words = read(re.sub(r"(?s)<details>.*?</details>", "", page)).texts
    assert 300 < sum(len(text.split()) for text in open_words) < 1200


def test_synthetic_data_are_called_so_before_anything_else(with_losses: Results, page: str) -> None:
    body = page[page.index("<body>") :]
    assert body.index("Synthetic data.") < body.index("<h1>")
    real = page_of(replace(with_losses, synthetic=False))
    assert "ynthetic" not in real


def test_the_effects_are_the_verdicts_numbers(page: str, with_losses: Results) -> None:
    rows = {row[0]: row for row in read(page).cells["effect-table"][1:]}
    assert list(rows) == ["K", "Kn", "I", "A"]
    effect = with_losses.verdict["Kn"]
    minus = "\N{MINUS SIGN}"
    assert rows["Kn"][2] == f"{effect['estimate']:.1f}".replace("-", minus)
    assert rows["Kn"][3] == f"[{effect['conf_low']:.1f}, {effect['conf_high']:.1f}]".replace(
        "-", minus
    )
    assert rows["K"][4] == "< 0.001"
    details = {row[0]: row for row in read(page).cells["effect-details"][1:]}
    assert details["I"][4] == words.NONE
    assert details["K"][4].startswith("1.23 [0.40, 2.00]")


def test_lost_animals_stand_beside_their_group(with_losses: Results, blocked: Results) -> None:
    counts = {"n_excluded": [0, 1, 0, 0], "n_failed": [1, 0, 0, 0], "n_missing": [2, 0, 0, 0]}
    lost = replace(with_losses, cells=with_losses.cells.assign(**counts))
    header, *rows = read(page_of(lost)).cells["group-table"]
    assert header[-1] == "Not analysed"
    assert [row[-1] for row in rows] == ["1 failed, 2 missing", "1 excluded", "none", "none"]
    whole = page_of(blocked)
    assert read(whole).cells["group-table"][0][-1] == "Range"
    assert "All their animals were analysed." in whole


def test_every_animal_is_listed_with_what_became_of_it(with_losses: Results, page: str) -> None:
    listed = read(page).cells["animals"][1:]
    rows = {row[0]: row for row in listed if len(row) > 1}
    # What is to know of a trial stands in a row of its own under it.
    notes = {listed[i - 1][0]: row[0] for i, row in enumerate(listed) if len(row) == 1}
    assert list(rows) == [f"m{number:02d}" for number in range(1, 33)]
    assert rows["m03"][2:] == ["failed", *[words.NONE] * 3, "cam1/001.mp4, arena 3"]
    assert notes == {
        "m03": "The file is truncated.",
        "m05": "6.1 % of the window was not seen.",
        "m10": "Fell ill.",
        "m20": "No video is named.",
    }
    assert (rows["m10"][2], rows["m20"][2]) == ("excluded", "missing")
    value = with_losses.measures.query("trial_id == 'm12' and epoch == 'score_window'")[
        "immobility_s"
    ]
    assert rows["m12"][3] == f"{value.iloc[0]:.1f}"


def test_what_several_trials_share_is_said_once(blocked: Results) -> None:
    shared, own = "The camera moved by 2.0 %.", "The animal was not seen for 3 s."
    log = blocked.trials_log.assign(flag_text=shared)
    log.loc[4, "flag_text"] = f"{shared} {own}"
    page = page_of(replace(blocked, trials_log=log))
    assert page.count(shared) == 1
    assert "(all trials)" in page
    assert page.count(own) == 1


def test_a_latency_never_reached_is_more_than_the_window(blocked: Results) -> None:
    measures = blocked.measures.copy()
    here = (measures["trial_id"] == "m07") & (measures["epoch"] == "score_window")
    measures.loc[here, "latency_s"] = 240.0
    measures.loc[here, "latency_censored"] = True
    rows = {r[0]: r for r in read(page_of(replace(blocked, measures=measures))).cells["animals"]}
    assert rows["m07"][4] == "> 240.0"


def test_a_users_text_is_shown_and_never_run(blocked: Results) -> None:
    evil = "<script>alert(1)</script>"
    swap = {"m01": evil}
    results = replace(
        blocked,
        study=evil,
        measures=blocked.measures.replace({"trial_id": swap, "animal_id": swap}),
        trials_log=blocked.trials_log.replace({"animal_id": swap, "trial_id": swap}),
        verdict={
            **blocked.verdict,
            "text": evil,
            "flags": [{"name": "x", "value": 0, "text": evil}],
        },
        methods={evil: {evil: evil}},
        pictures={evil: f'arenas/"{evil}'},
    )
    html = page_of(results)
    assert "<script" not in html
    assert read(html).cells["animals"][1][0] == evil


def test_nothing_is_loaded_from_outside_and_no_script_is_needed(page: str) -> None:
    for tag, attributes in read(page).tags:
        assert tag not in {"script", "link", "iframe", "object", "embed"}
        for name in ("src", "href", "srcset", "xlink:href"):
            value = attributes.get(name) or ""
            assert not re.match(r"(https?:)?//", value), (tag, value)
            if tag == "img":
                assert name != "src" or value.startswith("data:image/svg+xml;base64,")
    assert "@import" not in page
    assert "url(" not in page


def test_pictures_have_words_and_tables_have_headers(page: str) -> None:
    reader = read(page)
    images = [attributes for tag, attributes in reader.tags if tag == "img"]
    assert len(images) == 5
    assert all(len(attributes["alt"] or "") > 30 for attributes in images)
    assert all(
        attributes.get("scope") in {"col", "row"} for tag, attributes in reader.tags if tag == "th"
    )
    assert ("html", {"lang": "en"}) in reader.tags


def test_every_parameter_and_version_is_named(with_losses: Results, page: str) -> None:
    texts = read(page).texts
    for name, value in (
        ("scoring.min_bout_s", "0.5"),
        ("protocol.score_window_s", "120, 360"),
        ("design.agonist.level", "ketamine"),
        ("versions.behave", "0.1.0"),
    ):
        assert texts[texts.index(name) + 1] == value
    assert with_losses.methods["versions"]["numpy"] in texts


def test_the_sensitivity_analyses_are_counted(with_losses: Results, page: str) -> None:
    assert "agree 38 of 47" in read(page).texts
    grid = read(page).cells["sensitivity"][1]
    assert grid[:3] == ["scoring grid", "36 of 45", "attenuated (9)"]
    found = with_losses.sensitivity["I_estimate"]
    assert grid[3] == f"45 settings; I from {found.min():.1f} to {found.max():.1f}"


def test_losses_are_named_under_the_ethogram(page: str) -> None:
    assert "Not drawn: m03 (failed), m10 (excluded), m20 (missing)." in page


def test_the_rule_marks_this_studys_label(page: str) -> None:
    given = re.search(r'<li class="given"><code>(\w+)</code>', page)
    assert given is not None
    assert given[1] == "blocked"


def test_two_runs_write_the_same_bytes(
    make_results: Callable[..., Results], tmp_path: Path
) -> None:
    small = make_results(sizes=(3, 3, 3, 3))
    for folder in ("one", "two"):
        write(small, tmp_path / folder)
    first = sorted(path for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert {path.name for path in first} >= {
        "report.html",
        "estimation.png",
        "ethogram.svg",
        "contrasts.R",
    }
    for path in first:
        other = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == other.read_bytes(), path.name


def nothing(table: object) -> pd.DataFrame:
    return conform(pd.DataFrame(), table)  # type: ignore[arg-type]


def test_statistics_of_a_users_table_alone_make_a_page(
    make_results: Callable[..., Results], tmp_path: Path
) -> None:
    small = make_results(sizes=(3, 3, 3, 3))
    window = small.measures[small.measures["epoch"] == "score_window"]
    bare = replace(
        small,
        measures=window[["animal_id", "immobility_s", "pretreatment", "treatment"]],
        bins=nothing(tables.BINS),
        bouts=nothing(tables.BOUTS),
        trials_log=nothing(tables.TRIALS_LOG),
        sensitivity=nothing(tables.SENSITIVITY),
        methods={},
    )
    write(small, tmp_path)
    write(bare, tmp_path)
    reader = read((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert len(reader.cells["animals"]) == 13
    assert any("only statistics were run" in text for text in reader.texts)
    # Nothing is claimed of a scoring that the program did not do.
    assert any("does not tell how it was scored" in text for text in reader.texts)
    assert not any("Motion was measured" in text for text in reader.texts)
    # The figures of the run before would show what this one did not do.
    assert sorted(path.name for path in (tmp_path / "figures").glob("*.svg")) == [
        "estimation.svg",
        "interaction.svg",
    ]


def test_a_verdict_that_cannot_be_given_still_makes_a_page(
    make_results: Callable[..., Results],
) -> None:
    lonely = make_results(sizes=(1, 1, 1, 1), label="not_assessable")
    empty = replace(
        lonely,
        **{
            name: nothing(getattr(tables, name.upper()))
            for name in ("contrasts", "anova", "equivalence", "assumptions", "sensitivity")
        },
    )
    reader = read(page_of(empty))
    assert reader.first_text_of["h1"].endswith("cannot be assessed from these data.")
    rows = reader.cells["effect-table"][1:]
    assert [row[2] for row in rows] == ["not estimable"] * 4


def test_a_study_without_a_single_trial_still_makes_a_page(blocked: Results) -> None:
    names = (
        "measures",
        "bins",
        "bouts",
        "trials_log",
        "contrasts",
        "anova",
        "cells",
        "equivalence",
        "assumptions",
        "sensitivity",
    )
    void = replace(
        blocked,
        **{name: nothing(getattr(tables, name.upper())) for name in names},
        verdict={"label": "not_assessable"},
    )
    assert any("No trial is listed." in text for text in read(page_of(void)).texts)


def test_null_parts_of_an_effect_are_dashes(blocked: Results) -> None:
    flat = {
        "estimate": 3.0,
        "std_error": 0.0,
        "conf_low": 3.0,
        "conf_high": 3.0,
        "df": None,
        "p_value": None,
    }
    verdict = {**blocked.verdict, "K": flat, "A": None}
    rows = read(page_of(replace(blocked, verdict=verdict))).cells["effect-table"][1:]
    assert rows[0][4] == words.NONE
    assert rows[3][2] == "not estimable"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-0.04, 1, "0.0"),
        (-1.25, 2, "\N{MINUS SIGN}1.25"),
        (np.nan, 1, words.NONE),
        (None, 1, words.NONE),
        (pd.NA, 0, words.NONE),
        (7, 0, "7"),
    ],
)
def test_numbers_are_rounded_and_missing_ones_are_dashes(
    value: float | None, decimals: int, text: str
) -> None:
    assert words.number(value, decimals) == text


@pytest.mark.parametrize(
    ("spread", "decimals"), [(34.0, 1), (9.8, 1), (340.0, 0), (0.3, 2), (np.nan, 1)]
)
def test_at_least_two_digits_of_the_spread_are_shown(spread: float, decimals: int) -> None:
    assert words.decimals_for([spread]) == decimals


def test_names_of_columns_become_words_and_units() -> None:
    assert words.axis_label("immobility_pct") == "Immobility (%)"
    assert words.axis_label("distance_cm") == "Distance (cm)"
    assert words.axis_label("struggling") == "Struggling"


def test_overlays_are_linked_and_doubtful_stretches_at_their_time(with_losses: Results) -> None:
    doubtful = pd.DataFrame(
        [{"trial_id": "m 1", "start_s": 12.0, "stop_s": 15.0, "motion_ratio": 1.03, "doubt": 2.1}]
    )
    shown = replace(with_losses, overlays={"m 1": "overlays/m 1.mp4"}, doubtful=doubtful)
    page = read(page_of(shown))
    links = [attributes.get("href") for tag, attributes in page.tags if tag == "a"]
    assert "overlays/m%201.mp4" in links
    assert "overlays/m%201.mp4#t=12.0,15.0" in links
    assert "m 1, 12.0 to 15.0 s" in page.texts
    assert ": motion at 103 % of the threshold." in page.texts
    assert "See the score" not in read(page_of(with_losses)).texts


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        (
            "-5.1 s (95% interval -9 to -1)",
            "\u22125.1\u00a0s (95\u00a0% interval \u22129 to \u22121)",
        ),
        ("I of a - b", "I of a \u2212 b"),
        ("MK-801, 1-2, Bell-McCaffrey", "MK-801, 1-2, Bell-McCaffrey"),
    ],
)
def test_a_minus_is_a_minus_and_a_hyphen_a_hyphen(plain, shown):
    assert words.typeset(plain) == shown
