"""Welfare of an assignment to schools with curricula, and its two propositions (appendix A.1).

The expected outcome of a student does not depend on the school but through the distance of her type
to its curriculum and through its diversity; the part h that depends on her alone is left out, as in
the paper. Two misprints of the paper are corrected: the squared distance in school-specific welfare
is printed with exponent s, and the text measures demographics from x̄_s itself where equation 1 has
the optimal composition x*. The norm is not stated; it is taken to be Euclidean.

All students are in a school: those not admitted are one more school. Arrays of students have one
row a student; ``school`` numbers the schools from 0. Types are in any unit, and the weights convert
to units of the outcome.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Welfare:
    """Welfare of an assignment by school, and its sum (Ellison and Pathak 2020, eqs. 1 and 2).

    Attributes
    ----------
    shares : (schools,) array
        Share n_s of the students in each school.
    mismatch : (schools,) array
        Mean squared distance between type and curriculum [type squared]; the within-school variance
        if curricula are optimal. Missing for a school without students.
    imbalance : (schools,) array
        Distance between the school's mean characteristics and the target. Missing likewise.
    of_schools : (schools,) array
        Welfare of a school's average student, W_s [outcome]. Missing likewise.
    total : float
        The sum of W_s weighted by n_s [outcome].

    """

    shares: np.ndarray
    mismatch: np.ndarray
    imbalance: np.ndarray
    of_schools: np.ndarray
    total: float


def welfare(
    types: np.ndarray,
    characteristics: np.ndarray,
    school: np.ndarray,
    *,
    curriculum_weight: float,
    diversity_weight: float,
    target: np.ndarray,
    curricula: np.ndarray | None = None,
) -> Welfare:
    """Compute welfare without the part h that no assignment changes (eqs. 1 and 2).

    Parameters
    ----------
    types : (students,) array
        θ, the curriculum that suits the student best.
    characteristics : (students, characteristics) array
        x, for example indicators of groups.
    school : (students,) array of int
        A(θ, x, z), from 0.
    curriculum_weight : float
        k [outcome / type squared].
    diversity_weight : float
        d [outcome / characteristic].
    target : (characteristics,) array
        x*, the composition of an optimally diverse school.
    curricula : (schools,) array, optional
        c_s; the optimal ones of proposition 1 if not given.

    Raises
    ------
    ValueError
        If arrays differ in length, a school's number is negative or has no curriculum.

    """
    types, characteristics = np.asarray(types, float), np.asarray(characteristics, float)
    school = _checked(types, school)
    if len(characteristics) != len(types) or characteristics.shape[1:] != np.shape(target):
        raise ValueError("characteristics: one row a student and one column a component of target")
    curricula = optimal_curricula(types, school) if curricula is None else np.asarray(curricula)
    if len(curricula) <= school.max():
        raise ValueError(f"{school.max() + 1} schools, but {len(curricula)} curricula")
    number = len(curricula)
    mismatch = school_means(np.square(types - curricula[school]), school, number)
    composition = np.stack([school_means(x, school, number) for x in characteristics.T], axis=1)
    imbalance = np.linalg.norm(composition - target, axis=1)
    of_schools = -curriculum_weight * mismatch - diversity_weight * imbalance
    shares = school_shares(school, number)
    total = float(shares @ np.where(shares > 0, of_schools, 0.0))
    return Welfare(shares, mismatch, imbalance, of_schools, total)


def school_shares(school: np.ndarray, number: int = 0) -> np.ndarray:
    """Share of the students in each school, (schools,), of at least ``number`` schools."""
    return np.bincount(school, minlength=number) / len(school)


def school_means(values: np.ndarray, school: np.ndarray, number: int = 0) -> np.ndarray:
    """Mean over each school's students, (schools,); missing for a school without students."""
    counts = np.bincount(school, minlength=number)
    sums = np.bincount(school, weights=values, minlength=number)
    return np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)


def school_variances(types: np.ndarray, school: np.ndarray, number: int = 0) -> np.ndarray:
    """Variance of types within each school, (schools,), divisor n; missing if it has no student."""
    deviations = types - school_means(types, school, number)[school]
    return school_means(np.square(deviations), school, number)


def optimal_curricula(types: np.ndarray, school: np.ndarray) -> np.ndarray:
    """Return the curricula that maximise welfare given the assignment: mean types (prop. 1)."""
    return school_means(np.asarray(types, float), _checked(types, school))


def closest_curriculum(types: np.ndarray, curricula: np.ndarray) -> np.ndarray:
    """Assign each student to the school whose curriculum is closest to her type (prop. 1).

    Optimal given the curricula if diversity has no weight (d = 0) and no school has a limit of
    seats, which the proposition leaves unsaid. Of two schools as close, the first is taken; a
    school with a missing curriculum takes nobody.

    """
    return np.nanargmin(np.abs(np.asarray(types)[:, None] - np.asarray(curricula)), axis=1)


def variance_identity(types: np.ndarray, school: np.ndarray) -> tuple[float, float]:
    """Both sides of proposition 2 [type squared], each computed on its own.

    Returns
    -------
    within : float
        Minus the sum over schools of n_s Var(θ | s): welfare if k = 1 and d = 0.
    between : float
        The sum over schools of n_s (E(θ | s) - E(θ))², minus Var(θ).

    """
    types, school = np.asarray(types, float), _checked(types, school)
    shares = school_shares(school)
    present = shares > 0
    within = -float(shares[present] @ school_variances(types, school)[present])
    means = school_means(types, school)[present]
    return within, float(welfare_of_means(shares[present], means, types.mean(), types.var()))


def welfare_of_means(shares: Sequence, means: Sequence, overall_mean, variance):
    """Welfare over k when d = 0, from schools' shares and mean types alone (prop. 2, right side).

    Parameters
    ----------
    shares, means : sequences, one number a school
        n_s and E(θ | s); floats or fractions.
    overall_mean, variance
        E(θ) and Var(θ) over all students.

    """
    pairs = zip(shares, means, strict=True)
    return sum(share * (mean - overall_mean) ** 2 for share, mean in pairs) - variance


def _checked(types: np.ndarray, school: np.ndarray) -> np.ndarray:
    school = np.asarray(school)
    if len(school) != len(types) or not len(school):
        raise ValueError(f"{len(types)} types, but {len(school)} students with a school")
    if not np.issubdtype(school.dtype, np.integer) or school.min() < 0:
        raise ValueError("school: numbers from 0, one a student")
    return school
