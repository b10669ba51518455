"""Exhibits of Laverde et al. (2023): what they select, that they show it, and that nothing is cut off."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from drawn_checks import check_files, check_latex, check_room
from laverde_tables import declared, drawn, tables

from welfare_added.exhibits.declarations import Study, read_exhibits
from welfare_added.exhibits.laverde_2023.effects import RESTS_ON
from welfare_added.exhibits.laverde_2023.labels import AIMS, PLANNERS, SCENARIOS
from welfare_added.exhibits.laverde_2023.marks import BOUND, FEW, PRIOR
from welfare_added.exhibits.laverde_2023.parameters import NAMED, parameter, parameters_of
from welfare_added.reassignment import draws, plans, pooled, year
from welfare_added.run.errors import UserError
from welfare_added.selection.parameters import CORRELATIONS, SCALES
from welfare_added.transfers.regressors import DEMAND, OUTCOMES, SUPPLY

ROOT = Path(__file__).parents[2]
FILE = ROOT / "workflow/papers/laverde_2023/exhibits.yaml"
EXHIBITS = read_exhibits(FILE, ROOT / "workflow/schemas/exhibits.schema.json")
FIGURES = [name for name, one in EXHIBITS.all.items() if one.figure]
TABLES = [name for name, one in EXHIBITS.all.items() if not one.figure]
LONGEST = " ".join(one["text"].replace("{", "").replace("}", "") for one in EXHIBITS.small_print)
PARAMETERS = "selection/parameters.csv"
GAINS = "reassignment/gains.csv"


class Made(dict):
    """Data and drawing of each exhibit, made when first asked for."""

    def __missing__(self, name: str):
        self[name] = drawn(name, LONGEST)
        return self[name]


MADE = Made()


def points(axes, coordinate: int) -> list[float]:
    """One coordinate of all marks of a panel, rounded; lines across the panel left out."""
    found = []
    for line in axes.lines:
        if line.get_transform() is axes.transData and line.get_marker() != "None":
            found += np.round(np.asarray(line.get_data()[coordinate], float), 9).tolist()
    return found


def test_every_exhibit_of_the_paper_is_declared():
    wanted = {f"table_0{k}" for k in range(1, 7)} | {f"table_a{k}" for k in range(1, 7)}
    wanted |= {f"figure_0{k}" for k in range(1, 5)}
    assert {name for name, one in EXHIBITS.all.items() if not one.ours} == wanted


def test_programs_take_the_declared_tables_and_every_table_is_used():
    used = {path for one in declared().values() for path in one["made_from"].values()}
    unused = {"transfers/experience_slopes.csv", "reassignment/text_numbers.csv"}
    assert used == set(tables()) - unused


def study(synthetic: bool = True, feasible: bool = True, size: str = "full", **more) -> Study:
    fallback = more.pop("fallback", "constant")
    config = {
        "district": {"size": size, "world": "published", "name": "", "source": "records"},
        "selection": {"least_effective": 321, "teams": "stacked", "fallback": fallback},
        "reassignment": {"feasible": feasible},
    }
    return Study(config, synthetic, more.pop("confidential", False), **more)


def test_what_a_study_lacks_is_skipped_with_its_reason():
    assert EXHIBITS.skipped(study()) == {}
    assert list(EXHIBITS.skipped(study(size="tiny"))) == ["figure_calibration"]
    without = EXHIBITS.skipped(study(feasible=False))
    assert list(without) == ["figure_planners", "table_planners"]
    assert "reassignment.feasible is false" in without["table_planners"]
    assert list(EXHIBITS.skipped(study(fallback="leftover"))) == ["table_orders"]
    own = EXHIBITS.skipped(study(synthetic=False))
    needs_truth = ["figure_recovery", "table_rankings", "figure_calibration"]
    assert list(own) == ["table_a1", *needs_truth]
    assert own["table_a1"].startswith("records holds no district_evaluations.csv")
    there = study(synthetic=False, tables=frozenset({"district_evaluations"}))
    assert list(EXHIBITS.skipped(there)) == needs_truth
    assert list(EXHIBITS.skipped(study(confidential=True))) == needs_truth


def test_captions_name_the_study_s_choices_and_say_why_there_are_marks():
    config = study().config
    told = {name: one.described(config) for name, one in EXHIBITS.all.items()}
    assert not [name for name, text in told.items() if "{" in text or "}" in text]
    for name in ("table_02", "table_05", "table_diagnostics"):
        assert "fewer than 321 effective draws" in told[name]
    assert "95% quantile is a bound" in told["table_02"]
    assert "identified by functional form more than by driving time" in told["table_03"]


def test_where_the_numbers_come_from_depends_on_the_world():
    origin = EXHIBITS.origin(study())
    assert "planted as truth, and to none" in origin
    learnable = study()
    learnable.config["district"]["world"] = "learnable"
    assert "large enough to be learnt" in EXHIBITS.origin(learnable)
    assert "synthetic and tiny" in EXHIBITS.origin(study(size="tiny"))
    assert "nothing was calibrated" in EXHIBITS.origin(study(synthetic=False))


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_cut_off_and_no_text_lies_on_another(name, tmp_path):
    check_room(MADE[name][1], tmp_path)


@pytest.mark.parametrize("name", FIGURES)
def test_series_of_a_panel_differ_in_colour_and_in_mark(name):
    for axes in MADE[name][1].axes:
        _, labels = axes.get_legend_handles_labels()
        named = [line for one in axes.containers if hasattr(one, "lines") for line in one.lines[:1]]
        named = named or [line for line in axes.lines if line.get_label() in labels]
        looks = {(line.get_color(), line.get_marker()) for line in named}
        marks = {line.get_marker() for line in named if line.get_marker() != "None"}
        assert len(looks) == len(named)
        assert len(marks) == sum(line.get_marker() != "None" for line in named)


@pytest.mark.parametrize("name", ["figure_01", "figure_03", "figure_recovery"])
def test_figures_are_written_with_their_data(name, tmp_path):
    check_files(*MADE[name], tmp_path)


@pytest.mark.parametrize("name", TABLES)
def test_tables_have_a_row_of_latex_for_each_line(name):
    check_latex(*MADE[name], LONGEST)


# --- names and marks of parameters ---


def test_every_parameter_and_variable_has_a_printed_name():
    names = [f"outcomes: {name}" for name in OUTCOMES]
    names += [f"supply: {name}" for name in (*SUPPLY, "inertia")]
    names += [f"demand: {name}" for name in DEMAND]
    names += [*(f"sd {name}" for name in SCALES), *(f"correlation {pair}" for pair in CORRELATIONS)]
    assert set(NAMED) == {*names, "fallback less schools", "fallback less vacancies"}
    assert parameter("outcomes: school_S02") == "School S02"
    assert parameter("demand standardised: male") == "Male, over SD"


def test_cells_of_table_5_rest_on_parameters_that_there_are():
    names = set(tables()[PARAMETERS]["parameter"])
    rested = {name for names in RESTS_ON.values() for name in names}
    assert rested <= names and len(rested) > 20


def with_marks(**marks: list[str]) -> dict[str, pd.DataFrame]:
    """Parameters of which those listed, and no others, are few or prior."""
    table = tables()[PARAMETERS]
    for column in ("few", "prior"):
        table[column] = table["parameter"].isin(marks.get(column, []))
    return {PARAMETERS: table}


def row_of(tex: str, label: str) -> str:
    [line] = [line for line in tex.splitlines() if line.startswith(f"{label} &")]
    return line


def test_parameters_that_are_told_badly_are_marked_and_no_others():
    own = with_marks(few=["outcomes: male"], prior=["outcomes: education"])
    tex = drawn("table_02", "", own)[1]
    marks = (FEW, PRIOR, BOUND)
    assert [mark in row_of(tex, "Male") for mark in marks] == [True, False, False]
    assert [mark in row_of(tex, "Education") for mark in marks] == [False, True, False]
    assert [mark in row_of(tex, "SD of match effectiveness") for mark in marks] == [0, 0, 1]
    assert tex.count("$^") == 3 and tex.count("a: too few") == 1
    assert not any(mark in row_of(tex, "SD of general effectiveness") for mark in marks)


def test_a_table_without_marks_explains_none():
    tex = drawn("table_03", "Small print.", with_marks())[1]
    assert "$^" not in tex and r"{\footnotesize Small print.}" in tex


def test_marks_of_table_5_are_those_of_what_a_cell_rests_on():
    own = with_marks(few=["sd theta"], prior=["correlation eta_y eta_u", "sd phi"])
    data, tex = drawn("table_05", "", own)
    marks = data.set_index("row").filter(like="_mark")
    assert marks.loc["effectiveness"].tolist() == ["few", "prior", "none"]
    assert marks.loc["unobservable"].tolist() == ["bound", "bound", "prior and bound"]
    assert marks.loc["observable"].eq("none").all()
    assert tex.count(BOUND) == 3 and tex.count("c: not told from zero") == 1
    assert f"0.381{FEW} & 0.600{PRIOR} & " in row_of(tex, "Teacher general effectiveness")


def test_unobservable_matches_of_an_sd_that_is_told_from_zero_have_no_mark():
    own = with_marks()
    table = own[PARAMETERS]
    table.loc[table["parameter"].isin(["sd eta_y", "sd eta_v"]), "q05"] = table["q95"] / 2
    data, tex = drawn("table_05", "", own)
    assert data.filter(like="_mark").eq("none").all(axis=None) and "$^" not in tex


def test_observable_matches_rest_on_the_coefficients_of_their_equation():
    for part, column in (
        ("outcomes: match_gender", "score"),
        ("supply: experience_x_minority", ""),
    ):
        data = drawn("table_05", "", with_marks(few=[part]))[0].set_index("row")
        marked = data.filter(like="_mark").eq("few").sum()
        assert marked.sum() == 1 and marked[f"{column or 'teacher_utility'}_mark"] == 1


def test_withheld_marks_are_no_marks():
    own = with_marks()
    own[PARAMETERS] = own[PARAMETERS].astype({"few": object}).assign(few=np.nan)
    assert FEW not in drawn("table_02", "", own)[1]


def test_a_users_own_tables_have_no_column_of_truths():
    own = with_marks()
    own[PARAMETERS] = own[PARAMETERS].assign(truth=np.nan)
    assert "Planted" not in drawn("table_02", "", own)[1]
    assert "Planted" in MADE["table_02"][1]


def test_a_missing_parameter_is_an_error_that_names_it():
    own = tables()[PARAMETERS]
    own = {PARAMETERS: own[own["parameter"] != "supply: inertia"]}
    with pytest.raises(UserError, match="no row where parameter is supply: inertia"):
        drawn("table_03", "", own)


def test_both_likelihoods_have_all_rows_of_table_4():
    data, _ = MADE["table_04"]
    assert data.groupby("rankings").size().to_dict() == {"full": 12, "positive": 12}
    mean = data[data["row"] == "match_race_teachers"].set_index("rankings")["mean"]
    assert mean.to_dict() == {"full": 4.0, "positive": 6.5}


def test_diagnostics_have_every_parameter_of_tables_2_to_5():
    data, _ = MADE["table_diagnostics"]
    for table in ("table_02", "table_03"):
        own = data[data["panel"] == table]
        assert own["parameter"].tolist() == list(parameters_of(table))
    rested = {name for names in RESTS_ON.values() for name in names}
    assert rested <= set(data["parameter"])
    of_lists = data[data["panel"] == "table_04"].groupby("rankings")["parameter"]
    assert of_lists.size().to_dict() == {"full": 26, "positive": 25}


def test_the_published_likelihood_is_seen_to_miss_the_truth():
    data, tex = MADE["table_rankings"]
    own = data[data["parameter"] == "demand: match_minority_teachers"].set_index("rankings")
    assert own["covers"].to_dict() == {"full": 1, "positive": 0}
    assert own.loc["positive", "distance"] == pytest.approx((6.5 - 4.061) / 0.1)
    assert tex.count("& yes") == data["covers"].sum()
    assert tex.count("& no ") == (1 - data["covers"]).sum()


# --- teachers and transfers ---


def test_shares_of_table_1_are_in_percent_and_columns_where_they_are_printed():
    data, tex = MADE["table_01"]
    value = tables()["transfers/facts.csv"].set_index("fact")["value"]
    rows = data.set_index(["panel", "row"])
    assert rows.loc[("teachers", "male"), "its"] == 100 * value["share_male_its"]
    assert rows.loc[("teachers", "teachers"), "all"] == value["teachers"]
    assert rows.loc[("transfers_positions", "positions"), "positions"] == value["positions"]
    assert rows["positions"].notna().sum() == 5 and rows["all"].notna().sum() == 10
    assert row_of(tex, "Size of choice menu").count("&  &") == 1


def test_figure_1_shows_intervals_bins_and_mean_changes():
    data, figure = MADE["figure_01"]
    above, below = figure.axes[:3], figure.axes[3:]
    for top, bottom, trait in zip(above, below, ("white", "proficient", "low_income"), strict=True):
        own = data[data["trait"] == trait].set_index("panel")
        assert points(top, 1) == own.loc["experience", "value"].round(9).tolist()
        [bars] = top.collections
        ends = np.array([path.vertices[:, 1] for path in bars.get_paths()])
        assert np.allclose(ends, own.loc["experience", ["low", "high"]])
        assert [p.get_height() for p in bottom.patches] == own.loc["moves", "value"].tolist()
        [line] = [line for line in bottom.lines if line.get_color() == "#000000"]
        assert line.get_xdata()[0] == own.loc["mean", "value"]


def test_facts_far_from_print_are_drawn_at_the_edge():
    data, figure = MADE["figure_calibration"]
    shown = [x for axes in figure.axes for x in points(axes, 0)]
    assert len(shown) == len(data) == 50
    assert max(shown) == 0.6 and data["deviation"].max() == pytest.approx(0.9)
    labels = [text.get_text() for axes in figure.axes for text in axes.get_yticklabels()]
    assert len(set(labels)) == 50


# --- reassignment ---


def test_scenarios_of_figure_2_stand_in_their_order_with_both_aims():
    data, figure = MADE["figure_02"]
    for axes, outcome in zip(figure.axes, ("score", "proficient"), strict=True):
        own = data[data["outcome"] == outcome]
        assert sorted(points(axes, 0)) == sorted(own["gain"].round(9))
        values = tables()[GAINS].query("planner == 'clairvoyant' and group == 'all'")
        expected = values[values["aim"] != "class_mean"][f"gain_{outcome}_over_random"]
        assert sorted(own["gain"]) == sorted(expected)
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names[0] == "Unconstrained" and names[-1] == "Observed assignment"
    low, high = figure.axes[0].get_ylim()
    assert low > high  # the first at the top


@pytest.mark.parametrize(
    ("name", "aim", "gain"),
    [
        ("figure_03", "mean_score", "gain_score_over_random"),
        ("figure_04", "share_proficient", "gain_proficient_over_random"),
    ],
)
def test_gains_by_group_are_those_of_their_aim(name, aim, gain):
    data, figure = MADE[name]
    table = tables()[GAINS].query(f"planner == 'clairvoyant' and aim == '{aim}'")
    wanted = table.set_index(["scenario", "group"])[gain]
    found = data.set_index(["scenario", "group"])["gain"]
    assert len(found) == 30 and found.equals(wanted.reindex(found.index).rename("gain"))
    for axes, panel in zip(figure.axes, ("achievement", "race"), strict=True):
        own = data[data["panel"] == panel]["gain"].round(9)
        assert sorted(points(axes, 1)) == sorted(own)
        assert len(set(points(axes, 0))) == len(own)  # none hides another


def test_whiskers_are_two_standard_deviations():
    data, figure = MADE["figure_planners"]
    bars = [one.lines[2][0] for one in figure.axes[0].containers]
    ends = np.concatenate([[path.vertices[:, 0] for path in bar.get_paths()] for bar in bars])
    own = data[data["outcome"] == "score"]
    expected = np.column_stack([own["gain"] - 2 * own["sd"], own["gain"] + 2 * own["sd"]])
    assert np.allclose(sorted(ends.tolist()), sorted(expected.tolist()))


OF_PLANNERS = ("table_06", "table_a4", "table_a5", "table_a6", "table_stability")


@pytest.mark.parametrize("name", OF_PLANNERS)
def test_tables_of_gains_hold_all_planners(name):
    data, tex = MADE[name]
    assert list(dict.fromkeys(data["planner"])) == list(PLANNERS)
    assert all(title in tex for title in PLANNERS.values())


@pytest.mark.parametrize("name", [*OF_PLANNERS, "table_certificates", "figure_02", "figure_04"])
def test_a_study_without_the_feasible_planner_has_the_others(name):
    made = tables()
    one = {
        path: made[path][made[path]["planner"] == "clairvoyant"]
        for path in declared()[name]["made_from"].values()
    }
    data, tex = drawn(name, LONGEST, one)
    with_all = MADE[name][0]
    if "planner" in with_all:
        with_all = with_all[with_all["planner"] == "clairvoyant"].reset_index(drop=True)
        assert PLANNERS["feasible"] not in tex
    pd.testing.assert_frame_equal(data, with_all)


def test_names_are_those_of_the_reassignment():
    assert tuple(PLANNERS) == (draws.CLAIRVOYANT, pooled.SAME_YEARS, draws.FEASIBLE)
    assert tuple(AIMS) == plans.AIMS and tuple(SCENARIOS) == year.SCENARIOS


def test_the_observed_assignment_stands_beside_the_plans():
    data, _ = MADE["table_stability"]
    rows = data.set_index(["planner", "aim", "scenario"])
    own = rows.loc[("clairvoyant", "mean_score", "observed")]
    assert own["moves"] == 0 and own["blocking_pairs"] == 9000
    assert data["scenario"].tolist()[:5] == [*SCENARIOS, "observed"]


def test_gains_are_of_the_aim_of_their_table():
    parts = tables()["reassignment/parts.csv"].set_index(["planner", "aim", "scenario"])
    own = MADE["table_a6"][0].set_index(["planner", "scenario"]).loc[("feasible", "unharmed")]
    row = parts.loc[("feasible", "class_mean", "unharmed")]
    assert own["match"] == row["class_match"] and own["match_se"] == row["class_match_sd"]
    gains = tables()[GAINS].set_index(["planner", "aim", "scenario", "group"])
    own = MADE["table_a5"][0].set_index(["planner", "group"]).loc[("clairvoyant", "white")]
    row = gains.loc[("clairvoyant", "share_proficient", "same_school", "white")]
    assert own["same_school"] == row["gain_proficient"]
    assert own["same_school_se"] == row["gain_proficient_sd"]


def test_the_order_of_rows_does_not_depend_on_that_of_the_results():
    for name, path in (("table_06", "reassignment/parts.csv"), ("table_a4", GAINS)):
        turned = {path: tables()[path].iloc[::-1]}
        pd.testing.assert_frame_equal(drawn(name, LONGEST, turned)[0], MADE[name][0])


def test_the_feasible_planner_is_compared_with_the_published_one():
    data, _ = MADE["table_planners"]
    assert len(data) == 12 and np.allclose(data["share"], 0.7)
    parts = tables()["reassignment/parts.csv"].query("aim == 'class_mean'")
    for planner in ("clairvoyant_same_years", "feasible"):
        wanted = parts[parts["planner"] == planner]["class_total"]
        assert data[data["aim"] == "class_mean"][planner].tolist() == wanted.tolist()


def test_a_gain_of_nothing_has_no_ratio():
    gains = tables()[GAINS]
    gains.loc[gains["scenario"] == "unconstrained", "gain_score"] = 0.0
    data, tex = drawn("table_planners", "", {GAINS: gains})
    first = data[(data["aim"] == "mean_score") & (data["scenario"] == "unconstrained")]
    assert first["share"].isna().all() and "nan" not in tex


# --- ours ---


def test_chains_are_drawn_whole_and_burn_in_is_shaded():
    data, figure = MADE["figure_chains"]
    shown = [axes for axes in figure.axes if axes.axison]
    assert [len(axes.lines) for axes in shown] == [4] * 5
    assert all(len(line.get_xdata()) == 100 for axes in shown for line in axes.lines)
    [shaded] = shown[0].patches
    assert (shaded.get_x(), shaded.get_width()) == (-100, 100)
    kept = data[data["draw"] >= 0]
    without = drawn("figure_chains", "", {"selection/traces.csv": kept})[1]
    assert not without.axes[0].patches


def test_more_chains_than_colours_have_other_lines():
    traces = tables()["selection/traces.csv"]
    more = traces.assign(chain=traces["chain"] + 4)
    figure = drawn("figure_chains", "", {"selection/traces.csv": pd.concat([traces, more])})[1]
    looks = {(line.get_color(), str(line.get_linestyle())) for line in figure.axes[0].lines}
    assert len(looks) == 8


def test_recovery_counts_within_two_standard_deviations():
    data, figure = MADE["figure_recovery"]
    z = (data["mean"] - data["truth"]) / data["sd"]
    assert np.allclose(data["distance"], z)
    held = data[(data["rankings"] == "full") & (z.abs() <= 2)].groupby("table").size()
    titles = [axes.get_title(loc="right") for axes in figure.axes]
    assert titles == [
        f"Outcomes (table 2): {held['table_02']} of 25",
        f"Teachers (table 3): {held['table_03']} of 17",
        f"Schools (table 4): {held['table_04']} of 12",
    ]
    assert z.abs().max() > 12 and max(points(figure.axes[2], 0)) == 12
