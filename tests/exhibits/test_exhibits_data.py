"""What each exhibit selects, and that the drawing shows that and nothing else."""

import numpy as np
import pandas as pd
import pytest
from exhibits_cases import (
    PROFILES,
    bias,
    calibration,
    conditions,
    drawings,
    earnings,
    exact_frontiers,
    frontiers,
    gaps,
    moments,
    mvpf,
    outcomes,
    persistence,
    sorting_bins,
    subjects,
    text_numbers,
    value_added,
    winners,
)

from welfare_added.exhibits.eastmond_2024.bias import bias_data
from welfare_added.exhibits.eastmond_2024.calibration import calibration_data
from welfare_added.exhibits.eastmond_2024.composition import composition_table, composition_tex
from welfare_added.exhibits.eastmond_2024.conditions import conditions_data, conditions_tex
from welfare_added.exhibits.eastmond_2024.earnings import mvpf_data, subjects_data
from welfare_added.exhibits.eastmond_2024.frontiers import (
    earnings_data,
    information_data,
    scope_data,
)
from welfare_added.exhibits.eastmond_2024.profiles import profile_data
from welfare_added.exhibits.eastmond_2024.scatter import cross_data, group_data
from welfare_added.exhibits.eastmond_2024.sorting import sorting_data
from welfare_added.exhibits.eastmond_2024.theory import Example, theory_data
from welfare_added.exhibits.eastmond_2024.validation import (
    draw_outcomes,
    outcomes_data,
    persistence_data,
)

MADE = drawings()


def marks(figure) -> set[tuple[float, float]]:
    """All points of lines and clouds in data coordinates, rounded; reference lines left out."""
    found = set()
    for axes in figure.axes:
        for line in axes.lines:
            if line.get_transform() is axes.transData:
                points = zip(*(np.asarray(v, float) for v in line.get_data()), strict=True)
                found |= {(round(x, 9), round(y, 9)) for x, y in points}
        for cloud in axes.collections:
            found |= {(round(x, 9), round(y, 9)) for x, y in np.asarray(cloud.get_offsets())}
    return found


PLOTTED = {
    "figure_01": ("group_2", "group_1"),
    "figure_02": ("x", "y"),
    "figure_a1": ("x", "y"),
    "figure_04": ("gain_higher", "gain_lower"),
    "figure_06a": ("gain_higher", "gain_lower"),
    "figure_06b": ("gain_higher", "gain_lower"),
    "figure_09a": ("gain_ela", "gain_math"),
    "figure_09b": ("earnings_higher", "earnings_lower"),
    "figure_a5": ("earnings_higher", "earnings_lower"),
    "figure_10": ("bonus", "shown"),
    **{name: ("weight", profile.plotted) for name, profile, _ in PROFILES},
}
NOT_DATA = {"figure_04", "figure_06a", "figure_06b", "figure_09a", "figure_09b", "figure_a5"}


@pytest.mark.parametrize("name", PLOTTED)
def test_figure_shows_exactly_its_data(name):
    data, draw = MADE[name]
    across, up = PLOTTED[name]
    expected = {
        (round(x, 9), round(y, 9))
        for x, y in data[[across, up]].astype(float).itertuples(index=False)
    }
    shown = marks(draw(data))
    if name in NOT_DATA:
        expected.add((0.0, 0.0))
    if name in {"figure_02", "figure_a1"}:
        corner = data.loc[data["layer"] == "estimate", ["x", "y"]].abs().to_numpy().max() * 1.04
        expected |= {(round(s * corner, 9),) * 2 for s in (-1, 1)}
    assert shown == expected


@pytest.mark.parametrize("name", ["figure_03", "figure_a2"])
def test_sorting_figure_shows_bins_and_their_line(name):
    data, draw = MADE[name]
    run = 1 if name == "figure_03" else 25
    line = data.assign(y=data["intercept"] + data["slope"] / run * data["x"])
    ends = line.groupby(["subject", "advantage"])[["x", "y"]].nth([0, -1])
    expected = {
        (round(x, 9), round(y, 9))
        for x, y in pd.concat([data[["x", "y"]], ends]).itertuples(index=False)
    }
    assert marks(draw(data)) == expected


