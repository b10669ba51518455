"""Table 5 against its arithmetic, tables A1 and A2 against regressions, the known past."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import norm
from transfers_world import INPUTS, STUDY, as_raw, design, truth, world

from welfare_added.run.errors import UserError
from welfare_added.transfers.calibration_table import calibration_table
from welfare_added.transfers.changes import (
    TEACHERS,
    ObservableMatches,
    changes_by_draw,
    changes_table,
    random_matches,
)
from welfare_added.transfers.design import build_design
from welfare_added.transfers.effectiveness import (
    measures_by_teacher,
    measures_held,
    slopes_of_measures,
    slopes_of_students,
)
from welfare_added.transfers.facts import system_facts
from welfare_added.transfers.past import past_system
from welfare_added.transfers.planted_values import planted_values
from welfare_added.transfers.regressors import MATCHES


def matches(rows=4000, seed=1):
    return random_matches(design().records, rows, np.random.default_rng(seed))


def planted_draws(rows=3):
    return pd.DataFrame([planted_values(truth(), design())] * rows)


def test_general_and_unobservable_changes_are_products_of_planted_values():
    table = changes_table(changes_by_draw(planted_draws(), matches())).set_index("row")
    spread = norm.ppf(0.99) - norm.ppf(0.01)
    general, unobservable = (table.loc[f"{name}"] for name in table.index[:2])
    assert general["score"] == pytest.approx(spread * 0.0817)
    assert general["school_utility"] == pytest.approx(spread * 0.868 * 0.153)
    assert np.isnan(general["teacher_utility"])
    assert unobservable["score"] == pytest.approx(spread * 0.0004)
    assert unobservable["teacher_utility"] == pytest.approx(-spread * 0.235 * 0.495)
    assert unobservable["school_utility"] == pytest.approx(spread * 0.033 * 0.013)


def test_observable_changes_are_those_of_a_regression_on_the_index():
    draws, sample = planted_draws(1), matches()
    draws["supply: education_x_minority"] = 0.3
    found = changes_table(changes_by_draw(draws, sample)).set_index("row").loc["observable_match"]
    index = sample.score @ draws.iloc[0][[f"outcomes: {name}" for name in MATCHES]].to_numpy(float)
    change = np.quantile(index, 0.99) - np.quantile(index, 0.01)
    other = sample.teacher @ draws.iloc[0][[f"supply: {name}" for name in TEACHERS]].to_numpy(float)
    slope = sm.OLS(other, sm.add_constant(index)).fit().params[1]
    assert found["score"] == pytest.approx(change)
    assert found["teacher_utility"] == pytest.approx(slope * change)


def test_coefficients_that_were_left_out_count_zero():
    draws = planted_draws(2).drop(columns=[f"demand: {name}" for name in ("male",)])
    none = draws.drop(columns=[name for name in draws if name.startswith("demand: ")])
    found = changes_table(changes_by_draw(none, matches(500))).set_index("row")
    assert found.loc["observable_match", "school_utility"] == 0


def test_random_teachers_and_students_are_of_one_year():
    sample = matches(300, 4)
    assert isinstance(sample, ObservableMatches)
    assert sample.score.shape == (300, 6) and sample.school.shape == sample.teacher.shape == (
        300,
        7,
    )
    again = matches(300, 4)
    np.testing.assert_array_equal(sample.score, again.score)
    assert set(np.unique(sample.score[:, :2])) <= {0.0, 1.0}


def test_measures_and_their_slopes():
    raw, records = as_raw(world("small").tables), design("small").records
    measures = measures_by_teacher(raw, records)
    held = measures_held(raw, measures).set_index("measure")
    assert (held["first_year"] == 2013).all() and held["observations"].max() <= len(
        records.teachers
    )
    theta = truth("small").theta
    found = slopes_of_measures(measures, theta).set_index("measure")
    own = measures[measures["survey"].notna()]
    x = theta[own["teacher"].to_numpy(int)]
    fit = sm.OLS(own["survey"].to_numpy(float), sm.add_constant(x)).fit()
    assert found.loc["survey", "slope"] == pytest.approx(fit.params[1])
    assert found.loc["survey", "se"] == pytest.approx(fit.bse[1])
    assert found.loc["survey", "observations"] == len(own)
    without = as_raw(
        {k: v for k, v in world("small").tables.items() if k != "district_evaluations"}
    )
    empty = measures_by_teacher(without, records)
    assert empty.empty and measures_held(without, empty).empty
    assert slopes_of_measures(empty, theta).empty


def test_students_traits_on_their_teachers_effectiveness():
    made, theta = design(), truth().theta
    found = slopes_of_students(made, theta).set_index("trait")
    records, pairs = made.records, made.pairs
    people = records.positions["teacher_year"].to_numpy()[pairs.position]
    x = theta[records.teacher_years["teacher"].to_numpy()[people]]
    y = records.students["minority"].to_numpy()[pairs.student]
    fit = sm.OLS(y, sm.add_constant(x)).fit()
    assert found.loc["non_white", "slope"] == pytest.approx(fit.params[1])
    assert found.loc["non_white", "se"] == pytest.approx(fit.bse[1])
    assert (found["pairs"] == len(pairs.score)).all()
    assert (found["se_by_teacher"] > found["se"]).all()


def test_the_past_is_what_was_decided_and_scored_before():
    raw, made = as_raw(world().tables), design()
    years = raw.tables["vacancies"]["year"].to_numpy()
    past = past_system(made, years, 2013, "stacked")
    year_of = made.records.positions["year"].to_numpy()[made.pairs.position]
    assert past.outcomes.rows.sum() == (year_of < 2013).sum()
    # The test was not redesigned before: no year has both designs.
    names = [name for name in made.system.outcomes.names if name != "redesigned"]
    assert list(past.outcomes.names) == names
    menus = made.menus["year"].to_numpy()
    assert len(past.supply.teacher) == (menus < 2013).sum()
    size = np.diff(made.system.supply.first)
    assert past.supply.first[-1] == len(past.supply.school) == size[menus < 2013].sum()
    listed = years[made.list_rows["vacancy"].to_numpy()]
    assert past.demand.first[-1] == (listed < 2013).sum()
    later = past.outcomes.names.index("year_2013")
    assert past.outcomes.cross[later].sum() == 0
    with pytest.raises(UserError, match="nothing is known before 2010; leave it out"):
        past_system(made, years, 2010, "stacked")


def test_the_past_keeps_which_vacancies_were_left_over():
    raw = as_raw(world().tables)
    made = build_design(raw, STUDY, fallback="leftover")
    past = past_system(made, raw.tables["vacancies"]["year"].to_numpy(), 2014, "stacked")
    rows = np.repeat(made.menus["year"].to_numpy() < 2014, np.diff(made.system.supply.first))
    np.testing.assert_array_equal(past.supply.left_over, made.system.supply.left_over[rows])


def test_calibration_lines_are_the_published_facts():
    facts = system_facts(as_raw(world().tables), design())
    table = calibration_table(INPUTS, facts).set_index("quantity")
    assert table.loc["counts.teachers", "target"] == INPUTS["counts"]["teachers"]
    assert table.loc["counts.teachers", "achieved"] == facts["teachers"]
    assert table.loc["transfer_system.menus", "target"] == pytest.approx(
        np.mean(INPUTS["transfer_system"]["menus"])
    )
    assert (table["source"] != "").all() and len(table) == len(facts)
