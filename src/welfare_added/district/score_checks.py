"""Check that scores resemble those of last year, of the other subject and of other years."""

from collections.abc import Iterable
from itertools import product

import numpy as np
import pandas as pd

from welfare_added.district.improbable import Improbable
from welfare_added.district.score_statistics import (
    median_of_others,
    moments,
    robust_sd,
    statistics,
)
from welfare_added.district.studied import SCORES, Studied

ENOUGH = 20  # fewest students of a place whose statistics are relied on
ENOUGH_PAIRS = 50  # of a year and grade
LEAST_CORRELATION = 0.3  # with last year's score; tests a year apart have 0.6 to 0.9
WEAKER = 0.3  # Fisher's z below the same grade in other years
MUCH_WEAKER = 0.45  # Fisher's z below all other years and grades
STANDARD_ERRORS = 6.0  # of a place whose correlation is below that of the others
HALF = 0.5
# Mean rank (0 to 1) away from the same school and grade in other years: of one school, of several.
MOVED_ALONE, MOVED, SHARE_MOVED, FEW_MOVED = 0.35, 0.15, 0.2, 3
NARROW, WIDE = 0.45, 1.6  # spread of ranks, as a share of the same school's in other years
RATIO = 1.5  # of the SDs of two years on one scale, at most
LEAST_WITHIN = 0.4  # share of the variance of ranks that is within schools; usual is 0.7 to 0.9
FEW_GROUPS, CHANCE = 5, 0.1  # schools or classes; share of the variance that chance makes
COARSE = 0.2  # number of distinct values, as a share of the same grade's in other years
FEW_VALUES = 15


def check_resemblance(studied: Studied) -> list[Improbable]:
    """Scores whose correlation with last year's is far below that of other years or schools."""
    cells = statistics(studied, studied.cells, studied.cell)
    found = []
    what = "scores do not resemble the same students' of the year before"
    remedy = (
        "look whether scores went to other students' rows, were sorted or reversed, or whether "
        "student_id changed, in these years"
    )
    for column in SCORES:
        table = cells[(cells["column"] == column) & (cells["pairs"] >= ENOUGH_PAIRS)]
        weak = table[_weaker(table)]
        if len(weak):
            usual = table["correlation"].drop(weak.index).median()
            lines = lines_of(
                f"{year}, grade {grade}: correlation {r:.2f} over {pairs} students"
                for year, grade, pairs, r in weak[["year", "grade", "pairs", "correlation"]]
                .sort_values(["year", "grade"])
                .itertuples(index=False)
            )
            lines += () if np.isnan(usual) else (f"median of the other years: {usual:.2f}",)
            more = {"rows": int(weak["pairs"].sum()), "examples": lines}
            found.append(
                studied.warning("score_resemblance", "enrolments", column, what, remedy, **more)
            )
        else:
            found += _weak_schools(studied, column, what, remedy)
    return found


def _weaker(table: pd.DataFrame) -> np.ndarray:
    """Whether a year and grade correlates far less with last year than others do."""
    fisher = table.assign(fisher=np.arctanh(table["correlation"].clip(-0.999, 0.999)))
    of_grade = median_of_others(fisher, ["column", "grade"], "fisher")
    of_all = median_of_others(fisher, ["column"], "fisher")
    weaker = of_grade - fisher["fisher"].to_numpy()
    # Few classes make correlations differ by more than the number of students tells.
    error = np.maximum(1 / np.sqrt(table["pairs"]), robust_sd(weaker)).to_numpy()
    with np.errstate(invalid="ignore"):
        by_grade = weaker > np.maximum(WEAKER, STANDARD_ERRORS * error)
        by_all = of_all - fisher["fisher"] > np.maximum(MUCH_WEAKER, STANDARD_ERRORS * error)
    low = table["correlation"] < LEAST_CORRELATION - 2 / np.sqrt(table["pairs"])
    return (by_grade | by_all | low | table["correlation"].isna()).to_numpy()


def _weak_schools(studied: Studied, column: str, what: str, remedy: str) -> list[Improbable]:
    """Schools whose correlation is far below the median of all in the year."""
    schools = studied.places.groupby(["year", "school_id"], sort=True).ngroup().to_numpy()
    of_school = studied.places[["year", "school_id"]].drop_duplicates()
    of_school = of_school.sort_values(["year", "school_id"], ignore_index=True)
    tables = [
        statistics(studied, of_school, schools[studied.place]),
        statistics(studied, studied.places, studied.place),
    ]
    weak = pd.concat([_far_below(table, column) for table in tables])
    if not len(weak):
        return []
    more = {"examples": _by_year(weak, "correlation"), "rows": 0}
    what = f"in some schools {what}"
    return [studied.warning("score_resemblance", "enrolments", column, what, remedy, **more)]


