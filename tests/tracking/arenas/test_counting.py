"""How many cylinders a picture shows is seen, and a count that contradicts it is refused."""

from pathlib import Path

import pytest

from behave.errors import TrialError
from behave.tracking import count_cylinders, find_arenas

SAMPLE = Path(__file__).parents[3] / "videos_sample"
SIDE, TOP = SAMPLE / "video_1.mp4", SAMPLE / "video_5.mp4"


@pytest.mark.parametrize("video", [SIDE, TOP])
def test_the_cylinders_of_the_sample_study_are_counted(video):
    assert count_cylinders(video) == 4


@pytest.mark.parametrize(("video", "said"), [(SIDE, 1), (SIDE, 3), (SIDE, 5), (TOP, 1), (TOP, 2)])
def test_a_count_that_the_picture_contradicts_is_refused(video, said):
    with pytest.raises(TrialError) as caught:
        find_arenas(video, said)
    (problem,) = caught.value.problems
    assert problem.what == f"the picture shows 4 cylinders, and {said} were given"
    assert problem.fix.startswith("correct the count to 4")


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["pool_top.mp4", "side_beaker.mp4", "side_crop.mkv"])
def test_real_pictures_raise_no_false_alarm(shared_data, name):
    video = shared_data / "real_swimming" / name
    assert count_cylinders(video) in {1, None}
    assert len(find_arenas(video, 1)) == 1


@pytest.mark.shared_data
def test_like_cylinders_are_counted(shared_data):
    assert count_cylinders(shared_data / "bug_inputs" / "alike_cylinders.mp4") == 4
