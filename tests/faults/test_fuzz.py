"""Whatever stands in a study file or a table: plain words or a result, never a traceback."""

import gzip
import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from behave import files, sheets
from behave.errors import BehaveError
from behave.export.boris import export_boris
from behave.stats import DesignOptions
from behave.study import run_record
from behave.study.cache import ratings, store
from behave.study.check import check
from behave.study.inputs import blinding, freeze
from behave.study.inputs.plan import plan_study
from behave.study.inputs.study_file import load_study
from behave.study.inputs.trials import read_trials
from behave.tracking import read_arenas

STUDY = {
    "study": "demo",
    "trials": "trials.csv",
    "videos": ".",
    "arenas": {"count": 2},
    "protocol": {"test": "fst", "duration_s": 120, "score_window_s": [30, 120], "bin_s": 30},
    "tracking": {"method": "silhouette"},
    "scoring": {"min_bout_s": 1.0},
    "design": {
        "outcome": "immobility_s",
        "agonist": {"column": "treatment", "control": "vehicle", "level": "ketamine"},
        "antagonist": {"column": "pretreatment", "control": "vehicle", "level": "NBQX"},
        "blocks": [],
    },
    "seed": 1,
}
TRIALS = """\
animal_id,video,arena,entry_s,exclude,pretreatment,treatment
1,a.mp4,1,,,vehicle,vehicle
2,a.mp4,2,0:05,,vehicle,ketamine
3,b.mp4,1,5.5,true,NBQX,vehicle
4,b.mp4,2,,no,NBQX,ketamine
"""
ARENAS = """\
video,arena,x_px,y_px,width_px,height_px,shape
*,1,0,0,96,96,rectangle
a.mp4,2,96,0,96,96,ellipse
"""
DESIGN = DesignOptions.model_validate(STUDY["design"])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["", "..", "/", "con", "1e999", "\x00", "=1+1", "0x10", "~", "\u202e", "a|b"]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
quick = settings(
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # fmt: skip


def plain(function, *arguments):
    """Call a reader; its errors must be the package's own, and told in words."""
    told = None
    try:
        return function(*arguments)
    except BehaveError as error:
        told = error
    assert str(told).strip()
    assert all(problem.what for problem in told.problems)
    return None


@st.composite
def mutated(draw, text):
    """Draw a text with a piece cut out, doubled or replaced."""
    start = draw(st.integers(0, len(text)))
    stop = draw(st.integers(start, min(len(text), start + 12)))
    new = draw(
        st.one_of(
            st.text(max_size=8),
            st.sampled_from(
                ['"', "'", ",", ";", "\n", "\t", "\r", "{", "[", ": ", "&a", "*a", "!!"]
            ),
            st.just(text[start:stop] * 2),
        )
    )
    return text[:start] + new + text[stop:]


@st.composite
def changed_studies(draw):
    """Draw a study with one of its values, at any depth, replaced by anything."""
    content = json.loads(json.dumps(STUDY))
    place = content
    while True:
        key = draw(st.sampled_from(sorted(place)))
        if isinstance(place[key], dict) and draw(st.booleans()):
            place = place[key]
            continue
        place[key] = draw(VALUES)
        return content


@pytest.fixture
def folder(tmp_path):
    """Write the study and its tables."""
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(STUDY))
    (tmp_path / "trials.csv").write_text(TRIALS)
    (tmp_path / "arenas.csv").write_text(ARENAS)
    return tmp_path


@quick
@given(text=st.one_of(st.text(max_size=80), mutated(yaml.safe_dump(STUDY))))
def test_any_text_in_place_of_a_study_file(folder, text):
    path = folder / "fuzzed.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    plain(load_study, path)


@quick
@given(content=changed_studies())
def test_any_value_in_a_study_file(folder, content):
    path = folder / "fuzzed.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    study = plain(load_study, path)
    trials = study and plain(read_trials, folder / "trials.csv", study.design)
    if trials is not None:
        plain(plan_study, study, trials)


@quick
@given(content=st.one_of(st.binary(max_size=80), mutated(TRIALS).map(lambda text: text.encode("utf-8", "surrogatepass"))))  # fmt: skip
def test_any_table_of_trials(folder, content):
    path = folder / "fuzzed.csv"
    path.write_bytes(content)
    trials = plain(read_trials, path, DESIGN)
    if trials is not None:
        plain(plan_study, load_study(folder / "study.yaml"), trials)


@quick
@given(content=st.one_of(st.binary(max_size=80), mutated(ARENAS).map(lambda text: text.encode("utf-8", "surrogatepass"))))  # fmt: skip
def test_any_table_of_arenas(folder, content):
    path = folder / "fuzzed.csv"
    path.write_bytes(content)
    plain(read_arenas, path, {"a.mp4": folder / "a.mp4", "b.mp4": folder / "b.mp4"})


@quick
@given(content=st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(b"PK\x03\x04".__add__)))
def test_any_bytes_in_place_of_a_workbook(folder, content):
    path = folder / "fuzzed.xlsx"
    path.write_bytes(content)
    plain(sheets.read_sheet, path)