def _far_below(table: pd.DataFrame, column: str) -> pd.DataFrame:
    table = table[(table["column"] == column) & (table["pairs"] >= ENOUGH)]
    fisher = np.arctanh(table["correlation"].clip(-0.999, 0.999))
    usual = fisher.groupby(table["year"]).transform("median")
    off = (fisher - usual) * np.sqrt(table["pairs"] - 3)
    far = off < -STANDARD_ERRORS * max(1.0, robust_sd(off.to_numpy()))
    return table[far & (table["correlation"] < HALF * np.tanh(usual))]


def _by_year(table: pd.DataFrame, value: str) -> tuple[str, ...]:
    """A line a year: how many schools, their names if they are few, and their lowest value."""
    return lines_of(
        f"{year}: {schools_of(group)}, lowest {value.replace('_', ' ')} {group[value].min():.2f}"
        for year, group in table.groupby("year")
    )


def schools_of(table: pd.DataFrame) -> str:
    """How many schools a table has, and the names of the first."""
    names = sorted(table["school_id"].unique())
    shown = f" ({', '.join(names[:3])}{', ...' if len(names) > 3 else ''})"
    return f"{len(names)} school{'s' if len(names) > 1 else ''}{shown}"


def lines_of(texts: Iterable[str], most: int = 6) -> tuple[str, ...]:
    """The first of some texts, and how many are left."""
    texts = list(texts)
    left = len(texts) - most
    return (*texts[:most], *((f"and {left} more",) if left > 0 else ()))


def check_scales(studied: Studied) -> list[Improbable]:
    """Schools or years whose scores are on another scale than their neighbours'."""
    table = statistics(studied, studied.places, studied.place)
    places = len(studied.places)
    common = [
        moments(studied.place, studied.common[column].astype(float), places)[1] for column in SCORES
    ]
    # Where most of a school's students are at a ceiling, ranks tell nothing about the scale.
    told = (table["tested"] >= ENOUGH) & (np.concatenate(common) < HALF)
    table = table[told].reset_index(drop=True)
    if table.empty:
        return []
    place = ["column", "grade", "school_id"]
    moved = table["mean_rank"] - median_of_others(table, place, "mean_rank")
    spread = table["sd_rank"] / median_of_others(table, place, "sd_rank")
    off = moved * np.sqrt(12 * table["tested"])
    clear = moved.abs().gt(MOVED) & off.abs().gt(3 * max(1.0, robust_sd(off.to_numpy())))
    of_cell = [table[name] for name in ("column", "year", "grade")]
    number, share = (clear.groupby(of_cell).transform(how) for how in ("sum", "mean"))
    together = clear & (number >= FEW_MOVED) & (share >= SHARE_MOVED)
    with np.errstate(divide="ignore"):
        error = np.log(spread) * np.sqrt(2 * table["tested"])
    clear = error.abs() > STANDARD_ERRORS * max(1.0, robust_sd(error.to_numpy()))
    far = together | moved.abs().gt(MOVED_ALONE) | (clear & ~spread.between(NARROW, WIDE))
    what = (
        "scores of some schools are on another scale than the same schools' in other years "
        "(mean rank and spread of ranks among all students of the year and grade, 0 to 1)"
    )
    remedy = "export the same scale for all schools of a year and grade"
    found = []
    table = table.assign(moved=moved, spread=spread)
    for column, group in table[far].groupby("column"):
        lines = lines_of(
            f"{year}, grade {grade}: {schools_of(one)}, mean rank moved by "
            f"{one['moved'].abs().max():.2f} at most, spread {one['spread'].min():.1f} to "
            f"{one['spread'].max():.1f} of theirs"
            for (year, grade), one in group.groupby(["year", "grade"])
        )
        more = {"rows": int(group["tested"].sum()), "examples": lines}
        found.append(studied.warning("score_scale", "enrolments", column, what, remedy, **more))
    found += _schools_apart(studied, table) + _coarse_years(studied)
    return found + _years_alone(studied) + _no_differences(studied)


def _schools_apart(studied: Studied, places: pd.DataFrame) -> list[Improbable]:
    """Years and grades in which schools differ far more than pupils within a school do."""
    found = []
    for column, table in places.groupby("column"):
        variance = (table["sd_rank"] ** 2 * table["tested"]).groupby(
            [table["year"], table["grade"]]
        )
        students = table.groupby(["year", "grade"])["tested"].sum()
        schools = table.groupby(["year", "grade"]).size()
        within = variance.sum() / students * 12
        apart = within[(within < LEAST_WITHIN) & (schools >= FEW_MOVED)]
        if len(apart):
            what = "schools' scores hardly overlap, as if some were on another scale"
            remedy = "export the same scale for all schools of a year and grade"
            lines = lines_of(
                f"{year}, grade {grade}: {share:.0%} of the variance of ranks is within schools"
                for (year, grade), share in apart.items()
            )
            more = {"rows": int(students[apart.index].sum()), "examples": lines}
            found.append(studied.warning("score_scale", "enrolments", column, what, remedy, **more))
    return found


