"""Covariates of teachers and positions, as arrays: one definition for generator and estimators.

Functions of pairs broadcast: a teacher's numbers may be (J, 1) and a position's (1, P). Names are
those of the published estimates (Bates et al. 2022, table 5).
"""

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError

SHARES = ("disadvantaged", "black_share", "hispanic_share", "above_median")
PAIR = (
    "commute",
    "commute_missing",
    "value_added",
    *SHARES,
    "absolute_advantage_x_disadvantaged",
    "absolute_advantage_x_black",
    "absolute_advantage_x_hispanic",
    "absolute_advantage_x_above_median",
    "black_x_black",
    "hispanic_x_hispanic",
)
TEACHER = (
    "constant",
    "value_added_not_disadvantaged",
    "value_added_disadvantaged",
    "in_district",
    "black",
    "hispanic",
    "female",
    "experience_2_3",
    "experience_4_6",
    "experience_7",
    "va_missing",
    "race_missing",
    "gender_missing",
    "experience_missing",
)
MEANS = (*(f"mean_{name}" for name in PAIR), "mean_students")
# Columns of `PAIR` with random coefficients, and the constant; their standard deviations' names.
RANDOM = ("value_added", *SHARES, "constant")
SPREADS = (*(f"{name}_sd" for name in RANDOM[:-1]), "random_effect_sd")
# Where a teacher's columns are called otherwise in the table of applicants.
COLUMN_OF = {"value_added_not_disadvantaged": "mu_0", "value_added_disadvantaged": "mu_1"}
# Columns of the tables of schools and positions, in the order of `SHARES`.
SHARE_COLUMNS = ("share_disadvantaged", "share_black", "share_hispanic", "share_above_median")


def value_added_per_student(
    mu_0: np.ndarray,
    mu_1: np.ndarray,
    experience_effect: np.ndarray,
    share_disadvantaged: np.ndarray,
) -> np.ndarray:
    """Forecast value added per student of a class [student SD] (Bates et al. 2022, eq. 6).

    ``mu_0`` and ``mu_1`` are of students who are not, and who are, disadvantaged.
    """
    mixed = (1 - share_disadvantaged) * mu_0 + share_disadvantaged * mu_1
    return mixed + experience_effect


def total_value_added(per_student: np.ndarray, class_size: np.ndarray) -> np.ndarray:
    """Value added of a class [students x student SD] (Bates et al. 2022, eq. 6)."""
    return per_student * class_size


def representative_schools(schools: pd.DataFrame) -> pd.DataFrame:
    """Mean class size and share disadvantaged of the market district's students, by year.

    Parameters
    ----------
    schools
        year, in_market (bool), students, class_size, share_disadvantaged, a row a school and year.

    Returns
    -------
    DataFrame
        class_size and share_disadvantaged, weighted by students, indexed by year.

    Raises
    ------
    UserError
        If no school is in the market, or its numbers are missing.

    """
    own = schools[schools["in_market"].astype(bool)]
    columns = ["class_size", "share_disadvantaged"]
    if own.empty:
        raise UserError("schools: no school of the market district (column in_market)")
    if missing := int(own[["students", *columns]].isna().any(axis=1).sum()):
        raise UserError(
            f"schools: students, class_size or share_disadvantaged is missing in {missing} rows of "
            "the market district; the representative school cannot be calculated"
        )
    weighted = own[columns].mul(own["students"], axis=0).groupby(own["year"]).sum()
    return weighted.div(own.groupby("year")["students"].sum(), axis=0)


