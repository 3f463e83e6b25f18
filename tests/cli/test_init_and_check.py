"""How a study starts: files to complete, and what is still missing."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from behave import tracking
from behave.cli import cli
from behave.simulate.render import World, render_video
from behave.simulate.swim import Bout, Swim
from behave.study.check import check
from behave.study.inputs.study_file import load_study
from behave.tracking import Recording


@pytest.fixture
def season(tmp_path):
    """Make a folder of 96 (empty) videos from two cameras."""
    folder = tmp_path / "FST säsong 1"
    for camera in ("cam1", "cam2"):
        (folder / camera).mkdir(parents=True)
        for number in range(48):
            (folder / camera / f"{number:03d}.mp4").touch()
    return folder


def behave(*arguments):
    return CliRunner().invoke(cli, [str(item) for item in arguments])


def test_init_writes_a_study_file_that_loads(season):
    result = behave("init", season, "--count", 2)
    assert result.exit_code == 0, result.output
    study = load_study(season / "study.yaml")
    assert study.study == "FST-s-song-1"
    assert study.arenas.count == 2
    assert study.videos == season


def test_init_prefills_a_row_for_each_cylinder_of_each_video(season):
    behave("init", season, "--count", 2)
    rows = list(load_workbook(season / "trials.xlsx")["trials"].iter_rows(values_only=True))
    header = rows[0]
    filled = [dict(zip(header, row, strict=True)) for row in rows[1:]]
    assert len(filled) == 96 * 2
    assert {(row["video"], row["arena"]) for row in filled} == {
        (f"{camera}/{number:03d}.mp4", arena)
        for camera in ("cam1", "cam2")
        for number in range(48)
        for arena in ("1", "2")
    }
    assert all(row["animal_id"] is None for row in filled)


def test_init_explains_every_column_of_the_sheet(season):
    behave("init", season)
    book = load_workbook(season / "trials.xlsx")
    explained = [row[0] for row in book["help"].iter_rows(min_row=2, values_only=True)]
    assert explained == [cell.value for cell in book["trials"][1]]


def test_init_never_overwrites(season):
    behave("init", season)
    (season / "trials.xlsx").write_bytes(b"completed by hand")
    (season / "study.yaml").unlink()
    result = behave("init", season)
    assert result.exit_code == 2
    assert "trials.xlsx: the file is there already" in result.stderr
    assert (season / "trials.xlsx").read_bytes() == b"completed by hand"
    assert not (season / "study.yaml").exists()


def test_init_says_what_it_could_not_draw(season):
    result = behave("init", season)
    assert result.exit_code == 0
    assert "96 videos" in result.stdout
    assert "Cannot be read as videos: cam1/000.mp4" in result.stderr
    assert "and 88 more" in result.stderr
    assert "could not be seen: 1 was written" in result.stderr


def test_a_sheet_that_was_not_completed_is_one_message(season):
    behave("init", season)
    result = behave("check", season / "study.yaml")
    assert result.exit_code == 2
    assert "rows 2 to 97: the sheet is not filled in yet" in result.stderr
    assert result.stderr.count("to do:") == 1
    assert "Traceback" not in result.output


@pytest.fixture
def completed(tmp_path):
    """Make a study of five animals: one video absent, one cut short to nothing, one not named."""
    (tmp_path / "trials.csv").write_text(
        "animal_id,video,arena,pretreatment,treatment,exclude,exclude_reason\n"
        "1,gone.mp4,1,vehicle,vehicle,,\n"
        "2,empty.mp4,1,vehicle,ketamine,,\n"
        "3,,,NBQX,vehicle,,\n"
        "4,gone.mp4,2,NBQX,ketamine,true,seizure\n"
        "5,gone.mp4,3,NBQX,ketamine,,\n",
        encoding="utf-8",
    )
    (tmp_path / "empty.mp4").touch()
    path = tmp_path / "study.yaml"
    path.write_text(
        "study: s\ntrials: trials.csv\nvideos: .\narenas: {count: 4}\ndesign:\n"
        "  agonist: {column: treatment, control: vehicle, level: ketamine}\n"
        "  antagonist: {column: pretreatment, control: vehicle, level: NBQX}\n",
        encoding="utf-8",
    )
    return path


def test_check_tells_what_would_fail_and_what_was_not_recorded(completed):
    result = behave("check", completed)
    assert result.exit_code == 1
    assert "0 to score, 3 failed, 1 excluded, 1 missing" in result.stdout
    assert "gone.mp4: the file is not there" in result.stderr
    assert "empty.mp4" in result.stderr
    assert "Not recorded: cohort, cage" in result.stdout
    assert "fewer than 2 animals" in result.stdout


def test_check_asks_for_the_reason_of_an_exclusion(completed):
    assert "without a reason" not in behave("check", completed).stdout
    trials = completed.with_name("trials.csv")
    trials.write_text(trials.read_text("utf-8").replace("seizure", ""), encoding="utf-8")
    assert "- Excluded without a reason: 4." in behave("check", completed).stdout


def test_check_warns_of_a_layout_that_cannot_answer(completed):
    rows = [
        f"{number},,,{before},{drug},{cohort},{cage}"
        for number, (before, drug, cohort, cage) in enumerate(
            [
                *[("vehicle", "vehicle", "c1", "k1")] * 3,
                *[("vehicle", "ketamine", "c1", "k2")] * 3,
                *[("NBQX", "ketamine", "c2", "k3")] * 3,
                *[("NBQX", "ketamine", "c2", "k4")] * 3,
            ],
            start=1,
        )
    ]
    (completed.parent / "trials.csv").write_text(
        "\n".join(["animal_id,video,arena,pretreatment,treatment,cohort,cage", *rows]) + "\n",
        encoding="utf-8",
    )
    text = completed.read_text(encoding="utf-8").replace("videos: .\n", "")
    completed.write_text(text, encoding="utf-8")
    told = behave("check", completed).stdout
    for expected in (
        "No animal shows NBQX alone",
        "'cohort' c1, c2 holds animals of one arm only",
        "In 4 of 4 cages all animals had the same treatment",
        "The cells differ in size: 3 in vehicle + vehicle",
    ):
        assert expected in told


def test_check_writes_nothing(completed):
    before = sorted(completed.parent.rglob("*"))
    behave("check", completed)
    assert sorted(completed.parent.rglob("*")) == before


# Whatever can fail for a reason known beforehand is told beforehand.

SAMPLE = Path(__file__).parents[2] / "videos_sample"


@pytest.fixture
def filmed(tmp_path):
    """Make a study of four animals in one video of four cylinders, 125 s long."""
    shutil.copyfile(SAMPLE / "video_1.mp4", tmp_path / "Film 1.mp4")
    rows = [
        ("vehicle", "vehicle"),
        ("vehicle", "ketamine"),
        ("NBQX", "vehicle"),
        ("NBQX", "ketamine"),
    ]
    (tmp_path / "trials.csv").write_text(
        "animal_id,video,arena,pretreatment,treatment,entry_s\n"
        + "".join(f"m{n},Film 1.mp4,{n},{a},{b},\n" for n, (a, b) in enumerate(rows, start=1)),
        encoding="utf-8",
    )
    path = tmp_path / "study.yaml"
    path.write_text(
        "study: s\ntrials: trials.csv\nvideos: .\narenas: {count: 4}\n"
        "protocol: {duration_s: 120, score_window_s: [30, 120]}\ndesign:\n"
        "  agonist: {column: treatment, control: vehicle, level: ketamine}\n"
        "  antagonist: {column: pretreatment, control: vehicle, level: NBQX}\n",
        encoding="utf-8",
    )
    return path


def changed(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_study_that_fits_its_videos_has_no_problem(filmed):
    result = behave("check", filmed)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "4 to score" in result.stdout


def test_a_window_behind_the_videos_end_is_told_with_its_key(filmed):
    changed(filmed, "{duration_s: 120, score_window_s: [30, 120]}", "{duration_s: 360}")
    result = behave("check", filmed)
    assert result.exit_code == 1
    assert "0 to score, 4 failed" in result.stdout
    assert "Film 1.mp4, protocol.score_window_s: the scored window lies behind" in result.stderr
    assert "score_window_s [120, 360]" in result.stderr


def test_an_entry_behind_the_videos_end_costs_its_trial(filmed):
    changed(
        filmed.with_name("trials.csv"),
        "m2,Film 1.mp4,2,vehicle,ketamine,",
        "m2,Film 1.mp4,2,vehicle,ketamine,9:00",
    )
    result = behave("check", filmed)
    assert "3 to score, 1 failed" in result.stdout
    assert "row 3, column 'entry_s': the animal enters after the video's end" in result.stderr


def test_a_count_that_the_picture_contradicts_is_told(filmed):
    changed(filmed, "count: 4", "count: 5")
    result = behave("check", filmed)
    assert result.exit_code == 1
    assert "the picture shows 4 cylinders, and 5 were given" in result.stderr


def test_an_arena_without_an_animal_is_told(filmed):
    changed(filmed.with_name("trials.csv"), "m4,Film 1.mp4,4,NBQX,ketamine,", "m4,,,NBQX,ketamine,")
    assert "Film 1.mp4: no animal in the sheet for arena 4." in behave("check", filmed).stdout


def test_an_arena_outside_the_picture_is_told(filmed):
    changed(filmed, "{count: 4}", "{file: arenas.csv}")
    shutil.copyfile(SAMPLE / "video_1.mp4", filmed.with_name("b.mp4"))
    filmed.with_name("arenas.csv").write_text(
        "video,arena,x_px,y_px,width_px,height_px\n"
        + "".join(f"*,{n},{n}000,0,50,50\n" for n in range(1, 5)),
        encoding="utf-8",
    )
    result = behave("check", filmed)
    assert result.exit_code == 2
    assert "extends beyond the picture of 'Film 1.mp4'" in result.stderr


def test_init_proposes_the_cylinders_that_it_sees(filmed):
    folder = filmed.parent
    filmed.unlink()
    (folder / "broken.mp4").write_bytes(b"no video")
    result = behave("init", folder)
    assert result.exit_code == 0, result.output
    assert "2 videos, 4 cylinders in each." in result.stdout
    assert load_study(folder / "study.yaml").arenas.count == 4
    assert "Cannot be read as videos: broken.mp4." in result.stderr
    assert (folder / "arenas" / "Film 1.mp4.png").is_file()


def test_init_says_when_another_count_was_given(filmed):
    filmed.unlink()
    result = behave("init", filmed.parent, "--count", 2)
    assert "the picture shows 4 cylinders, and 2 were given" in result.stderr


def test_two_animals_in_one_arena_are_told_before_a_run(filmed):
    arenas = tracking.find_arenas(Recording.of(filmed.with_name("Film 1.mp4")), 4)
    both = arenas[:2]
    left, top = min(one.x for one in both), min(one.y for one in both)
    wide = max(one.x + one.width for one in both) - left
    high = max(one.y + one.height for one in both) - top
    changed(filmed, "{count: 4}", "{file: arenas.csv}")
    lines = [f"*,1,{left},{top},{wide},{high}"]
    lines += [f"*,{one.name},{one.x},{one.y},{one.width},{one.height}" for one in arenas[1:]]
    filmed.with_name("arenas.csv").write_text(
        "video,arena,x_px,y_px,width_px,height_px\n" + "\n".join(lines) + "\n", encoding="utf-8"
    )
    told = behave("check", filmed).stdout
    assert "Film 1.mp4: two animals in arena 1, which must hold one" in told
    assert told.count("two animals in arena") == 1


def test_arenas_beside_a_study_that_does_not_name_them_are_told(filmed):
    assert "arenas.csv" not in behave("check", filmed).stdout
    filmed.with_name("arenas.csv").write_text("video,arena,x_px,y_px,width_px,height_px\n")
    told = behave("check", filmed).stdout
    assert "- arenas.csv lies beside the study and is not used" in told
    assert "write  arenas: {file: arenas.csv}" in told


def test_cylinders_are_counted_once_in_videos_that_show_one_picture(filmed, monkeypatch):
    """Videos 1 to 3 of the sample are of one camera, 5 of another."""
    looked = []
    find = tracking.find_arenas
    monkeypatch.setattr(
        tracking, "find_arenas", lambda video, *how: looked.append(video.name) or find(video, *how)
    )
    rows = []
    for number in (1, 2, 3, 5):
        shutil.copyfile(SAMPLE / f"video_{number}.mp4", filmed.with_name(f"v{number}.mp4"))
        rows += [f"m{number},v{number}.mp4,1,vehicle,vehicle,"]
    with filmed.with_name("trials.csv").open("a", encoding="utf-8") as file:
        file.write("\n".join(row.replace("m", "x", 1) for row in rows) + "\n")
    counted = []
    check(filmed, lambda done, total: counted.append((done, total)))
    assert looked == ["Film 1.mp4", "v5.mp4"]
    assert counted == [(done, 5) for done in range(5)]


def test_init_says_how_many_videos_have_which_size_and_draws_each(filmed):
    folder = filmed.parent
    filmed.unlink()
    for name, size in (("b1.mp4", (320, 240)), ("b2.mp4", (320, 240)), ("c.mp4", (240, 180))):
        world = World(arenas=2, width=size[0], height=size[1])
        swims = [Swim((Bout(0, 6, "swimming"),)) for _ in range(2)]
        render_video(folder / name, world, swims, 1)
    result = behave("init", folder, "--count", 2)
    sizes = [line for line in result.stderr.splitlines() if "sizes" in line]
    assert len(sizes) == 1
    assert "The pictures have 3 sizes: " in sizes[0]
    assert "320 x 240 px in 2 videos (b1.mp4, b2.mp4)" in sizes[0]
    assert "240 x 180 px in 1 video (c.mp4)" in sizes[0]
    assert {path.name for path in (folder / "arenas").iterdir()} == {"b1.mp4.png", "c.mp4.png"}
    assert "No picture of Film 1.mp4: the picture shows 4 cylinders, and 2 were given." in (
        result.stderr
    )


@pytest.mark.parametrize("written", ["Film 1", "film 1.MP4", "FILM 1"])
def test_a_video_whose_name_is_written_otherwise_is_asked_about(filmed, written):
    trials = filmed.with_name("trials.csv")
    trials.write_text(trials.read_text("utf-8").replace("Film 1.mp4", written), encoding="utf-8")
    told = behave("check", filmed).stderr
    assert f"{written}: the file is not there" in told
    assert "did you mean 'Film 1.mp4'" in told


def test_an_entry_that_leaves_no_time_is_told_as_an_entry(filmed):
    changed(
        filmed.with_name("trials.csv"),
        "m2,Film 1.mp4,2,vehicle,ketamine,",
        "m2,Film 1.mp4,2,vehicle,ketamine,2:00",
    )
    told = behave("check", filmed).stderr
    assert "from entry at 120 s" in told
    assert "correct entry_s, or score_window_s" in told
