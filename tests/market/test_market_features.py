"""Covariates of pairs and choice sets, beside loops over pairs of tables."""

import logging

import numpy as np
import pandas as pd
import pytest
from preference_cases import choices_of, shuffled, table, world

from welfare_added.market import features
from welfare_added.market.columns import usable, without_separating
from welfare_added.market.teacher_choices import teacher_choices
from welfare_added.run.errors import UserError


@pytest.fixture(scope="module")
def made():
    return world(applicants=60, positions=200)


def by_hand(made, applicant, position):
    """Covariates of one pair, from the tables."""
    who, where = made.applicants.iloc[applicant], made.positions.iloc[position]
    own = made.schools[made.schools["year"] == who["year"]]
    students = own["students"] / own["students"].sum()
    share = (students * own["share_disadvantaged"]).sum()
    advantage = (1 - share) * who["mu_0"] + share * who["mu_1"] + who["experience_effect"]
    p = where["share_disadvantaged"]
    value = (1 - p) * who["mu_0"] + p * who["mu_1"] + who["experience_effect"]
    shares = [where[name] for name in features.SHARE_COLUMNS]
    return [
        where["class_size"] * value,
        *shares,
        *(advantage * one for one in shares),
        who["black"] * where["share_black"],
        who["hispanic"] * where["share_hispanic"],
    ]


def test_covariates_of_pairs_are_those_by_hand(made):
    choices = choices_of(made)
    for number in (0, 7, len(choices.applicants) - 1):
        applicant = choices.applicants[number]
        pairs = made.pairs[made.pairs["applicant"] == applicant]
        rows = slice(choices.first[number], choices.first[number + 1])
        hand = pd.DataFrame([by_hand(made, applicant, one) for one in pairs["position"]])
        wanted = hand.drop_duplicates().sort_values(0).to_numpy()
        found = choices.pair[rows][:, 2:]
        np.testing.assert_allclose(found[found[:, 0].argsort(kind="stable")], wanted, atol=1e-12)
        assert choices.trials[rows].sum() == len(pairs)
        assert choices.taken[rows].sum() == pairs["applied"].sum()
        means = hand.mean().to_numpy()
        np.testing.assert_allclose(choices.means[number, 2:-1], means, atol=1e-12)
        sizes = made.positions["class_size"].to_numpy()[pairs["position"]]
        assert choices.means[number, -1] == pytest.approx(sizes.mean())
        assert choices.means[number, 0] == pytest.approx(pairs["minutes"].mean())


def test_columns_of_one_pair_are_in_the_order_of_their_names():
    shares = np.array([0.5, 0.4, 0.2, 0.3])
    found = dict(
        zip(features.PAIR, features.pair_columns(12.0, 0, 2.5, shares, 0.1, 1, 1), strict=True)
    )
    assert [found[name] for name in features.SHARES] == shares.tolist()
    assert found["commute"] == 12.0 and found["value_added"] == 2.5
    assert found["absolute_advantage_x_hispanic"] == pytest.approx(0.02)
    assert found["absolute_advantage_x_above_median"] == pytest.approx(0.03)
    assert found["black_x_black"] == 0.4 and found["hispanic_x_hispanic"] == 0.2
    random = features.random_columns(np.array([list(found.values())]))[0]
    assert random.tolist() == [2.5, *shares, 1.0]


def test_present_positions_have_the_covariates_of_their_school(made):
    choices = choices_of(made)
    assert choices.incumbent.sum() == (made.applicants["in_district"] == 1).sum() > 5
    number = np.flatnonzero(choices.incumbent)[2]
    who = made.applicants.iloc[choices.applicants[number]]
    school = made.schools.set_index(["school_id", "year"]).loc[(who["current_school"], who["year"])]
    shares = [school[name] for name in features.SHARE_COLUMNS]
    np.testing.assert_allclose(choices.present[number, 3:7], shares)
    assert choices.present[number, 0] == who["current_minutes"]
    assert (choices.present[~choices.incumbent] == 0).all()


