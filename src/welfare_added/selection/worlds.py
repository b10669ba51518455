"""Regressors of made-up systems of any size, to test the sampler on what the model generates.

They are not the paper's synthetic district: vacancies, moves and candidates are drawn at random,
which the model allows, so that data simulated from them follow its likelihood exactly.
"""

from dataclasses import dataclass, replace

import numpy as np

from welfare_added.selection.arrays import Demand, Outcomes, Supply, System
from welfare_added.selection.simulate import World

SUPPLY = (
    "low income",
    "average score",
    "match",
    "education x score",
    "experience x score",
    "ten minutes",
)
DEMAND = ("education", "experience", "match", "experience x score")
OUTCOMES = ("constant", "prior score", "education", "match", "class size")


@dataclass(frozen=True)
class WorldSize:
    """Size of a made-up system.

    Attributes
    ----------
    teachers, schools, years
        Numbers; every teacher is there in every year.
    vacancies
        A year and round.
    rounds
        A year; a menu is a teacher's vacancies of one of them.
    on_menu
        Share of vacancies that a teacher's licences allow.
    displaced
        Share of menus of displaced teachers.
    students
        Mean number of a teacher's students in a year.
    candidates
        Most candidates of a vacancy.
    together
        Share of vacancies whose offers arrive together with others.
    left_over
        Share of vacancies that nobody takes; 0: a displaced teacher's fallback is worth 0.
    teams
        Most teachers of a student; those of a school and year are put together by number.

    """

    teachers: int
    schools: int
    years: int
    vacancies: int
    rounds: int = 2
    on_menu: float = 0.65
    displaced: float = 0.15
    students: float = 20
    candidates: int = 6
    together: float = 0.5
    teams: int = 1
    left_over: float = 0.0


@dataclass(frozen=True)
class _People:
    education: np.ndarray
    experience: np.ndarray
    minority: np.ndarray
    school: np.ndarray  # (years, teachers)
    minutes: np.ndarray  # (teachers, schools)
    traits: np.ndarray  # (years, schools, 3): low income, score, minority


def make_world(size: WorldSize, seed: int) -> World:
    """Draw the regressors of a world."""
    rng = np.random.default_rng(seed)
    people = _people(size, rng)
    supply = _supply(size, people, rng)
    demand = _demand(size, people, rng)
    x, teacher, school, score = _students(size, people, rng)
    would_offer = rng.random(len(supply.school)) < size.together
    if size.left_over:
        left = rng.random(len(supply.school)) < size.left_over
        left[supply.first[:-1]] = True  # one at least on each menu
        supply = replace(supply, left_over=left)
    code = np.unique(teacher * size.schools + school)
    p, cells = x.shape[1], len(code)
    outcomes = Outcomes(
        names=OUTCOMES,
        cross=np.zeros((p, p)),
        moment=np.zeros(p),
        square=0.0,
        teacher=code // size.schools,
        school=code % size.schools,
        rows=np.ones(cells, dtype=np.int64),
        score_sum=np.zeros(cells),
        regressor_sum=np.zeros((cells, p)),
    )
    return World(
        system=System(size.teachers, size.schools, outcomes, supply, demand),
        regressors=x,
        teacher=teacher,
        school=school,
        would_offer=would_offer,
        score=score if size.teams > 1 else None,
    )


def _people(size, rng):
    school = np.empty((size.years, size.teachers), dtype=np.int64)
    school[0] = rng.integers(size.schools, size=size.teachers)
    for year in range(1, size.years):
        moves = rng.random(size.teachers) < 0.1
        drawn = rng.integers(size.schools, size=size.teachers)
        school[year] = np.where(moves, drawn, school[year - 1])
    base = rng.standard_normal((size.schools, 3))
    traits = base + 0.3 * rng.standard_normal((size.years, size.schools, 3))
    return _People(
        education=rng.standard_normal(size.teachers),
        experience=rng.standard_normal(size.teachers),
        minority=(rng.random(size.teachers) < 0.2) - 0.2,
        school=school,
        minutes=rng.gamma(3.5, 0.43, (size.teachers, size.schools)),
        traits=traits,
    )


