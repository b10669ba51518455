"""Tests of bias, figures and text of a result, and effects that were put into scores."""

import numpy as np
import pandas as pd
import plain_va
import pytest

import welfare_added as wa

NAMES = {"teacher": "t", "year": "y", "class_": "c"}
PLACED = {**NAMES, "school": "school", "grade": "grade"}


@pytest.fixture(scope="module")
def students():
    """Some teachers teach for two years, so they have no estimate that leaves out two."""
    table = plain_va.panel(5, schools=5, teachers=8, years=7)
    briefly = table["t"].isin(["t003", "t004", "t005", "t006"]) & ~table["y"].isin([2003, 2004])
    return table[~briefly]


@pytest.fixture(scope="module")
def result(students):
    outcomes = {"outcome": ["ela", "math"], "controls": "lag"}
    return wa.value_added(
        students, quasi=True, weight="share", groups="group", **outcomes, **PLACED
    )


def estimates_of(result, column, **labels):
    rows = result.estimates
    for name, value in labels.items():
        rows = rows[rows[name] == value]
    rows = rows.dropna(subset=[column])
    return dict(zip(zip(rows["t"], rows["y"], strict=True), rows[column], strict=True))


def classes_of(result, **labels):
    rows = result.class_means
    for name, value in labels.items():
        rows = rows[rows[name] == value]
    return rows.rename(columns={"mean_residual": "mean", "students": "size"})


@pytest.mark.parametrize("missing", ["drop", "mean"])
@pytest.mark.parametrize("group", ["all", "low"])
def test_the_switching_test_is_what_its_description_says(result, missing, group):
    found = result.switching_test(missing=missing).set_index(["outcome", "group"])
    label = {"outcome": "math", "group": group}
    wanted = plain_va.switching(
        classes_of(result, **label),
        estimates_of(result, "va_2yr_l", **label),
        estimates_of(result, "va_2yr_f", **label),
        fill=0.0 if missing == "mean" else None,
    )
    row = found.loc[("math", group)]
    np.testing.assert_allclose(row[["slope", "standard_error"]].astype(float), wanted, atol=1e-9)
    assert row["cells"] > row["cohorts"] > 10
    assert row["years"] == 6


def test_classes_without_estimates_count_only_with_the_mean(result):
    drop, mean = (result.switching_test(missing=how) for how in ("drop", "mean"))
    assert (mean["cells"] >= drop["cells"]).all()
    assert (mean["slope"] != drop["slope"]).all()


def test_the_switching_test_of_another_variable(result, students):
    found = result.switching_test(values=students["lag"])
    assert found["group"].tolist() == ["all", "all"]
    label = {"outcome": "math", "group": "all"}
    keys = ["t", "y", "c", "school", "grade"]
    means = (
        students.assign(total=students["lag"] * students["share"])
        .groupby(keys)[["total", "share"]]
        .sum()
        .assign(mean=lambda table: table["total"] / table["share"])
        .reset_index()
    )
    classes = classes_of(result, **label).drop(columns="mean").merge(means, on=keys)
    wanted = plain_va.switching(
        classes,
        estimates_of(result, "va_2yr_l", **label),
        estimates_of(result, "va_2yr_f", **label),
        fill=None,
    )
    np.testing.assert_allclose(found.iloc[1][["slope", "standard_error"]].astype(float), wanted)


def test_a_cohort_may_have_a_column_of_its_own(students):
    chosen = {"outcome": "math", "controls": "lag", "quasi": True, **PLACED}
    table = students.assign(born=students["y"] - students["grade"], other=students["grade"])
    usual = wa.value_added(students, **chosen).switching_test()
    same = wa.value_added(table, cohort="born", **chosen).switching_test()
    pd.testing.assert_frame_equal(same, usual)
    other = wa.value_added(table, cohort="other", **chosen).switching_test()
    assert other["slope"][0] == pytest.approx(usual["slope"][0])
    assert other["cohorts"][0] < usual["cohorts"][0]
    assert other["standard_error"][0] != pytest.approx(usual["standard_error"][0])


def test_the_forecast_regression_is_weighted_and_clustered(result):
    found = result.forecast().set_index(["outcome", "group"]).loc[("math", "high")]
    label = {"outcome": "math", "group": "high"}
    classes, va = classes_of(result, **label), estimates_of(result, "va", **label)
    classes["va"] = [
        va.get((t, y), np.nan) for t, y in zip(classes["t"], classes["y"], strict=True)
    ]
    classes = classes.dropna()
    wanted = plain_va.clustered(
        classes["mean"].to_numpy(),
        classes["va"].to_numpy(),
        np.ones(len(classes)),
        classes["size"].to_numpy(),
        classes["t"],
    )
    np.testing.assert_allclose(found[["slope", "standard_error"]].astype(float), wanted, atol=1e-9)
    assert found["classes"] == len(classes)
    assert found["teachers"] == classes["t"].nunique()


