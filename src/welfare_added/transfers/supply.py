"""Teachers' decisions as the sampler takes them: menus and what was applied to (section 3.1)."""

import logging
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.district.values import RawTables
from welfare_added.run.errors import UserError
from welfare_added.selection.arrays import ACCEPTED, DECLINED, Supply
from welfare_added.transfers.driving import Driving
from welfare_added.transfers.menus import has_menu, held_licences
from welfare_added.transfers.positions import LEAST_FTE
from welfare_added.transfers.records import Records
from welfare_added.transfers.regressors import SUPPLY, supply_regressors
from welfare_added.transfers.traits import SCHOOL

PERSON = ("minority", "education", "experience")  # traits of teachers that meet those of schools
FALLBACKS = ("constant", "leftover")
NOWHERE = np.empty(0, dtype=bool)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Menus:
    """Menus of all years and rounds.

    Attributes
    ----------
    supply
        As the sampler takes them.
    menus
        One row a menu: year, round, teacher.
    rows
        One row a menu's row: menu, vacancy (row of the raw table).

    """

    supply: Supply
    menus: pd.DataFrame = field(repr=False)
    rows: pd.DataFrame = field(repr=False)


def build_menus(
    raw: RawTables, records: Records, driving: Driving, fallback: str = "constant"
) -> Menus:
    """Menus by year, round and teacher, with regressors and decisions.

    Vacancies below half time are left out, as positions are (footnote 8).

    Parameters
    ----------
    raw, records, driving
        Of the study.
    fallback
        What a displaced teacher compares vacancies with: ``constant``, a parameter; ``leftover``,
        the mean of the vacancies on her menu whose offers nobody accepted in the round
        (`selection.fallbacks`), or of all where every one was taken, which the log counts.

    Raises
    ------
    DistrictError
        If a driving time of a menu or of a present position is missing.
    UserError
        If no menu has a row, or every teacher with a menu is displaced: nothing tells inertia; or
        if ``fallback`` is unknown.

    """
    if fallback not in FALLBACKS:
        raise UserError(f"selection.fallback: {fallback!r}; want {', '.join(FALLBACKS)}")
    rounds = sorted(
        (year, number)
        for year, number in set(
            raw.tables["vacancies"][["year", "round"]].itertuples(index=False, name=None)
        )
        if year in records.years
    )
    made = _Decisions.of(raw, records)
    parts = [_round(raw, records, driving, made, (year, number)) for year, number in rounds]
    parts = [part for part in parts if part is not None]
    if not parts:
        raise UserError(
            f"{raw.files['vacancies']}: no teacher may apply to any vacancy of {records.years[0]} "
            f"to {records.years[-1]}; licences must be written alike in licences and vacancies"
        )
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if joined["displaced"].all():
        raise UserError(
            f"{raw.files['teacher_years']}, column displaced: every teacher with a menu is "
            "displaced, so that inertia is not identified; check the codes of displaced"
        )
    size = joined.pop("size")
    menu = np.repeat(np.arange(len(size)), size)
    supply = Supply(
        names=SUPPLY,
        first=np.r_[0, np.cumsum(size)],
        offer=_offers(raw, records, joined["vacancy"], joined["teacher"][menu]),
        left_over=_left_over(raw, joined, menu) if fallback == "leftover" else NOWHERE,
        **{name: joined[name] for name in Supply.__dataclass_fields__ if name in joined},
    )
    menus = pd.DataFrame({name: joined[name] for name in ("year", "round", "teacher")})
    rows = pd.DataFrame({"menu": menu, "vacancy": joined["vacancy"]})
    return Menus(supply, menus, rows)


@dataclass(frozen=True)
class _Decisions:
    """Applications and acceptances by number of the teacher and row of the vacancy."""

    applicant: np.ndarray
    vacancy: np.ndarray
    taken: pd.DataFrame  # teacher, year and round of accepted offers

    @classmethod
    def of(cls, raw: RawTables, records: Records) -> "_Decisions":
        vacancies, made = raw.tables["vacancies"], raw.tables["applications"]
        ids = pd.Index(vacancies["vacancy_id"])
        offers = raw.tables["offers"]
        offers = offers[offers["accepted"] == 1]
        of = vacancies[["year", "round"]].iloc[ids.get_indexer(offers["vacancy_id"])]
        teacher = records.teachers.get_indexer(offers["teacher_id"])
        return cls(
            records.teachers.get_indexer(made["teacher_id"]),
            ids.get_indexer(made["vacancy_id"]),
            of.reset_index(drop=True).assign(teacher=teacher),
        )

    def moved(self, teachers: np.ndarray, year: int, number: int) -> np.ndarray:
        """Whether each teacher accepted an offer of an earlier round of the year."""
        earlier = (self.taken["year"] == year) & (self.taken["round"] < number)
        return np.isin(teachers, self.taken["teacher"][earlier])

    def applied(self, teachers: np.ndarray, posted: np.ndarray, shape: tuple) -> np.ndarray:
        """Which teachers applied to which vacancies, (n, V) bool; shape: numbers of both in all."""
        row, place = np.full(shape[0], -1), np.full(shape[1], -1)
        row[teachers], place[posted] = np.arange(len(teachers)), np.arange(len(posted))
        row, place = row[self.applicant], place[self.vacancy]
        applied = np.zeros((len(teachers), len(posted)), dtype=bool)
        own = (row >= 0) & (place >= 0)
        applied[row[own], place[own]] = True
        return applied


