"""People beside the program: the same trials, the same frames, from stored results."""

import numpy as np
import pandas as pd
import pytest

from behave.errors import InputError
from behave.files import write_table
from behave.scoring import MotionSignal, ScoringOptions, score
from behave.study.raters.agreement import agree
from behave.study.raters.human_scores import read_scores

EPOCHS = {"whole": (0.0, 60.0), "score_window": (20.0, 60.0)}
PENALTY_S = 0.06
TRIALS = ("a", "b", "c", "d", "e")


def floats_of(number):
    """Return the true floats of a synthetic trial, in s from entry at 2 s."""
    return [(5 + 3 * number, 12 + 3 * number), (30 + number, 40 + 2 * number)]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Return a results folder of five synthetic trials, scored with a threshold far too low.

    Motion is 0.3 while floating and 1 while swimming; the threshold used is
    0.01, so that nothing counts as immobile. The animals enter at 2 s; the
    last trial failed.
    """
    folder = tmp_path_factory.mktemp("results")
    time_s = np.arange(620) / 10
    log, measures, bouts = [], [], []
    for number, trial in enumerate(TRIALS):
        floating = [(time_s >= 2 + on) & (time_s < 2 + off) for on, off in floats_of(number)]
        motion = pd.DataFrame(
            {
                "frame": np.arange(620),
                "time_s": time_s,
                "motion": np.where(np.any(floating, axis=0), 0.3, 1.0),
                "x_px": 1.0,
                "y_px": 1.0,
            }
        )
        found = score(
            MotionSignal(motion, 2.0, PENALTY_S),
            epochs=EPOCHS,
            bin_s=20,
            immobile_below=0.01,
            options=ScoringOptions(),
        )
        status = "failed" if trial == "e" else "done"
        ids = {"trial_id": trial, "animal_id": f"animal {trial}"}
        place = ids | {"video": "v.mp4", "arena": str(number)}
        log.append(place | {"status": status, "entry_s": 2.0, "switch_penalty_s": PENALTY_S})
        measures.append(found.measures.assign(**place, status=status))
        bouts.append(found.bouts.assign(**ids))
        write_table(found.states, folder / "frames" / f"{trial}.csv.gz")
    write_table(pd.DataFrame(log), folder / "trials_log.csv")
    write_table(pd.concat(measures), folder / "measures.csv")
    write_table(pd.concat(bouts), folder / "bouts.csv")
    return folder


@pytest.fixture
def by_hand(write):
    """Write the true floats of all five trials as two people's bouts, in video time."""
    rows = [
        f"{trial},{rater},immobile,{2 + start},{2 + stop}"
        for rater in ("ann", "bob")
        for number, trial in enumerate(TRIALS)
        for start, stop in floats_of(number)
    ]
    return write("by_hand.csv", "\n".join(["trial_id,rater,state,start_s,stop_s", *rows]))


def estimate(found, pair, quantity, statistic):
    table = found.comparisons.set_index(["rater_1", "rater_2", "quantity", "statistic"])
    return table.loc[(*pair, quantity, statistic), "estimate"]


def test_people_and_program_are_compared_in_the_epoch(results, by_hand):
    found = agree(read_scores([by_hand]), results)
    ratings = found.ratings.set_index(["trial_id", "rater"]).sort_index()
    assert set(found.ratings["trial_id"]) == {"a", "b", "c", "d"}
    assert ratings.loc[("a", "ann"), ["start_s", "stop_s"]].tolist() == [22, 62]
    # Of trial d the first float (14 to 21 s from entry) reaches 1 s into the window.
    assert ratings.loc[("d", "ann"), "immobility_s"] == pytest.approx(1 + 13)
    assert ratings.loc[("d", "behave"), "immobility_s"] == 0
    assert estimate(found, ("ann", "bob"), "frames", "kappa") == 1
    assert estimate(found, ("behave", "ann"), "frames", "kappa") == pytest.approx(0)
    assert estimate(found, ("behave", "ann"), "immobility_s", "bias") == pytest.approx(
        -(10 + 11 + 12 + 14) / 4
    )