def test_groups_side_by_side_have_mean_zero_over_their_students(result):
    wide = result.wide()
    assert [name for name in wide if name.startswith("va_")] == ["va_all", "va_high", "va_low"]
    assert len(wide.drop_duplicates(["outcome", "t", "y", "grade", "school"])) == len(wide)
    own = classes_of(result, outcome="ela", group="low")
    students = own.groupby(["t", "y", "grade", "school"])["size"].sum().rename("n").reset_index()
    part = wide[wide["outcome"] == "ela"].merge(students, on=["t", "y", "grade", "school"])
    assert len(part) == (wide["outcome"] == "ela").sum()
    assert np.average(part["va_low"], weights=part["n"]) == pytest.approx(0, abs=1e-12)
    va = estimates_of(result, "va", outcome="ela", group="low")
    apart = [va[place] for place in zip(part["t"], part["y"], strict=True)] - part["va_low"]
    assert np.ptp(apart) < 1e-12


def test_what_the_switching_test_needs_is_named(students):
    words = students["grade"].map({3: "third", 4: "fourth", 5: "fifth"})
    table = students.assign(word=words)
    chosen = {"outcome": "math", "controls": "lag", **NAMES}
    for named, choices, message in (
        ({"grade": "grade"}, {"quasi": True}, "name the column of school= in value_added."),
        ({"school": "school"}, {"quasi": True}, "name the column of grade= in value_added."),
        ({"school": "school", "grade": "grade"}, {}, "estimate with\nquasi=True."),
        (
            {"school": "school", "grade": "word"},
            {"quasi": True},
            "column 'word' (grade=) is not a number",
        ),
    ):
        found = wa.value_added(table, **chosen, **named, **choices)
        with pytest.raises(wa.UserError) as refused:
            found.switching_test()
        assert message.replace("\n", " ") in str(refused.value)


def test_too_few_changes_and_other_values_are_refused(students, result):
    with pytest.raises(
        wa.UserError, match="values must be a Series with the index of the students"
    ):
        result.switching_test(values=students["lag"].to_numpy())
    with pytest.raises(wa.UserError, match="missing: 'zero' is unknown"):
        result.switching_test(missing="zero")
    two = students[students["y"] < 2003]
    found = wa.value_added(two, outcome="math", controls="lag", quasi=True, **PLACED)
    with pytest.raises(wa.UserError, match="switching_test, math, all: 0 changes of a school and"):
        found.switching_test()


def test_empirical_bayes_forecasts_nothing(students):
    found = wa.value_added(students, outcome="math", estimator="empirical_bayes", **NAMES)
    with pytest.raises(wa.UserError, match="use the very classes that they would forecast"):
        found.forecast()
    assert found.plot_shrinkage().axes


