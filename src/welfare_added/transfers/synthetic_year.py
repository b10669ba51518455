"""One year of the synthetic transfer system after the other: scores, two rounds, moves, hires."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.transfers import synthetic_moves as moves
from welfare_added.transfers import synthetic_scores as scoring
from welfare_added.transfers.planted import Planted
from welfare_added.transfers.regressors import OUTCOMES
from welfare_added.transfers.synthetic_positions import Positions
from welfare_added.transfers.synthetic_rounds import Tastes
from welfare_added.transfers.synthetic_schools import ETHNICITIES, LOWER, Schools
from welfare_added.transfers.synthetic_start import demand_constant, pick_posts, supply_level
from welfare_added.transfers.synthetic_students import FLAGS, Enrolment
from welfare_added.transfers.synthetic_teachers import (
    TRUTH_DECIMALS,
    Hiring,
    licence_rows,
    yearly_rows,
)
from welfare_added.transfers.synthetic_transfers import Transfers, decide
from welfare_added.transfers.traits import Standards, school_traits, student_traits, teacher_traits


class World:
    """A district's state, and the rows of its tables so far.

    Attributes
    ----------
    staff, schools
        All teachers so far, and the schools.
    constant, school_effects, year_effects
        Of scores: constant, (S,) and one a year.
    attraction, hiring_constant
        Effects of schools on teachers' utility, (S,), and the constant of schools' utility.

    """

    def __init__(
        self,
        schools: Schools,
        truth: Planted,
        inputs: Mapping,
        parameters: Mapping,
        standards: Standards,
        streams: Mapping[str, np.random.Generator],
        years: range,
        vacancies: int,
    ):
        """Draw students, positions and the first teachers; nobody teaches yet."""
        self.schools, self.truth, self.standards = schools, truth, standards
        self.inputs, self.parameters, self.streams = inputs, parameters, streams
        number, own = len(schools.ids), truth.spreads
        self.school_effects = _normal(streams["schools"], number, own["outcomes_sd_school_effects"])
        self.attraction = _normal(streams["schools"], number, own["supply_sd_school_effects"])
        self.years, self.year_effects = years, []
        self.constant = self.hiring_constant = None
        posted = np.round(np.linspace(0, vacancies, len(years) + 1)).astype(int)
        self.vacancies = dict(zip(years, np.diff(posted).tolist(), strict=True))
        args = schools, inputs, parameters, self._background(), streams["students"]
        self.enrolment = Enrolment(*args)
        per_slot = parameters["schools"]["positions_a_slot"]
        self.positions = Positions(schools, per_slot, streams["positions"])
        licence = np.array([one.licence for one in self.positions.all])
        shares = np.bincount(licence, minlength=3) / len(licence)
        self.hiring = Hiring(schools, truth, inputs, parameters, shares, streams["teachers"])
        experience = inputs["teachers"]["years_of_experience"]["all"]
        spread = inputs["teachers"]["sd_of_experience"]
        self.staff = self.hiring.draw(licence, experience, spread)
        self.positions.assign(range(len(licence)))
        self.outside: dict[int, int] = {}
        self.rows: dict[str, list[pd.DataFrame]] = {}
        self._first_scores(years[0] - 1)

    def _background(self) -> np.ndarray:
        """Effects of ethnicity and of the flags of students on scores."""
        effect = dict(zip(OUTCOMES, self.truth.outcomes, strict=True))
        races = {"white": 0.0, "asian": effect["other"], "other": effect["other"]}
        by_race = [races.get(name, effect.get(name, 0.0)) for name in ETHNICITIES]
        return np.array([*by_race, *(effect[name] for name in FLAGS)])

    def table(self, name: str) -> pd.DataFrame:
        """All rows of a table so far."""
        return pd.concat(self.rows[name], ignore_index=True)

    def _add(self, **tables: pd.DataFrame) -> None:
        for name, rows in tables.items():
            self.rows.setdefault(name, []).append(rows)

    def _first_scores(self, year: int) -> None:
        """The year before the first: scores that no teacher of the sample has taught."""
        self.students = self.enrolment.first_year()
        self._write_scores(year, self.students.previous)

    def _write_scores(self, year: int, scores: np.ndarray) -> None:
        """Add a year's enrolments; scores as they can be read again are kept for the next year."""
        tests, grade = self.parameters["tests"], self.students.grade
        raw = scoring.raw_scores(scores, grade, tests)
        mean, sd = scoring.norm(grade, tests)
        self.scores = (raw - mean[:, None]) / sd
        table = scoring.enrolment_table(self.students, year, self.schools.ids)
        self._add(enrolments=scoring.add_scores(table, raw))

    def live(self, year: int) -> None:
        """Let a year pass."""
        self.students = self.enrolment.promoted(self.students, self.scores)
        studied = self.students.at(self.students.grade >= min(LOWER))
        own = student_traits(scoring.enrolment_table(studied, year, self.schools.ids))
        students = {name: own[name].to_numpy() for name in own}
        students["school"] = studied.school
        students["previous"] = np.where(studied.tested, studied.previous.mean(axis=1), np.nan)
        if year == self.years[0]:
            self._start(students)
        numbers, people, traits, schools = self._teachers(students, year)
        self._score(year, studied, students, (numbers, traits), schools)
        present = self._add_positions(year, numbers)
        tastes = self._tastes(numbers, traits, schools)
        made = decide(
            Transfers(year, numbers, present, people, tastes, self.vacancies[year]),
            self.positions,
            self.staff,
            self.outside,
            self.schools,
            {**self.parameters, "rules": self.inputs["transfer_system"]},
            self.streams["system"],
        )
        self._add(**made.tables)
        self.outside = made.outside
        moves.hire_outsiders(
            made.openings, self.staff, self.hiring, self.parameters["teachers"]["hired_experience"]
        )
        moves.with_hired(self.positions, made.openings)
        self.staff.experience[: len(self.staff) - made.openings.new] += 1.0

    def _add_positions(self, year: int, numbers: np.ndarray) -> np.ndarray:
        """Add the tables of positions, licences and driving; the present school of each teacher."""
        ids = self.schools.ids
        own = {one.teacher: one.school for one in self.positions.all}
        present = np.array([own.get(one, self.outside.get(one, -1)) for one in numbers.tolist()])
        teacher = yearly_rows(self.staff, numbers, year)["teacher_id"].to_numpy()
        minutes = self.staff.minutes[numbers]
        driving = pd.DataFrame(
            {
                "teacher_id": np.repeat(teacher, len(ids)),
                "year": year,
                "school_id": np.tile(ids, len(numbers)),
                "minutes": minutes.ravel(),
            }
        )
        self._add(
            positions=self.positions.table(year),
            licences=licence_rows(self.staff, numbers, year),
            driving_times=driving,
        )
        return present

    def _teachers(self, students: Mapping, year: int):
        """Numbers, table and traits of the year's teachers, and traits of schools."""
        holders = [one.teacher for one in self.positions.all]
        numbers = np.array(sorted({*holders, *self.outside}), dtype=int)
        people = yearly_rows(self.staff, numbers, year)
        table = teacher_traits(people, self.standards)
        traits = {name: table[name].to_numpy() for name in table}
        place = np.searchsorted(numbers, holders)
        teaching = {name: one[place] for name, one in traits.items()}
        teaching["school"] = np.array([one.school for one in self.positions.all])
        return numbers, people, traits, school_traits(students, teaching, len(self.schools.ids))

    def _tastes(self, numbers: np.ndarray, traits: Mapping, schools: Mapping) -> Tastes:
        """Utilities of and for the teachers of a year."""
        staff, constant = self.staff, self.hiring_constant or 0.0
        eta = staff.eta[numbers]
        return Tastes(
            traits=traits,
            schools=schools,
            minutes=staff.minutes[numbers],
            supply=self.truth.supply,
            demand=self.truth.demand,
            attraction=self.attraction,
            match=eta[:, :, 1],
            hiring=staff.phi[numbers, None] + eta[:, :, 2] + constant,
            inertia=self.truth.spreads["inertia"],
            fallback=0.0,
        )

    def _start(self, students: Mapping) -> None:
        """Assign the first teachers, and set the levels of both sides' utilities."""
        numbers, people, traits, schools = self._teachers(students, self.years[0])
        tastes = self._tastes(numbers, traits, schools).without_matches()
        own = self.truth.spreads
        level = round(supply_level(tastes, own["displaced_fallback"]), TRUTH_DECIMALS)
        self.attraction = np.round(self.attraction + level, TRUTH_DECIMALS)
        observed = self._tastes(numbers, traits, schools).without_matches()
        spread = float(np.sqrt(1.0 + own["sd_phi"] ** 2 + own["sd_eta_v"] ** 2))
        share = self.parameters["transfers"]["acceptable"]
        self.hiring_constant = round(demand_constant(observed, spread, share), TRUTH_DECIMALS)
        seniority = people["seniority_rank"].to_numpy()
        licences = self.staff.licences
        random = self.streams["positions"]
        self.positions.assign(pick_posts(observed, self.positions, licences, seniority, random))

    def _score(self, year, studied, students, teachers, schools) -> None:
        """Draw the year's scores; grades below those studied have their first scores."""
        numbers, traits = teachers
        fixed = schools, traits, numbers, self.truth, self.parameters["tests"]
        expected, effects = scoring.model_scores(
            year, studied, students, self.positions, self.staff, *fixed
        )
        if self.constant is None:
            mean = expected + self.school_effects[studied.school][:, None]
            self.constant = round(float(-mean.mean()), TRUTH_DECIMALS)
        random = self.streams["scores"]
        effect = float(_normal(random, 1, self.truth.spreads["sd_year_effects"])[0])
        self.year_effects.append(effect)
        level = self.constant + effect + self.school_effects[studied.school]
        noise = self.truth.spreads["sd_eps"] * random.standard_normal(expected.shape)
        scores = self.students.previous.copy()
        scores[self.students.grade >= min(LOWER)] = expected + effects + level[:, None] + noise
        self._write_scores(year, scores)


def _normal(rng: np.random.Generator, number: int, sd: float) -> np.ndarray:
    return np.round(sd * rng.standard_normal(number), TRUTH_DECIMALS)
