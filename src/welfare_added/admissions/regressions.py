"""Linear probability models of minority status (Ellison and Pathak 2020, table A.1)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg

from welfare_added.admissions.indices import USED
from welfare_added.admissions.sample import check_inputs, check_outcome, significant
from welfare_added.admissions.tracts import INDICATORS
from welfare_added.run.errors import UserError

INDEX = "index"
CONSTANT = "constant"
COLUMNS = [
    *("column", "variable", "coefficient", "standard_error"),
    *("n", "freedom", "r_squared", "misclassified"),
]
DEPENDENT = 1e-10  # share of a column's norm that other columns leave, below which it is theirs
DECIMALS = 10  # of fitted shares, so that a share of exactly one half is not above it


@dataclass(frozen=True)
class LinearProbability:
    """Least squares of a 0/1 outcome on k regressors, the last of them the constant.

    names: (k,); coefficients: (k,) [share per unit of the regressor]; standard_errors: (k,);
    n: applicants; freedom: degrees of freedom of the standard errors, n - k or, clustered, T - 1;
    r_squared: [share]; misclassified: share of applicants whose outcome is 1 and
    fitted share not above one half, or 0 and above it; fitted: (n,) [share].
    """

    names: tuple[str, ...]
    coefficients: np.ndarray
    standard_errors: np.ndarray
    n: int
    freedom: int
    r_squared: float
    misclassified: float
    fitted: np.ndarray


def linear_probability(
    outcome: np.ndarray, inputs: pd.DataFrame, *, tract: np.ndarray | None = None
) -> LinearProbability:
    """Regress a 0/1 outcome on columns and a constant.

    Classical standard errors, with n - k degrees of freedom. With ``tract`` (n,) they are
    clustered by tract, times the square root of T / (T - 1) (n - 1) / (n - k) for T tracts: tract
    indicators do not vary within a tract, so the classical ones are too small wherever applicants
    of a tract are alike for other reasons.

    Raises UserError if the outcome is not 0 or 1 or does not vary, if values are missing, if
    there are too few applicants or tracts, and if columns are linear combinations of others,
    naming them.
    """
    y = check_outcome(outcome)
    x = np.column_stack([check_inputs(inputs, len(y)), np.ones(len(y))])
    names = (*map(str, inputs.columns), CONSTANT)
    n, k = x.shape
    if n <= k:
        raise UserError(f"{n} applicants are too few for {k - 1} variables and a constant")
    orthogonal, triangle = _factors(x, names)
    slopes = linalg.solve_triangular(triangle, orthogonal.T @ y)
    fitted = x @ slopes
    residuals = y - fitted
    bread = linalg.solve_triangular(triangle, np.eye(k))  # its square is the inverse of x'x
    if tract is None:
        spread = bread * np.sqrt(residuals @ residuals / (n - k))
    else:
        spread = bread @ _tract_scores(orthogonal * residuals[:, None], tract, n, k).T
    return LinearProbability(
        names=names,
        coefficients=slopes,
        standard_errors=np.sqrt((spread**2).sum(axis=1)),
        n=n,
        freedom=n - k if tract is None else len(pd.unique(np.asarray(tract))) - 1,
        r_squared=float(1 - residuals @ residuals / ((y - y.mean()) ** 2).sum()),
        misclassified=float(np.mean((np.round(fitted, DECIMALS) > 0.5) != (y == 1))),
        fitted=fitted,
    )


def _factors(x: np.ndarray, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Orthogonal (n, k) and triangular (k, k) factor; raises UserError naming what is redundant."""
    norms = np.linalg.norm(x, axis=0)
    norms[norms == 0] = 1.0
    triangle, order = linalg.qr(x / norms, mode="r", pivoting=True)
    rank = int((np.abs(np.diag(triangle)) > DEPENDENT).sum())
    if rank == len(names):
        return linalg.qr(x, mode="economic")
    weights = linalg.solve_triangular(triangle[:rank, :rank], triangle[:rank, rank])
    tied = [order[rank], *order[:rank][np.abs(weights) > np.sqrt(DEPENDENT)]]
    variables = [names[j] for j in sorted(tied) if names[j] != CONSTANT]
    if len(variables) == 1:
        raise UserError(f"{variables[0]} does not vary among these applicants: leave it out")
    raise UserError(
        f"{', '.join(variables)}: each is a linear combination of the others among these "
        "applicants, so their coefficients cannot be told apart. Leave one of them out."
    )


def _tract_scores(scores: np.ndarray, tract: np.ndarray, n: int, k: int) -> np.ndarray:
    """Sums of scores by tract, (T, k), times the root of the small-sample factor."""
    codes, labels = pd.factorize(np.asarray(tract))
    tracts = len(labels)
    if (codes < 0).any():
        raise UserError(f"tract: missing for {(codes < 0).sum():,} of {n:,} applicants")
    if tracts < 2:
        raise UserError("tract: standard errors clustered by tract need two tracts or more")
    sums = np.column_stack([np.bincount(codes, column, tracts) for column in scores.T])
    return sums * np.sqrt(tracts / (tracts - 1) * (n - 1) / (n - k))


def table_a1(
    applicants: pd.DataFrame, *, high_score: float, clustered: bool = False
) -> pd.DataFrame:
    """Predictions of minority status (table A.1).

    Columns 1 (all applicants) and 2 (composite score of ``high_score`` or more, as in all later
    ones): each indicator alone. Column 3: all six. Column 4: education, two_parent and isat.
    Column 5: the mean of the six, which the paper calls their sum. Column 6: column 4 and FRPL.

    Parameters
    ----------
    applicants
        minority (0 or 1), composite_score, frpl (0 or 1), tract, and of the applicant's tract
        income, education, two_parent, english, owner, isat [0-1, higher = better off].
    high_score
        In the units of composite_score.
    clustered
        Standard errors clustered by tract; the paper does not state its kind.

    Returns
    -------
    DataFrame
        column (1 to 6), variable, coefficient [share per unit], standard_error, n, freedom (degrees
        of freedom), r_squared [share], misclassified [share], to ten significant digits. In columns
        1 and 2, where every variable is a regression of its own, n and what follows are of that
        regression.

    Raises UserError as `linear_probability`, naming the table's column.

    """
    indexed = applicants.assign(**{INDEX: applicants[list(INDICATORS)].mean(axis=1, skipna=False)})
    high = indexed[indexed["composite_score"] >= high_score]
    regressions = [
        *((1, indexed, [name]) for name in INDICATORS),
        *((2, high, [name]) for name in INDICATORS),
        *((3, high, [*INDICATORS]), (4, high, [*USED])),
        *((5, high, [INDEX]), (6, high, [*USED, "frpl"])),
    ]
    rows = []
    for column, sample, names in regressions:
        tract = sample["tract"].to_numpy() if clustered else None
        try:
            fit = linear_probability(sample["minority"].to_numpy(), sample[names], tract=tract)
        except UserError as error:
            raise UserError(
                f"tables of applicants and tracts; table A.1, column {column}: {error}"
            ) from error
        estimates = zip(names, fit.coefficients, fit.standard_errors, strict=False)
        of_fit = fit.n, fit.freedom, fit.r_squared, fit.misclassified
        rows += [(column, *row, *of_fit) for row in estimates]
    table = pd.DataFrame(rows, columns=COLUMNS)
    numbers = ["coefficient", "standard_error", "r_squared", "misclassified"]
    table[numbers] = significant(table[numbers].to_numpy())
    return table