def _round(raw: RawTables, records: Records, driving: Driving, made: _Decisions, when: tuple):
    """Arrays of the menus of one year and round; None if there are none."""
    year, number = when
    vacancies = raw.tables["vacancies"]
    of_round = (vacancies["year"] == year) & (vacancies["round"] == number)
    posted = np.flatnonzero(of_round & (vacancies["fte"] >= LEAST_FTE))
    posted = posted[np.argsort(vacancies["vacancy_id"].to_numpy()[posted], kind="stable")]
    people = records.teacher_years[records.teacher_years["year"] == year].reset_index(drop=True)
    teachers = people["teacher"].to_numpy()
    deciding = has_menu(people, made.moved(teachers, year, number))
    licences = raw.tables["licences"]
    kinds = pd.Index(np.sort(vacancies["licence"].iloc[posted].unique()))
    names = records.teachers[teachers]
    held = held_licences(names, licences[licences["year"] == year], kinds) & deciding[:, None]
    wanted = kinds.get_indexer(vacancies["licence"].iloc[posted])
    applied = made.applied(teachers, posted, (len(records.teachers), len(vacancies)))
    open_to = held[:, wanted] | applied
    person, place = np.nonzero(open_to)
    if not len(person):
        return None
    school = records.schools.get_indexer(vacancies["school_id"].iloc[posted])[place]
    having, size = np.unique(person, return_counts=True)
    own = people["own_school"].to_numpy()[having]
    placed = own >= 0
    own_regressors = np.zeros((len(having), len(SUPPLY)))
    args = records, driving, people, year
    own_regressors[placed] = _regressors(*args, having[placed], own[placed])
    return {
        "size": size,
        "year": np.full(len(having), year),
        "round": np.full(len(having), number),
        "teacher": teachers[having],
        "displaced": people["displaced"].to_numpy()[having],
        "own_school": own,
        "own_regressors": own_regressors,
        "school": school,
        "regressors": _regressors(*args, person, school),
        "applied": applied[person, place],
        "vacancy": posted[place],
    }


def _regressors(records, driving, people, year, person, school) -> np.ndarray:
    """Regressors of teachers (rows of ``people``) at schools, (n, q)."""
    traits = {name: people[name].to_numpy()[person] for name in PERSON}
    schools = {name: records.traits[year][name][school] for name in SCHOOL}
    minutes = driving.times(year, people["teacher"].to_numpy()[person], school)
    return supply_regressors(traits, schools, minutes)


def _offers(raw: RawTables, records: Records, vacancy: np.ndarray, teacher: np.ndarray):
    """Offers held together with the one that was accepted, (R,): see `Supply.offer`.

    Of offers of a step of which none was accepted nothing is used.
    """
    vacancies, offers = raw.tables["vacancies"], raw.tables["offers"]
    made = offers.assign(
        vacancy=pd.Index(vacancies["vacancy_id"]).get_indexer(offers["vacancy_id"]),
        teacher=records.teachers.get_indexer(offers["teacher_id"]),
    )
    made = made.join(vacancies[["year", "round", "fte"]], on="vacancy")
    made = made[made["fte"] >= LEAST_FTE]
    held = made.groupby(["teacher", "year", "round", "step"])["accepted"]
    made = made[(held.transform("size") > 1) & (held.transform("sum") == 1)]
    at = pd.MultiIndex.from_arrays([vacancy, teacher]).get_indexer(
        pd.MultiIndex.from_frame(made[["vacancy", "teacher"]])
    )
    offer = np.zeros(len(vacancy), dtype=np.int8)
    kind = np.where(made["accepted"] == 1, ACCEPTED, DECLINED)
    offer[at[at >= 0]] = kind[at >= 0]
    return offer


def _left_over(raw: RawTables, joined: dict, menu: np.ndarray) -> np.ndarray:
    """Rows whose vacancy nobody took, or all of a displaced teacher's where all were taken."""
    offers = raw.tables["offers"]
    taken = offers.loc[offers["accepted"] == 1, "vacancy_id"]
    filled = np.isin(raw.tables["vacancies"]["vacancy_id"], taken)
    left = ~filled[joined["vacancy"]]
    nothing = joined["displaced"] & (np.bincount(menu, left, len(joined["displaced"])) == 0)
    if count := int(nothing.sum()):
        log.warning(
            "selection.fallback leftover: of %d displaced menus, %d without a vacancy left over; "
            "their fallback is the mean of all their vacancies",
            int(joined["displaced"].sum()),
            count,
        )
    return left | nothing[menu]
