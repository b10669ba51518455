"""One year of the synthetic state after the other: staff, salaries, exits, moves, hires."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.pay import synthetic_schedules as pay
from welfare_added.pay.contracts import level_of
from welfare_added.pay.synthetic_districts import Districts
from welfare_added.pay.synthetic_moves import CHANCES, EXITS, RULES, STAYS, Situation
from welfare_added.pay.synthetic_posts import by_chance, exchanged, matched, staff_levels
from welfare_added.pay.synthetic_schools import Posts, Schools, make_posts
from welfare_added.pay.synthetic_teachers import (
    BA,
    MA,
    draw_teachers,
    first_seniority,
    master_levels,
)


class World:
    """The state's teachers in their posts, and the staff of the years so far.

    Attributes
    ----------
    teachers, posts
        All so far.
    who, post
        (n,) teachers of the year, and their posts.
    staff
        One frame a year: teacher, post, district, year, credited [years], degree, salary
        and scheduled [$ a full-time equivalent and 180 days], value_pay [$], duties, and
        `CHANCES` of the end of the year.

    """

    def __init__(
        self,
        districts: Districts,
        schools: Schools,
        rule: str,
        inputs: Mapping,
        parameters: Mapping,
        streams: Mapping[str, np.random.Generator],
    ):
        """Draw the first teachers and the schedules."""
        self.districts, self.schools, self.streams = districts, schools, streams
        self.inputs, self.parameters = inputs, parameters
        self.subjects = tuple(parameters["teachers"]["subjects"])
        self.rule = RULES[rule](districts, inputs, parameters)
        self.first, self.last = inputs["institutions"]["years"]["panel"]
        self.reform = inputs["institutions"]["first_post_year"]
        self.levels = staff_levels(districts, inputs, parameters["teachers"])
        self.cohort = schools.cohort(districts.pupils)
        district = np.repeat(np.arange(len(districts.ids)), self._target(self.first))
        shares = np.cumsum(list(parameters["teachers"]["subjects"].values()))
        subject = np.searchsorted(shares, streams["teachers"].random(len(district)))
        subject = subject.clip(0, len(shares) - 1)
        self.posts = self._posts(district, subject, in_turn=True)
        self.post = np.arange(len(district))
        seniority = first_seniority(
            district, districts, inputs, parameters["teachers"], streams["teachers"]
        )
        levels = master_levels(
            district, seniority, districts, inputs, parameters["teachers"], streams["teachers"]
        )
        self.odds = levels
        self.teachers = self._people(seniority, self.post, self.first)
        self.who = np.arange(len(district))
        credited, master = self.teachers.credited(self.who), self.teachers.degree == MA
        self.schedules = pay.draw_schedules(
            *(districts, seniority, credited, master, inputs, parameters), streams["schedules"]
        )
        self.mean_value = np.full(len(districts.ids), 0.5)
        self.staff: list[pd.DataFrame] = []

    def _target(self, year: int) -> np.ndarray:
        """Teachers of each district in a year, (J,)."""
        stock = self.inputs["counts"]["teachers_by_year"]
        share = np.interp(year, list(stock), list(stock.values())) / stock[self.first]
        return np.maximum(np.round(self.levels * share), 3).astype(int)

    def _posts(self, district, subject, *, in_turn: bool = False) -> Posts:
        return make_posts(
            *(district, subject, self.subjects, self.schools, self.cohort),
            self.parameters["schools"],
            self.streams["posts"],
            in_turn=in_turn,
        )

    def _people(self, seniority: np.ndarray, post: np.ndarray, year: int):
        posts = self.posts
        level = level_of(posts.low[post], posts.high[post])
        subject = np.array(self.subjects)[posts.subject[post]]
        odds = self.odds[self.schools.district[posts.school[post]]]
        return draw_teachers(
            *(seniority, odds, level, subject, year),
            self.inputs,
            self.parameters,
            self.streams["teachers"],
        )

    @property
    def district(self) -> np.ndarray:
        """District of each teacher of the year, (n,)."""
        return self.schools.district[self.posts.school[self.post]]

    def delta(self, year: int) -> np.ndarray:
        """Pay for value added [$], (J,): 0 before Act 10."""
        return self.districts.delta * (year >= self.reform)

    def salaries(self, who, district, schedule, delta) -> np.ndarray:
        """Salaries of full time and 180 days [$], without pay for extra duties."""
        people, own = self.teachers, self.parameters["salaries"]["credits"]
        credited = np.minimum(people.credited(who), pay.LONGEST)
        dollars = np.where(self.districts.name == "racine", own["racine"], own["dollars"])
        lane = people.credits[who] * dollars[district]
        extra = delta[district] * (pay.logistic(people.value[who]) - self.mean_value[district])
        return schedule[district, people.degree[who], credited] + lane + extra

    def live(self, year: int) -> None:
        """Record a year, and let its end pass."""
        if year == self.reform - 1:
            value = pay.logistic(self.teachers.value[self.who])
            number = len(self.districts.ids)
            total = np.bincount(self.district, value, number)
            self.mean_value = total / np.bincount(self.district, minlength=number)
        self._record(year)
        if year < self.last:
            self._end(year)

    def _schedule(self, year: int) -> np.ndarray:
        return pay.of_year(self.schedules, year, self.parameters["salaries"]["growth"])

    def _record(self, year: int) -> None:
        rng, number = self.streams["salaries"], len(self.who)
        madison = self.inputs["salary_schedule"]["off_schedule_madison_2011"]
        above = madison["above"] / sum(madison[one] for one in ("on_line", "below", "above"))
        duties = rng.random(number) < above
        extra = np.where(duties, 2 * madison["mean_gap_above"] * rng.random(number), 0.0)
        district, delta = self.district, self.delta(year)
        salary = self.salaries(self.who, district, self._schedule(year), delta)
        value = delta[district] * (
            pay.logistic(self.teachers.value[self.who]) - self.mean_value[district]
        )
        self.staff.append(
            pd.DataFrame(
                {
                    "teacher": self.who,
                    "post": self.post,
                    "district": district,
                    "year": year,
                    "seniority": self.teachers.seniority[self.who],
                    "credited": self.teachers.credited(self.who),
                    "degree": self.teachers.degree[self.who],
                    "salary": np.round(salary * (1 + extra)),
                    "scheduled": self._scheduled(year),
                    "value_pay": value.round(2),
                    "duties": duties,
                    **dict.fromkeys(CHANCES, np.nan),
                }
            )
        )

    def _scheduled(self, year: int) -> np.ndarray:
        """Salaries that the schedule has for the years recorded, with further credits [$]."""
        people, own = self.teachers, self.parameters["salaries"]["credits"]
        years = np.minimum(people.seniority[self.who], pay.LONGEST)
        dollars = np.where(self.districts.name == "racine", own["racine"], own["dollars"])
        schedule = self._schedule(year)[self.district, people.degree[self.who], years]
        return schedule + people.credits[self.who] * dollars[self.district]

    def _situation(self, year: int) -> Situation:
        schedule, delta = self._schedule(year + 1), self.delta(year + 1)
        people, who, district = self.teachers, self.who, self.district
        value = pay.logistic(people.value[who]) - self.mean_value[district]
        return Situation(
            district=district,
            seniority=people.seniority[who].astype(float),
            master=(people.degree[who] == MA).astype(float),
            value=people.value[who],
            pay=lambda row, to: self.salaries(who[row], to, schedule, delta) / 1000,
            pay_without=lambda row, to: self.salaries(who[row], to, schedule, 0 * delta) / 1000,
            gain=delta[district] * value / 1000,
        )

    def _end(self, year: int) -> None:
        """Exits, moves, hires, changes of grades, degrees and a year more of seniority."""
        decided = self.rule.decide(self._situation(year), self.streams["decisions"])
        for name in CHANCES:
            self.staff[-1][name] = getattr(decided, name).round(8)
        stays = decided.where == STAYS
        moves = decided.where >= 0
        free = self.post[~stays]
        who, post = self.who[stays], self.post[stays]
        movers, to = self.who[moves], decided.where[moves]
        self.teachers.seniority[self.who[decided.where != EXITS]] += 1
        taken, left = self._place(movers, to, free)
        who, post = np.concatenate([who, movers]), np.concatenate([post, taken])
        hired, at = self._hire(post, left, year + 1)
        self.who, self.post = np.concatenate([who, hired]), np.concatenate([post, at])
        self._switch_grades()
        self._upgrade()

    def _place(self, movers, to, free):
        """Posts of movers: a free one of their subject in the district, or a new one."""
        subject = np.zeros(len(self.teachers), np.int64)
        subject[self.who] = self.posts.subject[self.post]
        wanted = to * len(self.subjects) + subject[movers]
        district = self.schools.district[self.posts.school[free]]
        offered = district * len(self.subjects) + self.posts.subject[free]
        taken = matched(wanted, offered, self.streams["posts"])
        new = taken < 0
        left = np.delete(free, taken[~new])
        post = free[np.maximum(taken, 0)] if len(free) else np.zeros(len(movers), np.int64)
        post[new] = self.posts.add(self._posts(to[new], subject[movers[new]]))
        return post, left

    def _hire(self, post, free, year: int):
        """Fill free posts by chance up to the district's number of teachers, and add posts."""
        number, of_school = len(self.districts.ids), self.schools.district
        held = np.bincount(of_school[self.posts.school[post]], minlength=number)
        lacking = np.maximum(self._target(year) - held, 0)
        district = of_school[self.posts.school[free]]
        filled = free[by_chance(district, lacking, self.streams["posts"])]
        left = lacking - np.bincount(of_school[self.posts.school[filled]], minlength=number)
        extra = np.repeat(np.arange(number), left)
        shares = np.cumsum(list(self.parameters["teachers"]["subjects"].values()))
        drawn = self.streams["posts"].random(len(extra))
        subject = np.searchsorted(shares, drawn).clip(0, len(shares) - 1)
        at = np.concatenate([filled, self.posts.add(self._posts(extra, subject))])
        own, rng = self.parameters["teachers"]["hired"], self.streams["teachers"]
        experienced = rng.random(len(at)) < own["experienced"]
        seniority = np.where(experienced, rng.integers(2, own["longest"] + 1, len(at)), 1)
        return self.teachers.add(self._people(seniority, at, year)), at

    def _switch_grades(self) -> None:
        """Some classroom teachers of a school exchange their grades by chance."""
        classroom = self.posts.subject[self.post] == self.subjects.index("all")
        share, rng = self.parameters["teachers"]["switch"], self.streams["posts"]
        rows = np.flatnonzero(classroom)
        rows = rows[rng.random(len(rows)) < share]
        self.post[rows] = exchanged(self.post[rows], self.posts.school[self.post[rows]], rng)

    def _upgrade(self) -> None:
        """Some Bachelors get a Master."""
        rng, people = self.streams["teachers"], self.teachers
        own, pieces = self.parameters["teachers"], self.parameters["salaries"]["credits"]["shares"]
        young = (people.degree[self.who] == BA) & (people.seniority[self.who] <= 15)
        rows = self.who[young & (rng.random(len(self.who)) < own["upgrade"])]
        people.degree[rows] = MA
        drawn = np.searchsorted(np.cumsum(pieces), rng.random(len(rows)))
        people.credits[rows] = drawn.clip(0, len(pieces) - 1)