def absolute_advantage(
    mu_0: np.ndarray,
    mu_1: np.ndarray,
    experience_effect: np.ndarray,
    share_disadvantaged: np.ndarray,
    class_size: np.ndarray,
    kind: str = "per_student",
) -> np.ndarray:
    """Forecast value added at the representative school (Bates et al. 2022, section 5.2).

    Parameters
    ----------
    mu_0, mu_1, experience_effect
        Forecasts [student SD].
    share_disadvantaged, class_size
        Of the representative school (`representative_schools`).
    kind
        ``per_student`` [student SD], or ``total`` [students x student SD], the text's formula.

    Raises
    ------
    UserError
        If the kind is another.

    """
    if kind not in ("per_student", "total"):
        raise UserError(f"absolute advantage {kind!r}: want per_student or total")
    mean = value_added_per_student(mu_0, mu_1, experience_effect, share_disadvantaged)
    return mean if kind == "per_student" else total_value_added(mean, class_size)


def pair_columns(
    minutes: np.ndarray,
    commute_missing: np.ndarray,
    value_added: np.ndarray,
    shares: np.ndarray,
    absolute_advantage: np.ndarray,
    black: np.ndarray,
    hispanic: np.ndarray,
) -> np.ndarray:
    """Covariates (..., 13) of pairs, in the order of `PAIR` (Bates et al. 2022, eqs. 8 and 10).

    Parameters
    ----------
    minutes, commute_missing
        (...) one-way commute, zero where missing, and whether it is.
    value_added
        (...) total value added of the teacher at the school.
    shares
        (..., 4) shares of the school's students, in the order of `SHARES`.
    absolute_advantage, black, hispanic
        (...) of the teacher.

    """
    shape = np.broadcast_shapes(
        *(np.shape(one) for one in (minutes, value_added, absolute_advantage, shares[..., 0]))
    )
    out = np.empty((*shape, len(PAIR)))
    for column, values in enumerate((minutes, commute_missing, value_added)):
        out[..., column] = values
    out[..., 3:7] = shares
    out[..., 7:11] = np.asarray(absolute_advantage)[..., None] * shares
    out[..., 11] = black * shares[..., 1]
    out[..., 12] = hispanic * shares[..., 2]
    return out


def random_columns(pair: np.ndarray) -> np.ndarray:
    """Covariates (..., 6) with random coefficients, in the order of `RANDOM`, of pairs (..., 13)."""
    first = PAIR.index("value_added")
    out = np.ones((*pair.shape[:-1], len(RANDOM)))
    out[..., :-1] = pair[..., first : first + len(RANDOM) - 1]
    return out


def teacher_columns(applicants: pd.DataFrame) -> np.ndarray:
    """Covariates (J, 14) of applicants in a year, in the order of `TEACHER`.

    Raises
    ------
    UserError
        If values are missing: names the columns and counts the rows.

    """
    names = [COLUMN_OF.get(name, name) for name in TEACHER[1:]]
    values = applicants[names].astype(float)
    missing = values.isna().sum()
    if (missing > 0).any():
        which = ", ".join(f"{name} ({count} rows)" for name, count in missing.items() if count)
        raise UserError(f"applicants: missing in {which}; want 0, and 1 in the column of missings")
    return np.column_stack([np.ones(len(values)), values.to_numpy()])


def choice_set_means(
    pair: np.ndarray, class_size: np.ndarray, trials: np.ndarray, first: np.ndarray
) -> np.ndarray:
    """Means (A, 14) over the positions of each choice set, in the order of `MEANS`.

    The device of Mundlak (1978) and Chamberlain (1982) in Bates et al. (2022), eq. 11.

    Parameters
    ----------
    pair
        (N, 13) covariates of rows, those of an agent together.
    class_size, trials
        (N,) students a class, and number of positions of the row.
    first
        (A + 1,) first row of each agent, and N.

    """
    weight = trials / np.repeat(np.add.reduceat(trials, first[:-1]), np.diff(first))
    out = np.empty((len(first) - 1, len(MEANS)))
    for column in range(len(PAIR)):
        out[:, column] = np.add.reduceat(weight * pair[:, column], first[:-1])
    out[:, -1] = np.add.reduceat(weight * class_size, first[:-1])
    return out
