"""Exhibits of Bates et al. (2022): what they select, that they show it, and that nothing is cut off."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bates_tables import declared, drawn, robustness, tables
from drawn_checks import check_files, check_latex, check_room

from welfare_added.exhibits.bates_2022.labels import principal_parameter, teacher_parameter
from welfare_added.exhibits.bates_2022.platform import table_03a, table_03c
from welfare_added.exhibits.bates_2022.robustness import figure_robustness, table_07
from welfare_added.exhibits.declarations import read_exhibits

ROOT = Path(__file__).parents[2]
FILE = ROOT / "workflow/papers/bates_2022/exhibits.yaml"
EXHIBITS = read_exhibits(FILE, ROOT / "workflow/schemas/exhibits.schema.json")
FIGURES = [name for name, one in EXHIBITS.all.items() if one.figure]
TABLES = [name for name, one in EXHIBITS.all.items() if not one.figure]
LONGEST = " ".join(one["text"].replace("{", "").replace("}", "") for one in EXHIBITS.small_print)
MADE = {name: drawn(name, LONGEST) for name in EXHIBITS.all}


def points(figure) -> set[tuple[float, float]]:
    """All points of lines in data coordinates, rounded; reference lines left out."""
    found = set()
    for axes in figure.axes:
        for line in axes.lines:
            if line.get_transform() is axes.transData:
                x, y = (np.asarray(values, float) for values in line.get_data())
                found |= {(round(a, 9), round(b, 9)) for a, b in zip(x, y, strict=True)}
    return found


def bars(axes) -> list[tuple[float, float, float]]:
    """Left end, width and height of every bar."""
    return [(p.get_x(), p.get_width(), p.get_height()) for p in axes.patches]


def test_every_exhibit_of_the_paper_is_declared():
    wanted = {f"table_0{k}" for k in (1, 2, 5, 6, 7)}
    wanted |= {f"table_0{k}{panel}" for k in (3, 4) for panel in "abc"}
    wanted |= {f"figure_{k:02d}" for k in (1, *range(3, 11))} | {"figure_02a", "figure_02b"}
    wanted |= {f"table_a{k}" for k in range(1, 9)}
    wanted |= {f"figure_a{k}" for k in range(1, 19) if k != 4} | {"figure_a4a", "figure_a4b"}
    assert {name for name, one in EXHIBITS.all.items() if not one.ours} == wanted


def test_captions_of_the_appendix_say_that_its_text_is_not_stored():
    appendix = [one for name, one in EXHIBITS.all.items() if "_a" in name and not one.ours]
    assert len(appendix) == 27
    assert {one.category.split(":")[0] for one in appendix} == {"Appendix"}
    without = [one.name for one in appendix if "not in the stored text" not in one.caption]
    assert without == []


def shown_ticks(axis, limits) -> list:
    """Labels of the ticks between an axis's limits."""
    low, high = sorted(limits)
    ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
    return [label for at, label in ticks if low <= at <= high]


def texts_of(figure) -> list[tuple[str, object]]:
    """Text and box [pixels] of everything written on a figure that has been drawn."""
    texts = list(figure.texts)
    for axes in figure.axes:
        texts += [axes._left_title, axes._right_title, axes.xaxis.label, axes.yaxis.label]
        texts += [*axes.texts, *shown_ticks(axes.xaxis, axes.get_xlim())]
        texts += shown_ticks(axes.yaxis, axes.get_ylim())
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text()]
    return boxes + [("legend", legend.get_window_extent()) for legend in figure.legends]


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_cut_off_and_no_text_lies_on_another(name, tmp_path):
    check_room(MADE[name][1], tmp_path, texts_of)


@pytest.mark.parametrize("name", ["figure_07", "figure_recovery"])
def test_figures_are_written_with_their_data(name, tmp_path):
    check_files(*MADE[name], tmp_path)


@pytest.mark.parametrize("name", FIGURES)
def test_series_of_a_panel_differ_in_colour_and_in_mark(name):
    for axes in MADE[name][1].axes:
        _, labels = axes.get_legend_handles_labels()
        named = [line for line in axes.lines if line.get_label() in labels]
        looks = {(line.get_color(), line.get_marker(), str(line.get_linestyle())) for line in named}
        pairs = {(line.get_color(), line.get_marker()) for line in named}
        marks = {line.get_marker() for line in named if line.get_marker() != "None"}
        assert len(looks) == len(pairs) == len(named)
        assert len(marks) == sum(line.get_marker() != "None" for line in named)


