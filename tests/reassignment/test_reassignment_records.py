"""A synthetic transfer system reassigned at its planted truth."""

from functools import cache

import numpy as np
import pytest
from transfers_world import as_raw, design, truth, world

from welfare_added.reassignment.draws import plan_draws, scores_of
from welfare_added.reassignment.from_records import Parameters, YearRecords, draw_of, year_records
from welfare_added.reassignment.proficient import proficient
from welfare_added.reassignment.year import SCENARIOS
from welfare_added.run.errors import UserError
from welfare_added.transfers.driving import Driving
from welfare_added.transfers.pairs import pair_regressors
from welfare_added.transfers.regressors import OUTCOMES


@cache
def year_of(year: int, applicants: str = "both", size: str = "tiny") -> YearRecords:
    raw, own = as_raw(world(size).tables), design(size)
    return year_records(raw, own, Driving(raw, own.records), year, applicants)


@cache
def truth_draw() -> Parameters:
    own = truth()
    system = design().system
    return Parameters(
        outcomes=dict(zip(system.outcomes.names, own.outcomes, strict=True)),
        sd_eps=own.spreads["sd_eps"],
        supply=own.supply,
        attraction=own.attraction,
        demand=dict(zip(system.demand.names, own.demand, strict=True)),
        theta=own.theta,
        phi=own.phi,
        eta_y=own.eta_y,
        eta_u=own.eta_u,
        eta_v=own.eta_v,
    )


def test_scores_change_as_the_regressors_of_the_outcomes_do():
    """Two teachers of a position exchanged: by sums, and by eq. 1 on the students' rows."""
    own, made = year_of(2013), design()
    draw = draw_of(own, truth_draw(), 0, np.random.default_rng(1))
    totals = scores_of(draw, "mean_score", own.sums, own.students)
    pairs, records = made.pairs, made.records
    rows = np.flatnonzero(records.positions["year"].to_numpy()[pairs.position] == 2013)
    slopes = np.array([truth_draw().outcomes[name] for name in OUTCOMES])
    observed = pair_regressors(records, pairs, rows) @ slopes
    holder = own.year.observed
    place = np.repeat(np.arange(len(holder)), np.diff(own.students.first))
    other = np.roll(holder, 1)
    positions = records.positions.copy()
    people = records.teacher_years
    of = {teacher: row for row, teacher in people["teacher"][people["year"] == 2013].items()}
    here = np.unique(pairs.position[rows])
    positions.loc[here, "teacher_year"] = [of[one] for one in own.teacher[other]]
    changed = type(records)(**{**vars(records), "positions": positions})
    exchanged = pair_regressors(changed, pairs, rows) @ slopes
    change = np.bincount(place, exchanged - observed)
    number = np.bincount(place)
    theta, eta = truth_draw().theta, truth_draw().eta_y
    for who, sign in ((other, 1), (holder, -1)):
        teacher = own.teacher[who]
        change += sign * number * (theta[teacher] + eta[teacher, own.year.school])
    columns = np.arange(len(holder))
    np.testing.assert_allclose(totals[other, columns] - totals[holder, columns], change, atol=1e-9)


def test_candidates_are_teachers_with_positions_and_applicants_without():
    number = {
        name: [len(year_of(year, name).teacher) for year in range(2011, 2020)]
        for name in ("before", "same", "both")
    }
    positions = [len(year_of(year).year.school) for year in range(2011, 2020)]
    assert all(few <= many for few, many in zip(positions, number["before"], strict=True))
    assert sum(number["both"]) > sum(positions)
    for name in ("before", "same"):
        assert all(few <= many for few, many in zip(number[name], number["both"], strict=True))
    outside = np.concatenate([year_of(year).outside for year in range(2011, 2020)])
    assert (outside >= 0).any()


def test_gains_at_the_planted_truth_fall_with_constraints():
    own = year_of(2014)
    random = np.random.default_rng(3)
    draws = [draw_of(own, truth_draw(), number, random, cut=0.0) for number in range(3)]
    aims = ["mean_score", "share_proficient", "class_mean"]
    planned = plan_draws(own.year, draws, own.sums, own.students, aims)
    made, results = planned.plans, planned.results
    results = results[results["scenario"] != "observed"]
    assert len(results) == 3 * 3 * 4 and results["relative_gap"].abs().max() < 1e-9
    table = results.pivot(index=["aim", "draw"], columns="scenario", values="value")
    values = table[list(SCENARIOS)].to_numpy()
    assert (np.diff(values, axis=1) <= 1e-9 * np.abs(values[:, :1])).all()
    assert (values[:, -1] >= results.groupby(["aim", "draw"])["observed"].first() - 1e-9).all()
    assert (results.loc[results["scenario"] != "unconstrained", "worse_off"] == 0).all()
    by_aim = results[results["scenario"] == "unconstrained"].groupby("aim")["total"].mean()
    assert by_aim["mean_score"] > 0.02
    assert set(made["scenario"]) == set(SCENARIOS)


def test_counts_of_the_observed_assignment_are_those_of_the_scores():
    own = year_of(2012)
    draw = draw_of(own, truth_draw(), 0, np.random.default_rng(1), cut=0.1)
    counts = scores_of(draw, "share_proficient", own.sums, own.students)
    observed = counts[own.year.observed, np.arange(len(own.year.school))].sum()
    assert observed == pytest.approx((own.score >= 0.1).sum(), abs=1)  # one may be on the edge


def test_expected_counts_leave_out_the_students_own_errors():
    own, random = year_of(2012), np.random.default_rng(1)
    realised, expected = (
        draw_of(own, truth_draw(), 0, random, cut=0.1, errors=one)
        for one in ("realised", "expected")
    )
    errors = expected.need - realised.need
    assert errors.std() == pytest.approx(0.57, rel=0.06) and abs(errors.mean()) < 0.06
    counts = [
        scores_of(draw, "share_proficient", own.sums, own.students) for draw in (realised, expected)
    ]
    positions = np.arange(len(own.year.school))
    first, second = (table[own.year.observed, positions].sum() for table in counts)
    assert second == pytest.approx(first, rel=0.1) and second != first
    drawn = [
        proficient(
            own.students,
            expected.teachers,
            expected.eta,
            expected.need - 0.57 * random.standard_normal(len(expected.need)),
        )
        for _ in range(300)
    ]
    np.testing.assert_allclose(np.mean(drawn, axis=0), counts[1], atol=0.9)


def test_consent_without_shocks_is_by_mean_utility():
    own = year_of(2012)
    first, second = (
        draw_of(own, truth_draw(), 0, np.random.default_rng(seed), shocks=False) for seed in (1, 2)
    )
    np.testing.assert_array_equal(first.utility, second.utility)
    third = draw_of(own, truth_draw(), 0, np.random.default_rng(2))
    assert np.std(third.utility - first.utility) == pytest.approx(1.0, abs=0.05)


def test_unknown_words_and_years_are_refused():
    raw, own = as_raw(world().tables), design()
    driving = Driving(raw, own.records)
    with pytest.raises(UserError, match=r"reassignment\.applicants: 'all'; want before, same, bo"):
        year_records(raw, own, driving, 2012, "all")
    with pytest.raises(UserError, match=r"reassignment\.errors: 'none'; want realised or expec"):
        draw_of(year_of(2012), truth_draw(), 0, np.random.default_rng(1), errors="none")
    with pytest.raises(UserError, match="2009 is not one of the years studied"):
        year_records(raw, own, driving, 2009)
