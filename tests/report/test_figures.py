"""Figures show the tables' own numbers."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy import stats

from behave.report import Results, figures, style
from behave.report.figures.bins import bin_means
from behave.report.figures.ethogram import place
from behave.report.figures.interaction import spread_apart
from behave.report.figures.specification import choices
from behave.report.figures.swarm import DOT, LIMIT, swarm
from behave.report.groups import animals, groups_of, possible_range


def rows_of(results: Results) -> pd.DataFrame:
    return animals(results.measures, results.trials_log, results.design)


def estimation(results: Results) -> Figure:
    return figures.estimation_plot(rows_of(results), results.cells, results.verdict, results.design)


def line(axes: Axes, label: str) -> Line2D:
    return next(item for item in axes.lines if item.get_label() == label)


def test_the_estimation_plot_has_a_dot_for_every_analysed_animal(with_losses: Results) -> None:
    upper, _ = estimation(with_losses).axes
    sizes = [len(line(upper, g.name).get_ydata()) for g in groups_of(with_losses.design)]
    # m03, m10 and m20 are lost.
    assert sizes == [7, 7, 7, 8]
    window = with_losses.measures.query("epoch == 'score_window' and status == 'done'")
    drawn = np.concatenate([line(upper, g.name).get_ydata() for g in groups_of(with_losses.design)])
    assert sorted(drawn) == pytest.approx(sorted(window["immobility_s"]))


def test_the_bars_reach_one_standard_deviation_from_the_mean(blocked: Results) -> None:
    upper, _ = estimation(blocked).axes
    bars = [item for item in upper.lines if item.get_gid() == "mean and SD"]
    ends = [bar.get_ydata()[1] for bar in bars]
    cells = blocked.cells
    expected = [
        end
        for mean, sd in zip(cells["mean"], cells["std_dev"], strict=True)
        for end in (mean + sd, mean - sd)
    ]
    assert ends == pytest.approx(expected)


@pytest.mark.parametrize("name", ["K", "Kn", "I", "A"])
def test_the_effects_stand_where_the_verdict_puts_them(blocked: Results, name: str) -> None:
    _, lower = estimation(blocked).axes
    effect = blocked.verdict[name]
    assert line(lower, name).get_ydata() == pytest.approx([effect["estimate"]])
    ends = [effect["conf_low"], effect["conf_high"]]
    assert line(lower, f"{name} interval").get_ydata() == pytest.approx(ends)
    bottom, top = lower.get_ylim()
    assert bottom < ends[0] < ends[1] < top


def test_the_band_at_kn_is_rho_times_k_to_either_side(blocked: Results) -> None:
    _, lower = estimation(blocked).axes
    band = next(patch for patch in lower.patches if patch.get_label() == "band")
    half = 0.5 * blocked.verdict["K"]["estimate"]
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((-half, half))


def test_both_panels_have_one_scale(blocked: Results) -> None:
    figure = estimation(blocked)
    inches = [
        axes.get_position().height * figure.get_figheight() / np.ptp(axes.get_ylim())
        for axes in figure.axes
    ]
    assert inches[0] == pytest.approx(inches[1])


def test_effects_that_cannot_be_computed_are_said_not_to_be(
    make_results: Callable[..., Results],
) -> None:
    lonely = make_results(sizes=(1, 1, 1, 1), label="not_assessable")
    _, lower = estimation(lonely).axes
    said = [text.get_text() for text in lower.texts]
    assert said.count("not estimable") == 4
    assert not [item for item in lower.lines if item.get_label() in {"K", "Kn", "I", "A"}]


def test_what_the_outcome_cannot_be_is_not_drawn(blocked: Results) -> None:
    rows = animals(blocked.measures, blocked.trials_log, blocked.design)
    assert possible_range(rows, blocked.design) == (0, 240)
    assert possible_range(rows, {"outcome": "immobility_pct"}) == (0, 100)
    low_cells = blocked.cells.assign(conf_low=-20.0, conf_high=300.0)
    axes = figures.interaction_plot(low_cells, blocked.design, (0, 240)).axes[0]
    ends = [line(axes, f"{group.name} interval").get_ydata() for group in groups_of(blocked.design)]
    assert np.ravel(ends).min() == 0
    assert np.ravel(ends).max() == 240


def test_without_an_antagonist_there_are_two_groups_and_k(blocked: Results) -> None:
    design = blocked.design | {"antagonist": None}
    cells = blocked.cells.iloc[:2].assign(antagonist="")
    verdict = blocked.verdict | {"Kn": None, "I": None, "A": None}
    results = replace(blocked, design=design, cells=cells, verdict=verdict)
    upper, lower = estimation(results).axes
    sizes = {g.name: len(line(upper, g.name).get_ydata()) for g in groups_of(design)}
    assert sizes == {"vehicle": 16, "ketamine": 16}
    assert line(lower, "K").get_ydata() == pytest.approx([verdict["K"]["estimate"]])
    assert not [item for item in lower.patches if item.get_label() == "band"]
    assert not any("not estimable" in text.get_text() for text in lower.texts)


def test_what_an_effect_is_is_told_in_full(blocked: Results) -> None:
    blocker = blocked.design["antagonist"] | {"level": "GluA2 knock-out", "kind": "genotype"}
    design = blocked.design | {"antagonist": blocker}
    _, lower = estimation(replace(blocked, design=design)).axes
    said = [text.get_text().replace("\n", " ") for text in lower.texts]
    assert "effect of ketamine in GluA2 knock-out animals" in said
    assert "K \N{MINUS SIGN} Kn, interaction" in said


@given(st.lists(st.floats(0, 240), min_size=0, max_size=60))
def test_dots_of_a_swarm_do_not_cover_each_other(values: list[float]) -> None:
    offsets = swarm(values, points_per_unit=1.0, limit=1e9)
    heights = np.array(values)
    for i in range(len(values)):
        away = np.hypot(heights - heights[i], offsets - offsets[i])
        assert (np.delete(away, i) > DOT - 1e-6).all()


def test_a_swarm_at_the_ceiling_is_squeezed_into_its_column() -> None:
    assert np.abs(swarm([240.0] * 40, 1.0)).max() == pytest.approx(LIMIT)


def test_the_interaction_plot_shows_means_and_intervals_of_the_cells(blocked: Results) -> None:
    axes = figures.interaction_plot(blocked.cells, blocked.design).axes[0]
    for group, cell in zip(
        groups_of(blocked.design), blocked.cells.to_dict("records"), strict=True
    ):
        assert line(axes, group.name).get_ydata() == pytest.approx([cell["mean"]])
        ends = [cell["conf_low"], cell["conf_high"]]
        assert line(axes, f"{group.name} interval").get_ydata() == pytest.approx(ends)


def test_the_dotted_line_ends_one_interaction_away_from_the_fourth_mean(blocked: Results) -> None:
    axes = figures.interaction_plot(blocked.cells, blocked.design).axes[0]
    expected = line(axes, "no interaction").get_ydata()[1]
    both = blocked.cells["mean"].iloc[3]
    assert both - expected == pytest.approx(blocked.verdict["I"]["estimate"])


@pytest.mark.parametrize("heights", [[5.0, 5.0], [5.0, 5.1], [5.1, 5.0], [1.0, 9.0]])
def test_labels_are_moved_apart_without_changing_places(heights: list[float]) -> None:
    moved = spread_apart(heights, 2.0)
    assert abs(moved[0] - moved[1]) >= 2.0
    assert (moved[0] >= moved[1]) == (heights[0] >= heights[1])


def test_bin_means_and_intervals_are_students(blocked: Results) -> None:
    means = bin_means(blocked.bins, rows_of(blocked))
    first = blocked.bins.query("bin == 2 and trial_id <= 'm08'")
    share = 100 * first["immobility_s"] / first["scored_s"]
    row = means.query("group == 0 and bin == 2").iloc[0]
    low, high = stats.t.interval(0.95, 7, share.mean(), stats.sem(share))
    assert row["n"] == 8
    assert (row["mean"], row["conf_low"], row["conf_high"]) == pytest.approx(
        (share.mean(), low, high)
    )


def test_a_bin_that_was_not_seen_is_left_out_and_not_taken_as_mobile(blocked: Results) -> None:
    bins = blocked.bins.copy()
    bins.loc[(bins["trial_id"] == "m01") & (bins["bin"] == 2), ["immobility_s", "scored_s"]] = 0.0
    row = bin_means(bins, rows_of(blocked)).query("group == 0 and bin == 2").iloc[0]
    others = bins.query("bin == 2 and 'm02' <= trial_id <= 'm08'")
    assert row["n"] == 7
    assert row["mean"] == pytest.approx((100 * others["immobility_s"] / others["scored_s"]).mean())


def test_the_course_is_drawn_at_the_bins_means(blocked: Results) -> None:
    rows = rows_of(blocked)
    axes = figures.immobility_per_bin(blocked.bins, rows, blocked.design, blocked.protocol).axes[0]
    means = bin_means(blocked.bins, rows)
    for number, group in enumerate(groups_of(blocked.design)):
        drawn = line(axes, group.name).get_ydata()
        assert drawn == pytest.approx(means.loc[means["group"] == number, "mean"])
    assert axes.get_xlim() == (0, 6)


def test_the_ethogram_has_a_row_for_every_scored_animal_by_group(with_losses: Results) -> None:
    placed = place(rows_of(with_losses), with_losses.bouts)
    assert len(placed) == 29
    assert [row.group for row in placed] == sorted(row.group for row in placed)
    assert {"m03", "m10", "m20"}.isdisjoint(row.animal_id for row in placed)


def test_the_ethogram_draws_immobility_at_its_time_from_the_entry(blocked: Results) -> None:
    rows = rows_of(blocked)
    axes = figures.ethogram(blocked.bouts, rows, blocked.design, blocked.protocol).axes[0]
    drawn = next(patch for patch in axes.patches if patch.get_label() == "immobile")
    boxes = drawn.get_path().vertices.reshape(-1, 5, 2)
    minutes = np.sum(boxes[:, 1, 0] - boxes[:, 0, 0])
    told = blocked.bouts.query("state == 'immobile'")
    # All animals entered at 4 s and were scored for 360 s.
    assert minutes * 60 == pytest.approx(told["duration_s"].sum())
    first = told[told["trial_id"] == place(rows, blocked.bouts)[0].trial_id].iloc[0]
    assert boxes[:, :, 0].min() >= 0
    top = boxes[np.isclose(boxes[:, 0, 1], 1.58)]
    assert top[0, 0, 0] * 60 == pytest.approx(first["start_s"] - 4)
    assert axes.get_xlim() == (0, 6)


def test_time_without_a_state_stays_white_and_unscored_time_is_hatched(blocked: Results) -> None:
    bouts = pd.DataFrame(
        {
            "trial_id": "m01",
            "animal_id": "m01",
            "source": "auto",
            "state": ["immobile", "unscored", "mobile", "mobile"],
            "start_s": [4.0, 64.0, 124.0, 304.0],
            "stop_s": [64.0, 124.0, 184.0, 364.0],
        }
    )
    axes = figures.ethogram(bouts, rows_of(blocked), blocked.design, blocked.protocol).axes[0]
    patches = {patch.get_label(): patch for patch in axes.patches}
    light = patches["mobile"].get_path().vertices.reshape(-1, 5, 2)
    spans = [(box[0, 0], box[1, 0]) for box in light]
    assert np.allclose(spans, [(0, 1), (2, 3), (5, 6)])
    assert patches["unscored"].get_hatch()


def test_where_a_person_scored_too_the_programs_bouts_are_drawn(blocked: Results) -> None:
    manual = blocked.bouts.assign(source="manual", state="immobile")
    both = pd.concat([blocked.bouts, manual])
    rows = rows_of(blocked)
    one, other = (
        figures.ethogram(b, rows, blocked.design, blocked.protocol) for b in (blocked.bouts, both)
    )
    assert style.svg_bytes(one) == style.svg_bytes(other)


def test_the_specification_curve_has_a_point_for_every_scoring(blocked: Results) -> None:
    figure = figures.specification_curve(blocked.sensitivity, blocked.verdict, blocked.design)
    grid = blocked.sensitivity.query("analysis == 'scoring grid'")
    for axes, name in zip(figure.axes, ("I", "Kn", "K"), strict=False):
        same, other = line(axes, "agrees"), line(axes, "differs")
        assert (len(same.get_ydata()), len(other.get_ydata())) == (36, 9)
        drawn = sorted([*same.get_ydata(), *other.get_ydata()])
        assert drawn == pytest.approx(sorted(grid[f"{name}_estimate"]))
        assert line(axes, "verdict").get_ydata()[0] == pytest.approx(
            blocked.verdict[name]["estimate"]
        )


def test_the_squares_tell_how_each_scoring_was_made(blocked: Results) -> None:
    figure = figures.specification_curve(blocked.sensitivity, blocked.verdict, blocked.design)
    matrix = figure.axes[-1]
    marked = [
        x for item in matrix.lines if item.get_label() == "threshold x1.4" for x in item.get_xdata()
    ]
    # The laxest threshold has the smallest I, hence the first nine places.
    assert sorted(marked) == list(range(9))


def test_choices_are_told_apart_and_ordered_by_size() -> None:
    grid = pd.DataFrame(
        {
            "threshold_factor": [1.2, 0.7, 1.2],
            "min_bout_s": [0.0, 10.0, 2.5],
            "window": ["whole test", "last half", "whole test"],
        }
    )
    found = choices(grid)
    assert {name: list(values) for name, values in found.items()} == {
        "threshold": ["x0.7", "x1.2"],
        "bouts from": ["0 s", "2.5 s", "10 s"],
        "window": ["last half", "whole test"],
    }
    assert found["threshold"]["x1.2"].tolist() == [True, False, True]


def test_a_dollar_sign_is_a_dollar_sign_and_a_strange_letter_a_question_mark(
    blocked: Results,
) -> None:
    assert style.drawable("ketamine \N{CJK UNIFIED IDEOGRAPH-6C34}") == "ketamine ?"
    design = {**blocked.design, "agonist": {**blocked.design["agonist"], "column": "$x^2$"}}
    figure = figures.interaction_plot(blocked.cells, design)
    assert style.svg_bytes(figure)
    assert figure.axes[0].xaxis.label.get_parse_math() is False


def test_the_users_own_settings_change_nothing(blocked: Results) -> None:
    import matplotlib as mpl  # noqa: PLC0415 - its settings are what is tested

    before = style.svg_bytes(estimation(blocked))
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "svg.fonttype": "none"}):
        assert style.svg_bytes(estimation(blocked)) == before


def test_a_group_without_animals_is_drawn_empty(blocked: Results) -> None:
    keep = ~(
        (blocked.measures["pretreatment"] == "NBQX") & (blocked.measures["treatment"] == "vehicle")
    )
    cells = blocked.cells.copy()
    cells.loc[2, ["n", "mean", "std_dev", "conf_low", "conf_high"]] = [0, *[np.nan] * 4]
    ids = set(blocked.measures.loc[keep, "trial_id"])
    log = blocked.trials_log[blocked.trials_log["trial_id"].isin(ids)]
    empty = replace(blocked, measures=blocked.measures[keep], cells=cells, trials_log=log)
    upper, _ = estimation(empty).axes
    assert len(line(upper, "NBQX + vehicle").get_ydata()) == 0
    assert figures.interaction_plot(cells, blocked.design).axes