@pytest.mark.parametrize("name", TABLES)
def test_tables_have_a_row_of_latex_for_each_line(name):
    check_latex(*MADE[name], LONGEST)


PLOTTED = {
    "figure_01": ("x", "y"),
    "figure_02a": ("share_disadvantaged", "class_size"),
    "figure_02b": ("x", "y"),
    "figure_05": ("x", "percentile"),
    "figure_06": ("share_disadvantaged", "value"),
    "figure_09": ("order", "percentile"),
    "figure_a2": ("x", "y"),
    "figure_a4a": ("x", "y"),
    "figure_a4b": ("x", "y"),
    "figure_a6": ("share", "gain"),
    "figure_a8": ("x", "y"),
    "figure_a10": ("sd", "gain"),
    "figure_a11": ("week", "share"),
    "figure_a12": ("minutes", "rate"),
    "figure_a13": ("share_disadvantaged", "demand"),
    "figure_a14": ("share_disadvantaged", "value"),
    "figure_a15": ("share_disadvantaged", "value"),
    "figure_a16": ("share_disadvantaged", "value"),
    "figure_a17": ("x", "y"),
    "figure_a18": ("x", "y"),
}
DIAGONAL = ("figure_01", "figure_a2", "figure_a4a", "figure_a4b")


@pytest.mark.parametrize("name", PLOTTED)
def test_figures_show_exactly_their_data(name):
    data, figure = MADE[name]
    x, y = (data[column].round(9) for column in PLOTTED[name])
    shown = points(figure)
    if name in DIAGONAL:  # two further points, of the 45 degree line
        diagonal = {(a, b) for a, b in shown - set(zip(x, y, strict=True)) if a == b}
        assert len(diagonal) == 2
        shown -= diagonal
    assert shown == set(zip(x, y, strict=True))


def test_moving_few_teachers_shows_what_is_attained_and_what_is_possible():
    data, figure = MADE["figure_a7"]
    lines = [data[["share", column]].to_numpy() for column in ("gain", "bound")]
    both = {(round(x, 9), round(y, 9)) for x, y in np.concatenate(lines)}
    assert points(figure) == both and data["best"].eq(0.054).all()


def test_serial_dictatorships_are_compared_with_the_data():
    sources = {name: set(MADE[name][0]["source"]) for name in ("figure_06", "figure_a15")}
    assert sources == {"figure_06": {"data", "model"}, "figure_a15": {"data", "serial_experience"}}


def test_months_have_shares_in_percent_and_totals():
    data, tex = MADE["table_03a"]
    values = data.set_index(["group", "month", "measure"])["value"]
    assert values["vacancies", "may", "share"] == pytest.approx(20)
    assert values["hires", "total", "count"] == 3000
    assert values["hires", "total", "share"] == pytest.approx(100)
    assert ("hires", "total", "share_title1") not in values.index
    assert "Total & 1000 & 100.00 &  & 2000 & 100.00 &  & 3000 & 100.00 & " in tex


def test_a_withheld_month_leaves_no_total_to_subtract_from():
    timing = tables()["platform/timing.csv"]
    timing["count"] = timing["count"].astype(float)
    timing.loc[(timing["group"] == "hires") & (timing["month"] == "may"), "count"] = np.nan
    data, _ = table_03a(timing, note="")
    counts = data[data["measure"] == "count"].set_index(["group", "month"])["value"]
    assert ("hires", "total") not in counts.index and counts["vacancies", "total"] == 1000
    months = tables()["platform/posting_months.csv"].astype({"schools": float})
    months.loc[0, "schools"] = np.nan
    cells = table_03c(months, note="")[0].set_index("posts_april")
    assert np.isnan(cells.loc["total", "july_no"]) and cells.loc["total", "july_yes"] == 101


def test_posting_months_add_up():
    cells = MADE["table_03c"][0].set_index("posts_april")
    assert cells.loc["yes", "july_no"] == 11 and cells.loc["no", "july_yes"] == 14
    assert cells["total"].tolist() == [23, 98, 121]


