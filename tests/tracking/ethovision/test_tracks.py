"""EthoVision's exports: two formats, three signals, and the experimenter's own threshold."""

import csv
import io
import math

import numpy as np
import openpyxl
import pytest

from behave.errors import TrialError
from behave.scoring import MotionSignal, ScoringOptions, score
from behave.scoring.boundaries import ONSET_LEAD_S
from behave.tracking.ethovision import tracks
from behave.tracking.ethovision.export_file import read_exports
from behave.tracking.ethovision.tracks import mobility_states, track
from behave.tracking.trial import Arena, Trial

RATE = 25
HUMAN_TOTALS_S = (45, 165, 55, 130)  # rats 33 to 36


def trial(arena, **told):
    return Trial(trial_id="rat", arena=Arena(arena, 0, 0, 1, 1), **told)


def swim(*, immobile_below=9.0, seed=1):
    """Return the samples of a 20-s synthetic swim: floating from 5 to 12 s.

    The first sample has neither changed area nor Mobility, and the animal is
    lost from 15 to 16 s.
    """
    rng = np.random.default_rng(seed)
    time_s = np.arange(20 * RATE) / RATE
    floating = (time_s >= 5) & (time_s < 12)
    area = rng.uniform(80, 120, len(time_s))
    mobility = np.where(floating, 3.0, 20.0) * rng.uniform(0.8, 1.2, len(time_s))
    changed = mobility / 100 * (area + np.append(np.nan, area[:-1]))
    lost = (time_s >= 15) & (time_s < 16)
    # Changed area is known again one sample after the animal was found.
    unknown = lost | np.append(True, lost[:-1])
    states = np.digitize(mobility, [immobile_below, 2 * immobile_below])
    return {
        ("Trial time", "s"): time_s + 8.24,
        ("Recording time", "s"): time_s,
        ("X center", "cm"): np.where(lost, np.nan, 12.5),
        ("Y center", "cm"): np.where(lost, np.nan, -3.25),
        ("Area", "cm²"): np.where(lost, np.nan, area),
        ("Areachange", "cm²"): np.where(unknown, np.nan, changed),
        ("9_ Mobility AVR 1 _18(Highly mobile)", ""): np.where(unknown, np.nan, states == 2),
        ("9_ Mobility AVR 1 _18(Mobile)", ""): np.where(unknown, np.nan, states == 1),
        ("9_ Mobility AVR 1 _18(Immobile)", ""): np.where(unknown, np.nan, states == 0),
        ("Activity state(Inactive)", ""): np.ones(len(time_s)),
        ("Mobility", "%"): np.where(unknown, np.nan, mobility),
    }


def without(columns, *words):
    return {key: values for key, values in columns.items() if not any(w in key[0] for w in words)}


def export_rows(columns, arena="Arena 1", extra_lines=0):
    """Return an export as rows: described header, names, units, samples."""
    header = [["Experiment", "synthetic"], ["Arena name", arena]]
    header += [[f"independent variable {n}", "x"] for n in range(extra_lines)]
    count = len(header) + 3
    names, units = zip(*columns, strict=True)
    samples = [
        ["-" if math.isnan(value) else round(float(value), 6) for value in sample]
        for sample in zip(*columns.values(), strict=True)
    ]
    return [["Number of header lines:", str(count)], *header, list(names), list(units), *samples]


def write_workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def write_text(path, rows, *, encoding="utf-16", delimiter=";", decimal="."):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([*row, ""] for row in rows)  # the program ends each line with a delimiter
    text = stream.getvalue()
    path.write_bytes((text.replace(".", decimal) if decimal != "." else text).encode(encoding))
    return path


@pytest.fixture
def workbook(tmp_path):
    """Return a workbook with two synthetic tracks, arena 2 before arena 1."""
    return write_workbook(
        tmp_path / "tracks.xlsx",
        {
            "Track-Arena 2-Subject 1": export_rows(swim(seed=2), "Arena 2", extra_lines=3),
            "Track-Arena 1-Subject 1": export_rows(swim(seed=1), "Arena 1"),
        },
    )


def test_a_workbook_gives_mobility_time_from_the_first_sample_and_the_entry(workbook):
    (found,) = track(workbook, [trial("Track-Arena 1-Subject 1")])
    expected = swim(seed=1)
    np.testing.assert_allclose(found.motion["motion"], expected["Mobility", "%"], atol=1e-5)
    np.testing.assert_allclose(found.motion["time_s"], np.arange(500) / 25, atol=1e-6)
    assert found.motion["frame"].tolist() == list(range(500))
    assert (found.entry_s, found.entry_source) == (0.0, "first frame")


