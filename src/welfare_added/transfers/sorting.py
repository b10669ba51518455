"""Who teaches where, and how moves change it (Laverde et al. 2023, figure 1)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm

from welfare_added.run.errors import UserError
from welfare_added.transfers.records import Records

TRAITS = ("white", "proficient", "low_income")
NORMAL = 1.959963984540054  # of a 95% interval


def proficiency_cut(records: Records, share: float) -> float:
    """Score from which the share of all scores, of both subjects, is proficient.

    The paper prints no cut. UserError if the share is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise UserError(f"reassignment.proficient: {share}, want a share between 0 and 1")
    scores = records.students[["score_math", "score_reading"]].to_numpy()
    return float(np.nanquantile(scores, 1 - share))


def school_shares(records: Records, cut: float) -> dict[int, dict[str, np.ndarray]]:
    """Shares of a school's students by year: `TRAITS`, (S,) each.

    proficient: in mathematics, of those tested. NaN where a school has nobody.
    """
    shares = {}
    for year in records.years:
        own = records.students[records.students["year"] == year]
        tested = own[own["score_math"].notna()]
        number = np.bincount(tested["school"], minlength=len(records.schools))
        above = np.bincount(
            tested["school"], tested["score_math"] >= cut, minlength=len(records.schools)
        )
        traits = records.traits[year]
        shares[year] = {
            "white": 1 - traits["share_minority"],
            "proficient": np.divide(
                above, number, out=np.full(len(above), np.nan), where=number > 0
            ),
            "low_income": traits["share_low_income"],
        }
    return shares


def teacher_schools(records: Records, shares: Mapping) -> pd.DataFrame:
    """Teacher-years with a position: teacher, year, school, years of experience, and `TRAITS`."""
    people = records.teacher_years
    rows = people[people["position"] >= 0]
    school = records.positions["school"].to_numpy()[rows["position"]]
    table = rows[["teacher", "year", "years"]].assign(school=school)
    for trait in TRAITS:
        table[trait] = [
            shares[year][trait][at] for year, at in zip(table["year"], school, strict=True)
        ]
    return table.reset_index(drop=True)


def by_experience(table: pd.DataFrame, lowest: Sequence[float]) -> pd.DataFrame:
    """Mean traits of the schools of teachers by experience, with 95% intervals (figure 1, A).

    Parameters
    ----------
    table
        Of `teacher_schools`.
    lowest
        Lowest years of experience of each bin, from 0 on.

    Returns
    -------
    DataFrame
        trait, experience (mean years of the bin), mean, low, high, teacher_years; standard errors
        by teacher.

    """
    table = table.assign(bin=np.searchsorted(lowest, table["years"], side="right") - 1)
    rows = []
    for trait in TRAITS:
        for _, own in table[table[trait].notna()].groupby("bin"):
            mean, error = _mean(own[trait], own["teacher"])
            low, high = mean - NORMAL * error, mean + NORMAL * error
            rows.append((trait, own["years"].mean(), mean, low, high, len(own)))
    columns = ["trait", "experience", "mean", "low", "high", "teacher_years"]
    return pd.DataFrame(rows, columns=columns)


def experience_slopes(table: pd.DataFrame) -> pd.DataFrame:
    """Slopes of traits on years of experience: trait, slope, se (by teacher)."""
    rows = []
    for trait in TRAITS:
        own = table[table[trait].notna()]
        slope, error = slope_by_group(own[trait], own["years"], own["teacher"])
        rows.append((trait, slope, error))
    return pd.DataFrame(rows, columns=["trait", "slope", "se"])


def slope_by_group(outcome: pd.Series, regressor: pd.Series, group: pd.Series):
    """Slope of an outcome on a regressor and a constant, and its standard error by group."""
    design = sm.add_constant(regressor.to_numpy(float), has_constant="add")
    fit = sm.OLS(outcome.to_numpy(float), design).fit(
        cov_type="cluster", cov_kwds={"groups": group.to_numpy()}
    )
    return float(fit.params[1]), float(fit.bse[1])


def _mean(values: pd.Series, group: pd.Series) -> tuple[float, float]:
    """Mean and its standard error by group; NaN of one group."""
    mean = float(values.mean())
    sums = (values - mean).groupby(group).sum()
    groups = len(sums)
    if groups < 2:
        return mean, np.nan
    correction = groups / (groups - 1)
    return mean, float(np.sqrt(correction * (sums**2).sum()) / len(values))


def changes_with_moves(table: pd.DataFrame) -> pd.DataFrame:
    """Traits of the destination less those of the origin, one row a move.

    A move is another school than in the year before, in the sample in both; traits are of the
    year before in both schools, so that they do not change with the students of a year.

    """
    before = table.assign(year=table["year"] + 1)[["teacher", "year", "school"]]
    pairs = table.merge(before, on=["teacher", "year"], suffixes=("", "_before"))
    return pairs[pairs["school"] != pairs["school_before"]].reset_index(drop=True)


def move_tables(
    moves: pd.DataFrame, shares: Mapping, width: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean changes with moves, and their histogram (figure 1, B).

    Parameters
    ----------
    moves
        Of `changes_with_moves`.
    shares
        Of `school_shares`.
    width
        Of a bar, in shares; bars are centred so that no change is in the middle of one.

    Returns
    -------
    DataFrame, DataFrame
        trait, mean, se, sd, moves; and trait, low, high, share, moves.

    """
    means, bars = [], []
    for trait in TRAITS:
        change = _changes(moves, shares, trait)
        sd = change.std(ddof=1) if len(change) > 1 else np.nan
        mean = change.mean() if len(change) else np.nan
        means.append((trait, mean, sd / np.sqrt(max(len(change), 1)), sd, len(change)))
        place, number = np.unique(np.floor(change / width + 0.5), return_counts=True)
        low, share = (place - 0.5) * width, number / len(change) if len(change) else number
        bars += [
            (trait, a, a + width, one, count)
            for a, one, count in zip(low, share, number, strict=True)
        ]
    return (
        pd.DataFrame(means, columns=["trait", "mean", "se", "sd", "moves"]),
        pd.DataFrame(bars, columns=["trait", "low", "high", "share", "moves"]),
    )


def _changes(moves: pd.DataFrame, shares: Mapping, trait: str) -> np.ndarray:
    before = [shares[year - 1][trait] for year in moves["year"]]
    change = [
        values[to] - values[origin]
        for values, to, origin in zip(before, moves["school"], moves["school_before"], strict=True)
    ]
    change = np.array(change, dtype=float)
    return change[~np.isnan(change)]
