"""A small random market by student, with slow calculations of everything."""

from dataclasses import dataclass

import numpy as np

from welfare_added.reassignment.draws import Draw
from welfare_added.reassignment.proficient import Students
from welfare_added.reassignment.scores import student_sums, teachers_of_draw
from welfare_added.reassignment.year import Year
from welfare_added.transfers.regressors import MAIN, MATCHES

COEFFICIENTS = {name: 0.01 * place - 0.05 for place, name in enumerate((*MAIN, *MATCHES))}


@dataclass
class Case:
    """Candidates, positions, students and a draw."""

    year: Year
    traits: dict
    theta: np.ndarray
    students: Students
    position: np.ndarray
    sums: object
    draw: Draw


def case(seed: int = 0, m: int = 6, n: int = 4, per: int = 5, schools: int = 2) -> Case:
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 2 * per, n)
    position = np.repeat(np.arange(n), size)
    total = len(position)
    minority, male = (rng.integers(0, 2, total).astype(float) for _ in range(2))
    previous = rng.normal(size=total)
    flags = [name for name in MAIN if name != "education"]
    traits = {name: rng.integers(0, 2, m).astype(float) for name in (*flags, "minority", "male")}
    traits["teacher_male"] = traits["male"]
    traits |= {name: rng.normal(size=m) for name in ("education", "experience")}
    theta = rng.normal(0, 0.1, m)
    own = np.full(m, -1)
    own[rng.permutation(m)[:n]] = rng.permutation(n)
    licensed = rng.random((m, n)) < 0.8
    year = Year(2012, own, rng.integers(0, schools, n), licensed, np.array(["a", "b"] * n)[:n])
    draw = Draw(
        number=0,
        teachers=teachers_of_draw(traits, theta, COEFFICIENTS),
        eta=rng.normal(0, 0.05, (m, n)),
        utility=rng.normal(size=(m, n)),
        worth=rng.normal(size=(m, n)),
        need=rng.normal(0, 0.4, total),
    )
    students = Students(np.r_[0, np.cumsum(size)], minority, male, previous)
    sums = student_sums(position, minority, male, previous, n)
    return Case(year, traits, theta, students, position, sums, draw)


def slow_score(one: Case, teacher: int, row: int) -> float:
    """What a teacher adds to a student's score, term by term of eq. 1."""
    own = {name: values[teacher] for name, values in one.traits.items()}
    student = one.students
    minority, male, previous = student.minority[row], student.male[row], student.previous[row]
    value = one.theta[teacher] + one.draw.eta[teacher, one.position[row]]
    value += sum(COEFFICIENTS[name] * own[name] for name in MAIN)
    value += COEFFICIENTS["match_minority"] * (minority == own["minority"])
    value += COEFFICIENTS["match_gender"] * (male == own["male"])
    value += COEFFICIENTS["minority_x_education"] * minority * own["education"]
    value += COEFFICIENTS["prev_score_x_education"] * previous * own["education"]
    value += COEFFICIENTS["minority_x_experience"] * minority * own["experience"]
    value += COEFFICIENTS["prev_score_x_experience"] * previous * own["experience"]
    return value
