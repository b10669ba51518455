"""The synthetic district's teachers: careers, posts, and classes."""

import numpy as np
import pandas as pd

from welfare_added.district.parameters import ClassParameters, TeacherParameters
from welfare_added.district.synthetic_schools import Schools

SMALLEST_CLASS = 8
LARGEST_FRAGMENT = 6
CAPPED_GRADE = 3


def draw_careers(
    teachers: int, years: int, parameters: TeacherParameters, rng: np.random.Generator
) -> np.ndarray:
    """Draw the years in which each teacher is observed.

    Returns
    -------
    (teachers, years) bool array
        Exactly the given shares of teachers are observed in 1, 2, ... years; first years are
        chosen so that the number of teachers is nearly constant over the years.

    """
    lengths = rng.permutation(_counts(parameters.years_observed, teachers, years))
    observed = np.zeros((teachers, years), dtype=bool)
    load = np.zeros(years)
    for teacher, length in enumerate(lengths):
        gaps = rng.binomial(min(length - 1, years - length), parameters.gap_probability)
        breaks = np.zeros(length, dtype=int)
        breaks[rng.choice(np.arange(1, length), gaps, replace=False)] = 1
        offsets = np.arange(length) + breaks.cumsum()
        starts = np.arange(years - offsets[-1])
        mean_load = load[starts[:, None] + offsets].mean(axis=1) + rng.random(len(starts))
        chosen = starts[mean_load.argmin()] + offsets
        observed[teacher, chosen] = True
        load[chosen] += 1
    return observed


def _counts(shares: dict[int, float], total: int, years: int) -> np.ndarray:
    """Years observed of each teacher, from ``shares`` rounded to teachers by largest remainders."""
    lengths = np.array([length for length in sorted(shares) if length <= years])
    exact = np.array([shares[length] for length in lengths])
    exact = exact / exact.sum() * total
    counts = np.floor(exact).astype(int)
    order = np.argsort(counts - exact, kind="stable")
    counts[order[: total - counts.sum()]] += 1
    return np.repeat(lengths, counts)


def draw_classes(
    observed: np.ndarray,
    schools: Schools,
    grades: tuple[int, ...],
    parameters: tuple[TeacherParameters, ClassParameters],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Assign teachers to schools and grades, and draw their classes.

    Returns
    -------
    DataFrame
        One row a class: teacher, year (from 0), school, grade, seats [students], expected_seats
        (before the class's own shock to size), fragment (a few students of another grade).

    """
    teaching, sizes = parameters
    mean = mean_sizes(grades, sizes)
    posts = _assign_posts(observed, schools, mean, teaching, rng)
    shape = (len(schools.share), len(grades), observed.shape[1])
    loading = sizes.size_on_achievement
    chance = rng.standard_normal(shape)
    cell = sizes.sd_cell * (
        loading * schools.achievement[:, None, None] + np.sqrt(1 - loading**2) * chance
    )
    small = rng.random(shape) < sizes.small_share
    cell -= sizes.small_by * (small * rng.uniform(0.5, 1.5, shape) - sizes.small_share)
    second = posts[rng.random(len(posts)) < teaching.second_class]
    regular = pd.concat([posts, second], ignore_index=True)
    s, g, t = (regular[name].to_numpy() for name in ("school", "grade", "year"))
    keep = np.where(np.array(grades)[g] <= CAPPED_GRADE, sizes.cap, 1.0)
    chance = sizes.sd_class * rng.standard_normal(len(regular))
    regular["expected_seats"] = mean[g] + _capped(cell[s, g, t], keep)
    drawn = mean[g] + _capped(cell[s, g, t] + chance, keep)
    regular["seats"] = drawn.round().clip(SMALLEST_CLASS).astype(int)
    fragments = posts[rng.random(len(posts)) < teaching.fragment].copy()
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
    """Mean class size by grade; California's programme kept classes up to third grade small."""
    small, large = parameters.mean_size["grade_3"], parameters.mean_size["grade_4_5"]
    return np.array([small if grade <= CAPPED_GRADE else large for grade in grades])


def _assign_posts(
    observed: np.ndarray,
    schools: Schools,
    mean_size: np.ndarray,
    parameters: TeacherParameters,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Assign each teacher-year a school and a grade; movers fill the most vacancies."""
    teachers, years = observed.shape
    grade_share = (1 / mean_size) / (1 / mean_size).sum()
    last_school, last_grade = np.full(teachers, -1), np.full(teachers, -1)
    # Who stays where a school is followed by another is in another school, too.
    same_school = min(parameters.same_school / (1 - schools.change), 1.0)
    rows = []
    for year in range(years):
        active = np.flatnonzero(observed[:, year])
        vacancies = np.outer(schools.share, grade_share) * len(active)
        stays = (last_school[active] >= 0) & (rng.random(len(active)) < same_school)
        keeps = rng.random(len(active)) < parameters.same_grade
        school = np.where(stays, last_school[active], -1)
        grade = np.where(stays & keeps, last_grade[active], -1)
        settled = grade >= 0
        np.subtract.at(vacancies, (school[settled], grade[settled]), 1)
        for i in rng.permutation(np.flatnonzero(~settled)):
            former_school = last_school[active[i]] if school[i] < 0 else -1
            options = vacancies[[school[i]]] if school[i] >= 0 else vacancies.copy()
            if school[i] < 0 and former_school >= 0:
                options[former_school] = -np.inf
            row, grade[i] = np.unravel_index(options.argmax(), options.shape)
            school[i] = row if school[i] < 0 else school[i]
            vacancies[school[i], grade[i]] -= 1
        last_school[active], last_grade[active] = school, grade
        rows.append(
            pd.DataFrame({"teacher": active, "year": year, "school": school, "grade": grade})
        )
    return pd.concat(rows, ignore_index=True)