def test_slopes_are_written_with_their_errors_if_they_have_any():
    data, draw = MADE["figure_03"]
    left, right = ([text.get_text() for text in axes.texts] for axes in draw(data).axes)
    assert left == ["ELA: $\\beta$ = −0.21 (0.03)\nMath: $\\beta$ = −0.17 (0.03)"]
    assert right == ["ELA: $\\beta$ = −0.10 (0.03)\nMath: $\\beta$ = 0.19 (0.03)"]
    without = draw(data.assign(slope_error=np.nan)).axes[1].texts[0].get_text()
    assert without == "ELA: $\\beta$ = −0.10\nMath: $\\beta$ = 0.19"


def test_the_ces_planner_and_its_aversions_to_inequality_are_named():
    data, draw = MADE["figure_a5"]
    panel = draw(data).axes[0]
    assert "CES planner" in panel.get_title(loc="left")
    written = [text.get_text() for text in panel.texts]
    assert written == ["$\\gamma$ = 0", "$\\gamma$ = 4.9"] * 2


def test_bias_figure_shows_three_lines_a_panel():
    data, draw = MADE["figure_bias"]
    figure = draw(data)
    assert len(figure.axes) == 8
    for panel in figure.axes:
        zero, *lines = panel.lines
        assert [len(line.get_xdata()) for line in (zero, *lines)] == [2, 11, 11, 11]
        looks = {(line.get_color(), line.get_linestyle(), line.get_marker()) for line in lines}
        widths = [line.get_linewidth() for line in lines]
        assert len(looks) == 3 and widths[0] > 3 * max(widths[1:])
    expected = {
        (round(weight, 9), round(value, 9))
        for column in ("bias", "external_validity", "covariance")
        for weight, value in data[["weight", column]].itertuples(index=False)
    }
    assert marks(figure) == expected


def test_persistence_figure_shows_lags_and_bars():
    data, draw = MADE["figure_d6"]
    assert len(data) == 2 * (4 + 2 * 6)
    assert "standard" not in set(data["group"])
    figure = draw(data)
    lags = data[data["quantity"] == "year_to_year_correlation"]
    pairs = lags[["lag", "value"]].itertuples(index=False)
    assert marks(figure) == {(round(x, 9), round(y, 9)) for x, y in pairs}
    bars = sorted(bar.get_height() for axes in figure.axes for bar in axes.patches)
    years = data.loc[data["quantity"] == "share_of_years", "value"]
    assert bars == sorted(years)
    assert all(axes.get_ylabel() for axes in figure.axes)
    assert len(figure.legends) == 1 and not any(axes.get_legend() for axes in figure.axes)
    assert persistence_data(persistence().sample(frac=1, random_state=1)).equals(data)


def test_outcomes_figure_shows_teacher_sd_effects_and_their_intervals():
    data, draw = MADE["figure_d7"]
    table = outcomes().set_index(["outcome", "measure"]).loc[("any_college", "higher")]
    row = data.set_index(["outcome", "measure"]).loc[("any_college", "higher")]
    assert row["effect"] == table["per_teacher_sd"]
    assert row["high"] - row["low"] == pytest.approx(
        2 * 1.96 * table["per_teacher_sd_error"], rel=1e-4
    )
    figure = draw(data)
    assert {x for x, _ in marks(figure)} >= {round(value, 9) for value in data["effect"]}
    ends = [path.vertices[:, 0] for c in figure.axes[0].collections for path in c.get_paths()]
    np.testing.assert_allclose(np.sort(ends, axis=0), np.sort(data[["low", "high"]], axis=0))
    assert outcomes_data(outcomes().sample(frac=1, random_state=1)).equals(data)


def test_an_outcome_that_is_not_recorded_is_left_out_of_figure_d7():
    recorded = outcomes().query("outcome != 'bachelors_in_six_years'")
    data = outcomes_data(recorded)
    assert data["outcome"].unique().tolist() == [
        *("graduated_high_school", "two_year_college", "four_year_college", "any_college")
    ]
    panel = draw_outcomes(data, "").axes[0]
    labels = [label.get_text() for label in panel.get_yticklabels()]
    assert labels == [
        "High school graduation",
        "Two-year college",
        "Four-year college",
        "Any college",
    ]


