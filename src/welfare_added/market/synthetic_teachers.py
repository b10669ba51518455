"""The synthetic state's teachers: careers in the tested grades, traits, and value added."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from welfare_added.market.synthetic_schools import Schools

GRADES = (4, 5)
LONGEST = 30  # years taught before


@dataclass(frozen=True)
class Careers:
    """Teachers of the tested grades, and who teaches which class when.

    Attributes
    ----------
    slot_school, slot_grade : (K,) int arrays
        School and grade of each class, the same in every year.
    teacher : (Y, K) int array
        Teacher of each class in each year.
    entry : (J,) int array
        First year in a tested grade, as a step from the first year studied.
    earlier : (J,) int array
        Years taught before.
    black, hispanic, female, masters : (J,) bool arrays

    """

    slot_school: np.ndarray
    slot_grade: np.ndarray
    teacher: np.ndarray
    entry: np.ndarray
    earlier: np.ndarray
    black: np.ndarray
    hispanic: np.ndarray
    female: np.ndarray
    masters: np.ndarray

    def experience(self, teacher: np.ndarray, step: np.ndarray | int) -> np.ndarray:
        """Prior years of experience of teachers in some years."""
        return self.earlier[teacher] + step - self.entry[teacher]


def draw_careers(
    schools: Schools, years: int, parameters: Mapping, sorting: float, rng: np.random.Generator
) -> tuple[Careers, np.ndarray]:
    """Draw who teaches where over ``years`` years.

    parameters: section ``teachers`` of parameters.yaml. sorting: correlation of an entrant's
    common draw of value added with the school's share disadvantaged.

    Returns
    -------
    tuple
        The careers, and each teacher's common draw of value added, standard normal, (J,).

    """
    slot_school = np.repeat(
        np.tile(np.arange(len(schools.classes)), 2), np.tile(schools.classes, 2)
    )
    slot_grade = np.repeat(GRADES, schools.classes.sum())
    poverty = schools.disadvantaged[slot_school]
    leave = parameters["leave"]
    chance = leave["level"] + leave["on_disadvantage"] * (poverty - poverty.mean())
    teacher = np.empty((years, len(slot_school)), dtype=np.int64)
    entered, places, draws = [], [], []
    number = 0
    for year in range(years):
        if year == 0:
            vacant = np.ones(len(slot_school), bool)
        else:
            teacher[year] = teacher[year - 1]
            vacant = rng.random(len(slot_school)) < chance
            stays = np.flatnonzero(~vacant)
            _move(teacher[year], stays, poverty, parameters, rng)
        at = np.flatnonzero(vacant)
        at, common = _sorted_entrants(at, poverty[at], sorting, rng)
        teacher[year, at] = number + np.arange(len(at))
        number += len(at)
        entered.append(np.full(len(at), year))
        places.append(slot_school[at])
        draws.append(common)
    entry, school = np.concatenate(entered), np.concatenate(places)
    earlier = _experience(number, parameters, rng)
    earlier[entry == 0] += _settled((entry == 0).sum(), chance.mean(), rng)
    earlier = np.minimum(earlier, LONGEST)
    traits = _traits(schools, school, earlier, parameters, rng)
    careers = Careers(slot_school, slot_grade, teacher, entry, earlier, **traits)
    return careers, np.concatenate(draws)


def _move(
    teacher: np.ndarray, stays: np.ndarray, poverty: np.ndarray, parameters: Mapping, rng
) -> None:
    """Some teachers exchange classes, in place: the more experienced go to less poor schools."""
    moving = stays[rng.random(len(stays)) < parameters["move"]]
    weight = parameters["away"]
    seniority = -teacher[moving].argsort(kind="stable").argsort() / max(len(moving), 1)
    noise = rng.random(len(moving))
    order = np.argsort(weight * seniority + (1 - weight) * noise, kind="stable")
    lots = rng.random(len(moving))
    by_poverty = moving[np.lexsort([lots, -poverty[moving]])]
    teacher[by_poverty] = teacher[moving[order]]


def _sorted_entrants(
    at: np.ndarray, poverty: np.ndarray, sorting: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Vacant classes in random order, and entrants' common draws, correlated with poverty."""
    draws = rng.standard_normal(len(at))
    spread = poverty.std()
    standard = (poverty - poverty.mean()) / spread if spread > 0 else np.zeros(len(at))
    return at, sorting * standard + np.sqrt(1 - sorting**2) * draws


def _experience(number: int, parameters: Mapping, rng: np.random.Generator) -> np.ndarray:
    """Years taught before entering the tested grades."""
    earlier = rng.geometric(1 / parameters["earlier_years"], number)
    return np.where(rng.random(number) < parameters["novices"], 0, earlier)


def _settled(number: int, leave: float, rng: np.random.Generator) -> np.ndarray:
    """Years that teachers of the first year have been in their classes."""
    return rng.geometric(leave, number) - 1


def _traits(
    schools: Schools, school: np.ndarray, experience: np.ndarray, parameters: Mapping, rng
) -> dict[str, np.ndarray]:
    number = len(school)
    black, hispanic = parameters["black"], parameters["hispanic"]
    chances = np.column_stack(
        [
            black["level"] + black["on_black_share"] * schools.black[school],
            hispanic["level"] + hispanic["on_hispanic_share"] * schools.hispanic[school],
        ]
    )
    draw, degree = rng.random(number), parameters["masters"]
    chance = np.minimum(degree["level"] + degree["a_year"] * experience, degree["highest"])
    return {
        "black": draw < chances[:, 0],
        "hispanic": (draw >= chances[:, 0]) & (draw < chances.sum(axis=1)),
        "female": rng.random(number) < parameters["female"],
        "masters": rng.random(number) < chance,
    }


def draw_value_added(
    common: np.ndarray, years: int, parameters: Mapping, rng: np.random.Generator
) -> np.ndarray:
    """Value added of every teacher in every year for both types of students.

    A stationary first-order autoregression with the same drift for both types (eq. 5: net of
    experience).

    Parameters
    ----------
    common : (J,) array
        Standard normal draws of the first year's common component.
    parameters
        Section ``value_added`` of parameters.yaml.

    Returns
    -------
    (J, years, 2) array
        Of students not disadvantaged, and disadvantaged [student SD].

    """
    correlation, drift = parameters["correlation"], parameters["drift"]
    sd = np.array(parameters["sd"])
    teachers = len(common)

    def both(shared: np.ndarray) -> np.ndarray:
        own = rng.standard_normal((teachers, 2))
        return np.sqrt(correlation) * shared[:, None] + np.sqrt(1 - correlation) * own

    values = np.empty((teachers, years, 2))
    values[:, 0] = both(common)
    for year in range(1, years):
        new = both(rng.standard_normal(teachers))
        values[:, year] = drift * values[:, year - 1] + np.sqrt(1 - drift**2) * new
    return values * sd


def experience_effect(experience: np.ndarray, profile: list[float]) -> np.ndarray:
    """Effect of prior years of experience on scores [student SD]; the last value holds for more."""
    return np.array(profile)[np.clip(experience, 0, len(profile) - 1)]