@quick
@given(
    facts=st.one_of(st.binary(max_size=60), VALUES.map(lambda value: json.dumps(value).encode())),
    motion=st.binary(max_size=60),
)
def test_anything_in_place_of_what_was_kept_is_made_again(folder, facts, motion):
    kept = folder / "cache" / "motion"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "1.json").write_bytes(facts)
    (kept / "1.csv.gz").write_bytes(motion)
    (folder / "cache" / "arenas").mkdir(exist_ok=True)
    (folder / "cache" / "arenas" / f"{'k' * 32}.json").write_bytes(facts)
    (folder / "cache" / "scores").mkdir(exist_ok=True)
    store.score_file(folder, "1").write_bytes(facts)
    assert ratings.load_rating(folder, "key", "1") is None
    assert store.load_track(folder, "key", "1") is None
    assert not store.load_arenas(folder, "k" * 64)


LOG = """\
trial_id,animal_id,video,arena,status
1,m1,a.mp4,1,done
2,m2,a.mp4,2,failed
"""
BOUTS = """\
trial_id,animal_id,source,state,start_s,stop_s,duration_s
1,m1,auto,immobile,0.0,2.0,2.0
1,m1,auto,mobile,2.0,3.0,1.0
"""
FRAMES = "frame,time_s,motion,state,x_px,y_px\n0,0.0,0.1,immobile,1,1\n1,0.04,,mobile,,\n"
RUN = '{"started": "2026-01-02T03:04:05+00:00", "command": [], "configuration": {}}'


@quick
@given(
    data=st.data(), changed=st.sampled_from(["trials_log.csv", "bouts.csv", "1.csv", "run.json"])
)
def test_any_text_in_a_results_folder_that_is_exported(folder, data, changed):
    texts = {"trials_log.csv": LOG, "bouts.csv": BOUTS, "1.csv": FRAMES, "run.json": RUN}
    texts[changed] = data.draw(mutated(texts[changed]))
    content = {name: text.encode("utf-8", "surrogatepass") for name, text in texts.items()}
    (folder / "frames").mkdir(exist_ok=True)
    (folder / "frames" / "1.csv.gz").write_bytes(gzip.compress(content.pop("1.csv")))
    for name, kept in content.items():
        (folder / name).write_bytes(kept)
    plain(export_boris, folder)


@quick
@given(
    key=st.sampled_from(["locked", "sha256", "analysis", "trials_sha256", "behave"]), value=VALUES
)
def test_any_value_in_a_lock(folder, key, value):
    study = load_study(folder / "study.yaml")
    configuration = run_record.configuration_of(study)
    file = freeze.lock_file(folder / "study.yaml")
    file.unlink(missing_ok=True)
    freeze.freeze(folder / "study.yaml", study, configuration)
    content = json.loads(file.read_text("utf-8")) | {key: value}
    if key == "analysis":  # as by somebody who knows how it is sealed
        content["sha256"] = freeze.fingerprint(value)
    file.write_text(json.dumps(content), encoding="utf-8")
    found = plain(freeze.compare_lock, folder / "study.yaml", study, configuration)
    freeze.find_lock_flags(found)


@quick
@given(content=st.one_of(st.binary(max_size=40), VALUES.map(lambda value: json.dumps(value).encode())))  # fmt: skip
def test_anything_in_place_of_the_record_of_a_key(folder, content):
    (folder / "key.csv").write_text(TRIALS)
    (folder / "key.read.json").write_bytes(content)
    told = plain(blinding.open_key, folder / "key.csv", folder / "trials.csv")
    assert told["trials_unchanged"] is True


@pytest.mark.parametrize("key", ["videos", "trials", "key"])
def test_a_name_that_is_longer_than_a_file_may_have(folder, key):
    path = folder / "long.yaml"
    path.write_text(yaml.safe_dump(STUDY | {key: "x" * 300}), encoding="utf-8")
    assert plain(check, path) is None


def test_a_video_whose_name_is_longer_than_a_file_may_have_is_a_problem_of_its_own(folder):
    text = TRIALS.replace("b.mp4,1", "b" * 300 + "|c.mp4,1")
    (folder / "trials.csv").write_text(text)
    found = plain(check, folder / "study.yaml")
    assert "the file is not there" in [problem.what for problem in found.problems]


@pytest.mark.parametrize(
    "text",
    [
        "study: !!python/object/apply:os.system ['touch {0}']",
        "!!python/object/new:subprocess.Popen [['touch', '{0}']]",
        "study: &a [*a, *a]",
        "a: &a ['x','x']\nb: &b [*a,*a]\nc: &c [*b,*b]\nstudy: *c",
    ],
)
def test_a_study_file_runs_no_code(folder, text):
    mark = folder / "ran"
    path = folder / "hostile.yaml"
    path.write_text(text.replace("{0}", str(mark)), encoding="utf-8")
    assert plain(load_study, path) is None
    assert not mark.exists()


def test_nothing_in_the_package_unpickles_or_evaluates_what_it_reads():
    package = Path(files.__file__).parent
    words = re.compile(
        r"\bpickle\.loads?\b|read_pickle|allow_pickle\s*=\s*True|\byaml\.(?:unsafe_|full_)load"
        r"|\bmarshal\.|\bshelve\.|(?<![\w.])(?:eval|exec)\("
    )
    found = [
        f"{path.name}: {line.strip()}"
        for path in package.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if words.search(line)
    ]
    assert found == []