def test_figures_show_the_tables(result):
    drift = result.plot_drift()
    panels = drift.axes
    assert [panel.get_title(loc="left") for panel in panels] == ["ela", "math"]
    lags = result.autocovariances
    for panel, outcome in zip(panels, ("ela", "math"), strict=True):
        lines = [line for line in panel.get_lines() if len(line.get_xdata()) > 2]
        assert len(lines) == 3
        for line, group in zip(lines, ("all", "high", "low"), strict=True):
            own = lags[(lags["outcome"] == outcome) & (lags["group"] == group)]["covariance"]
            np.testing.assert_allclose(line.get_ydata(), own / own.iloc[0])
    forecast = result.plot_forecast().axes[1]
    texts = [text.get_text() for text in forecast.get_legend().get_texts()]
    slope = result.forecast().query("outcome == 'math' and group == 'all'").iloc[0]
    assert texts[0] == f"All students: slope {slope['slope']:.2f} ({slope['standard_error']:.2f})"
    points = result.forecast_points().query("outcome == 'math' and group == 'all'")
    drawn = forecast.get_lines()[0]
    assert len(drawn.get_xdata()) == 20
    lowest = points.nsmallest(len(points) // 20 + 1, "va")
    mean = np.average(lowest["mean_residual"], weights=lowest["students"])
    assert drawn.get_ydata()[0] == pytest.approx(mean)
    low, high = drawn.get_xdata()[[0, -1]]
    assert points["va"].min() <= low < high <= points["va"].max()
    shrinkage = result.plot_shrinkage().axes[0]
    assert shrinkage.get_ylim()[0] <= 0 and shrinkage.get_ylim()[1] >= 1


def test_many_subsamples_are_drawn_in_rows(students):
    found = wa.value_added(students, outcome=["ela", "math"], by="grade", **NAMES)
    panels = [panel for panel in found.plot_drift().axes if panel.axison]
    titles = [panel.get_title(loc="left") for panel in panels]
    assert panels[0].get_gridspec().ncols == 4
    assert titles == [f"{grade}, {name}" for grade in (3, 4, 5) for name in ("ela", "math")]


def test_the_summary_has_the_counts_and_moments(result):
    text = str(result)
    for outcome in ("ela", "math"):
        row = result.variances.query(f"outcome == '{outcome}' and group == 'low'").iloc[0]
        assert f"SD of students {np.sqrt(row['v_student']):.3g}" in text
        assert f"of teachers {np.sqrt(row['c0']):.3g}" in text
    assert text.startswith("Leave-year-out value added: all other years, weights precision")
    assert f"{result.counts['estimates'].iloc[0]:,} estimates" in text
    assert "math, group low\n" in text
    assert max(map(len, text.splitlines())) < 110


def test_a_result_cannot_be_changed(result):
    with pytest.raises(AttributeError):
        result.estimates = None


def test_one_class_a_year_does_not_tell_classes_from_teachers(students):
    found = wa.value_added(students, teacher="t", year="y", outcome="math", controls="lag")
    assert found.variances[["c0", "v_class"]].isna().all(axis=None)
    assert found.estimates["sd"].isna().all()
    assert found.estimates["va"].notna().any()
    assert "no teacher has two classes a year" in found.summary()


SEEDS = 24
EFFECT, DRIFT, SHOCK, STUDENT = 0.25**2, 0.8, 0.1**2, 0.5**2


@pytest.fixture(scope="module")
def planted():
    """Estimates from students whose teachers' effects, alike on both groups, are known."""
    rows = []
    for seed in range(SEEDS):
        table = plain_va.panel(100 + seed, schools=8, teachers=15, years=6, size=14, shared=False)
        # math is the second effect for lower-scoring students, the first for the others
        found = wa.value_added(
            table,
            outcome="math",
            controls="lag",
            categorical="kind",
            groups="group",
            quasi=True,
            drift_limit=4,
            **PLACED,
        )
        low = found.variances.set_index("group").loc["low"]
        lags = found.autocovariances.query("group == 'low'").set_index("lag")["covariance"]
        row = {"v_student": low["v_student"], "v_class": low["v_class"], "c0": low["c0"]}
        row |= {f"c{lag}": lags[lag] for lag in (1, 2)}
        tests = found.switching_test().set_index("group")
        row |= {"slope": tests.loc["all", "slope"], "error": tests.loc["all", "standard_error"]}
        row["forecast"] = found.forecast().set_index("group").loc["low", "slope"]
        other = found.switching_test(values=table["lag"])
        row |= {"placebo": other["slope"][0]}
        rows.append(row)
    return pd.DataFrame(rows)


def test_what_is_put_into_scores_is_estimated_from_them(planted):
    wanted = {"v_student": STUDENT, "v_class": SHOCK, "c0": EFFECT, "forecast": 1.0}
    wanted |= {f"c{lag}": EFFECT * DRIFT**lag for lag in (1, 2)}
    for name, value in wanted.items():
        error = planted[name].std() / np.sqrt(SEEDS)
        assert abs(planted[name].mean() - value) < 3 * error + 0.02 * value, name
        assert planted[name].std() < 0.6 * value, name


def test_the_switching_test_finds_no_bias_where_there_is_none(planted):
    error = planted["slope"].std() / np.sqrt(SEEDS)
    assert abs(planted["slope"].mean() - 1) < 3 * error
    assert error < 0.1
    assert abs(planted["placebo"].mean()) < 3 * planted["placebo"].std() / np.sqrt(SEEDS)
    # the clustered errors are about the spread of the slopes
    assert 0.6 < planted["error"].mean() / planted["slope"].std() < 1.5


def test_autocovariances_of_no_process_are_told(students, caplog):
    chosen = {"outcome": "math", "controls": "lag", **NAMES}
    sound = wa.value_added(students, drift_limit=1, **chosen)
    assert sound.estimates["proper"].all() and sound.counts["improper"].tolist() == [0]
    assert "far off" not in sound.summary() + caplog.text
    few = plain_va.panel(5, schools=5, teachers=12, years=7)
    few = few[few["grade"] == 4]
    found = wa.value_added(few, **chosen)
    wrong = found.estimates[~found.estimates["proper"]]
    assert len(wrong) == found.counts["improper"][0] > 0
    # Sigma of one of them, written out
    lags, c0 = found.autocovariances.set_index("lag")["covariance"], found.variances["c0"][0]
    plain = plain_va.estimate(few.reset_index(drop=True), "math", x=few[["lag"]].to_numpy())
    shock = max(plain["v_total"] - plain["v_student"] - c0, 0)
    for improper, rows in found.estimates.groupby(~found.estimates["proper"]):
        for _, row in rows.iterrows():
            years = [y for t, y in plain["mean"] if t == row["t"] and y != row["y"]]
            sigma = np.array([[c0 if p == q else lags[abs(p - q)] for p in years] for q in years])
            for k, year in enumerate(years):
                own = [c[3] for c in plain["classes"] if c[:2] == (row["t"], year)]
                sigma[k, k] += 1 / sum(1 / (shock + plain["v_student"] / n) for n in own)
            if years:
                assert (np.linalg.eigvalsh(sigma)[0] <= 0) == improper
    assert f"{len(wrong)} of them may be far off" in found.summary()
    assert f"{len(wrong)} of {found.counts['estimates'][0]} estimates rest on" in caplog.text
