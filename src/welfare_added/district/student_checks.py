"""Check that students go on a grade a year, keep their traits, and sit in classes of usual size."""

import numpy as np
import pandas as pd

from welfare_added.district.improbable import Improbable
from welfare_added.district.score_statistics import median_of_others
from welfare_added.district.studied import Studied

ENOUGH = 50  # students of a year whose shares are relied on
JUMPS, REPEATERS = 0.05, 0.3  # share who skip or fall back, and who stay in their grade
MOVERS = 0.4  # share who change school above that of other years
AGEING, OTHER_AGE = (0.5, 1.5), 0.1  # years older a year on, share of other students
CHANGED, MORE_CHANGED = 0.15, 0.1  # share with another lasting trait than last year, above others
OTHER_SHARE, MANY_TIMES, SMALL = 0.2, 4, 0.05  # share of a trait away from other years
MEAN_ABSENT = 0.5  # mean share of days absent above which it is attendance
OTHER_MEAN_AGE = 0.5  # years
LARGEST_CLASS, SMALLEST_TYPICAL = 60, 5  # students


def check_progress(studied: Studied) -> list[Improbable]:
    """Students who do not go up a grade from one year to the next, or grow older by a year."""
    rows, last = studied.enrolments, studied.last_year
    again = np.flatnonzero(last >= 0)
    now, before = rows.iloc[again], rows.iloc[last[again]]
    more = studied.gap[again] - 1  # years without tests between
    step = now["grade"].to_numpy() - before["grade"].to_numpy() - more
    older = now["age"].to_numpy() - before["age"].to_numpy() - more
    table = pd.DataFrame(
        {
            "year": now["year"].to_numpy(),
            "jump": ~np.isin(step, (0, 1)),
            "stay": step == 0,
            "move": now["school_id"].to_numpy() != before["school_id"].to_numpy(),
            "age": (older < AGEING[0]) | (older > AGEING[1]),
        }
    )
    shares = table.groupby("year").mean()
    shares = shares[table.groupby("year").size() >= ENOUGH].reset_index().assign(all="all")
    moving = np.nan_to_num(median_of_others(shares, ["all"], "move"), nan=1.0)
    cases = [
        ("jump", "grade", JUMPS, "students skip a grade or fall back"),
        ("stay", "grade", REPEATERS, "students repeat their grade"),
        ("move", "school_id", moving + MOVERS, "students change school"),
        ("age", "age", OTHER_AGE, "students do not grow older by a year"),
    ]
    remedy = "look whether the column, the year or student_id is another's in these years"
    found = []
    for name, column, most, what in cases:
        many = shares[shares[name] > most]
        if len(many):
            lines = _by_year(many, name)
            what = f"too many {what} from one year to the next"
            count = table.loc[table["year"].isin(many["year"]), name].sum()
            more = {"rows": int(count), "examples": lines}
            found.append(
                studied.warning("student_progress", "enrolments", column, what, remedy, **more)
            )
    return found


def _by_year(table: pd.DataFrame, value: str) -> tuple[str, ...]:
    rows = table[["year", value]].head(6).itertuples(index=False)
    return tuple(f"{year}: {share:.0%}" for year, share in rows)


def check_traits(studied: Studied) -> list[Improbable]:
    """Traits that change for many students, or whose share in a year is unlike other years'."""
    found = []
    present = set(studied.enrolments) - set(studied.raw.absent.get("enrolments", ()))
    for column in ("gender", "ethnicity"):
        if column in present:
            found += _changing(studied, column)
    for column in ("gender", "ethnicity", "special_education", "english_learner"):
        if column in present:
            found += _other_shares(studied, column)
    if "share_absent" in present:
        found += _absences(studied)
    return found + (_ages(studied) if "age" in present else [])


def _changing(studied: Studied, column: str) -> list[Improbable]:
    codes = pd.factorize(studied.enrolments[column])[0].astype(float)
    codes[codes < 0] = np.nan
    before = studied.of_last_year(codes)
    both = ~np.isnan(codes) & ~np.isnan(before)
    changed = pd.Series(codes[both] != before[both])
    table = changed.groupby(studied.enrolments["year"].to_numpy()[both]).agg(["size", "mean"])
    table = table[table["size"] >= ENOUGH].rename_axis("year").reset_index().assign(all="all")
    usual = np.nan_to_num(median_of_others(table, ["all"], "mean"))
    usual = np.where(usual > CHANGED, 0, usual)
    many = table[table["mean"] > np.maximum(CHANGED, usual + MORE_CHANGED)]
    if many.empty:
        return []
    what = f"too many students have another {column} than in the year before"
    remedy = "look whether student_id changed hands or the categories were mixed up in these years"
    more = {"rows": int((many["size"] * many["mean"]).sum()), "examples": _by_year(many, "mean")}
    return [studied.warning("student_traits", "enrolments", column, what, remedy, **more)]


