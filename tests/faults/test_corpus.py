"""A folder of faulty and odd videos: each is a row, and the good one is not touched by them."""

import subprocess
import sys

import pandas as pd
import pytest

from behave.tracking.video.reader import VideoReader

pytestmark = pytest.mark.slow

ARENAS = """\
video,arena,x_px,y_px,width_px,height_px
*,1,0,0,96,96
thin.mkv,1,0,0,96,2
one_pixel.mkv,1,0,0,1,1
"""
# Lawful though unusual: the same animal is seen for the same time.
SOUND = (
    "cover_first.mkv", "flash.flv", "full_range.mp4", "garbage_after.mp4", "grey_10_bit.mkv", "grey_16_bit.mkv",
    "interlaced.mp4", "jumps_back.flv", "lying_duration.mp4", "lying_frame_count.mp4",
    "mjpeg_full.avi", "mkv_named.mp4", "odd_size.mkv", "packed_422.avi", "palette.avi",
    "raw_rgb.avi", "rgb.mkv", "rotated.mp4", "sound_first.mp4", "starts_late.mkv", "ten_bit.mkv",
    "two_videos.mkv", "wmv.wmv", "wrong_extension.avi", "yuv400.mkv", "yuv422.mp4", "yuv444.mp4",
    "zero_rate.avi",
)  # fmt: skip
# Nothing, or too little, can be seen in them.
HOPELESS = (
    "all_at_zero.flv", "archive.mov", "cut_at_10.mp4", "cut_at_50.mp4", "cut_in_header.mp4",
    "folder.mp4", "huge_gap.mkv", "noise.mp4", "one_byte.mp4", "one_frame.mp4", "page.avi",
    "sound_only.mp4", "text.mp4", "two_frames.mp4", "unknown_codec.avi", "unknown_codec.mp4",
    "zero_bytes.mp4", "zeros_in_the_middle.mp4",
)  # fmt: skip


def score(folder, out, videos):
    """Run ``behave score`` as a user does; a crash of the decoder would end it alone."""
    command = [sys.executable, "-m", "behave", "score", *videos]
    options = ["--arenas", folder / "arenas.csv", "--out", out, "--jobs", "2"]
    return subprocess.run(
        [str(item) for item in command + options],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def scored(corpus, tmp_path_factory):
    """Score the whole corpus once: its folder, its names, and what came of it."""
    folder = tmp_path_factory.mktemp("corpus")
    names = corpus.write_corpus(folder / "videos")
    (folder / "arenas.csv").write_text(ARENAS, encoding="utf-8")
    result = score(folder, folder / "out", [folder / "videos"])
    log = pd.read_csv(folder / "out" / "trials_log.csv", keep_default_na=False)
    return folder, names, result, log.set_index("video")


def whole(folder):
    return pd.read_csv(folder / "out" / "measures.csv").set_index("video")


def test_every_file_is_a_row_with_a_score_or_a_plain_message(scored):
    _, names, result, log = scored
    assert result.returncode == 1
    assert "Traceback" not in result.stdout + result.stderr
    assert len(names) >= 40
    # Links that lead nowhere are files too.
    assert sorted(log.index) == names
    assert set(log["status"]) == {"done", "failed"}
    failed = log[log["status"] == "failed"]
    assert (failed["message"].str.len() > 20).all()
    for word in ("Traceback", "unexpected error", "Error", "ended unexpectedly"):
        assert not failed["message"].str.contains(word).any(), word


def test_what_can_be_seen_is_scored_and_what_cannot_fails(scored):
    folder, _, _, log = scored
    assert set(log.loc[list(SOUND), "status"]) == {"done"}
    assert set(log.loc[list(HOPELESS), "status"]) == {"failed"}
    seen = whole(folder)
    for name in SOUND:
        assert abs(seen.loc[name, "scored_s"] - seen.loc["good.mp4", "scored_s"]) < 0.2, name


def test_a_stamp_that_is_repeated_once_is_no_jump(scored):
    _, _, _, log = scored
    assert "time_" not in log.loc["mpeg2.mpg", "flags"]
    assert "time_jumps_back" in log.loc["jumps_back.flv", "flags"]


def test_frames_that_share_a_stamp_are_counted_apart_from_jumps(scored):
    folder, *_ = scored
    reading = VideoReader(folder / "videos" / "repeats.flv").read()
    times, read = [frame.time_s for frame in reading], reading.log
    assert times[:3] == [0.0, 0.3, 0.6]
    assert (read.frames, read.repeated, read.out_of_order) == (20, 40, 0)


def test_time_that_was_not_seen_is_unscored_and_a_failure_is_never_a_zero(scored):
    folder, _, _, log = scored
    measures = whole(folder)
    failed = log.index[log["status"] == "failed"]
    assert measures.loc[failed, ["immobility_s", "scored_s", "latency_s"]].isna().all(axis=None)
    done = measures.drop(failed)
    length = done["stop_s"] - done["start_s"]
    assert ((done["scored_s"] + done["unscored_s"] - length).abs() < 0.01).all()
    assert (done["immobility_s"] <= done["scored_s"] + 1e-6).all()


def test_a_good_video_beside_them_is_measured_as_if_it_were_alone(scored):
    """Its threshold is learnt from all that its camera filmed; its motion is its own."""
    folder, _, _, log = scored
    alone = folder / "alone"
    assert score(folder, alone, [folder / "videos" / "good.mp4"]).returncode == 0
    names = [path.name for path in (alone / "frames").iterdir()]
    assert names == ["good_arena1.csv.gz"]
    one, among = (
        pd.read_csv(out / "frames" / "good_arena1.csv.gz") for out in (alone, folder / "out")
    )
    measured = ["frame", "time_s", "motion", "x_px", "y_px"]
    pd.testing.assert_frame_equal(one[measured], among[measured])
    assert log.loc["good.mp4", "status"] == "done"
