"""Residuals projected on teachers, schools, experience and years, against dense least squares."""

import numpy as np
import pytest
import statsmodels.api as sm

from welfare_added.run.errors import UserError
from welfare_added.value_added.production import ExperienceBins, Projection, TaughtGroups

BINS = ExperienceBins((0, 1, 2, 5), "0")


def project(table, bins, **choices):
    return Projection(table, bins, **choices).parts(table.mean)


def groups(seed, *, missing=True, sets=1):
    """Groups of classes by type: teachers who move, gain experience, are at times unknown."""
    rng = np.random.default_rng(seed)
    rows = []
    for teacher in range(40):
        school, begun = rng.integers(6), rng.integers(7)
        unknown = missing and teacher < 4
        for year in range(rng.integers(2, 6)):
            if rng.random() < 0.4:
                school = rng.integers(6)
            place = school if sets == 1 else (school % 3) + 3 * (teacher % 2)
            prior = np.nan if unknown and year < 2 else float(begun + year)
            for kind in range(2):
                rows.append((teacher, place, prior, year, kind, rng.integers(1, 20)))
    teacher, school, prior, year, kind, students = np.array(rows).T
    return TaughtGroups(
        teacher=teacher.astype(int),
        school=school.astype(int),
        experience=BINS.codes(prior),
        year=year.astype(int),
        kind=kind.astype(int),
        students=students.astype(int),
        mean=rng.normal(0, 0.3, len(rows)) + 0.05 * np.minimum(np.nan_to_num(prior), 5),
    )


def indicators(codes, leave_out):
    return np.eye(codes.max() + 1)[codes][
        :, [c for c in range(codes.max() + 1) if c not in leave_out]
    ]


def dense(table, *, year_effects=True, type_effect="kept"):
    """Coefficients of bins, their clustered errors without correction for k, and what is left."""
    bins = indicators(table.experience, {0})
    others = [bins]
    if year_effects:
        others.append(indicators(table.year, {0}))
    if type_effect != "none":
        others.append((table.kind == 1).astype(float)[:, None])
    other = np.column_stack(others)
    # schools but one, so that the design has full rank where all are connected
    design = np.column_stack(
        [other, indicators(table.teacher, set()), indicators(table.school, {0})]
    )
    fit = sm.WLS(table.mean, design, weights=table.students).fit()
    teachers = table.teacher.max() + 1
    scores = design * (table.students * fit.resid)[:, None]
    summed = np.array([scores[table.teacher == j].sum(axis=0) for j in range(teachers)])
    bread = np.linalg.inv(design.T @ (design * table.students[:, None]))
    covariance = bread @ (summed.T @ summed) @ bread * teachers / (teachers - 1)
    q = bins.shape[1]
    schools = np.r_[0.0, fit.params[-5:]]
    size = np.bincount(table.school, table.students)
    schools -= np.average(schools, weights=size)
    slopes = fit.params[: other.shape[1]].copy()
    if type_effect == "kept":
        slopes[-1] = 0
    left = table.mean - other @ slopes - schools[table.school]
    left -= np.average(left, weights=table.students)
    return fit.params[:q], np.sqrt(np.diag(covariance))[:q], schools, left


@pytest.mark.parametrize(
    "choices", [{}, {"year_effects": False}, {"type_effect": "subtracted"}, {"type_effect": "none"}]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_dense_least_squares_gives_the_same(seed, choices):
    table = groups(seed)
    found = project(table, BINS, **choices)
    estimates, errors, schools, left = dense(table, **choices)
    profile = found.experience.iloc[1:]
    np.testing.assert_allclose(profile["estimate"], estimates, atol=1e-9)
    np.testing.assert_allclose(profile["standard_error"], errors, rtol=1e-7)
    np.testing.assert_allclose(found.school, schools, atol=1e-9)
    np.testing.assert_allclose(found.left, left, atol=1e-9)
    assert found.experience["experience"].tolist() == ["0", "1", "2-4", "5+", "missing"]
    assert found.experience["students"].sum() == table.students.sum()
    assert found.experience["estimate"].iloc[0] == 0 and np.isnan(
        found.experience["standard_error"].iloc[0]
    )


def test_another_reference_shifts_the_profile():
    table = groups(3)
    one = project(table, BINS).experience["estimate"]
    other = project(table, ExperienceBins(BINS.starts, "2-4")).experience["estimate"]
    np.testing.assert_allclose(one - one[2], other, atol=1e-10)


def test_without_school_effects_schools_are_zero():
    table = groups(1)
    found = project(table, BINS, school_effects=False)
    assert not found.school.any()
    alone = project(TaughtGroups(**{**vars(table), "school": np.zeros_like(table.school)}), BINS)
    np.testing.assert_allclose(found.left, alone.left, atol=1e-12)
    assert np.abs(found.left - project(table, BINS).left).max() > 0.01


def test_sets_without_a_mover_between_them_have_their_own_normalisation():
    table = groups(4, sets=2)
    found = project(table, BINS)
    assert len(np.unique(found.sets)) == 2
    size = np.bincount(table.school, table.students)
    for one in range(2):
        inside = found.sets == one
        assert abs(size[inside] @ found.school[inside]) < 1e-8


def test_experience_that_never_varies_within_teachers_has_no_estimate():
    """A bin in which a teacher always is cannot be told apart from her."""
    table = groups(5, missing=False)
    always = np.where(table.teacher < 4, 4, np.minimum(table.experience, 3))
    found = project(TaughtGroups(**{**vars(table), "experience": always}), BINS).experience
    assert found.loc[4, "estimate"] == 0 and np.isnan(found.loc[4, "standard_error"])
    assert found["standard_error"].iloc[1:4].notna().all()


def test_bins_are_named_and_checked():
    bins = ExperienceBins((0, 1, 2, 3, 4, 5, 10), "0")
    assert bins.labels == ["0", "1", "2", "3", "4", "5-9", "10+", "missing"]
    codes = bins.codes(np.array([0, 1, 4, 5, 9, 10, 33, np.nan, 2.5]))
    assert codes.tolist() == [0, 1, 4, 5, 5, 6, 6, 7, 2]
    with pytest.raises(UserError, match="ascend from zero"):
        ExperienceBins((1, 2), "1")
    with pytest.raises(UserError, match="6 is not one of the bins 0, 1, 2-4, 5"):
        ExperienceBins((0, 1, 2, 5), "6")