def test_constant_class_size_is_a_panel_of_table_2():
    data = MADE["table_02"][0].set_index(["panel", "allocation"])
    assert data.loc[("constant_class_size", "best"), "gain"] == 0.021
    assert data.loc[("alternate_allocations", "best"), "gain"] == 0.054
    assert len(data) == 8


def test_recovery_counts_the_intervals_that_cover():
    data, tex = MADE["table_recovery"]
    z = (data["estimate"] - data["truth"]) / data["standard_error"]
    assert data["covers"].tolist() == (z.abs() <= 1.96).astype(int).tolist()
    assert (
        tex.count("& yes") == data["covers"].sum()
        and tex.count("& no ") == (1 - z.abs().le(1.96)).sum()
    )
    figure = MADE["figure_recovery"][1]
    held = [data[data["side"] == side]["covers"].sum() for side in ("teachers", "principals")]
    titles = [axes.get_title(loc="right") for axes in figure.axes]
    assert titles == [
        f"Teachers (table 5): {held[0]} of 43",
        f"Principals (table 6): {held[1]} of 31",
    ]


def test_distances_beyond_the_edge_are_drawn_at_it():
    data, figure = MADE["figure_integrators"]
    shown = points(figure)
    assert data["distance"].abs().max() > 12 and max(abs(x) for x, _ in shown) == 12
    inside = data[data["distance"].abs() < 12]["distance"].round(9)
    assert set(inside) <= {x for x, _ in shown}


def test_bars_of_figure_8_are_the_gains():
    data, figure = MADE["figure_08"]
    assert data["policy"].tolist() == ["status_quo", "all_options", "principals", "both", "best"]
    assert [width for _, width, _ in bars(figure.axes[0])] == data["gain"].tolist()
    written = [text.get_text() for text in figure.axes[0].texts]
    assert written[2] == "\N{MINUS SIGN}0.0002" and written[4] == "0.0309"


def test_figure_7_marks_the_points_on_both_panels():
    data, figure = MADE["figure_07"]
    ours = data[data["kind"] == "policy"].set_index("name")
    first, second = (
        {line.get_label(): tuple(line.get_xydata()[0]) for line in axes.lines}
        for axes in figure.axes
    )
    both = ours.loc["both"]
    label = "4 Principals and teachers max VA"
    assert first[label] == (both["utility_minutes"], both["achievement"])
    assert second[label] == (both["achievement_0"], both["achievement_1"])
    assert (data["kind"] == "frontier").sum() == 21


def test_bonuses_stand_beside_what_policies_reach():
    data, figure = MADE["figure_10"]
    left, right = figure.axes
    levels = {line.get_label(): line.get_ydata()[0] for line in left.lines}
    assert levels["First best"] == 0.0309 and levels["All options"] == 0.0044
    of_right = {line.get_label(): line.get_ydata()[0] for line in right.lines}
    assert of_right["First best"] == pytest.approx(
        0.0309 + 0.0008
    )  # less principals in the windows
    drawn_right = set(of_right)
    assert "Output" in drawn_right and "Teacher-specific payments" not in drawn_right
    assert data[data["kind"] == "bonus"]["lump_sum"].notna().sum() == 66


def test_table_7_has_a_row_for_what_was_not_made():
    data, tex = MADE["table_07"]
    rows = data.set_index("row")
    assert len(rows) == 27 and rows.loc["split_race", "note"] == "on request"
    assert "Race & -- & -- & -- & -- & --" in tex
    fewer = robustness().query("row != 'first_day'")
    again = table_07(fewer, note="")[0]
    assert again["row"].tolist() == data["row"].tolist()


def test_table_7_has_the_cycles_of_the_study():
    own = robustness().replace({"row": {"year_2012": "year_2021"}})
    own = own[~own["row"].isin([f"year_{year}" for year in range(2013, 2017)])]
    data, tex = table_07(own.iloc[::-1], note="")
    assert data["row"].tolist()[:4] == ["baseline", "year_2017", "year_2021", "split_achievement"]
    assert "2021 &" in tex and "2012 &" not in tex


def test_specifications_are_in_the_order_of_the_principals_gain():
    data, _ = MADE["figure_robustness"]
    own = data[data["policy"] == "principals"].sort_values("order")
    assert own["gain"].is_monotonic_increasing and len(own) == 25
    assert own["standard_error"].eq(0.0003).all()
    assert data[data["policy"] == "best"]["standard_error"].isna().all()
    value = robustness().set_index("row")["best"]
    best = data[data["policy"] == "best"].set_index("row")["gain"]
    assert best.to_dict() == value[best.index].to_dict()
    without = figure_robustness(robustness().drop(columns="principals_se"), note="")[0]
    assert without["standard_error"].isna().all()