def test_theory_points_touch_their_frontier_and_order_welfare():
    example = Example()
    points = example.points()
    across, up = points["absolute_advantage"]
    assert (across / example.ate[0]) ** 2 + (up / example.ate[1]) ** 2 == pytest.approx(1)
    angle = np.linspace(0, np.pi / 2, 20001)
    for name, axes, weight in (
        ("absolute_advantage", example.ate, 0.5),
        ("comparative_advantage", example.cate, 0.5),
        ("social_preferences", example.cate, example.weight),
    ):
        reach = (1 - weight) * axes[0] * np.sin(angle) + weight * axes[1] * np.cos(angle)
        found = (1 - weight) * points[name][0] + weight * points[name][1]
        assert found == pytest.approx(reach.max(), abs=1e-8)
    data = theory_data()
    assert data.loc[data["kind"] == "point", "welfare"].is_monotonic_increasing
    lines = data[data["kind"] == "indifference"]
    welfare = (1 - example.weight) * lines["group_2"] + example.weight * lines["group_1"]
    np.testing.assert_allclose(welfare, lines["welfare"])


def test_value_added_counts_a_teacher_once_a_year_and_names_nobody():
    data = group_data(value_added(), moments())
    dots = data[data["layer"] == "estimate"]
    assert dots.groupby("panel").size().to_dict() == {"ela": 40, "math": 40}
    assert "teacher_id" not in data
    fit = data[(data["layer"] == "best fit") & (data["panel"] == "ela")]
    rise, run = fit["y"].diff().iloc[-1], fit["x"].diff().iloc[-1]
    assert rise / run == pytest.approx(0.71)
    ela = dots[dots["panel"] == "ela"]
    at_mean = fit["y"].iloc[0] + 0.71 * (ela["x"].mean() - fit["x"].iloc[0])
    assert at_mean == pytest.approx(ela["y"].mean())


def test_cross_subject_panels_pair_lower_of_one_with_higher_of_the_other():
    table = value_added()
    data = cross_data(table)
    once = table.drop_duplicates(["subject", "teacher_id", "year"]).set_index("teacher_id")
    lower = once.loc[once["subject"] == "ela", "va_lower"]
    higher = once.loc[once["subject"] == "math", "va_higher"]
    panel = data[data["panel"] == "math_on_ela"]
    dots = panel[panel["layer"] == "estimate"]
    assert set(zip(dots["x"], dots["y"], strict=True)) == set(zip(lower, higher, strict=True))
    fit = panel[panel["layer"] == "best fit"].iloc[0]
    assert fit["correlation"] == pytest.approx(lower.corr(higher))
    assert fit["slope"] == pytest.approx(lower.cov(higher) / lower.var())


def test_frontiers_choose_subject_scope_and_information():
    table = frontiers()
    data = scope_data(table)
    wanted = table[(table["information"] == "heterogeneous") & (table["subject"] != "both")]
    assert len(data) == len(wanted) == 44
    assert data["gain_lower"].sum() == pytest.approx(wanted["gain_lower"].sum())
    district = information_data(table, "district")
    assert district["gain_lower"].max() == table.query("subject != 'both'")["gain_lower"].max()
    assert set(district["information"]) == {"heterogeneous", "standard"}
    assert len(earnings_data(earnings())) == 22


def test_an_exact_frontier_is_thinned_to_what_the_eye_parts():
    exact = exact_frontiers()
    data = scope_data(frontiers(), exact)
    assert data.groupby("line").size()["grid"] == 44
    for (subject, scope), curve in data[data["line"] == "exact"].groupby(["subject", "scope"]):
        kept = (exact["subject"] == subject) & (exact["scope"] == scope)
        whole = exact[kept & (exact["information"] == "heterogeneous")]
        assert 250 < len(curve) <= 301
        assert curve["weight"].iloc[[0, -1]].tolist() == [0, 1]
        line = np.interp(whole["gain_lower"], curve["gain_lower"], curve["gain_higher"])
        reach = np.ptp(whole["gain_higher"])
        assert np.abs(line - whole["gain_higher"]).max() < 1e-4 * reach


def test_harm_is_shown_as_a_negative_change_and_the_rest_as_it_is():
    _, profile, _ = PROFILES[-1]
    data = profile_data(winners(), profile)
    assert data.columns[-1] == "mean_change"
    assert (data["mean_change"] < 0).all()
    _, gap, _ = PROFILES[2]
    shown = profile_data(gaps(), gap)
    assert shown.columns[-2:].tolist() == ["baseline_higher_lower", "change_higher_lower"]
    assert shown["change_higher_lower"].max() > 0


