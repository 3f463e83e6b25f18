"""The plan: which trials, which arenas, and what cannot be."""

import pytest

from behave.errors import InputError
from behave.files import is_file_name
from behave.scoring import ScoringOptions
from behave.study.inputs.plan import plan_study, plan_videos
from behave.study.inputs.study_file import load_study
from behave.study.inputs.trials import read_trials
from behave.study.inputs.video_files import find_videos
from behave.tracking import Recording, TrackingOptions


def plan_of(path):
    study = load_study(path)
    return plan_study(study, read_trials(study.trials, study.design))


def problems_of(path):
    with pytest.raises(InputError) as caught:
        plan_of(path)
    return caught.value.problems


def test_a_study_plans_its_epochs_and_videos(study_file):
    plan = plan_of(study_file)
    assert plan.epochs == {"whole": (0.0, 120.0), "score_window": (30.0, 120.0)}
    assert plan.videos == {
        name: Recording(name, (study_file.parent / name,)) for name in ("a.mp4", "b.mp4")
    }
    assert plan.extra == ("pretreatment", "treatment")


def test_an_arena_beyond_the_count_names_its_row(write, study_file, trials_text):
    write("trials.csv", trials_text.replace("b.mp4,2", "b.mp4,3"))
    (problem,) = problems_of(study_file)
    assert problem.at == "row 5, column 'arena'"
    assert "1, 2" in problem.expected


def test_two_animals_in_one_arena_at_one_time_name_both_rows(write, study_file, trials_text):
    write("trials.csv", trials_text.replace("b.mp4,2", "b.mp4,1"))
    (problem,) = problems_of(study_file)
    assert problem.at == "rows 4 and 5"


@pytest.mark.parametrize(("later", "works"), [("120", True), ("119", False)])
def test_two_animals_after_one_another_in_one_arena(write, study_file, trials_text, later, works):
    lines = trials_text.replace("b.mp4,2", "b.mp4,1").splitlines()
    entries = ["entry_s", "", "", "0", later]
    write("trials.csv", "\n".join(f"{a},{b}" for a, b in zip(lines, entries, strict=True)))
    if works:
        assert len(plan_of(study_file).trials) == 4
    else:
        assert problems_of(study_file)[0].at == "rows 4 and 5"


def test_missing_and_excluded_trials_are_not_active(write, study_file, trials_text):
    header, first, second, *others = trials_text.splitlines()
    rows = [first.replace("a.mp4,1", ",") + ",", second + ",true", *(f"{row}," for row in others)]
    write("trials.csv", "\n".join([header + ",exclude", *rows]))
    assert list(plan_of(study_file).active["animal_id"]) == ["003", "004"]


def test_no_arenas_is_told(write, study_file, study_text):
    write("study.yaml", study_text.replace("arenas: {count: 2}\n", ""))
    (problem,) = problems_of(study_file)
    assert "{count: N}" in problem.expected


def test_a_network_without_arenas_sees_one_animal_per_video(
    write, study_file, study_text, trials_text
):
    """Given the whole picture for each of two animals, it would find the same one twice."""
    network = "tracking: {method: deeplabcut, project: nowhere/config.yaml}\n"
    write("study.yaml", study_text.replace("arenas: {count: 2}\n", network))
    (problem,) = problems_of(study_file)
    assert "{count: N}" in problem.expected
    write("trials.csv", trials_text.replace("a.mp4,2", "c.mp4,1").replace("b.mp4,2", "d.mp4,1"))
    (problem,) = problems_of(study_file)
    assert problem.what == "the project cannot be read", "the arenas are no longer the matter"


def test_a_folder_of_videos_that_is_not_there_is_told(write, study_file, study_text):
    write("study.yaml", study_text.replace("videos: .", "videos: nowhere"))
    (problem,) = problems_of(study_file)
    assert problem.at == "videos"


@pytest.fixture
def folder(tmp_path):
    """Make a folder of (empty) videos of two cameras, one name with two extensions."""
    for name in ("cam1/001.mp4", "cam2/001.mp4", "cam2/001.avi", "cam1/notes.txt", "cam1/._x.mp4"):
        path = tmp_path / "videos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "videos"


def test_videos_are_named_below_the_folder_given(folder):
    assert list(find_videos([folder])) == ["cam1/001.mp4", "cam2/001.avi", "cam2/001.mp4"]


def test_trials_of_videos_are_named_by_path_and_arena(folder):
    plan = plan_videos([folder], None, 2, TrackingOptions(), ScoringOptions())
    assert list(plan.trials["trial_id"]) == [
        "cam1__001_arena1", "cam1__001_arena2",
        "cam2__001.avi_arena1", "cam2__001.avi_arena2",
        "cam2__001.mp4_arena1", "cam2__001.mp4_arena2",
    ]  # fmt: skip
    assert list(plan.trials["animal_id"]) == list(plan.trials["trial_id"])


def test_names_that_are_too_long_for_a_file_are_cut_and_stay_apart(tmp_path):
    long = "Maus_ä" * 30
    videos = [tmp_path / f"{long}{number}.mp4" for number in (1, 2)]
    for video in videos:
        video.touch()
    plan = plan_videos(videos, None, 2, TrackingOptions(), ScoringOptions())
    ids = list(plan.trials["trial_id"])
    assert len(set(ids)) == 4
    assert all(is_file_name(trial_id) for trial_id in ids)
    assert all(trial_id.startswith("Maus_ä") for trial_id in ids)


def test_one_name_in_two_folders_is_told(folder):
    with pytest.raises(InputError) as caught:
        find_videos([folder / "cam1", folder / "cam2"])
    assert "001.mp4" in caught.value.problems[0].what


def test_a_folder_without_videos_is_told(tmp_path):
    with pytest.raises(InputError) as caught:
        find_videos([tmp_path])
    assert caught.value.problems[0].what == "no video in this folder"
