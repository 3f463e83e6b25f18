"""The study file: what it may say, and how its faults are told."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from behave.errors import InputError
from behave.files import is_file_name
from behave.study.inputs.study_file import load_study


def problems_of(path):
    with pytest.raises(InputError) as caught:
        load_study(path)
    return caught.value.problems


def test_paths_are_relative_to_the_study_file(study_file):
    study = load_study(study_file)
    assert study.trials == study_file.parent / "trials.csv"
    assert study.videos == study_file.parent


def test_backslashes_in_paths_are_understood(write, study_text):
    path = write("study.yaml", study_text.replace("trials.csv", r"data\trials.csv"))
    assert load_study(path).trials == path.parent / "data" / "trials.csv"


def test_defaults_are_the_mouse_protocol(write, study_text):
    text = "\n".join(line for line in study_text.splitlines() if not line.startswith("protocol"))
    protocol = load_study(write("study.yaml", text)).protocol
    assert protocol.epochs == {"whole": (0.0, 360.0), "score_window": (120.0, 360.0)}


@pytest.mark.parametrize(
    ("wrong", "key", "hint"),
    [
        ("protocol: {duratoin_s: 120}", "protocol.duratoin_s", "'duration_s'"),
        ("sead: 3", "sead", "'seed'"),
        ("scoring: {min_bout: 1}", "scoring.min_bout", "'min_bout_s'"),
        ("tracking: {methode: silhouette}", "tracking.methode", "'method'"),
        ("arenas: {cuont: 4}", "arenas.cuont", "'count'"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(write, study_text, wrong, key, hint):
    start = wrong.split(":")[0] + ":"
    kept = [line for line in study_text.splitlines() if not line.startswith(start)]
    path = write("study.yaml", "\n".join([*kept, wrong]))
    problem = next(item for item in problems_of(path) if item.at == key)
    assert problem.file == str(path)
    assert hint in problem.fix


def test_every_fault_is_told_at_once(write, study_text):
    text = study_text.replace("duration_s: 120", "duration_s: -1").replace("count: 2", "count: 0")
    places = {problem.at for problem in problems_of(write("study.yaml", text))}
    assert {"protocol.duration_s", "arenas.count"} <= places


def test_all_of_a_tail_suspension_test_is_scored_unless_told_otherwise(write, study_text):
    text = study_text.replace("{duration_s", "{test: tst, duration_s")
    assert load_study(write("study.yaml", text)).protocol.score_window_s == (30, 120)
    text = text.replace(", score_window_s: [30, 120]", "")
    assert load_study(write("study.yaml", text)).protocol.score_window_s == (0, 120)


def test_a_window_beyond_the_test_is_refused(write, study_text):
    (problem,) = problems_of(write("study.yaml", study_text.replace("[30, 120]", "[30, 130]")))
    assert "[30, 130]" in problem.expected


def test_a_missing_key_is_named(write, study_text):
    (problem,) = problems_of(write("study.yaml", study_text.replace("trials: trials.csv\n", "")))
    assert (problem.what, problem.at) == ("missing key", "trials")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "no settings"),
        ("- a\n- b", "no settings"),
        ("study: [unclosed", "not valid YAML"),
        ("study: a\nstudy: b", "not valid YAML"),
        ("study: \t tab\n\tx: 1", "not valid YAML"),
        ("? {a: 1}\n: 2", "not valid YAML"),
    ],
)
def test_what_is_not_a_study_file_is_told_in_plain_words(write, text, expected):
    (problem,) = problems_of(write("study.yaml", text))
    assert expected in problem.what


def test_a_key_given_twice_is_named_with_its_line(write, study_text):
    (problem,) = problems_of(write("study.yaml", study_text + "seed: 1\nseed: 2\n"))
    assert problem.found == "key 'seed' is given twice"
    assert problem.at == f"line {len(study_text.splitlines()) + 2}"


@given(st.binary(max_size=200))
def test_arbitrary_bytes_end_in_an_input_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "study.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError):
        load_study(path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["study", "trials", "protocol", "design", "seed", "arenas"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_arbitrary_yaml_ends_in_an_input_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "study.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError):
        load_study(path)


@pytest.mark.parametrize("name", ["007", "mouse 3", "A-1_b", "søren", "x.y"])
def test_names_that_every_system_takes(name):
    assert is_file_name(name)


@pytest.mark.parametrize(
    "name", ["", "..", "a/b", r"a\b", "NUL", "con.txt", "a.", "a ", "a\n", "a:b"]
)
def test_names_that_some_system_refuses(name):
    assert not is_file_name(name)


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan", "'inf'"])
@pytest.mark.parametrize(
    "key",
    [
        "protocol.duration_s", "protocol.bin_s", "tracking.longest_gap_s", "tracking.fps",
        "scoring.min_bout_s", "scoring.time_sampling_s", "scoring.immobile_below",
        "design.equivalence_bound", "design.residual_fraction",
    ],
)  # fmt: skip
def test_a_number_without_end_is_refused(write, study_text, key, value):
    block, name = key.split(".")
    content = yaml.safe_load(study_text)
    content[block] = content.get(block, {}) | {name: yaml.safe_load(value)}
    (problem,) = problems_of(write("study.yaml", yaml.safe_dump(content)))
    assert problem.at == key


def test_a_window_without_end_is_refused(write, study_text):
    path = write("study.yaml", study_text.replace("[30, 120]", "[30, .inf]"))
    assert problems_of(path)[0].at.startswith("protocol.score_window_s")


def test_an_earlier_calibration_lies_relative_to_the_study_file(write, study_text):
    path = write(
        "study.yaml", study_text + "scoring: {immobile_below: {from: old/calibration.csv}}\n"
    )
    threshold = load_study(path).scoring.immobile_below
    assert threshold.file == path.parent.resolve() / "old" / "calibration.csv"


@pytest.mark.parametrize("value", ["0", "-1", "true", "low", "{form: a.csv}", "{from: 3}", "[1]"])
def test_what_is_no_threshold_is_refused_in_one_message(write, study_text, value):
    path = write("study.yaml", study_text + f"scoring: {{immobile_below: {value}}}\n")
    with pytest.raises(InputError, match=r"a number above 0, or \{from") as refused:
        load_study(path)
    assert len(refused.value.problems) == 1
