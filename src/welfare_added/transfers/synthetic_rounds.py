"""One round of the synthetic transfer system: applications, interviews, rankings, offers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from welfare_added.transfers.menus import menu_rows
from welfare_added.transfers.regressors import demand_regressors, supply_regressors


@dataclass(frozen=True)
class Rules:
    """How a round goes; see section 2.1.

    Attributes
    ----------
    automatic, others, most_ranked
        Interviews by seniority and further ones at most; candidates ranked at most.
    interviewing
        Share of vacancies whose school interviews at all.
    other_interviews
        Chance of an applicant who is not among the most senior.

    """

    automatic: int
    others: int
    most_ranked: int
    interviewing: float
    other_interviews: float


@dataclass(frozen=True)
class Tastes:
    """Utilities of the year's teachers, and of schools for them; n teachers, S schools.

    Attributes
    ----------
    traits
        Columns of `teacher_traits`, (n,) each.
    schools
        Columns of `school_traits`, (S,) each.
    minutes
        (n, S) of driving.
    supply, demand
        Coefficients in the order of SUPPLY and DEMAND.
    attraction
        (S,) effects of schools on teachers' utility.
    match, hiring
        (n, S) eta^u, and (n, S) phi + eta^v + constant.
    inertia, fallback
        Of the present position, and value of being displaced.

    """

    traits: Mapping[str, np.ndarray] = field(repr=False)
    schools: Mapping[str, np.ndarray] = field(repr=False)
    minutes: np.ndarray = field(repr=False)
    supply: np.ndarray = field(repr=False)
    demand: np.ndarray = field(repr=False)
    attraction: np.ndarray = field(repr=False)
    match: np.ndarray = field(repr=False)
    hiring: np.ndarray = field(repr=False)
    inertia: float
    fallback: float

    def utility(self, teacher: np.ndarray, school: np.ndarray) -> np.ndarray:
        """Teachers' mean utility of schools, without inertia, (R,)."""
        traits, schools = self._at(teacher, school)
        regressors = supply_regressors(traits, schools, self.minutes[teacher, school])
        return regressors @ self.supply + self.attraction[school] + self.match[teacher, school]

    def worth(self, teacher: np.ndarray, school: np.ndarray) -> np.ndarray:
        """Schools' mean utility of teachers, (R,)."""
        traits, schools = self._at(teacher, school)
        return demand_regressors(traits, schools) @ self.demand + self.hiring[teacher, school]

    def status_quo(self, own_school: np.ndarray) -> np.ndarray:
        """Mean utility of not moving, (n,); own_school is -1 for the displaced."""
        value = np.full(len(own_school), self.fallback)
        placed = np.flatnonzero(own_school >= 0)
        value[placed] = self.utility(placed, own_school[placed]) + self.inertia
        return value

    def without_matches(self) -> "Tastes":
        """The same without unobserved tastes of teachers and schools."""
        none = np.zeros_like(self.match)
        return replace(self, match=none, hiring=none)

    def _at(self, teacher, school):
        return (
            {name: one[teacher] for name, one in self.traits.items()},
            {name: one[school] for name, one in self.schools.items()},
        )


@dataclass(frozen=True)
class Round:
    """What happens in a round; teachers and vacancies by place.

    Attributes
    ----------
    teacher, vacancy, utility, applied
        Rows of the menus: mean utility without errors, and the decision.
    interviews
        vacancy, teacher, automatic, interviewed.
    rankings
        vacancy, teacher, rank.
    offers
        vacancy, teacher, step, accepted.
    hired
        (V,) teacher who accepted each vacancy, -1 if none.

    """

    teacher: np.ndarray = field(repr=False)
    vacancy: np.ndarray = field(repr=False)
    utility: np.ndarray = field(repr=False)
    applied: np.ndarray = field(repr=False)
    interviews: np.ndarray = field(repr=False)
    rankings: np.ndarray = field(repr=False)
    offers: np.ndarray = field(repr=False)
    hired: np.ndarray = field(repr=False)