def test_tangent_has_the_slope_of_relative_prices_and_touches_the_best_point():
    data = subjects_data(subjects(), {"ela": 1524, "math": 650}).query("scope == 'district'")
    line = data[data["layer"] == "equal earnings"]
    slope = line["gain_math"].diff().iloc[-1] / line["gain_ela"].diff().iloc[-1]
    assert slope == pytest.approx(-1524 / 650)
    best = data[data["layer"] == "highest earnings"].iloc[0]
    assert best["earnings_mean"] == data["earnings_mean"].max()
    assert line["gain_ela"].mean() == pytest.approx(best["gain_ela"])
    assert line["gain_math"].mean() == pytest.approx(best["gain_math"])


def test_mvpf_is_capped_for_the_eye_only():
    data = mvpf_data(mvpf(), text_numbers(), 5)
    assert np.isinf(data["mvpf"]).any()
    assert data["shown"].max() == 5
    below = data["mvpf"] < 5
    assert (data.loc[below, "mvpf"] == data.loc[below, "shown"]).all()
    assert data.groupby("scope")["break_even_bonus"].first()["school"] == 2190


def test_sorting_line_passes_through_the_mean_class():
    data = sorting_data(sorting_bins(), "class_size")
    part = data[(data["subject"] == "ela") & (data["advantage"] == "absolute")]
    mean_x = np.average(part["x"], weights=part["classes"])
    mean_y = np.average(part["y"], weights=part["classes"])
    assert part["intercept"].iloc[0] + 0.09 / 25 * mean_x == pytest.approx(mean_y)


def test_calibration_parts_distributions_from_single_numbers():
    data = calibration_data(calibration())
    assert (data["panel"] == "class_size.bins.").sum() == 2
    scalars = set(data.loc[data["panel"] == "scalars", "quantity"])
    assert {"counts.teachers", "class_size.bins.classes"} <= scalars
    assert not any(name.startswith("teacher_panel.years") for name in scalars)
    assert len(data) == len(calibration())


def test_bias_keeps_both_theorems_of_heterogeneous_allocations():
    data = bias_data(bias())
    assert data.groupby(["scope", "subject", "theorem"]).size().unique().tolist() == [11]
    second = data[(data["theorem"] == 2) & (data["scope"] == "district")]
    assert second.groupby("subject")["bias"].first().to_dict() == {"ela": -0.0024, "math": -0.004}


def test_conditions_are_means_over_weights_in_the_papers_order():
    table = conditions()
    table.loc[(table["subject"] == "math") & (table["by"] == "ela"), "holds"] = 0.25
    data = conditions_data(table.sample(frac=1, random_state=1))
    assert data["condition"].drop_duplicates().tolist() == ["2", "3", "4", "15", "16-19"]
    assert len(data) == 2 * 5 * 6 and not data.isna().any(axis=None)
    above = np.mean(table["weight"].unique() > 0.4)
    assert data["holds_in_size"].unique() == pytest.approx([above])
    other = data[~data["own_groups"].astype(bool) & (data["subject"] == "math")]
    assert other["holds"].unique() == [0.25]
    assert (data.drop(other.index)["holds"] == 1).all()


def test_conditions_are_written_in_percent_with_their_sides():
    tex = conditions_tex(conditions_data(conditions()), "Made.")
    assert tex.count("holds as printed") == tex.count("in absolute value (percent)") == 2
    assert r"(2) Covariance within groups below total & 100 & 100 & 100 & 100 & 100 & 100 \\" in tex
    assert r"By effects on groups & $-$0.020 & $-$0.020" in tex
    assert tex.count("(15) Missed change") == 4 and tex.count("(3) ") == 2
    assert "Made." in tex


def test_table_a1_lays_out_the_moments():
    table = composition_table(moments())
    assert table["class_size"].tolist() == [3.68, 1.71]
    assert table["share_math"].tolist() == [0.502, 0.462]
    tex = composition_tex(table, "75% of it")
    assert r"School, grade, year & 1.71 & 0.46 & 0.46 \\" in tex
    assert r"75\% of it" in tex
    assert tex.startswith(r"\begin{tabular}") and tex.endswith("\\end{tabular}\n")
