"""What the covariance of consecutive years, the printed s2_mu, is in expectation."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from welfare_added.grade_means.cells import GradeCells
from welfare_added.grade_means.moments import design
from welfare_added.grade_means.printed import taught_years


@dataclass(frozen=True)
class ExpectedCovariance:
    """Expectation of Cov(vbar_it, vbar_it-1) as teacher * s2_mu + noise * s2_e.

    Attributes
    ----------
    teacher
        Part of the variance of effects that is left: colleagues of a cell share its residual, and
        school-year effects take out the school's mean. In a school-year of G cells with k teachers
        each, who stay together, it is (1 - 1 / G) / k.
    noise
        Of a noise of the same variance in all cells; about zero.

    """

    teacher: float
    noise: float


def expected_covariance(cells: GradeCells, shares: sparse.csr_array) -> ExpectedCovariance:
    """Coefficients of the exact expectation, under A = Xb + Z mu + e; missing without two pairs.

    With consecutive years x = Pv and y = Rv of p pairs, v = MA, the sample covariance is
    (x'y - 1'x 1'y / p) / (p - 1), and the expectation of v v' is M (s2_mu ZZ' + s2_e I) M.
    """
    years = taught_years(cells)
    before = years.consecutive
    pairs = len(before)
    if pairs < 2:
        return ExpectedCovariance(float("nan"), float("nan"))
    first, second = years.average[before], years.average[before + 1]
    one = design(cells, shares)
    q, w = one.maker.basis, one.loading

    def centred(own: float, sums: tuple[np.ndarray, np.ndarray]) -> float:
        return float((own - sums[0] @ sums[1] / pairs) / (pairs - 1))

    left, right = first @ one.within, second @ one.within
    of_left, of_right = first @ q, second @ q
    products = float((left * right).sum()) + ((of_left @ (w @ w.T)) * of_right).sum()
    products -= ((left @ w.T) * of_right).sum() + (of_left * (right @ w.T)).sum()
    totals = [one.maker.projected(part.sum(axis=0)) for part in (first, second)]
    by_teacher = tuple(one.within.T @ total for total in totals)
    # Consecutive years are different school-years, which only the other controls connect.
    return ExpectedCovariance(
        centred(products, by_teacher), centred(-(of_left * of_right).sum(), tuple(totals))
    )
