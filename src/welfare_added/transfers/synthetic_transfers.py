"""A year's transfer system in the synthetic district: who takes part, two rounds, what is left."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.transfers import synthetic_moves as moves
from welfare_added.transfers.menus import has_menu
from welfare_added.transfers.synthetic_positions import Positions
from welfare_added.transfers.synthetic_rounds import Round, Rules, Tastes, play_round
from welfare_added.transfers.synthetic_schools import LICENCES, Schools
from welfare_added.transfers.synthetic_teachers import Staff, teacher_ids


@dataclass(frozen=True)
class Transfers:
    """The teachers of a year, by place, and how many vacancies are posted.

    Attributes
    ----------
    numbers, present
        (n,) number of each teacher, and present school, in the sample or outside it.
    people
        The table of teacher_years but for displaced and gave_notice.
    tastes
        Of and for them.
    vacancies
        Posted in the year.

    """

    year: int
    numbers: np.ndarray
    present: np.ndarray
    people: pd.DataFrame = field(repr=False)
    tastes: Tastes = field(repr=False)
    vacancies: int


@dataclass(frozen=True)
class YearMade:
    """What a year adds: tables, openings that are left, and who is in a position outside."""

    tables: dict[str, pd.DataFrame]
    openings: moves.Openings
    outside: dict[int, int]


def decide(
    year: Transfers,
    positions: Positions,
    staff: Staff,
    outside: Mapping[int, int],
    schools: Schools,
    parameters: Mapping,
    rng: np.random.Generator,
) -> YearMade:
    """Change positions, let both rounds pass, and settle who is without an offer.

    parameters: parameters.yaml, with the published rules of the system under ``rules``.
    """
    chosen = parameters["transfers"]
    experience = staff.experience[year.numbers]
    notice = moves.gives_notice(experience, parameters["teachers"], rng)
    leaving = set(year.numbers[notice].tolist())
    ending = round(chosen["displaced"] * len(positions.all))
    ended, halves = moves.restructured(positions, ending, staff, leaving)
    displaced = np.isin(year.numbers, ended)
    people = year.people.assign(displaced=displaced.astype(int), gave_notice=notice.astype(int))
    openings = moves.Openings()
    for one in positions.all:
        if one.teacher in leaving:
            openings.add(one)
    for half in halves:
        openings.add(half)
    rounds = _Rounds(year, displaced, notice, staff, schools, parameters, rng)
    first = min(round(chosen["first_round"] * year.vacancies), len(openings.free))
    for number, posts in ((1, first), (2, year.vacancies - first)):
        rounds.play(number, posts, openings, positions)
    hired = set(openings.filled.values())
    unplaced = [one for one in ended if one not in hired]
    gone = moves.scramble(openings, unplaced, staff, chosen["outside"], rng)
    stays = parameters["teachers"]["outside_stay"]
    next_outside = {
        one: school
        for one, school in sorted(outside.items())
        if one not in hired and one not in leaving and rng.random() < stays
    }
    next_outside |= {one: int(rng.integers(len(schools.ids))) for one in gone}
    tables = {"teacher_years": people, **rounds.tables()}
    tables["outside_positions"] = _outside_table(year.year, outside, schools)
    return YearMade(tables, openings, next_outside)


def _outside_table(year: int, outside: Mapping[int, int], schools: Schools) -> pd.DataFrame:
    numbers = np.array(sorted(outside), dtype=int)
    places = [outside[one] for one in numbers.tolist()]
    return pd.DataFrame(
        {"teacher_id": teacher_ids(numbers), "year": year, "school_id": schools.ids[places]}
    )


class _Rounds:
    """The rounds of a year, and their tables."""

    def __init__(self, year, displaced, notice, staff, schools, parameters, rng):
        self.year, self.schools, self.rng = year, schools, rng
        own_school = np.where(displaced, -1, year.present)
        frame = pd.DataFrame(
            {"own_school": own_school, "displaced": displaced, "gave_notice": notice}
        )
        self.frame, self.moved = frame, np.zeros(len(frame), dtype=bool)
        self.status_quo = year.tastes.status_quo(own_school)
        self.held = staff.licences[year.numbers]
        rules, chosen = parameters["rules"], parameters["transfers"]
        self.rules = Rules(
            automatic=rules["senior_automatic_interviews"],
            others=rules["most_other_interviews"],
            most_ranked=rules["most_ranked"],
            interviewing=chosen["interviewing"],
            other_interviews=chosen["other_interviews"],
        )
        self.made: list[dict[str, pd.DataFrame]] = []

    def play(self, number: int, posts: int, openings: moves.Openings, positions: Positions) -> None:
        """Post some openings, let the round pass, and open the positions of those who move."""
        free = np.array(sorted(openings.free), dtype=int)
        posted = np.sort(self.rng.permutation(free)[:posts])
        ours = [openings.free[one] for one in posted.tolist()]
        school = np.array([one.school for one in ours], dtype=int)
        licence = np.array([one.licence for one in ours], dtype=int)
        deciding = has_menu(self.frame, self.moved)
        seniority = self.year.people["seniority_rank"].to_numpy()
        made = play_round(
            self.year.tastes,
            deciding,
            self.held,
            self.status_quo,
            seniority,
            (school, licence),
            self.rules,
            self.rng,
        )
        held = {one.teacher: one for one in positions.all}
        for place, teacher in enumerate(made.hired.tolist()):
            if teacher < 0:
                continue
            self.moved[teacher] = True
            person = int(self.year.numbers[teacher])
            openings.fill(int(posted[place]), person)
            if person in held and not self.frame["displaced"].iat[teacher]:
                openings.add(held[person])
        self.made.append(self._tables(number, made, school, licence))

    def _tables(self, number: int, made: Round, school, licence) -> dict[str, pd.DataFrame]:
        year = self.year
        names = [f"v{year.year}{number}{place:04d}" for place in range(len(school))]
        vacancy, people = np.array(names, dtype=object), teacher_ids(year.numbers)
        vacancies = {
            "vacancy_id": vacancy,
            "year": year.year,
            "round": number,
            "school_id": self.schools.ids[school],
            "licence": np.array(LICENCES, dtype=object)[licence],
            "fte": 1.0,
        }
        rows = {
            "interviews": (made.interviews, ("automatic", "interviewed")),
            "rankings": (made.rankings, ("rank",)),
            "offers": (made.offers, ("step", "accepted")),
        }
        menus = {"vacancy_id": vacancy[made.vacancy], "teacher_id": people[made.teacher]}
        utilities = pd.DataFrame(
            {**menus, "utility": made.utility, "fallback": self.status_quo[made.teacher]}
        )
        return {
            "vacancies": pd.DataFrame(vacancies),
            "applications": pd.DataFrame(menus)[made.applied].reset_index(drop=True),
            "utilities": utilities,
            **{
                name: pd.DataFrame(
                    {
                        "vacancy_id": vacancy[found[:, 0]],
                        "teacher_id": people[found[:, 1]],
                        **{one: found[:, 2 + place] for place, one in enumerate(columns)},
                    }
                )
                for name, (found, columns) in rows.items()
            },
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Rows of both rounds by table."""
        return {
            name: pd.concat([one[name] for one in self.made], ignore_index=True)
            for name in self.made[0]
        }