def _other_shares(studied: Studied, column: str) -> list[Improbable]:
    """Years in which a category's share is far from its share in other years."""
    rows = studied.enrolments[["year", column]].dropna()
    shares = rows.groupby(["year", column]).size().unstack(column, fill_value=0)
    numbers = shares.sum(axis=1)
    shares = shares.div(numbers, axis=0)[numbers >= ENOUGH]
    lines, count = [], 0
    flag = set(shares.columns) <= {0.0, 1.0}
    for category in [1.0] if flag and 1.0 in shares else shares.columns:
        table = shares[[category]].set_axis(["share"], axis=1).reset_index().assign(all="all")
        usual = median_of_others(table, ["all"], "share")
        share = table["share"].to_numpy()
        low, high = np.fmin(share, usual), np.fmax(share, usual)
        off = (high - low > OTHER_SHARE) | ((high > MANY_TIMES * low) & (high - low > SMALL))
        for year, now, other in zip(table["year"][off], share[off], usual[off], strict=True):
            name = f"{category:g}" if isinstance(category, float) else category
            lines.append(f"{year}: {now:.0%} are {name}; median of the other years {other:.0%}")
            count += round(numbers[year] * abs(now - other))
    if not lines:
        return []
    what = f"the share of a value of {column} is far from that of other years"
    remedy = "look whether the coding changed in these years"
    more = {"rows": count, "examples": tuple(lines[:6])}
    return [studied.warning("student_traits", "enrolments", column, what, remedy, **more)]


def _absences(studied: Studied) -> list[Improbable]:
    rows = studied.enrolments
    table = rows.groupby("year")["share_absent"].agg(["mean", "count"]).reset_index()
    table = table[table["count"] >= ENOUGH].assign(all="all")
    usual = median_of_others(table, ["all"], "mean")
    low, high = np.fmin(table["mean"], usual), np.fmax(table["mean"], usual)
    off = table["mean"].gt(MEAN_ABSENT) | ((high - low > 0.02) & (high > MANY_TIMES * low))
    if not off.any():
        return []
    what = "the mean share of days absent is that of attendance, or far from other years'"
    lines = tuple(f"{one.year}: {one.mean:.3f}" for one in table[off].head(6).itertuples())
    remedy = "write the share of days absent, 0.05 for 5 percent, in every year"
    more = {"rows": int(table["count"][off].sum()), "examples": lines}
    return [studied.warning("student_traits", "enrolments", "share_absent", what, remedy, **more)]


def _ages(studied: Studied) -> list[Improbable]:
    rows = studied.enrolments
    table = rows.groupby(["year", "grade"])["age"].agg(["mean", "count"]).reset_index()
    table = table[table["count"] >= ENOUGH]
    off = table["mean"] - median_of_others(table, ["grade"], "mean")
    table = table.assign(off=off)[off.abs() > OTHER_MEAN_AGE]
    if table.empty:
        return []
    what = "the mean age of a grade is far from that of other years"
    lines = tuple(
        f"{one.year}, grade {one.grade}: {one.mean:.1f} years, {one.off:+.1f} from other years"
        for one in table.head(6).itertuples()
    )
    remedy = "write the age at the same date of every school year"
    more = {"rows": int(table["count"].sum()), "examples": lines}
    return [studied.warning("student_traits", "enrolments", "age", what, remedy, **more)]


def check_class_sizes(studied: Studied) -> list[Improbable]:
    """Classes of more students than fit in a room, or of hardly any."""
    linked = studied.class_row >= 0
    if not linked.any():
        return []
    size = pd.Series(studied.class_row[linked]).value_counts().sort_index()
    large = size[size > LARGEST_CLASS]
    found = []
    if len(large):
        what = f"classes of more than {LARGEST_CLASS} students"
        years = studied.classes["year"].iloc[large.index].value_counts().sort_index()
        lines = (f"{len(large)} of {len(size)} classes, the largest of {large.max()} students",)
        lines += tuple(f"{year}: {count} classes" for year, count in years.items())[:5]
        remedy = "give every class its own class_id; leave it empty where a student has none"
        more = {"rows": int(large.sum()), "examples": lines}
        found.append(studied.warning("class_sizes", "enrolments", "class_id", what, remedy, **more))
    if len(size) >= ENOUGH and size.median() < SMALLEST_TYPICAL:
        what = "most classes have hardly any student"
        lines = (f"median of {len(size)} classes: {size.median():g} students",)
        remedy = "give all students of a class the same class_id"
        more = {"rows": int(size.sum()), "examples": lines}
        found.append(studied.warning("class_sizes", "enrolments", "class_id", what, remedy, **more))
    return found