def play_round(
    tastes: Tastes,
    deciding: np.ndarray,
    held: np.ndarray,
    status_quo: np.ndarray,
    seniority: np.ndarray,
    vacancies: tuple[np.ndarray, np.ndarray],
    rules: Rules,
    rng: np.random.Generator,
) -> Round:
    """Let teachers and schools decide.

    deciding: (n,) who has a menu. held: (n, licences). status_quo: (n,) mean utility. seniority:
    (n,) 1 for the most senior. vacancies: school and licence of each, (V,).
    """
    school, licence = vacancies
    teacher, vacancy = menu_rows(held & deciding[:, None], licence)
    utility = tastes.utility(teacher, school[vacancy])
    realised = utility + rng.standard_normal(len(utility))
    fallback = status_quo + rng.standard_normal(len(status_quo))
    applied = realised > fallback[teacher]
    made = np.flatnonzero(applied)
    pairs = zip(vacancy[made].tolist(), teacher[made].tolist(), strict=True)
    value = dict(zip(pairs, realised[made].tolist(), strict=True))
    applicants = [teacher[made][vacancy[made] == place] for place in range(len(school))]
    interviews, rankings = _seen_and_ranked(tastes, applicants, school, seniority, rules, rng)
    offers, hired = _offers(rankings, value, len(school))
    shaped = [
        np.array(rows, dtype=int).reshape(-1, width)
        for rows, width in ((interviews, 4), (rankings, 3), (offers, 4))
    ]
    return Round(teacher, vacancy, utility, applied, *shaped, hired)


def _seen_and_ranked(tastes: Tastes, applicants, school, seniority, rules: Rules, rng):
    """Rows of interviews and of rankings: vacancies' applicants by seniority, and by utility."""
    interviews, rankings = [], []
    interviewing = rng.random(len(school)) < rules.interviewing
    for place in range(len(school)):
        seen, automatic = _interviewed(applicants[place], seniority, rules, rng)
        if not interviewing[place]:  # who has the right to an interview is shown as not invited
            seen, automatic = seen[automatic], automatic[automatic]
        interviews += [
            (place, *one, interviewing[place]) for one in zip(seen, automatic, strict=True)
        ]
        worth = tastes.worth(seen, np.full(len(seen), school[place]))
        worth = worth + rng.standard_normal(len(seen))
        if interviewing[place]:
            best = np.argsort(-worth, kind="stable")[: rules.most_ranked]
            listed = seen[best[worth[best] > 0]]
            rankings += [(place, one, rank) for rank, one in enumerate(listed, 1)]
    return interviews, rankings


def _interviewed(applicants, seniority, rules: Rules, rng) -> tuple[np.ndarray, np.ndarray]:
    """Who is interviewed, most senior first, and whether by seniority.

    Schools that interview invite all of the most senior, and others by chance: nothing of this
    depends on what they think of them.
    """
    order = applicants[np.argsort(seniority[applicants], kind="stable")]
    chance = rng.random(len(order)) < rules.other_interviews
    chance[: rules.automatic] = True
    extra = np.flatnonzero(chance[rules.automatic :])[rules.others :]
    chance[rules.automatic + extra] = False
    return order[chance], (np.arange(len(order)) < rules.automatic)[chance]


def _offers(rankings, value, vacancies: int) -> tuple[list, np.ndarray]:
    """Offers step by step: each open vacancy to its next candidate, each teacher takes her best.

    A candidate who has accepted already is passed over in that step.
    """
    lists: dict[int, list[int]] = {}
    for place, one, _ in rankings:
        lists.setdefault(int(place), []).append(int(one))
    hired, taken, offers = np.full(vacancies, -1), set(), []
    for step in range(1, 1 + max((len(one) for one in lists.values()), default=0)):
        made = [
            (place, candidates[step - 1])
            for place, candidates in sorted(lists.items())
            if hired[place] < 0 and len(candidates) >= step and candidates[step - 1] not in taken
        ]
        best: dict[int, int] = {}
        for place, one in made:
            if one not in best or value[place, one] > value[best[one], one]:
                best[one] = place
        for place, one in made:
            accepted = best[one] == place
            offers.append((place, one, step, int(accepted)))
            if accepted:
                hired[place] = one
        taken |= set(best)
    return offers, hired
