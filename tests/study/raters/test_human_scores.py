"""People's scores in their programs' spellings, and the trials they are about."""

import pandas as pd
import pytest

from behave.errors import InputError
from behave.study.raters.human_scores import read_scores
from behave.study.raters.matching import match

BORIS_AGGREGATED = """\
Observation id\tObservation date\tMedia file name\tMedia duration (s)\tFPS (frame/s)\tSubject\tBehavior\tBehavioral category\tBehavior type\tStart (s)\tStop (s)\tDuration (s)\tComment start
o1\t2024-01-01\tvideos/cam1/a.mp4\t360.0\t25\t1\tImmobile\t\tSTATE\t12.5\t20.0\t7.5\t
o1\t2024-01-01\tvideos/cam1/a.mp4\t360.0\t25\t1\tSwimming\t\tSTATE\t20.001\t30.0\t9.999\t
o1\t2024-01-01\tvideos/cam1/a.mp4\t360.0\t25\t2\tImmobile\t\tSTATE\t100\t130.5\t30.5\t
"""
BORIS_TABULAR = """\
Observation id,Media file name,FPS,Subject,Behaviour,Behavior type,Time,Image index
o1,C:\\films\\a.mp4,25,1,immobile,START,12.5,312
o1,C:\\films\\a.mp4,25,1,rearing,POINT,15,375
o1,C:\\films\\a.mp4,25,1,immobile,STOP,20,500
o1,C:\\films\\a.mp4,25,2,immobile,START,100,2500
o1,C:\\films\\a.mp4,25,2,immobile,STOP,2:10.5,3262
"""
BORIS_OLD = """\
Observation id\to1
Media file(s)
Player #1\ta.mp4

Time\tMedia file path\tTotal length\tFPS\tSubject\tBehavior\tBehavioral category\tComment\tStatus
12.5\ta.mp4\t360\t25\t1\tImmobile\t\t\tSTART
20.0\ta.mp4\t360\t25\t1\tImmobile\t\t\tSTOP
100\ta.mp4\t360\t25\t2\tImmobile\t\t\tSTART
130.5\ta.mp4\t360\t25\t2\tImmobile\t\t\tSTOP
"""
SEMICOLONS = """\
"ID";"Experimenter";"from";"to";"type"
"001";"Jin";0;1;"Start_End"
"001";"Jin";12.5;20;"Floating"
"002";"Jin";100;130.5;"Floating"
"002";"Jin";359;360;"Start/End"
"""
OWN = """\
trial_id,rater,state,start_s,stop_s
001,Jin,immobile,12.5,20
001,Jin,mobile,20,30
002,Jin,immobile,100,130.5
"""


@pytest.fixture
def log():
    """Return the log of two animals in one video and one in another."""
    return pd.DataFrame(
        {
            "trial_id": ["001", "002", "x3"],
            "animal_id": ["001", "002", "003"],
            "video": ["cam1/a.mp4", "cam1/a.mp4", "cam2/b.mp4"],
            "arena": ["1", "2", "1"],
        }
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("aggregated.tsv", BORIS_AGGREGATED),
        ("tabular.csv", BORIS_TABULAR),
        ("old.tsv", BORIS_OLD),
        ("labels.csv", SEMICOLONS),
        ("own.csv", OWN),
    ],
)
def test_every_spelling_gives_the_same_bouts_of_the_same_trials(write, log, name, text):
    bouts = match(read_scores([write(name, text)]), log).bouts
    assert bouts["trial_id"].tolist() == ["001", "002"]
    assert bouts["start_s"].tolist() == [12.5, 100.0]
    assert bouts["stop_s"].tolist() == [20.0, 130.5]


def test_the_rater_is_the_column_or_else_the_files_name(write):
    assert set(read_scores([write("ann.csv", BORIS_TABULAR)]).bouts["rater"]) == {"ann"}
    assert set(read_scores([write("own.csv", OWN)]).bouts["rater"]) == {"Jin"}


def test_start_and_end_marks_are_no_bouts(write):
    scores = read_scores([write("labels.csv", SEMICOLONS)])
    assert scores.marks["start_s"].tolist() == [0.0, 359.0]
    assert len(scores.bouts) == 2


def test_a_trial_without_immobility_was_watched_all_the_same(write, log):
    text = OWN + "x3,Jin,mobile,0,30\n"
    watched = match(read_scores([write("own.csv", text)]), log).watched
    assert watched["trial_id"].tolist() == ["001", "002", "x3"]


@pytest.mark.parametrize(
    "column", ["immobility_s", "sec_total_7", "Immobility total [sec]", "Total floating (s)"]
)
def test_totals_per_animal_are_read(write, log, column):
    scores = read_scores([write("by_hand.csv", f"id,{column}\n001,95\n003,1:35\n")])
    totals = match(scores, log).totals
    assert totals.to_numpy().tolist() == [["001", "by_hand", 95.0], ["x3", "by_hand", 95.0]]


def test_another_name_of_immobility_can_be_given(write):
    path = write("own.csv", OWN.replace("immobile", "Passive drift"))
    with pytest.raises(InputError, match="--behavior"):
        read_scores([path])
    assert len(read_scores([path], ["passive drift"]).bouts) == 2


def test_group_labels_are_no_scores(write):
    with pytest.raises(InputError, match="never used to fit the scoring"):
        read_scores([write("groups.csv", "animal_id,treatment\n001,vehicle\n002,ketamine\n")])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("12.5,20\n", "20,12.5\n", "row 2"),
        ("12.5,20\n", "12.5,\n", "row 2"),
        ("12.5,20\n", "soon,20\n", "row 2, column of the start"),
    ],
)
def test_times_that_make_no_bout_name_their_row(write, old, new, message):
    with pytest.raises(InputError, match=message):
        read_scores([write("own.csv", OWN.replace(old, new))])