def test_the_threshold_is_the_experimenters_read_from_the_states(workbook):
    (found,) = track(workbook, [trial("1")])
    states = mobility_states(read_exports(workbook, ["1"])[0])
    known = np.isfinite(states)
    below = found.motion["motion"].to_numpy() < found.immobile_below
    assert (below == (states == 0))[known].all()
    assert found.flags[0].name == "sheet_order"


def test_a_lost_animal_is_not_measured_and_scored_as_such(workbook):
    (found,) = track(workbook, [trial("2")])
    result = score(
        MotionSignal(found.motion, 0.0, found.switch_penalty_s),
        epochs={"whole": (0.0, 20.0)},
        bin_s=10,
        immobile_below=found.immobile_below,
        options=ScoringOptions(),
    )
    # A float begins up to the glide of a body before its first still sample.
    assert result.measures.loc[0, "immobility_s"] == pytest.approx(7.0 + ONSET_LEAD_S, abs=0.05)
    assert result.measures.loc[0, "latency_s"] == pytest.approx(5.0 - ONSET_LEAD_S, abs=0.05)
    # One sample at the start, and one after the animal was found again.
    assert result.measures.loc[0, "unscored_s"] == pytest.approx(1 + 2 / RATE, abs=1e-3)


def test_several_trials_come_in_their_own_order(workbook):
    first, second = track(workbook, [trial("2"), trial("Track-Arena 2-Subject 1")])
    assert first.motion["motion"].iloc[1] != second.motion["motion"].iloc[1]
    assert second.motion["motion"].iloc[1] == pytest.approx(swim(seed=2)["Mobility", "%"][1])


def test_a_given_entry_is_kept(workbook):
    (found,) = track(workbook, [trial("1", entry_s=2.5)])
    assert (found.entry_s, found.entry_source) == (2.5, "given")


def test_positions_in_cm_are_left_out_and_those_in_px_taken(tmp_path, workbook):
    (found,) = track(workbook, [trial("1")])
    assert found.motion[["x_px", "y_px", "area_px"]].isna().all(axis=None)
    in_px = {(name, unit.replace("cm", "px")): values for (name, unit), values in swim().items()}
    path = write_workbook(tmp_path / "px.xlsx", {"one": export_rows(in_px)})
    (found,) = track(path, [trial("one")])
    assert found.motion["x_px"].iloc[0] == 12.5
    assert found.motion["x_px"].isna().sum() == RATE


@pytest.mark.parametrize(
    ("encoding", "delimiter", "decimal"),
    [
        ("utf-16", ";", "."),
        ("utf-16-le", ";", "."),
        ("utf-8-sig", ";", ","),
        ("cp1252", "\t", "."),
        ("utf-8", ",", "."),
    ],
)
def test_a_text_export_equals_the_workbook(tmp_path, workbook, encoding, delimiter, decimal):
    path = write_text(
        tmp_path / "Raw data-Trial 1.txt",
        export_rows(swim(seed=1), extra_lines=5),
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
    )
    (text,) = track(path, [trial("1")])
    (sheet,) = track(workbook, [trial("Track-Arena 1-Subject 1")])
    np.testing.assert_array_equal(text.motion, sheet.motion)
    assert text.immobile_below == sheet.immobile_below


def test_without_mobility_it_is_made_from_the_areas(tmp_path, workbook):
    columns = {key: values for key, values in swim(seed=2).items() if key[0] != "Mobility"}
    path = write_workbook(tmp_path / "areas.xlsx", {"one": export_rows(columns)})
    (made,) = track(path, [trial("one")])
    (exported,) = track(workbook, [trial("1")])
    np.testing.assert_allclose(made.motion["motion"], exported.motion["motion"], atol=1e-4)


def test_areas_in_different_units_are_not_divided(tmp_path):
    columns = without(swim(), "Mobility")
    columns["Areachange", "px"] = columns.pop(("Areachange", "cm²"))
    path = write_workbook(tmp_path / "units.xlsx", {"one": export_rows(columns)})
    with pytest.raises(TrialError, match="Area and Areachange"):
        track(path, [trial("one")])


def test_states_alone_are_motion_enough(tmp_path):
    columns = {
        ("Trial time", "s"): swim()["Trial time", "s"],
        ("Mobility state(Immobile)", ""): swim()["9_ Mobility AVR 1 _18(Immobile)", ""],
    }
    path = write_workbook(tmp_path / "states.xlsx", {"one": export_rows(columns)})
    (found,) = track(path, [trial("one")])
    still = found.motion["motion"] < found.immobile_below
    assert still.sum() / RATE == pytest.approx(7.0)
    assert found.motion["motion"].isna().sum() == RATE + 2