def test_the_whole_recording_can_be_compared(results, by_hand):
    found = agree(read_scores([by_hand]), results, epoch="whole")
    assert estimate(found, ("behave", "ann"), "immobility_s", "bias") == pytest.approx(-18.5)


def test_the_fit_finds_what_people_saw_without_decoding_again(results, by_hand):
    fit = agree(read_scores([by_hand]), results, fit_scoring=True).fit
    assert 0.3 < fit.immobile_below < 1.0
    assert (fit.before, fit.criterion) == (pytest.approx(0), "kappa")
    assert fit.after > 0.97
    assert [flag.name for flag in fit.flags] == ["few_animals"]


def test_totals_are_compared_with_the_programs(results, write):
    text = "animal_id,immobility_s\n" + "".join(f"animal {trial},10\n" for trial in "abc")
    found = agree(read_scores([write("ann.csv", text)]), results)
    assert estimate(found, ("behave", "ann"), "immobility_s", "bias") == -10
    assert set(found.comparisons["quantity"]) == {"immobility_s"}
    assert found.bouts.empty


def test_people_alone_need_to_know_what_they_watched(by_hand):
    with pytest.raises(InputError, match="--window"):
        agree(read_scores([by_hand]))
    found = agree(read_scores([by_hand]), window=(0.0, 62.0))
    assert estimate(found, ("ann", "bob"), "immobility_s", "icc_a1") == 1


def test_one_person_alone_agrees_with_nobody(write):
    text = "trial_id,state,start_s,stop_s\na,immobile,1,2\n"
    with pytest.raises(InputError, match="nobody to compare"):
        agree(read_scores([write("ann.csv", text)]), window=(0.0, 10.0))


def test_without_results_there_is_nothing_to_fit(by_hand):
    with pytest.raises(InputError, match="no motion"):
        agree(read_scores([by_hand]), window=(0.0, 62.0), fit_scoring=True)


def test_a_folder_without_results_is_refused(tmp_path, by_hand):
    with pytest.raises(InputError, match="no results"):
        agree(read_scores([by_hand]), tmp_path)


@pytest.mark.shared_data
def test_the_public_labels_of_four_raters(shared_data):
    """Ten mice: three raters agree, one stands apart."""
    scores = read_scores([shared_data / "rater_labels" / "fst_floating_4_raters.csv"])
    found = agree(scores)
    names = ["quantity", "statistic", "rater_1", "rater_2"]
    table = found.comparisons.set_index(names)["estimate"].sort_index()
    kappa = table["frames", "kappa"]
    consistent = [pair for pair in kappa.index if "Jin" not in pair]
    assert sorted(kappa[consistent]) == pytest.approx([0.615, 0.651, 0.695], abs=0.002)
    accuracy = sorted(table["frames", "accuracy"][consistent])
    assert (accuracy[0], accuracy[-1]) == pytest.approx((0.885, 0.925), abs=0.002)
    assert table["frames", "kappa_mean"].mean() == pytest.approx(0.50, abs=0.005)
    assert table["immobility_s", "icc_a1", "all raters", ""] == pytest.approx(0.48, abs=0.005)
    raters = found.raters.set_index("rater")["flags"]
    assert raters[raters.str.contains("apart")].index.tolist() == ["Jin"]


@pytest.mark.shared_data
def test_the_three_consistent_raters(shared_data):
    """Totals, latency and bout count of the three, against the figures known of the labels."""
    scores = read_scores([shared_data / "rater_labels" / "fst_floating_4_raters.csv"])
    three = type(scores)(
        **{
            name: getattr(scores, name)[lambda table: table["rater"] != "Jin"]
            for name in ("bouts", "marks", "totals", "watched")
        }
    )
    table = agree(three).comparisons
    icc = table[(table["rater_1"] == "all raters") & (table["statistic"] == "icc_a1")]
    found = icc.set_index("quantity")["estimate"]
    assert found["immobility_s"] == pytest.approx(0.854, abs=0.005)
    # These two depend on where the common window begins and ends.
    assert found["latency_s"] == pytest.approx(0.82, abs=0.02)
    assert found["n_bouts"] == pytest.approx(0.43, abs=0.02)
