"""A recording in chapters is one time line; trials one after the other in a file are apart."""

import av
import numpy as np
import pandas as pd
import pytest

from behave.errors import InputError, TrialError
from behave.study import pipeline
from behave.study.cache.store import content_hash
from behave.tracking import Recording, probe
from behave.tracking.video.reader import VideoReader, read_frames, sample_frames


def split(whole, first, second):
    """Copy the first half of a video into one file and the rest into a second, times from 0."""
    with av.open(str(whole)) as source:
        stream = source.streams.video[0]
        packets = [packet for packet in source.demux(stream) if packet.size]
        at = next(n for n, packet in enumerate(packets) if packet.is_keyframe and n >= 25)
        for path, part in ((first, packets[:at]), (second, packets[at:])):
            with av.open(str(path), "w") as target:
                copy = target.add_stream_from_template(stream)
                begin = min(packet.pts for packet in part)
                for packet in part:
                    packet.dts, packet.pts = packet.dts - begin, packet.pts - begin
                    packet.stream = copy
                    target.mux(packet)


@pytest.fixture(scope="module")
def chapters(corpus, tmp_path_factory):
    """Return a folder with a video of 60 frames, whole and in chapters of 30."""
    folder = tmp_path_factory.mktemp("chapters")
    corpus.write_video(folder / "whole.mp4", options={"g": "10", "bf": "0"})
    split(folder / "whole.mp4", folder / "it's a.mp4", folder / "b.mp4")
    return folder


@pytest.fixture
def joined(chapters):
    """Return the chapters as one recording."""
    return Recording("it's a.mp4|b.mp4", (chapters / "it's a.mp4", chapters / "b.mp4"))


def test_chapters_are_read_like_the_whole(chapters, joined):
    whole = [(frame.time_s, frame.luma.copy()) for frame in read_frames(chapters / "whole.mp4")]
    parts = [(frame.time_s, frame.luma.copy()) for frame in read_frames(joined)]
    assert len(parts) == len(whole) == 60
    assert [time for time, _ in parts] == pytest.approx([time for time, _ in whole], abs=1e-4)
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(whole, parts, strict=True))
    assert VideoReader(joined).timeline.shown_s == pytest.approx(
        VideoReader(chapters / "whole.mp4").timeline.shown_s, abs=1e-4
    )
    assert probe(joined).duration_s == pytest.approx(6.0, abs=1e-3)


def test_samples_are_taken_from_all_chapters(chapters, joined):
    whole = [frame.time_s for frame in sample_frames(chapters / "whole.mp4", 6)]
    assert [frame.time_s for frame in sample_frames(joined, 6)] == pytest.approx(whole, abs=1e-4)
    assert max(whole) > 4


def test_a_chapter_with_a_sound_track_that_goes_on_does_not_shift_the_next(corpus, tmp_path):
    # Three seconds of sound beside one of pictures, and then six of the disc.
    corpus.write_sound(tmp_path / "a.mp4", beside=10)
    corpus.write_sound(tmp_path / "b.mp4", beside=60)
    joined = Recording("a.mp4|b.mp4", (tmp_path / "a.mp4", tmp_path / "b.mp4"))
    times = [frame.time_s for frame in read_frames(joined)]
    assert len(times) == 70
    assert times[9:12] == pytest.approx([0.9, 1.0, 1.1], abs=1e-3)


def test_every_chapter_counts_for_reuse_and_an_absent_one_is_named(chapters, joined, tmp_path):
    before = content_hash(joined)
    assert before != content_hash(chapters / "whole.mp4")
    other = tmp_path / "b.mp4"
    other.write_bytes((chapters / "b.mp4").read_bytes() + b"\0")
    assert content_hash(Recording("other", (joined.first, other))) != before
    with pytest.raises(TrialError, match=r"absent\.mp4: the file is not there"):
        content_hash(Recording("other", (joined.first, tmp_path / "absent.mp4")))


def write_study(small_study, name, rows, duration_s=5):
    """Write a study beside the small one, of other rows."""
    folder = small_study.parent
    header = "animal_id,video,arena,entry_s,pretreatment,treatment"
    (folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    text = small_study.read_text().replace("trials.csv", f"{name}.csv")
    text = text.replace("duration_s: 5, score_window_s: [1, 5]",
                        f"duration_s: {duration_s}, score_window_s: [0.5, {duration_s}]")  # fmt: skip
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / f"{name}.yaml"


GROUPS = ("vehicle,vehicle", "vehicle,ketamine", "NBQX,vehicle", "NBQX,ketamine")


@pytest.mark.slow
def test_a_study_of_chapters_is_scored_like_one_of_whole_videos(small_study, tmp_path):
    for number in range(4):
        path = small_study.with_name(f"{number}.mp4")
        split(path, path.with_stem(f"{number}a"), path.with_stem(f"{number}b"))
    for name, video in (("whole", "{0}.mp4"), ("parts", "{0}a.mp4|{0}b.mp4")):
        rows = [f"{n},{video.format(n)},1,0,{group}" for n, group in enumerate(GROUPS)]
        pipeline.run(write_study(small_study, name, rows), tmp_path / name)
    whole, parts = (pd.read_csv(tmp_path / name / "measures.csv") for name in ("whole", "parts"))
    assert set(parts["status"]) == {"done"}
    pd.testing.assert_frame_equal(
        whole.drop(columns="video"), parts.drop(columns="video"), atol=2e-3
    )


@pytest.mark.slow
def test_trials_one_after_the_other_in_one_file_are_scored_apart(small_study, tmp_path):
    rows = [
        f"{entry}{n},{n}.mp4,1,{entry},{group}"
        for n, group in enumerate(GROUPS)
        for entry in (0, 3)
    ]
    out = pipeline.run(write_study(small_study, "twice", rows, 2.5), tmp_path / "twice")
    log = out.trials_log.set_index("trial_id")
    assert set(log["status"]) == {"done"}, log["message"].tolist()
    bouts = pd.read_csv(tmp_path / "twice" / "bouts.csv", dtype={"trial_id": str})
    seen = bouts[bouts["state"] != "unscored"]
    spans = seen.groupby("trial_id").agg({"start_s": "min", "stop_s": "max"})
    for n in range(4):
        assert spans.loc[f"0{n}", "stop_s"] <= 3.6  # a second more than the trial
        assert spans.loc[f"3{n}", "start_s"] >= 3.0
    overlapping = [row.replace(",3,", ",2,") for row in rows]
    with pytest.raises(InputError, match="used twice at the same time"):
        pipeline.run(write_study(small_study, "overlap", overlapping, 2.5), tmp_path / "overlap")


def test_a_video_outside_of_the_studys_folders_is_refused_unless_allowed(small_study, tmp_path):
    outside = tmp_path / "elsewhere" / "x.mp4"
    named = [outside.as_posix(), "../../x.mp4|1.mp4", "1.mp4", "2.mp4"]
    rows = [f"{n},{named[n]},1,0,{group}" for n, group in enumerate(GROUPS)]
    study = write_study(small_study, "outside", rows)
    with pytest.raises(InputError) as caught:
        pipeline.run(study, tmp_path / "out")
    first, second = caught.value.problems
    assert "outside of the study's folders" in first.what
    assert "row 2" in first.at
    assert "row 3" in second.at
    text = study.read_text() + f"other_folders: ['{outside.parent.as_posix()}']\n"
    study.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        pipeline.run(study, tmp_path / "out")
    assert len(caught.value.problems) == 1