def test_order_of_pairs_and_numbers_of_positions_change_nothing(made):
    choices = choices_of(made)
    again = choices_of(made, pairs=shuffled(made.pairs))
    order = np.random.default_rng(1).permutation(len(made.positions))
    pairs = made.pairs.assign(position=np.argsort(order)[made.pairs["position"]])
    renumbered = choices_of(
        made, positions=made.positions.iloc[order].reset_index(drop=True), pairs=pairs
    )
    for other in (again, renumbered):
        for name in ("pair", "taken", "trials", "means", "present", "first"):
            np.testing.assert_allclose(getattr(other, name), getattr(choices, name), atol=1e-12)


def test_positions_of_one_school_with_other_covariates_are_rows_of_their_own(made):
    changed = made.positions.copy()
    changed.loc[0, "class_size"] += 1
    more = choices_of(made, positions=changed)
    assert len(more.taken) >= len(choices_of(made).taken)
    assert more.trials.sum() == len(made.pairs)


def test_absolute_advantage_is_a_class_as_a_total():
    own = features.absolute_advantage(0.1, 0.3, 0.05, 0.5, 20.0)
    assert own == pytest.approx(0.25)
    assert features.absolute_advantage(0.1, 0.3, 0.05, 0.5, 20.0, "total") == pytest.approx(5.0)
    with pytest.raises(UserError, match="want per_student or total"):
        features.absolute_advantage(0.1, 0.3, 0.05, 0.5, 20.0, "median")


def test_representative_school_is_weighted_by_students():
    schools = table(
        year=[1, 1, 1],
        in_market=[True, True, False],
        students=[10, 30, 1000],
        class_size=[20.0, 24.0, 5.0],
        share_disadvantaged=[1.0, 0.2, 0.0],
    )
    found = features.representative_schools(schools)
    assert found.loc[1, "class_size"] == pytest.approx(23.0)
    assert found.loc[1, "share_disadvantaged"] == pytest.approx(0.4)
    with pytest.raises(UserError, match="no school of the market district"):
        features.representative_schools(schools.assign(in_market=False))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"applied": 2}, "neither 0 nor 1 in 1 rows"),
        ({"position": 10_000}, "position of 1 rows is not a row of its table"),
        ({"minutes": 99.5}, "minutes differs between positions of one school"),
    ],
)
def test_pairs_that_cannot_be_are_refused(made, change, message):
    pairs = made.pairs.copy()
    key = ["applicant", "school"]
    pairs["school"] = made.positions["school_id"].to_numpy()[pairs["position"]]
    row = pairs.index[pairs.duplicated(key)][0]
    for name, value in change.items():
        pairs.loc[row, name] = value
    with pytest.raises(UserError, match=message):
        choices_of(made, pairs=pairs.drop(columns="school"))


def test_unknown_present_school_is_refused_with_its_count(made):
    people = made.applicants.copy()
    row = people.index[people["in_district"] == 1][0]
    people.loc[row, "current_school"] = "elsewhere"
    with pytest.raises(UserError, match="current_school of 1 rows has no row"):
        teacher_choices(people, made.positions, made.pairs, made.schools)


def test_collinear_and_constant_columns_are_named(caplog):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((50, 3))
    columns = np.column_stack([x, x[:, 0] - 2 * x[:, 2], np.zeros(50)])
    with caplog.at_level(logging.INFO):
        keep = usable(columns.T @ columns, ["one", "two", "three", "sum", "nothing"], "test")
    assert keep.tolist() == [True, True, True, False, False]
    assert "sum left out: a linear combination of one, three" in caplog.text
    assert "nothing left out: it is zero in all rows" in caplog.text


def test_separating_dummy_is_refused_by_name_or_left_out():
    dummy = np.repeat([0.0, 1.0], 20)
    other = np.tile([0.0, 1.0], 20)
    taken = np.where(dummy == 1, 0.0, other)
    columns, names = np.column_stack([dummy, other]), ["never", "other"]
    with pytest.raises(UserError, match=r"effect of never \(0 of 20 choices where it is 1\)"):
        without_separating(columns[:, :1], names[:1], taken, np.ones(40), "test")
    keep = without_separating(columns, names, taken, np.ones(40), "test", "drop", 3)
    assert keep.tolist() == [False, False]