def test_ranges_of_stable_matchings_are_in_thousandths_about_their_middle():
    data, figure = MADE["figure_stable_sets"]
    ends = [(left, left + width) for left, width, _ in bars(figure.axes[0])]
    gains = data.pivot(index="setting", columns="matching", values="gain")
    half = (500 * (gains["highest"] - gains["lowest"])).reindex(data["setting"].unique())
    assert len(data) == 30 and half.notna().all()
    assert np.allclose(ends, np.column_stack([-half, half]))


def test_names_of_parameters_are_those_of_the_printed_tables():
    assert teacher_parameter("mean_black_x_black") == "Black x fraction Black, mean"
    assert teacher_parameter("something_new") == "Something new"
    assert principal_parameter("black_black_share_x") == "Black x fraction Black x Title I"


def test_figures_of_forecasts_show_their_own_bins():
    slopes = {"figure_01": 1.03, "figure_02b": 0.1, "figure_a2": 0.9}
    slopes |= {"figure_a4a": 0.99, "figure_a4b": 1.02}
    for name, slope in slopes.items():
        data, figure = MADE[name]
        assert data["slope"].eq(slope).all() and len(data) == 12
        assert [text.get_text() for text in figure.axes[0].texts] == [f"Slope {slope:.2f}"]


def test_intervals_of_policies_go_from_low_to_high():
    data, figure = MADE["figure_uncertainty"]
    drawn_ = {
        tuple(round(x, 9) for x in path.vertices[:, 0])
        for bars_ in figure.axes[0].containers
        for path in bars_.lines[2][0].get_paths()
    }
    expected = {(round(a, 9), round(b, 9)) for a, b in data[["low", "high"]].to_numpy()}
    assert drawn_ == expected and len(expected) == 15


def test_lines_go_from_left_to_right_whatever_the_order_of_rows():
    bonuses = tables()["market/bonuses.csv"]
    module = import_module("welfare_added.exhibits.bates_2022.bonuses")
    policies = tables()["market/policies.csv"]
    _, figure = module.figure_10(bonuses.iloc[::-1], policies, note="")
    lines = [line for axes in figure.axes for line in axes.lines if len(line.get_xdata()) > 2]
    assert len(lines) == 8
    assert all((np.diff(line.get_xdata()) >= 0).all() for line in lines)


def test_counts_among_the_structural_parameters_are_left_out():
    module = import_module("welfare_added.exhibits.bates_2022.value_added")
    structure = tables()["value_added/structure.csv"]
    structure.loc[len(structure)] = ["teachers", 29377.0, np.nan, np.nan]
    data, tex = module.table_a2(structure, note="")
    assert "teachers" not in set(data["parameter"]) and len(data) == 4
    assert "Likelihood ratio, one dimension & 812.400 &  & " in tex


def test_areas_of_unequal_bins_are_in_proportion_to_teachers():
    table = pd.DataFrame(
        {"low": [-0.4, 0.0, 0.1], "high": [0.0, 0.1, 0.2], "teachers": [20, 30, 10]}
    )
    module = import_module("welfare_added.exhibits.bates_2022.value_added")
    data, figure = module.figure_a5(table, note="")
    areas = [width * height for _, width, height in bars(figure.axes[0])]
    assert np.allclose(areas, 0.1 * data["teachers"]) and data["height"].tolist() == [5, 30, 10]
    assert figure.axes[0].get_ylabel() == "Teachers per 0.1 SD"


def test_missing_columns_are_an_error_that_names_them():
    from welfare_added.run.errors import UserError

    waits = tables()["platform/wait_days.csv"].drop(columns="share")
    numbers = tables()["platform/text_numbers.csv"]
    module = import_module("welfare_added.exhibits.bates_2022.platform_figures")
    with pytest.raises(UserError, match="no column share"):
        module.figure_03(waits, numbers, note="")


def test_programs_take_the_declared_tables_and_nothing_else():
    assert set(declared()) == set(EXHIBITS.all) and len(tables()) >= 40
    used = {path for one in declared().values() for path in one["made_from"].values()}
    assert used <= set(tables())