def test_without_states_no_threshold_is_made_up(tmp_path):
    columns = without(swim(), "(")
    path = write_workbook(tmp_path / "mobility.xlsx", {"one": export_rows(columns)})
    assert math.isnan(track(path, [trial("one")])[0].immobile_below)


@pytest.mark.parametrize(("threshold", "still"), [(0.5, 0.0), (90.0, 19.0)])
def test_an_animal_with_one_state_throughout_keeps_it(tmp_path, threshold, still):
    path = write_workbook(
        tmp_path / "one.xlsx", {"one": export_rows(swim(immobile_below=threshold))}
    )
    (found,) = track(path, [trial("one")])
    below = found.motion["motion"] < found.immobile_below
    assert below.sum() / RATE == pytest.approx(still, abs=0.1)


def test_states_that_were_averaged_otherwise_are_flagged(tmp_path):
    columns = swim(immobile_below=20.0)
    rng = np.random.default_rng(3)
    columns["Mobility", "%"] = rng.permutation(columns["Mobility", "%"])
    path = write_workbook(tmp_path / "averaged.xlsx", {"one": export_rows(columns)})
    (flag,) = track(path, [trial("one")])[0].flags
    assert flag.name == "ethovision_threshold"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([["Experiment", "no count"]], "Number of header lines"),
        ([["Number of header lines:", "many"]], "Number of header lines"),
        (export_rows(swim())[:5], "no samples"),
        (export_rows({("Recording time", "s"): np.arange(3.0)}), "column Mobility"),
        (export_rows({("Mobility", "%"): np.arange(3.0)}), "column Recording time"),
        (export_rows({("Trial time", "ms"): np.arange(3.0), ("Mobility", "%"): np.arange(3.0)}), "not in seconds"),
    ],
)  # fmt: skip
def test_what_is_no_usable_export_is_refused_in_words(tmp_path, content, message):
    path = write_workbook(tmp_path / "wrong.xlsx", {"one": content})
    with pytest.raises(TrialError, match=message):
        track(path, [trial("one")])


def test_an_unknown_sheet_is_refused_with_those_that_exist(workbook):
    with pytest.raises(TrialError, match="2 = 'Track-Arena 1-Subject 1'"):
        track(workbook, [trial("Arena 5")])


def test_absent_and_broken_files_are_refused(tmp_path):
    with pytest.raises(TrialError, match="cannot be read"):
        track(tmp_path / "absent.xlsx", [trial("1")])
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    with pytest.raises(TrialError, match="cannot be read"):
        track(tmp_path / "broken.xlsx", [trial("1")])


@pytest.mark.shared_data
def test_the_four_real_rats(shared_data):
    """Immobility of 7 min beside EthoVision's own states and one human's totals.

    Behave joins samples into bouts, so that single samples below the
    threshold between two strokes do not count: it lies under EthoVision's
    totals, which count each sample. Four animals allow no correlation with
    the human, only a mean difference.
    """
    path = shared_data / "rat_fst_ethovision" / "raw_tracks.xlsx"
    sheets = [f"Track-Arena {arena}-Subject 1" for arena in (1, 2, 3, 4)]
    found, own = [], []
    for export in read_exports(path, sheets):
        one = tracks._track(export, trial(export.sheet), path)
        assert one.immobile_below == 9.0
        assert one.flags == ()
        own.append(float(np.sum(mobility_states(export) == 0)) / RATE)
        result = score(
            MotionSignal(one.motion, 0.0, one.switch_penalty_s),
            epochs={"whole": (0.0, 420.0)},
            bin_s=60,
            immobile_below=one.immobile_below,
            options=ScoringOptions(),
        )
        found.append(result.measures.loc[0, "immobility_s"])
        assert result.measures.loc[0, "unscored_s"] == pytest.approx(0.04)
    # The figures that the documentation states; one change of the states moves them all.
    assert own == [47.52, 99.72, 78.2, 85.2]
    assert found == pytest.approx([23.9, 83.6, 49.6, 76.8], abs=0.1)
    mean_error = [np.abs(np.subtract(program, HUMAN_TOTALS_S)).mean() for program in (found, own)]
    assert mean_error == pytest.approx([40.3, 33.9], abs=0.1)


def test_a_missing_line_of_units_is_said_to_be_missing(tmp_path):
    rows = export_rows(swim())
    count = int(rows[0][1])
    shorter = [*rows[: count - 1], *rows[count:]]  # the units are the last header line
    shorter[0] = ["Number of header lines:", str(count - 1)]
    path = write_workbook(tmp_path / "export.xlsx", {"Track 1": shorter})
    with pytest.raises(TrialError, match="the line of units is missing"):
        track(path, [trial("1")])