def _supply_columns(people, year, teacher, school):
    income, score, minority = people.traits[year, school].T
    return np.column_stack(
        [
            income,
            score,
            people.minority[teacher] * minority,
            people.education[teacher] * score,
            people.experience[teacher] * score,
            people.minutes[teacher, school],
        ]
    )


def _supply(size, people, rng):
    menus = []
    for year in range(size.years):
        for _ in range(size.rounds):
            place = rng.integers(size.schools, size=size.vacancies)
            for teacher in range(size.teachers):
                chosen = place[rng.random(size.vacancies) < size.on_menu]
                if len(chosen):
                    menus.append((year, teacher, chosen))
    year, teacher = (np.array([menu[k] for menu in menus]) for k in (0, 1))
    length = np.array([len(menu[2]) for menu in menus])
    displaced = rng.random(len(menus)) < size.displaced
    home = people.school[year, teacher]
    own = _supply_columns(people, year, teacher, home)
    own[displaced] = 0
    school = np.concatenate([menu[2] for menu in menus])
    columns = _supply_columns(people, np.repeat(year, length), np.repeat(teacher, length), school)
    return Supply(
        names=SUPPLY,
        first=np.concatenate([[0], length.cumsum()]),
        teacher=teacher,
        displaced=displaced,
        own_school=np.where(displaced, -1, home),
        own_regressors=own,
        school=school,
        regressors=columns,
        applied=np.zeros(len(school), dtype=bool),
        offer=np.zeros(len(school), dtype=np.int8),
    )


def _demand(size, people, rng):
    lists = size.years * size.rounds * size.vacancies
    most = min(size.candidates, size.teachers)
    length = rng.integers(1, most + 1, size=lists)
    teacher = np.concatenate([rng.permutation(size.teachers)[:number] for number in length])
    place = np.repeat(rng.integers(size.schools, size=lists), length)
    year = np.repeat(rng.integers(size.years, size=lists), length)
    _, score, minority = people.traits[year, place].T
    columns = [
        people.education[teacher],
        people.experience[teacher],
        people.minority[teacher] * minority,
        people.experience[teacher] * score,
    ]
    return Demand(
        names=DEMAND,
        first=np.concatenate([[0], length.cumsum()]),
        teacher=teacher,
        school=place,
        rank=np.zeros(len(teacher), dtype=np.int64),
        regressors=np.column_stack(columns),
        most_ranked=4,
    )


def _students(size, people, rng):
    mean = size.students * rng.gamma(2.4, 1 / 2.4, (size.years, size.teachers))
    number = np.maximum(np.rint(mean), 1).astype(int)
    year, teacher = (
        np.repeat(index, number.ravel()) for index in map(np.ravel, np.indices(number.shape))
    )
    school = people.school[year, teacher]
    prior = rng.standard_normal(len(year))
    taught = 0.1 * (number[year, teacher] / size.students - 1)
    match = people.minority[teacher] * people.traits[year, school, 2]
    columns = [np.ones(len(year)), prior, people.education[teacher], match, taught]
    pupil = np.concatenate([np.arange(count) for count in number.ravel()])
    return np.column_stack(columns), teacher, school, _scores(size, people, year, teacher, pupil)


def _scores(size, people, year, teacher, pupil):
    """Number of the score of each row: a team's first pupils are the same, and so on."""
    team = np.empty(people.school.shape, dtype=np.int64)
    for one, schools in enumerate(people.school):
        for school in range(size.schools):
            here = np.flatnonzero(schools == school)
            team[one, here] = here[np.arange(len(here)) // size.teams * size.teams]
    keys = np.column_stack([year, team[year, teacher], pupil])
    return np.unique(keys, axis=0, return_inverse=True)[1].ravel()
