"""Check for grades and schools missing in a year, and samples that shrink."""

import numpy as np
import pandas as pd

from welfare_added.district.improbable import Improbable
from welfare_added.district.score_statistics import median_of_others, moments, robust_sd
from welfare_added.district.studied import SCORES, Studied

ENOUGH = 50  # students of a year and grade whose shares are relied on
IN_SCHOOL = 20  # students of a school and grade, likewise
SHRUNK = 0.75  # students of a year and grade, as a share of the fewer of its neighbours'
DROP = 0.25  # share of students below that of other years
DEVIATIONS = 5  # standard deviations of such differences
NOBODY, USUAL = 0.1, 0.7  # share of a school's students: at most, where usual is at least
CONTROLS = ("ethnicity", "gender", "age")
LAGGED = ("share_absent", "special_education", "english_learner")


def check_gaps(studied: Studied) -> list[Improbable]:
    """Grades and schools without students in a year that has the others."""
    found = []
    years = list(studied.lags)
    there = studied.cells[studied.cells["year"].isin(years)]
    in_years = there["grade"].value_counts()
    # A grade that most years lack is one of a cohort that goes up.
    usual = [g for g in studied.grades if in_years.get(g, 0) == 0 or 2 * in_years[g] > len(years)]
    present = set(zip(there["year"], there["grade"], strict=True))
    empty = [(year, grade) for year in years for grade in usual if (year, grade) not in present]
    if empty:
        what = "no student of a grade in some years"
        lines = tuple(f"{year}: grade {grade}" for year, grade in empty[:6])
        remedy = "add these rows"
        found.append(studied.warning("gaps", "enrolments", "grade", what, remedy, examples=lines))
    gone = _schools_gone(studied)
    if len(gone):
        what = "schools have no student of a grade in a year, but before and after"
        lines = tuple(
            f"{year}, grade {grade}: {len(group)} schools with {group['before'].sum()} students "
            f"the year before ({', '.join(group['school_id'][:3])})"
            for (year, grade), group in gone.groupby(["year", "grade"])
        )[:6]
        remedy = "add these rows"
        found.append(
            studied.warning("gaps", "enrolments", "school_id", what, remedy, examples=lines)
        )
    return found


def _schools_gone(studied: Studied) -> pd.DataFrame:
    """Schools' grades that are missing for a year: year, grade, school_id, before (students)."""
    place = ["grade", "school_id"]
    counts = studied.enrolments.groupby([*place, "year"]).size().rename("before").reset_index()
    counts = counts.sort_values([*place, "year"])
    following = counts.groupby(place)["year"].shift(-1)
    large = np.minimum(counts["before"], counts.groupby(place)["before"].shift(-1)) >= IN_SCHOOL
    gone = counts[(following > counts["year"] + 1) & large].assign(year=lambda one: one["year"] + 1)
    present = studied.cells.assign(present=True)
    gone = gone.merge(present, on=["year", "grade"])
    return gone.sort_values(["year", *place])


def check_shrinking(studied: Studied) -> list[Improbable]:
    """Years and grades with far fewer students, or whose students can be used far less often."""
    return _fewer_students(studied) + _fewer_usable(studied)


def _fewer_students(studied: Studied) -> list[Improbable]:
    counts = studied.enrolments.groupby(["year", "grade"]).size().unstack("grade")
    before, after = counts.shift(1), counts.shift(-1)
    neighbours = np.fmin(before, after)
    shrunk = (counts < SHRUNK * neighbours) & (neighbours >= ENOUGH)
    lines = [
        f"{year}, grade {grade}: {counts.loc[year, grade]:.0f} students; "
        f"{before.loc[year, grade]:.0f} before, {after.loc[year, grade]:.0f} after"
        for year, grade in shrunk.stack()[lambda one: one].index
    ]
    if not lines:
        return []
    what = "fewer students than in the years beside"
    lines = tuple(line.replace("nan", "none") for line in lines[:6])
    rows = int((neighbours - counts)[shrunk].sum().sum())
    what += f", {rows} in all"
    remedy = "look whether a file, a school or rows are missing"
    more = {"examples": lines}
    return [studied.warning("sample_shrinks", "enrolments", "year", what, remedy, **more)]


def _conditions(studied: Studied) -> dict[str, tuple[str, np.ndarray]]:
    """What a student of the sample needs, by column: in words, and who has it."""
    rows = studied.enrolments
    absent = studied.raw.absent.get("enrolments", ())
    conditions = {"class_id": ("in a class with a known teacher", studied.class_row >= 0)}
    for column in SCORES:
        scores = rows[column].to_numpy()
        conditions[column] = ("scored", ~np.isnan(scores))
        lagged = ~np.isnan(studied.of_last_year(scores))
        conditions[f"{column} of the year before"] = ("scored the year before", lagged)
    for column in CONTROLS:
        if column not in absent:
            conditions[column] = ("known", rows[column].notna().to_numpy())
    for column in LAGGED:
        if column not in absent:
            known = studied.of_last_year(rows[column].to_numpy(float))
            conditions[f"{column} of the year before"] = ("known", ~np.isnan(known))
    return conditions


def _fewer_usable(studied: Studied) -> list[Improbable]:
    rows = studied.enrolments
    used = rows["year"].isin(list(studied.lags)) & rows["grade"].isin(studied.grades)
    used = used.to_numpy()
    keys = studied.places.groupby(["year", "school_id"], sort=False).ngroup().to_numpy()
    school = keys[studied.place][used]
    schools = studied.places[["year", "school_id"]].drop_duplicates(ignore_index=True)
    found = []
    for column, (what, there) in _conditions(studied).items():
        of_cell = _shares(studied.cells, studied.cell[used], there[used], ENOUGH)
        usual = median_of_others(of_cell, ["grade"], "share")
        drop = usual - of_cell["share"].to_numpy()
        # In a district of few classes shares differ from year to year by more.
        few = drop > max(DROP, DEVIATIONS * robust_sd(drop))
        lines = tuple(
            f"{one.year}, grade {one.grade}: {one.share:.0%}; median of the other years {other:.0%}"
            for one, other in zip(of_cell[few].itertuples(), usual[few], strict=True)
        )
        if not lines:
            lines = _schools_drop(_shares(schools, school, there[used], IN_SCHOOL))
        if lines:
            text = f"fewer students are {what} than in other years"
            remedy = "fill the column, or look for the rows that lack it, in these years"
            more = {"examples": lines[:6]}
            found.append(
                studied.warning("sample_shrinks", "enrolments", column, text, remedy, **more)
            )
    return found


def _shares(
    places: pd.DataFrame, place: np.ndarray, there: np.ndarray, enough: int
) -> pd.DataFrame:
    """Share of the students of each place that meet a condition, where they are enough."""
    number, share, _ = moments(place, there.astype(float), len(places))
    return places.assign(share=share)[number >= enough].reset_index(drop=True)


def _schools_drop(places: pd.DataFrame) -> tuple[str, ...]:
    """Schools almost without such students in a year, unlike the same schools in other years."""
    low = places["share"] < NOBODY
    if not low.any():
        return ()
    usual = median_of_others(places, ["school_id"], "share")
    few = places.assign(usual=usual)[low & (usual > USUAL)]
    return tuple(
        f"{year}: {len(group)} schools, {group['share'].min():.0%} at the "
        f"lowest; median of the other years {group['usual'].median():.0%}"
        for year, group in few.groupby("year")
    )
