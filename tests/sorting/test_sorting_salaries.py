"""Salary equation and pay for quality: planted deltas, and peers in statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.special import expit
from sorting_panels import PERIODS, paid_for_quality, regimes, teacher_years, value_added
from statsmodels.stats.meta_analysis import combine_effects

from welfare_added.run.errors import UserError
from welfare_added.sorting.deltas import (
    delta_density,
    delta_slopes,
    delta_summary,
    delta_table,
    spread_beside_errors,
)
from welfare_added.sorting.district_schedules import DistrictSchedule, by_cells, fill_nearest
from welfare_added.sorting.logistic import implied_slope, mean_slope, of_value_added
from welfare_added.sorting.panel import prepare
from welfare_added.sorting.pay_for_quality import (
    fit_lines,
    log_salary_residuals,
    pay_for_quality,
    residual_pairs,
)
from welfare_added.sorting.regression import least_squares
from welfare_added.sorting.salary_equation import _designs, estimate_salary_equation
from welfare_added.sorting.salary_predictions import predict_salaries, share_outside
from welfare_added.sorting.shrunk_schedules import _solve, _State, _sums, shrunk_schedules

# Dummies of several sets are dependent; the peer takes the pseudo-inverse.
pytestmark = pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")


def test_slope_of_the_logistic_function():
    assert mean_slope() == pytest.approx(0.206621, abs=5e-7)
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    peer = (weights * expit(nodes) * expit(-nodes)).sum() / weights.sum()
    assert mean_slope() == pytest.approx(peer, abs=1e-9)
    stein = (weights * nodes * expit(nodes)).sum() / weights.sum()  # E z f(z) = E f'(z)
    assert mean_slope() == pytest.approx(stein, abs=1e-9)
    assert implied_slope(670) == pytest.approx(138.4, abs=0.05)
    assert implied_slope(99) == pytest.approx(20.5, abs=0.05)


def test_functions_of_value_added():
    assert of_value_added([0.0], "rising") == of_value_added([0.0], "falling") == 0.5
    assert of_value_added([1.0], "rising") > 0.5 > of_value_added([1.0], "falling")
    assert of_value_added([1.7], "linear") == 1.7
    with pytest.raises(UserError, match="want rising, falling, linear"):
        of_value_added([0.0], "logit")


@pytest.fixture(scope="module")
def paid():
    return paid_for_quality(11, noise=60.0, spread=150.0, teachers=2_500, districts=60)


def test_table_4_follows_from_the_planted_deltas(paid):
    """0.2066 times the mean delta, as the teacher-years of the regression weight districts."""
    panel, delta = paid
    made = pay_for_quality(panel, PERIODS).set_index(["column", "term"])
    for column, regime in {2: "IS", 3: "SS"}.items():
        rows = panel[(panel["regime"] == regime) & (panel["year"] > 2011)]
        mean = rows["district_id"].map(delta).mean()
        row = made.loc[column, "value_added_x_post"]
        before = made.loc[column, "value_added"]
        assert abs(before["estimate"]) < 4 * before["standard_error"]
        assert row["estimate"] == pytest.approx(implied_slope(mean), abs=4 * row["standard_error"])
        assert row["standard_error"] < 12
    both = made.loc[4, "value_added_x_individual_x_post"]
    assert both["estimate"] == pytest.approx(
        implied_slope(670 - 99), abs=4 * both["standard_error"]
    )


def test_column_4_is_columns_2_and_3(paid):
    estimate = pay_for_quality(paid[0], PERIODS).set_index(["column", "term"])["estimate"]
    # Residuals are the same in all columns, so that column 4 has the differences.
    for term, product in {
        "value_added": "value_added_x_individual",
        "value_added_x_post": "value_added_x_individual_x_post",
    }.items():
        assert estimate[4, term] == pytest.approx(estimate[3, term], rel=1e-9)
        assert estimate[4, product] == pytest.approx(
            estimate[2, term] - estimate[3, term], rel=1e-8
        )
    assert estimate[4, "individual"] == estimate[4, "individual_x_post"] == 0


def test_individual_and_its_product_are_zero_by_construction(paid):
    panel = paid[0]
    made = residual_pairs(panel, ["salary", "value_added"], PERIODS, by_district=False)
    made = made.assign(
        v=made["value_added"],
        v_post=made["value_added"] * made["post"],
        v_is=made["value_added"] * made["individual"],
        v_is_post=made["value_added"] * made["individual_x_post"],
    )
    names = ["v", "v_post", "v_is", "v_is_post"]
    whole = least_squares(
        made, "salary", [*names, "individual", "individual_x_post"], cluster="district_id"
    )
    plain = least_squares(made, "salary", names, cluster="district_id")
    assert np.abs(whole.estimate[4:6]).max() < 1e-8
    np.testing.assert_allclose(whole.estimate[:4], plain.estimate[:4], rtol=1e-9)


def test_residualising_both_sides_is_one_regression_a_period(paid):
    """Frisch and Waugh: the slope before is that with all effects of the period."""
    panel = paid[0]
    made = pay_for_quality(panel, PERIODS).set_index(["column", "term"])["estimate"]
    slopes = []
    for first, last in PERIODS.values():
        rows = panel[panel["year"].between(first, last) & (panel["regime"] == "IS")]
        whole = panel[panel["year"].between(first, last)]
        # The effects are those of all districts; column 2 then takes the rows of one regime.
        dummies = pd.concat(
            [
                pd.get_dummies(whole[name], dtype=float)
                for name in ("schedule_cell", "year", "district_id")
            ],
            axis=1,
        )
        left = [
            sm.OLS(whole[name], dummies).fit().resid.loc[rows.index]
            for name in ("salary", "value_added")
        ]
        slopes.append(float(left[1] @ left[0] / (left[1] @ left[1])))
    assert made[2, "value_added"] == pytest.approx(slopes[0], abs=1e-7)
    assert made[2, "value_added_x_post"] == pytest.approx(slopes[1] - slopes[0], abs=1e-7)


def test_figure_2_residualises_each_district_by_itself(paid):
    panel = paid[0]
    made = residual_pairs(panel, ["salary", "value_added"], PERIODS, by_district=True)
    name = "d003"
    rows = panel[(panel["district_id"] == name) & panel["year"].between(2012, 2014)]
    dummies = pd.concat(
        [pd.get_dummies(rows[key], dtype=float) for key in ("schedule_cell", "year")], axis=1
    )
    peer = sm.OLS(rows["salary"], dummies).fit().resid
    own = made[(made["district_id"] == name) & (made["period"] == "after")]
    np.testing.assert_allclose(own["salary"], peer, atol=1e-7)
    lines = fit_lines(panel, PERIODS, np.array([-1.0, 0.0, 1.0]))
    after = lines[(lines["period"] == "after") & (lines["regime"] == "IS")]
    assert np.diff(after["salary"]).tolist() == pytest.approx(
        [after["slope"].iloc[0]] * 2, rel=1e-9
    )
    assert (lines["low"] < lines["salary"]).all() and (lines["salary"] < lines["high"]).all()


def test_log_salary_residuals_are_those_of_dummies():
    panel = prepare(
        teacher_years(4, teachers=150, districts=8), first_post_year=2012, class_years=2
    )
    made = log_salary_residuals(panel)
    dummies = pd.concat(
        [
            pd.get_dummies(panel[key], dtype=float)
            for key in ("district_id", "year", "schedule_cell")
        ],
        axis=1,
    )
    np.testing.assert_allclose(
        made["residual"], sm.OLS(panel["log_salary"], dummies).fit().resid, atol=1e-10
    )


# ---- eq. 2 ----


def clustered(weights, maker, residuals, teacher):
    """Square of an error clustered by teacher, and its degrees of freedom, with whole matrices.

    maker: (n, n) covariance of residuals where errors are independent and of variance one.
    """
    of = (np.unique(teacher)[:, None] == np.asarray(teacher)) * weights
    covariance = of @ maker @ of.T
    square = ((of @ residuals) ** 2).sum() * (weights**2).sum() / np.trace(covariance)
    return square, np.trace(covariance) ** 2 / (covariance**2).sum()


def test_printed_schedules_are_least_squares_of_each_district(paid):
    panel = paid[0]
    made = estimate_salary_equation(panel, PERIODS, method="printed")
    p = made.periods.index("after")
    for name in ("d000", "d007"):
        j = list(made.districts).index(name)
        rows = panel[(panel["district_id"] == name) & panel["year"].between(2012, 2014)]
        years = pd.get_dummies(rows["year"], dtype=float).iloc[:, 1:]
        x = pd.concat(
            [
                pd.Series(expit(rows["value_added"]), name="f"),
                pd.get_dummies(rows["schedule_cell"], dtype=float),
                years - years.mean(),
            ],
            axis=1,
        )
        peer = sm.OLS(rows["salary"], x).fit()
        count = rows["teacher_id"].nunique()
        assert made.delta[p, j] == pytest.approx(peer.params["f"], rel=1e-8)
        inverse = np.linalg.pinv(x.to_numpy())
        maker = np.eye(len(x)) - x.to_numpy() @ inverse
        square, freedom = clustered(inverse[0], maker, peer.resid, rows["teacher_id"])
        assert made.standard_error[p, j] == pytest.approx(np.sqrt(square), rel=1e-7)
        assert made.freedom[p, j] == pytest.approx(freedom, rel=1e-7)
        for cell, level in peer.params.items():
            if " " in str(cell):
                k, degree = str(cell).split(" ")
                d = made.degrees.index(degree)
                assert made.level[p, j, int(k), d] == pytest.approx(level, rel=1e-9)
        assert np.isnan(made.level[p, j]).sum() == (~made.filled[p, j]).sum() > 0
        assert made.n[p, j] == len(rows) and made.teachers[p, j] == count


def test_nearest_fills_from_the_same_degree_and_then_from_any():
    level = np.array(
        [[1.0, np.nan, np.nan], [np.nan, np.nan, np.nan], [3.0, 7.0, np.nan], [np.nan] * 3]
    )
    made = fill_nearest(level)
    assert made[:, 0].tolist() == [1, 1, 3, 3]  # a tie goes to the lower seniority
    assert made[:, 1].tolist() == [7, 7, 7, 7]
    assert made[:, 2].tolist() == [1, 1, 3, 3]  # no such degree: nearest, then the first degree
    assert np.isnan(fill_nearest(np.full((2, 2), np.nan))).all()


def districts_of(panel, period="after"):
    rows = panel[panel["year"].between(*PERIODS[period])]
    names = np.array(sorted(rows["district_id"].unique()))
    classes = np.arange(rows["seniority_class"].max() + 1)
    return _designs(rows, names, classes, ("BA", "MA"), "rising")


def dense(districts):
    """All rows of a state: outcome, own effects by district, indicators but two, district."""
    own, z, y, of = [], [], [], []
    for j, one in enumerate(districts):
        block = np.zeros((one.n, len(districts) * (2 + one.years.shape[1])))
        width = 2 + one.years.shape[1]
        block[:, j * width : (j + 1) * width] = np.column_stack(
            [np.ones(one.n), one.quality, one.years]
        )
        own.append(block)
        z.append(
            np.column_stack(
                [
                    one.seniority[:, None] == np.arange(one.shape[0]),
                    one.degree[:, None] == np.arange(one.shape[1]),
                ]
            ).astype(float)
        )
        y.append(one.salary)
        of.append(np.full(one.n, j))
    return np.vstack(own), np.vstack(z), np.concatenate(y), np.concatenate(of)


@pytest.fixture(scope="module")
def small_state():
    panel, _ = paid_for_quality(5, noise=300.0, spread=300.0, teachers=300, districts=6)
    rng = np.random.default_rng(2)
    shift = 400 * rng.normal(size=(6, 40))
    code = panel["district_id"].str[1:].astype(int)
    bonus = 600 * rng.normal(size=6)[code] * (panel["degree"] == "MA")
    salary = panel["salary"] + shift[code, panel["seniority_class"].astype(int)] + bonus
    panel = panel.assign(salary=salary, seniority_class=panel["seniority_class"] // 4)
    return districts_of(panel)


def test_the_restricted_likelihood_is_that_of_the_normal_law(small_state):
    """Against the density of error contrasts with the whole covariance matrix."""
    own, z, y, of = dense(small_state)
    state = _State(
        [_sums(one) for one in small_state],
        small_state[0].shape,
        sum(_sums(one).freedom for one in small_state),
    )
    free = np.column_stack([own, z[:, state.free]])
    basis = np.linalg.svd(free, full_matrices=True)[0][:, np.linalg.matrix_rank(free) :]
    values = []
    for logs in ([-2.0, -2.0], [0.5, -1.0], [-5.0, 1.0]):
        ratio = np.repeat(np.exp(logs), small_state[0].shape)
        v = np.eye(len(y)) + (of[:, None] == of) * ((z * ratio) @ z.T)
        contrast = basis.T @ v @ basis
        left = basis.T @ y
        variance = left @ np.linalg.solve(contrast, left) / len(left)
        values.append(len(left) * np.log(variance) + np.linalg.slogdet(contrast)[1])
        mine = state.deviance(np.array(logs))
        assert mine[2] == pytest.approx(variance, rel=1e-8)
    mine = [state.deviance(np.array(logs))[0] for logs in ([-2.0, -2.0], [0.5, -1.0], [-5.0, 1.0])]
    np.testing.assert_allclose(np.diff(mine), np.diff(values), rtol=1e-6)


def test_estimates_are_the_mixed_models_normal_equations(small_state):
    """Henderson: penalised least squares of all districts at once, dense."""
    own, z, y, of = dense(small_state)
    logs = np.array([-1.0, 0.3])
    state = _State(
        [_sums(one) for one in small_state],
        small_state[0].shape,
        sum(_sums(one).freedom for one in small_state),
    )
    _, effects, variance = state.deviance(logs)
    ratio = state.ratios(logs)
    solved = [_solve(one, effects, state.seen, ratio, variance) for one in small_state]
    groups, size = len(small_state), z.shape[1]
    random = np.zeros((len(y), groups * size))
    for j in range(groups):
        random[of == j, j * size : (j + 1) * size] = z[of == j]
    x = np.column_stack([own, z[:, state.free], random])
    penalty = np.r_[np.zeros(own.shape[1] + len(state.free)), np.tile(1 / ratio, groups)]
    estimate = np.linalg.lstsq(x.T @ x + np.diag(penalty), x.T @ y, rcond=None)[0]
    width = own.shape[1] // groups
    for j, one in enumerate(solved):
        assert one.delta == pytest.approx(estimate[j * width + 1], rel=1e-6)
        deviation = estimate[own.shape[1] + len(state.free) :].reshape(groups, size)[j]
        whole = deviation.copy()
        whole[state.free] += estimate[own.shape[1] : own.shape[1] + len(state.free)]
        classes = small_state[0].shape[0]
        level = estimate[j * width] + whole[:classes, None] + whole[None, classes:]
        np.testing.assert_allclose(one.level, level, rtol=1e-8)
        # Error: noise by teacher, and the spread of schedules, of delta as a sum of salaries.
        rows, mine = of == j, small_state[j]
        f, b = own[rows][:, j * width : (j + 1) * width], z[rows]
        v = np.eye(mine.n) + (b * ratio) @ b.T
        inverse, information = np.linalg.inv(v), np.linalg.inv(f.T @ np.linalg.solve(v, f))
        sums = (information @ f.T @ inverse)[1]
        fitted = (
            level[mine.seniority, mine.degree] + f[:, 1:] @ estimate[j * width + 1 :][: width - 1]
        )
        maker = inverse - inverse @ f @ information @ f.T @ inverse
        noise, freedom = clustered(sums, maker, mine.salary - fitted, mine.teacher)
        prior = variance * ((sums @ b) ** 2 * ratio).sum()
        assert one.standard_error == pytest.approx(np.sqrt(noise + prior), rel=1e-6)
        assert one.freedom == pytest.approx(freedom, rel=1e-6)
        assert prior > 1e-4 * noise


def test_the_search_ends_at_the_maximum(small_state):
    solved, spread = shrunk_schedules(small_state)
    sums = [_sums(one) for one in small_state]
    state = _State(sums, small_state[0].shape, sum(one.freedom for one in sums))
    logs = 2 * np.log(np.array([spread.classes, spread.degrees]) / spread.error)
    best = state.deviance(logs)[0]
    for step in (0.01, -0.01):
        for side in range(2):
            assert state.deviance(logs + step * (np.arange(2) == side))[0] > best
    assert not spread.at_bound
    assert len(solved) == 6


def test_shrunk_schedules_predict_better_than_cells_where_districts_are_small():
    """Districts of some 40 teachers with value added; the truth is planted."""
    panel, delta = paid_for_quality(
        21, noise=900.0, spread=400.0, teachers=2_000, districts=50, years=range(2012, 2015)
    )
    periods = {"after": (2012, 2014)}
    truth = np.array([delta[name] for name in sorted(delta)])
    error = {}
    for method in ("additive", "printed"):
        made = estimate_salary_equation(panel, periods, method=method)
        known = ~np.isnan(made.delta[0])
        error[method] = np.sqrt(np.mean((made.delta[0] - truth)[known] ** 2))
        z = ((made.delta[0] - truth) / made.standard_error[0])[known]
        assert abs(z.mean()) < 4 / np.sqrt(known.sum())
        assert 0.6 < z.std() < 1.6
    assert error["additive"] < error["printed"]


def own_schedules(seed, method="additive", *, noise=100.0, lasting=0.0):
    """Estimates and true deltas of 60 districts whose own schedules differ far more than salaries.

    Effects of each class, and of the Master, have SD 2,000 between districts; errors of salaries
    have SD noise, and those that stay with a teacher SD lasting.
    """
    panel, delta = paid_for_quality(
        seed, noise=noise, spread=400.0, teachers=1_500, districts=60, years=range(2012, 2015)
    )
    rng = np.random.default_rng(10_000 + seed)
    code = panel["district_id"].str[1:].astype(int).to_numpy()
    own = 2_000 * rng.normal(size=(60, 40))[code, panel["seniority_class"].astype(int)]
    own += 2_000 * rng.normal(size=60)[code] * (panel["degree"] == "MA")
    own += lasting * rng.normal(size=1_500)[panel["teacher_id"].str[1:].astype(int)]
    made = estimate_salary_equation(
        panel.assign(salary=panel["salary"] + own), {"after": (2012, 2014)}, method=method
    )
    return made, np.array([delta[name] for name in made.districts])


def held_and_ratio(worlds):
    """Share of 95% intervals that hold delta, and mean squared miss over mean squared error."""
    held, ratio = [], []
    for made, truth in worlds:
        miss, error = made.delta[0] - truth, made.standard_error[0]
        assert not np.isnan(error).any()
        held.append(np.mean(np.abs(miss) < stats.t.ppf(0.975, made.freedom[0]) * error))
        ratio.append((miss**2).mean() / (error**2).mean())
    return np.array(held), np.array(ratio)


@pytest.mark.parametrize("method", ["additive", "printed"])
def test_errors_of_delta_hold_the_spread_of_schedules(method):
    """A schedule takes 40% of what errors leave in residuals: 8 worlds, three MC errors."""
    held, ratio = held_and_ratio([own_schedules(seed, method) for seed in range(31, 39)])
    assert held.mean() == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / (8 * 60)))
    assert ratio.mean() == pytest.approx(1, abs=3 * ratio.std(ddof=1) / np.sqrt(8))
    assert ratio.std(ddof=1) < 0.3


@pytest.mark.slow
def test_coverage_of_delta_over_worlds():
    """60 worlds; errors that stay with teachers are nine times those of a year in the last kind."""
    for noise, lasting, least in ((100.0, 0.0, 0.95), (900.0, 0.0, 0.95), (100.0, 300.0, 0.93)):
        worlds = [own_schedules(s, noise=noise, lasting=lasting) for s in range(100, 160)]
        held, _ = held_and_ratio(worlds)
        assert abs(held.mean() - least) < 0.02, (noise, lasting)
        assert held.std(ddof=1) / np.sqrt(60) < 0.006


def test_no_error_where_the_schedule_fits_all():
    """Two teachers of one cell and year: a level and delta fit both, and nothing tells the error."""
    zero = np.zeros(2, dtype=int)
    one = DistrictSchedule(
        salary=np.array([40_000.0, 41_000.0]),
        quality=np.array([0.4, 0.6]),
        seniority=zero,
        degree=zero,
        year=zero + 2013,
        teacher=np.array([0, 1]),
        shape=(1, 1),
    )
    for made in (by_cells(one), _solve(one, np.zeros(2), np.ones(2, bool), np.ones(2), 1.0)):
        assert made.delta == pytest.approx(5_000, rel=1e-9)
        assert np.isnan(made.standard_error) and np.isnan(made.freedom)


def test_the_spread_of_schedules_is_estimated():
    """A Master that differs by SD s between districts is two degrees that do by s / sqrt(2)."""
    spread = np.array(
        [
            (made.spread[0].classes, made.spread[0].degrees)
            for made, _ in (own_schedules(seed) for seed in range(31, 37))
        ]
    )
    error = spread.std(axis=0, ddof=1) / np.sqrt(len(spread))
    assert spread.mean(axis=0) == pytest.approx([2_000, 2_000 / np.sqrt(2)], rel=0.08)
    assert (error < [40, 100]).all()


def test_a_district_whose_teachers_are_alike_has_no_delta(paid, caplog):
    panel = paid[0]
    alike = panel["value_added"].where(panel["district_id"] != "d005", 0.3)
    for method in ("additive", "printed", "nearest"):
        caplog.clear()
        made = estimate_salary_equation(panel.assign(value_added=alike), PERIODS, method=method)
        j = list(made.districts).index("d005")
        assert np.isnan(made.delta[:, j]).all() and np.isnan(made.standard_error[:, j]).all()
        assert "delta is not identified in 1 districts" in caplog.text
        assert not np.isnan(made.level[1, j][made.filled[1, j]]).any()


def test_predictions(paid):
    panel = paid[0]
    made = estimate_salary_equation(panel, PERIODS)
    assert not np.isnan(made.level).any()  # classes of the other period too
    rows = panel[panel["year"] == 2013].head(200)
    table = predict_salaries(
        made,
        "after",
        rows["district_id"],
        rows["seniority_class"],
        rows["degree"],
        rows["value_added"],
    )
    assert not table["outside"].any()
    assert np.abs(table["salary"].to_numpy() - rows["salary"].to_numpy()).mean() < 150
    last = len(made.classes) - 1
    j = int(np.flatnonzero(made.filled[1, :, last, 0])[0])  # a district that fills the last class
    for seniority, outside in ((last, False), (99, True)):
        of = predict_salaries(
            made, "after", made.districts[[j]], [float(seniority)], [made.degrees[0]], [0.0]
        )
        assert of["outside"].item() is outside
        pay = made.level[1, j, last, 0] + 0.5 * made.delta[1, j]
        assert of["salary"].item() == pytest.approx(pay, rel=1e-12)
    for arguments, message in (
        (("after", ["nowhere"], [1.0], ["BA"], [0.0]), "1 rows of districts"),
        (("after", ["d001"], [1.0], ["none"], [0.0]), "1 rows of degrees"),
        (("after", ["d001"], [np.nan], ["BA"], [0.0]), "1 rows without a class of seniority"),
        (("later", ["d001"], [1.0], ["BA"], [0.0]), "no period later"),
    ):
        with pytest.raises(UserError, match=message):
            predict_salaries(
                made, *(np.asarray(one) if i else one for i, one in enumerate(arguments))
            )


def test_share_outside_is_counted_by_hand(paid):
    panel = paid[0]
    for method in ("printed", "nearest"):
        made = estimate_salary_equation(panel, PERIODS, method=method)
        table = share_outside(made, panel, PERIODS).set_index(["period", "district_id"])
        rows = panel[panel["year"].between(2012, 2014)]
        own = set(rows.loc[rows["district_id"] == "d004", "schedule_cell"])
        share = (~rows["schedule_cell"].isin(own)).mean()
        assert share > 0
        assert table.loc[("after", "d004"), "outside"] == pytest.approx(share, abs=1e-12)
        missing = table.loc[("after", "d004"), "missing"]
        assert missing == pytest.approx(share if method == "printed" else 0, abs=1e-12)


def test_deltas(paid):
    panel, delta = paid
    made = estimate_salary_equation(panel, PERIODS)
    table = delta_table(made, regimes(panel))
    assert len(table) == 120
    after = table[table["period"] == "after"].set_index("district_id")
    assert np.corrcoef(after["delta"], pd.Series(delta)[after.index])[0, 1] > 0.95
    assert (after["delta_shrunk"] - after["delta"]).abs().max() > 0
    summary = delta_summary(table).set_index(["period", "regime"])
    row = summary.loc[("after", "IS")]
    own = after[after["regime"] == "IS"]
    assert row["mean"] == pytest.approx(np.average(own["delta"], weights=own["n"]), rel=1e-12)
    assert row["lowest"] == own["delta"].min() and row["lowest_district"] == own["delta"].idxmin()
    assert row["spread"] == pytest.approx(150, rel=0.45)
    assert row["spread"] < row["standard_deviation"] * 1.1
    grid = np.linspace(-3_000, 4_000, 3_001)
    density = delta_density(table, grid)
    for _, part in density.groupby(["period", "regime"]):
        assert np.trapezoid(part["density"], part["delta"]) == pytest.approx(1, abs=1e-4)
    places = pd.DataFrame(
        {"district_id": after.index, "poor": 2.0 + 0.001 * after["delta"].to_numpy()}
    )
    slopes = delta_slopes(table, places, ["poor"], "after").set_index("term")
    assert (slopes["covariate"] == "poor").all()
    assert slopes.loc["delta", "estimate"] == pytest.approx(0.001, rel=1e-9)
    assert slopes.loc["characteristic", "estimate"] == pytest.approx(1000, rel=1e-9)
    assert slopes.loc["standardised", "estimate"] == pytest.approx(after["delta"].std(), rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_spread_is_paule_and_mandels(seed):
    rng = np.random.default_rng(seed)
    error = 0.5 + rng.random(30)
    estimate = 2 + (seed > 0) * 1.5 * rng.normal(size=30) + error * rng.normal(size=30)
    mean, variance = spread_beside_errors(estimate, error)
    peer = combine_effects(estimate, error**2, method_re="iterated")
    assert variance == pytest.approx(peer.tau2, abs=1e-6)
    assert mean == pytest.approx(peer.mean_effect_re, rel=1e-6)


def test_no_spread_beside_large_errors():
    assert spread_beside_errors([1.0, 1.1, 0.9], [1.0, 1.0, 1.0]) == (pytest.approx(1.0), 0.0)


def test_refusals(paid):
    panel = paid[0]
    with pytest.raises(UserError, match="want additive, nearest, printed"):
        estimate_salary_equation(panel, PERIODS, method="ols")
    with pytest.raises(UserError, match="no teacher with value added in 2020 to 2021"):
        estimate_salary_equation(panel, {"late": (2020, 2021)})
    with pytest.raises(UserError, match="no rows with value added in 2020 to 2021"):
        pay_for_quality(panel, {"before": (2020, 2021), "after": (2012, 2014)})
    lonely = panel.drop_duplicates("district_id")
    with pytest.raises(UserError, match="no district has enough teachers"):
        estimate_salary_equation(lonely, {"all": (2006, 2014)})


def test_value_added_that_is_measured_is_standardised():
    frame = teacher_years(1, teachers=80, districts=5)
    assert value_added(frame)["va_unshrunk"].notna().all()


@pytest.mark.slow
def test_table_4_over_worlds():
    """Mean of 30 worlds within three Monte Carlo errors of 0.2066 (670 - 99); intervals cover."""
    estimates, held = [], 0
    for seed in range(30):
        panel, _ = paid_for_quality(
            1_000 + seed, noise=800.0, spread=300.0, teachers=900, districts=40
        )
        made = pay_for_quality(panel, PERIODS).set_index(["column", "term"])
        row = made.loc[4, "value_added_x_individual_x_post"]
        estimates.append(row["estimate"])
        held += row["low"] <= implied_slope(571) <= row["high"]
    error = np.std(estimates, ddof=1) / np.sqrt(30)
    assert np.mean(estimates) == pytest.approx(implied_slope(571), abs=3 * error)
    assert held >= 30 * 0.95 - 3 * np.sqrt(30 * 0.95 * 0.05)