def _no_differences(studied: Studied) -> list[Improbable]:
    """Scores whose mean is the same in every school, or every class: standardised there."""
    found = []
    groups = {"school": studied.place, "class": studied.class_row}
    for (name, group), column in product(groups.items(), SCORES):
        students, number, share = _between(studied, column, group)
        with np.errstate(invalid="ignore", divide="ignore"):
            same = (number >= FEW_GROUPS) & (share < CHANCE * (number - 1) / students)
        if same.any():
            cells = studied.cells[same].sort_values(["year", "grade"])
            what = f"the mean score is the same in every {name}, as if standardised there"
            lines = lines_of(
                f"{year}, grade {grade}: {number[cell]} means differ by less than chance makes them"
                for cell, year, grade in cells.itertuples()
            )
            remedy = "export scores as they were measured"
            more = {"rows": int(students[same].sum()), "examples": lines}
            found.append(studied.warning("score_scale", "enrolments", column, what, remedy, **more))
    return found


def _between(
    studied: Studied, column: str, group: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Students, number of groups, and share of the variance that is between them, by cell."""
    scores = np.where(group >= 0, studied.enrolments[column].to_numpy(), np.nan)
    tested = np.flatnonzero(~np.isnan(scores))
    _, means, _ = moments(np.maximum(group, 0), scores, group.max(initial=0) + 1)
    fitted = np.full(len(scores), np.nan)
    fitted[tested] = means[group[tested]]
    size = len(studied.cells)
    students, _, sd = moments(studied.cell, scores, size)
    _, _, between = moments(studied.cell, fitted, size)
    first = tested[np.unique(group[tested], return_index=True)[1]]
    number = np.bincount(studied.cell[first], minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return students, number, (between / sd) ** 2


def _years_alone(studied: Studied) -> list[Improbable]:
    """Years on a scale of their own, between years that share one."""
    cells = statistics(studied, studied.cells, studied.cell)
    cells = cells[cells["tested"] >= ENOUGH].sort_values(["column", "grade", "year"])
    of_grade = cells.groupby(["column", "grade"])
    before, after = (of_grade[["mean", "sd"]].shift(lag) for lag in (1, -1))
    spread = (before["sd"] + after["sd"]) / 2
    agree = (before["mean"] - after["mean"]).abs() < spread / 2
    agree &= (before["sd"] / after["sd"]).between(1 / RATIO, RATIO)
    middle = (before["mean"] + after["mean"]) / 2
    alone = (cells["mean"] - middle).abs() > spread
    alone |= ~(cells["sd"] / spread).between(1 / RATIO, RATIO)
    found = []
    for column, group in cells[agree & alone].groupby("column"):
        what = "scores of a year are on another scale than those of the years before and after"
        lines = lines_of(
            f"{one.year}, grade {one.grade}: mean {one.mean:.4g}, SD {one.sd:.3g}; in the years "
            f"beside mean {middle[one.Index]:.4g}, SD {spread[one.Index]:.3g}"
            for one in group.sort_values(["year", "grade"]).itertuples()
        )
        remedy = "look whether the column is another test's in this year"
        more = {"rows": int(group["tested"].sum()), "examples": lines}
        found.append(studied.warning("score_scale", "enrolments", column, what, remedy, **more))
    return found


def _coarse_years(studied: Studied) -> list[Improbable]:
    """Years and grades with far fewer distinct scores than others have."""
    found = []
    for column in SCORES:
        rows = studied.enrolments[["year", "grade", column]].dropna()
        table = rows.groupby(["year", "grade"])[column].agg(["nunique", "size"]).reset_index()
        usual = median_of_others(table, ["grade"], "nunique")
        coarse = table["nunique"].lt(COARSE * usual) & table["nunique"].le(FEW_VALUES)
        coarse &= table["size"] >= ENOUGH_PAIRS
        if coarse.any():
            what = "scores take few values, as levels do, in some years and many in others"
            lines = lines_of(
                f"{year}, grade {grade}: {values} values; median of the other years {other:.0f}"
                for (year, grade, values, _), other in zip(
                    table[coarse].itertuples(index=False), usual[coarse], strict=True
                )
            )
            remedy = "export scores, not performance levels"
            more = {"rows": int(table.loc[coarse, "size"].sum()), "examples": lines}
            found.append(studied.warning("score_scale", "enrolments", column, what, remedy, **more))
    return found
