"""The synthetic district's schools, careers and classes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.district.parameters import ClassParameters, TeacherParameters

SMALLEST_CLASS = 8
LARGEST_FRAGMENT = 6
CAPPED_GRADE = 3


@dataclass(frozen=True)
class Schools:
    """Schools and what they differ in.

    Attributes
    ----------
    share : (S,) array
        Share of the district's classes.
    achievement : (S,) array
        Standing of the school, mean zero and SD one over schools.

    """

    share: np.ndarray
    achievement: np.ndarray


def draw_schools(number: int, rng: np.random.Generator) -> Schools:
    """Draw schools' sizes (log-normal) and standings (evenly spaced normal quantiles)."""
    share = np.exp(0.3 * rng.standard_normal(number))
    quantiles = rng.permutation((np.arange(number) + 0.5) / number)
    standing = _normal_quantile(quantiles)
    return Schools(share / share.sum(), (standing - standing.mean()) / standing.std())


def _normal_quantile(p: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(p)


def draw_careers(
    teachers: int, years: int, parameters: TeacherParameters, rng: np.random.Generator
) -> np.ndarray:
    """Draw the years in which each teacher is seen.

    Returns
    -------
    (teachers, years) bool array
        Exactly the given shares of teachers are seen in 1, 2, ... years; starts are chosen
        so that the number of teachers hardly changes over the years.

    """
    lengths = rng.permutation(_counts(parameters.years_observed, teachers, years))
    seen = np.zeros((teachers, years), dtype=bool)
    load = np.zeros(years)
    for teacher, length in enumerate(lengths):
        gaps = rng.binomial(min(length - 1, years - length), parameters.gap_probability)
        breaks = np.zeros(length, dtype=int)
        breaks[rng.choice(np.arange(1, length), gaps, replace=False)] = 1
        offsets = np.arange(length) + breaks.cumsum()
        starts = np.arange(years - offsets[-1])
        busy = load[starts[:, None] + offsets].mean(axis=1) + rng.random(len(starts))
        chosen = starts[busy.argmin()] + offsets
        seen[teacher, chosen] = True
        load[chosen] += 1
    return seen


def _counts(shares: dict[int, float], total: int, years: int) -> np.ndarray:
    """Round shares to whole teachers by largest remainders; one length for each teacher."""
    lengths = np.array([length for length in sorted(shares) if length <= years])
    exact = np.array([shares[length] for length in lengths])
    exact = exact / exact.sum() * total
    counts = np.floor(exact).astype(int)
    order = np.argsort(counts - exact, kind="stable")
    counts[order[: total - counts.sum()]] += 1
    return np.repeat(lengths, counts)


def draw_classes(
    seen: np.ndarray,
    schools: Schools,
    grades: tuple[int, ...],
    parameters: tuple[TeacherParameters, ClassParameters],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Place teachers in schools and grades, and give them classes.

    Returns
    -------
    DataFrame
        One row a class: teacher, year (index), school, grade, seats (students), expected_seats
        (without the class's own chance), fragment (a few students of another grade).

    """
    teaching, sizes = parameters
    mean = mean_sizes(grades, sizes)
    placed = _place(seen, schools, mean, teaching, rng)
    shape = (len(schools.share), len(grades), seen.shape[1])
    loading = sizes.size_on_achievement
    chance = rng.standard_normal(shape)
    cell = sizes.sd_cell * (
        loading * schools.achievement[:, None, None] + np.sqrt(1 - loading**2) * chance
    )
    small = rng.random(shape) < sizes.small_share
    cell -= sizes.small_by * (small * rng.uniform(0.5, 1.5, shape) - sizes.small_share)
    second = placed[rng.random(len(placed)) < teaching.second_class]
    regular = pd.concat([placed, second], ignore_index=True)
    s, g, t = (regular[name].to_numpy() for name in ("school", "grade", "year"))
    keep = np.where(np.array(grades)[g] <= CAPPED_GRADE, sizes.cap, 1.0)
    chance = sizes.sd_class * rng.standard_normal(len(regular))
    regular["expected_seats"] = mean[g] + _capped(cell[s, g, t], keep)
    drawn = mean[g] + _capped(cell[s, g, t] + chance, keep)
    regular["seats"] = drawn.round().clip(SMALLEST_CLASS).astype(int)
    fragments = placed[rng.random(len(placed)) < teaching.fragment].copy()
    step = np.where(fragments["grade"] == len(grades) - 1, -1, 1)
    fragments["grade"] += step
    fragments["seats"] = rng.integers(1, LARGEST_FRAGMENT + 1, len(fragments))
    fragments["expected_seats"] = fragments["seats"].astype(float)
    classes = pd.concat(
        [regular.assign(fragment=False), fragments.assign(fragment=True)], ignore_index=True
    )
    classes["grade"] = np.array(grades)[classes["grade"]]
    return classes.sort_values(
        ["year", "school", "grade", "teacher", "seats"], kind="stable", ignore_index=True
    )


def _capped(excess: pd.Series | np.ndarray, keep: np.ndarray) -> np.ndarray:
    return np.where(excess > 0, keep * excess, excess)


def mean_sizes(grades: tuple[int, ...], parameters: ClassParameters) -> np.ndarray:
    """Mean class size by grade: third grades were kept small by California's programme."""
    small, large = parameters.mean_size["grade_3"], parameters.mean_size["grade_4_5"]
    return np.array([small if grade <= CAPPED_GRADE else large for grade in grades])


def _place(
    seen: np.ndarray,
    schools: Schools,
    mean_size: np.ndarray,
    parameters: TeacherParameters,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Give each teacher-year a school and a grade; who must choose fills the largest want."""
    teachers, years = seen.shape
    grade_share = (1 / mean_size) / (1 / mean_size).sum()
    last_school, last_grade = np.full(teachers, -1), np.full(teachers, -1)
    rows = []
    for year in range(years):
        here = np.flatnonzero(seen[:, year])
        want = np.outer(schools.share, grade_share) * len(here)
        stays = (last_school[here] >= 0) & (rng.random(len(here)) < parameters.same_school)
        keeps = rng.random(len(here)) < parameters.same_grade
        school = np.where(stays, last_school[here], -1)
        grade = np.where(stays & keeps, last_grade[here], -1)
        settled = grade >= 0
        np.subtract.at(want, (school[settled], grade[settled]), 1)
        for i in rng.permutation(np.flatnonzero(~settled)):
            barred = last_school[here[i]] if school[i] < 0 else -1
            options = want[[school[i]]] if school[i] >= 0 else want.copy()
            if school[i] < 0 and barred >= 0:
                options[barred] = -np.inf
            row, grade[i] = np.unravel_index(options.argmax(), options.shape)
            school[i] = row if school[i] < 0 else school[i]
            want[school[i], grade[i]] -= 1
        last_school[here], last_grade[here] = school, grade
        rows.append(pd.DataFrame({"teacher": here, "year": year, "school": school, "grade": grade}))
    return pd.concat(rows, ignore_index=True)