def test_a_start_without_its_stop_names_its_row(write):
    text = "\n".join(line for line in BORIS_TABULAR.splitlines() if ",STOP,20" not in line)
    with pytest.raises(InputError, match="row 2"):
        read_scores([write("tabular.csv", text)])


def test_a_name_that_is_no_trial_is_refused_with_the_nearest(write, log):
    with pytest.raises(InputError, match="did you mean 'x3'"):
        match(read_scores([write("own.csv", OWN.replace("002", "X_3"))]), log)


def test_a_video_with_two_animals_needs_a_subject(write, log):
    text = BORIS_TABULAR.replace(",25,1,", ",25,,").replace(",25,2,", ",25,No focal subject,")
    with pytest.raises(InputError, match="does not belong to exactly one trial"):
        match(read_scores([write("tabular.csv", text)]), log)


def test_without_results_recordings_keep_their_own_names(write):
    scores = match(read_scores([write("ann.csv", BORIS_TABULAR)]), None)
    assert scores.bouts["trial_id"].tolist() == ["a/1", "a/2"]


# Metadata that changes what numbers mean is never dropped.

BORIS = (
    "Observation id\tSource\tTime offset (s)\tMedia duration (s)\tSubject\tBehavior\t"
    "Start (s)\tStop (s)\tMedia file name\n"
)


def test_the_offset_that_boris_adds_is_taken_off(write):
    rows = "v\tplayer #1:v.mp4\t2.5\t60.0\tS1\timmobile\t6.82\t7.836\tv.mp4\n"
    scores = read_scores([write("b.tsv", BORIS + rows)])
    assert scores.bouts[["start_s", "stop_s"]].to_numpy().tolist() == [pytest.approx([4.32, 5.336])]


def test_decimal_commas_of_boris_are_read(write):
    rows = "v\tplayer #1:v.mp4\t0\t60,0\tS1\timmobile\t6,82\t7,836\tv.mp4\n"
    scores = read_scores([write("b.tsv", BORIS + rows)])
    assert scores.bouts[["start_s", "stop_s"]].to_numpy().tolist() == [[6.82, 7.836]]


def test_a_bout_beyond_the_videos_end_is_refused_by_row(write):
    rows = "v\tplayer #1:v.mp4\t0\t60.0\tS1\timmobile\t6.8\t65.5\tv.mp4\n"
    with pytest.raises(InputError) as caught:
        read_scores([write("b.tsv", BORIS + rows)])
    (problem,) = caught.value.problems
    assert (problem.what, problem.at) == ("a bout beyond the video's end", "row 2")


def test_a_playlist_whose_times_run_on_is_refused(write):
    rows = "v\tplayer #1:a.mp4;b.mp4\t0\t120.0\tS1\timmobile\t61\t65.5\ta.mp4;b.mp4\n"
    with pytest.raises(InputError, match="an observation of several videos"):
        read_scores([write("b.tsv", BORIS + rows)])


def test_a_column_per_rater_is_read_and_told(write):
    scores = read_scores([write("t.csv", "animal_id,cohort,Anna,Ben\n001,1,10,11\n002,1,20,\n")])
    assert scores.totals[["trial", "rater", "immobility_s"]].to_numpy().tolist()[:3] == [
        ["001", "Anna", 10.0], ["002", "Anna", 20.0], ["001", "Ben", 11.0],
    ]  # fmt: skip
    assert scores.notes == ("Columns 'Anna', 'Ben' were read as raters, each cell a total in s.",)


@pytest.mark.parametrize("header", ["Animal,Total distance (m)", "Animal,Total test time"])
def test_a_total_of_something_else_is_no_immobility(write, header):
    with pytest.raises(InputError, match="no scores that can be compared"):
        read_scores([write("t.csv", header + "\nS14,3.6\n")])


def test_several_columns_that_may_be_meant_are_listed(write):
    text = "animal_id,Floating (s),Immobility in all (s)\n001,1,2\n"
    with pytest.raises(InputError, match=r"several may hold the total: Floating \(s\), Immob"):
        read_scores([write("t.csv", text)])


@pytest.mark.parametrize(
    "text",
    [
        "animal_id,immobility_s\n001,10\n002,20\nTotal,30\n",
        "animal_id,immobility_s\n001,10\n002,20\n\nMean ± SD,15\n",
        "animal_id,immobility_s\n,sec\n001,10\n002,20\n",
    ],
)
def test_a_total_and_units_are_no_animals(tmp_path, text):
    path = tmp_path / "scores.csv"
    path.write_text(text, encoding="utf-8")
    scores = read_scores([path])
    assert scores.totals["trial"].to_list() == ["001", "002"]
    assert scores.totals["immobility_s"].to_list() == [10, 20]
    assert any("left out" in note or "units" in note for note in scores.notes)


def test_a_mean_below_the_columns_of_raters_is_no_animal(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("animal_id,Anna,Ben\n001,10,12\n002,20,18\nMean,15,15\n", encoding="utf-8")
    scores = read_scores([path])
    assert sorted(set(scores.totals["trial"])) == ["001", "002"]
    assert "Rows 4, 4 ('Mean')" not in " ".join(scores.notes)


def test_a_score_of_no_animal_is_refused_even_where_people_are_compared_alone(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("animal_id,immobility_s\n001,10\n002,20\n,30\n", encoding="utf-8")
    with pytest.raises(InputError, match="a score of no animal"):
        match(read_scores([path]), None)
