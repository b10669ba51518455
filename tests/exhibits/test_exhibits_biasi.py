"""Exhibits of Biasi (2017): what they select, that they show it, and that nothing is cut off."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from biasi_tables import BY_REGIME, PLANTED, SLACK, declared, drawn, estimates, tables
from drawn_checks import check_files, check_latex, check_room

from welfare_added.exhibits.biasi_2017 import schemes
from welfare_added.exhibits.biasi_2017.structural import NOT_IDENTIFIED
from welfare_added.exhibits.declarations import Study, read_exhibits
from welfare_added.offers import fit_moments, parameters, scheme_outcomes, scheme_readings
from welfare_added.offers.schemes import BALANCES, SHAPES
from welfare_added.run.errors import UserError

ROOT = Path(__file__).parents[2]
FILE = ROOT / "workflow/papers/biasi_2017/exhibits.yaml"
EXHIBITS = read_exhibits(FILE, ROOT / "workflow/schemas/exhibits.schema.json")
FIGURES = [name for name, one in EXHIBITS.all.items() if one.figure]
TABLES = [name for name, one in EXHIBITS.all.items() if not one.figure]
LONGEST = " ".join(one["text"].replace("{", "").replace("}", "") for one in EXHIBITS.small_print)
TRUTH = {
    "table_estimators",
    "table_measures",
    "table_recovery",
    "figure_recovery",
    "table_laboratory",
}
TRUTH |= {"table_likelihoods", "table_ways"}
OF_MODEL = {"table_13", "table_14", *(f"figure_{number:02}" for number in range(9, 13))}
# Exhibits of no state, or of the city or the laboratory alone.
OF_NEITHER = {"figure_a1", "figure_a3", "figure_a7", "figure_a11", "figure_a12"}
OF_NEITHER |= {"table_recovery", "figure_recovery", "table_laboratory", "table_likelihoods"}
OF_NEITHER |= {"table_ways"}
# Of confidential records: single teachers' or districts' numbers.
OF_SINGLE = {"figure_01", "figure_a2", "figure_a4", "figure_a5", "figure_a8"}
OF_SINGLE |= {"table_shadow_prices", "figure_shadow_prices"}


class Made(dict):
    """Data and drawing of each exhibit, made when first asked for."""

    def __missing__(self, name: str):
        self[name] = drawn(name, LONGEST)
        return self[name]


MADE = Made()


def study(synthetic: bool = True, size: str = "full", **more) -> Study:
    config = {
        "district": {"size": size, "world": "WORLD", "market_world": "MARKETS", "name": ""},
        "grade_means": {"extreme_sd": 3},
        "sorting": {
            "score_year": 2007,
            "score_cluster": "school_id",
            "score_cluster_full": "district_id",
        },
        "offers": {"year": 2012, "past_year": 2009},
    }
    config["district"]["source"] = "records"
    return Study(config, synthetic, more.pop("confidential", False), **more)


def points(axes) -> list[tuple[float, float]]:
    """Marks of a panel, rounded; lines across the panel left out."""
    found = []
    for line in axes.lines:
        if line.get_transform() is axes.transData and line.get_marker() != "None":
            pairs = np.round(np.column_stack(line.get_data()).astype(float), 9)
            found += [tuple(pair) for pair in pairs.tolist()]
    return found


def row_of(tex: str, label: str) -> str:
    [line] = [line for line in tex.splitlines() if line.startswith(f"{label} &")]
    return line


# --- declarations ---


def test_every_exhibit_of_the_paper_is_declared():
    wanted = {f"table_{k:02}" for k in range(1, 15)} | {f"table_a{k}" for k in range(1, 8)}
    wanted |= {f"figure_{k:02}" for k in range(1, 13)} | {f"figure_a{k}" for k in range(1, 13)}
    assert {name for name, one in EXHIBITS.all.items() if not one.ours} == wanted


def test_programs_take_the_declared_tables_and_every_table_is_used():
    used = {path for one in declared().values() for path in one["made_from"].values()}
    assert used == set(tables())


def test_figure_a7_is_skipped_with_its_reason_unless_the_user_has_a_second_state():
    assert list(EXHIBITS.skipped(study())) == ["figure_a7"]
    assert "another state, Minnesota" in EXHIBITS.skipped(study())["figure_a7"]
    own = EXHIBITS.skipped(study(synthetic=False))
    assert set(own) == {"figure_a7", *TRUTH}
    assert "district.other_staff names no file" in own["figure_a7"]
    there = study(synthetic=False, kept=frozenset({"other_staff"}))
    assert set(EXHIBITS.skipped(there)) == TRUTH
    hidden = EXHIBITS.skipped(study(confidential=True))
    assert set(hidden) == {"figure_a7", *OF_SINGLE, *TRUTH}
    assert "salaries of single teachers" in hidden["figure_01"]


def test_captions_say_of_which_world_an_exhibit_is():
    for name, one in EXHIBITS.all.items():
        text = one.described(study().config)
        assert "{" not in text and "}" not in text, name
        if name in OF_NEITHER:
            assert "WORLD" not in text and "MARKETS" not in text, name
        else:
            of_model = name in OF_MODEL or any("offers/" in path for path in one.made_from.values())
            assert ("MARKETS" in text, "World WORLD" in text) == (of_model, not of_model), name


def test_both_worlds_are_named_where_the_numbers_come_from():
    assert "WORLD, with moving" in EXHIBITS.origin(study())
    assert "MARKETS, with the published parameters" in EXHIBITS.origin(study())
    assert "synthetic and tiny" in EXHIBITS.origin(study(size="tiny"))
    assert "nothing was calibrated" in EXHIBITS.origin(study(synthetic=False))


# --- all figures, all tables ---


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_cut_off_and_no_text_lies_on_another(name, tmp_path):
    check_room(MADE[name][1], tmp_path)


@pytest.mark.parametrize("name", FIGURES)
def test_series_of_a_panel_differ_in_colour_and_in_mark_or_line(name):
    for axes in MADE[name][1].axes:
        _, labels = axes.get_legend_handles_labels()
        named = [line for one in axes.containers if hasattr(one, "lines") for line in one.lines[:1]]
        named = named or [line for line in axes.lines if line.get_label() in labels]
        colours = {line.get_color() for line in named}
        shapes = {(line.get_marker(), str(line._unscaled_dash_pattern)) for line in named}
        assert len(colours) == len(shapes) == len(named)


@pytest.mark.parametrize("name", ["figure_04", "figure_09", "figure_a2"])
def test_figures_are_written_with_their_data(name, tmp_path):
    check_files(*MADE[name], tmp_path)


@pytest.mark.parametrize("name", TABLES)
def test_tables_have_a_row_of_latex_for_each_line(name):
    check_latex(*MADE[name], LONGEST)


# --- regressions ---


def test_regressions_show_estimates_errors_and_rows_by_column():
    data, tex = MADE["table_06"]
    assert data["term"].tolist()[:2] == ["moved", "event_x_post"]
    assert data["column"].tolist() == sorted(data["column"])
    own = data[data["term"] == "event_x_individual"].set_index("column")
    assert own.index.tolist() == [4, 5]
    cells = [cell.strip() for cell in row_of(tex, "Mover x IS").removesuffix(r"\\").split("&")]
    assert cells[1:4] == ["", "", ""]
    shown = [float(cell.replace("$-$", "-")) for cell in cells[4:]]
    assert shown == pytest.approx(own["estimate"].tolist(), abs=5e-5)
    assert r"43,641 & 26,692 & 56,825 & 70,333 & 100,466 \\" in row_of(tex, "Observations")
    below = tex.splitlines()[tex.splitlines().index(row_of(tex, "Mover x IS")) + 1]
    assert below.count("(") == 2


def test_samples_and_controls_are_told_in_words():
    tex = MADE["table_05"][1]
    assert row_of(tex, "Sample") == r"Sample & Matched & Matched & Full & Full \\"
    assert row_of(tex, "Controls") == r"Controls & No & Yes & No & Yes \\"
    assert row_of(MADE["table_a4"][1], "Of").count("Exiters") == 2


@pytest.mark.parametrize(
    ("name", "path", "term"),
    [
        ("table_04", "salaries/pay_for_quality.csv", "value_added_x_post"),
        ("table_05", "sorting/movers.csv", "individual_x_post"),
        ("table_09", "sorting/exiters_stayers.csv", "exits"),
    ],
)
def test_a_missing_term_is_an_error_that_names_it(name, path, term):
    own = tables()[path]
    with pytest.raises(UserError, match=f"no row where term is {term}"):
        drawn(name, "", {path: own[own["term"] != term]})


def test_subjects_that_nobody_teaches_leave_table_a2():
    own = tables()["salaries/premia.csv"]
    own = own[~own["term"].str.startswith("esl")]
    data, tex = drawn("table_a2", "", {"salaries/premia.csv": own})
    assert len(data) == len(own) and "ESL" not in tex and "Technology x IS x post" in tex


def test_workforces_of_the_other_samples_have_no_level():
    data = MADE["table_a5"][0]
    assert (
        data.groupby("column")["term"].agg(list).tolist()
        == [list(BY_REGIME)] * 4 + [["individual_x_post"]] * 2
    )


def test_table_12_has_means_and_quartiles_and_table_a6_what_there_is():
    for name, kinds in (
        ("table_12", ["none", "mean", "quartiles"]),
        ("table_a6", ["none", "mean"]),
    ):
        data = MADE[name][0]
        assert data["controls"].drop_duplicates().tolist() == kinds
        assert data["subject"].tolist() == ["math", "reading", "ela", "all"] * len(kinds)


def test_table_2_shows_both_errors_of_a_difference():
    tex = MADE["table_02"][1]
    [first, _] = [k for k, line in enumerate(tex.splitlines()) if line.startswith("Salary, \\$ &")]
    assert tex.splitlines()[first + 1] == r" & (18000) & (18000) & (1200) & (2400) \\"


def test_rows_left_out_are_told_where_there_are_any():
    assert "alone in an effect" not in MADE["table_07"][1]
    own = tables()["sorting/movers_salaries.csv"].assign(singletons=417)
    tex = drawn("table_07", "", {"sorting/movers_salaries.csv": own})[1]
    assert row_of(tex, "Left out, alone in an effect").count("417") == 5


def test_small_coefficients_of_the_probit_keep_their_digits():
    tex = MADE["table_a3"][1]
    assert r"$-$1.99$\times 10^{-5}$" in tex and r"(2.95$\times 10^{-5}$)" in tex


# --- the two-sided model ---


def test_what_is_not_identified_has_neither_estimate_nor_error():
    data, tex = MADE["table_13"]
    own = data.set_index("parameter")
    payoffs = ["value_added", "seniority", "master"]
    assert own.loc[payoffs, ["estimate", "standard_error"]].isna().all(axis=None)
    assert own["estimate"].notna().sum() == len(PLANTED) - 3
    lines = tex.splitlines()
    for label in ("Value added, SD", "Seniority, years", "Master"):
        assert NOT_IDENTIFIED in row_of(tex, label)
        assert not lines[lines.index(row_of(tex, label)) + 1].startswith(" &")
    assert tex.count(NOT_IDENTIFIED) == 3 and f"N{SLACK[1:]}." in tex


def test_numbers_of_what_is_not_identified_are_dropped_whoever_writes_them():
    table = estimates(identified=False)
    table["estimate"], table["standard_error"] = 39.4, 0.0013
    for instead in (table, table.astype({"identified": str})):
        data, tex = drawn("table_13", "", {"offers/estimates.csv": instead})
        assert data["estimate"].isna().sum() == data["standard_error"].isna().sum() == 3
        assert tex.count(NOT_IDENTIFIED) == 3


def test_estimates_without_errors_say_why():
    table = estimates(identified=True).assign(standard_error=np.nan)
    why = "no standard error: the search did not converge, decrement 1.0e+02"
    table.loc[table["identified"], "reason"] = why
    data, tex = drawn("table_13", "", {"offers/estimates.csv": table})
    assert data["estimate"].notna().sum() >= 9 and data["standard_error"].isna().all()
    assert tex.count("No standard error: the search did not converge") == 1


def test_sums_of_logs_say_of_what_they_are():
    _, tex = MADE["table_likelihoods"]
    assert row_of(tex, "Offers of the equilibrium (9,000)")
    assert row_of(tex, "Offers in 100 draws") and row_of(tex, "Chances of offers to 6,400 teachers")


def test_the_laboratory_tells_how_far_estimates_are_from_the_truth():
    data, tex = MADE["table_laboratory"]
    assert NOT_IDENTIFIED not in tex
    own = data.set_index("parameter")["distance"].drop("sigma")
    assert own.abs().tolist() == pytest.approx([0.02 / 0.05] * len(own))


def test_parameters_and_outcomes_are_those_of_the_model():
    data = MADE["table_13"][0]
    assert [*parameters.NAMES, "sigma"] == data["parameter"].tolist()
    assert MADE["table_14"][0]["group"].drop_duplicates().tolist() == list(fit_moments.GROUPS)
    assert tuple(MADE["figure_09"][0]["outcome"].unique()) == scheme_outcomes.CHANCES
    assert tuple(MADE["figure_12"][0]["outcome"].unique()) == scheme_outcomes.MEANS


@pytest.mark.parametrize(("name", "scope"), [("figure_09", "one"), ("figure_11", "all")])
def test_figures_of_chances_draw_quartiles_of_their_scope(name, scope):
    data, figure = MADE[name]
    table = tables()["offers/schemes.csv"]
    table = table[(table["scope"] == scope) & table["quartile"].gt(0)]
    assert len(data) == len(table) == 3 * 4 * 5
    for axes, outcome in zip(figure.axes, scheme_outcomes.CHANCES, strict=True):
        own = table[table["outcome"] == outcome]
        wanted = zip(own["delta"], own["percent"].round(9), strict=True)
        assert sorted(points(axes)) == sorted(wanted)
        assert len(axes.collections) == 4


def test_figures_without_bands_are_drawn_too():
    table = tables()["offers/schemes.csv"]
    plain = table.drop(columns=[name for name in table if name.endswith(("_low", "_high"))])
    for name in ("figure_09", "figure_10"):
        data, figure = drawn(name, "", {"offers/schemes.csv": plain})
        assert not [one for axes in figure.axes for one in axes.collections]
        assert len(data) == len(MADE[name][0])


def test_districts_are_counted_by_which_constraints_bind():
    data = MADE["table_shadow_prices"][0].set_index(["world", "binds"])["districts"]
    assert data["state"].to_dict() == {
        "both": 0,
        "capacity": 0,
        "budget": 0,
        "neither": 39,
        "closed": 1,
    }
    numbers = np.arange(1, 40)
    numbers = numbers[numbers != 7]
    both = (numbers % 12 == 0).sum()
    own = data["laboratory"]
    assert own["both"] == both and own["closed"] == 1
    assert own["capacity"] == (numbers % 4 == 0).sum() - both
    assert own["budget"] == (numbers % 3 == 0).sum() - both
    assert own.sum() == 40


def test_readings_stand_beside_what_the_paper_states():
    data, tex = MADE["table_readings"]
    assert len(data) == 16 * 11 and tex.count("Wage bill after") == 4
    row = r"Moving in, lowest quartile, \% & $-$37.8 & 2.25 & 2.25 & 8.12 & -- \\"
    bill = r"Wage bill before, \$ million &  & 17.3 & 17.3 & 17.3 & 17.3 \\"
    assert tex.splitlines().count(row) == tex.splitlines().count(bill) == 4


def test_every_outcome_and_reading_of_the_study_is_in_the_table():
    shown = [*schemes.CHANGES, schemes.BILL]
    assert shown == [*scheme_readings.SHOWN, (scheme_readings.BILL, scheme_outcomes.ALL)]
    assert list(schemes.READINGS) == list(product(SHAPES, BALANCES))
    assert list(schemes.SCOPES) == list(scheme_outcomes.SCOPES)


def test_what_ways_to_choose_lose_is_told_against_the_bound():
    data = MADE["table_ways"][0].set_index("way")["lost"]
    assert data["linear"] == 0
    assert data["floor"] == pytest.approx(100 * 0.4 / 15.5)
    assert data["printed"] < 0


# --- value added, moves and salaries ---


def test_estimators_stand_beside_the_planted_effects():
    data, tex = MADE["table_estimators"]
    own = data.set_index(["level", "subject", "estimator"])
    assert own.loc[("elementary", "math", "va_joint"), "sd_effects"] == 0.2
    assert own.loc[("elementary", "math", "va_printed"), "sd_effects"] == 0.1
    assert own["standard_error"].notna().sum() == 4
    assert tex.count("Joint estimator") == 4


def test_slopes_on_measures_stand_beside_what_was_planted():
    data, tex = MADE["table_measures"]
    assert len(data) == 9 and data["planted"].nunique() == 3
    assert row_of(tex, "Planted delta") == r"Planted delta &  & 138.4 & 20.5 & 117.9 \\"
    assert row_of(tex, "Printed estimator").startswith("Printed estimator & 0.350 & 48.4 (35.0) &")


def test_recovery_is_told_in_monte_carlo_errors():
    data = MADE["table_recovery"][0].set_index(["world", "quantity"])
    first = data.loc[("1 teacher a cell", "sd_printed")]
    assert first["distance"] == pytest.approx((0.158 - 0.2) / 0.004)
    drawn_, figure = MADE["figure_recovery"]
    assert len(drawn_) == 12
    assert [len(points(axes)) for axes in figure.axes] == [6, 6]
    for axes, right in zip(figure.axes, (0.2, 1.0), strict=True):  # grey, in each of three rows
        grey = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 2]
        assert [at for at in grey if at == right] == [right] * 3


@pytest.mark.parametrize("name", ["figure_03", "figure_05", "figure_a6", "figure_a9"])
def test_marks_of_an_axis_of_shares_are_told_apart(name):
    figure = MADE[name][1]
    figure.canvas.draw()
    [axes] = figure.axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert len(set(labels)) == len(labels) and all(one.endswith("%") for one in labels)


def test_periods_are_named_by_the_years_of_their_data():
    for name in ("figure_04", "figure_06", "figure_07"):
        axes = MADE[name][1].axes[-1]
        wanted = ["2007", "2008-09", "2010-11", "2012-13", "2014"]
        assert [label.get_text() for label in axes.get_xticklabels()] == wanted, name


@pytest.mark.parametrize("name", ["figure_04", "figure_06"])
def test_differences_have_intervals_and_means_none(name):
    data, figure = MADE[name]
    above, below = figure.axes[:2], figure.axes[2:]
    for means, gaps, sample in zip(above, below, ("matched", "full"), strict=True):
        own = data[data["sample"] == sample]
        apart = own["series"] == "difference"
        [bars] = gaps.collections
        ends = np.array([path.vertices[:, 1] for path in bars.get_paths()])
        assert np.allclose(ends, own.loc[apart, ["low", "high"]])
        assert not means.collections
        shown = own.loc[~apart, ["period", "value_added"]].round(9).itertuples(index=False)
        assert sorted(points(means)) == sorted(map(tuple, shown))


@pytest.mark.parametrize(("name", "y"), [("figure_07", "value_added"), ("figure_08", "score")])
def test_matched_and_all_schedule_districts_have_panels_of_their_own(name, y):
    data, figure = MADE[name]
    x = "period" if "period" in data else "year"
    parts = [data.assign(subject="all") if "subject" not in data else data]
    parts = [part for _, part in parts[0].groupby(["sample", "subject"], sort=False)]
    assert len(parts) == len(figure.axes) and set(data["sample"]) == {"matched", "full"}
    assert set(data["regime"]) == {"IS", "SS"}
    for axes, own in zip(figure.axes, parts, strict=True):
        shown = own[[x, y]].round(9).itertuples(index=False)
        assert sorted(points(axes)) == sorted(map(tuple, shown))


def test_the_reform_is_marked_between_its_years():
    for name, at in (("figure_03", 2011.5), ("figure_07", 2011.0)):
        for axes in MADE[name][1].axes:
            dotted = [line for line in axes.lines if line.get_marker() == "None"]
            assert at in [line.get_xdata()[0] for line in dotted], name


def test_figure_1_has_classes_at_their_middle():
    data, figure = MADE["figure_01"]
    assert data["seniority"].iloc[0] == "1-2"
    for axes, post in zip(figure.axes, (0, 1), strict=True):
        own = data[data["post"] == post]
        shown = {round(x, 6) for x, _ in points(axes)}
        assert len(own) == len(points(axes)) and min(shown) == pytest.approx(1.3)


def test_lines_of_figure_a8_have_the_weighted_slope_and_pass_through_the_means():
    data, figure = MADE["figure_a8"]
    assert "district_id" not in data
    for axes, (_, own) in zip(figure.axes, data.groupby("covariate", sort=False), strict=True):
        [line] = axes.lines
        (x0, x1), (y0, y1) = line.get_data()
        slope = own["slope"].iloc[0]
        assert (y1 - y0) / (x1 - x0) == pytest.approx(slope)
        middle = [np.average(own[name], weights=own["n"]) for name in ("delta", "value")]
        assert y0 + slope * (middle[0] - x0) == pytest.approx(middle[1])


def test_open_intervals_of_the_roy_model_reach_the_edge():
    for lowest in (np.nan, -np.inf):
        own = tables()["sorting/roy.csv"].fillna({"low": lowest})
        _, figure = drawn("figure_a3", "", {"sorting/roy.csv": own})
        for axes in figure.axes:
            bars = sorted((p.get_x(), p.get_width()) for p in axes.patches)
            assert len(bars) == 3 and np.isfinite(bars).all()
            assert bars[0][0] == min(one.patches[0].get_x() for one in figure.axes)


@pytest.mark.parametrize("name", ["figure_03", "figure_04", "figure_05", "figure_07"])
def test_axes_reach_all_years_though_their_numbers_are_withheld(name):
    table = {"figure_03": "moving_shares", "figure_04": "movers_periods"}
    table |= {"figure_05": "leaving_shares", "figure_07": "workforce_periods"}
    path = f"sorting/{table[name]}.csv"
    whole = tables()[path]
    value = "share" if "share" in whole else "value_added"
    _, shown = MADE[name]
    _, empty = drawn(name, LONGEST, {path: whole.assign(**{value: np.nan})})
    for of_all, of_none in zip(shown.axes, empty.axes, strict=True):
        assert of_none.get_xlim() == pytest.approx(of_all.get_xlim(), abs=0.1)
