"""Plans and gains of a year in every draw of the parameters, by two planners (section 6.1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.assignment.one_to_one import blocking_pairs
from welfare_added.reassignment.gains import class_decomposition, decomposition
from welfare_added.reassignment.groups import Group, group_gains, group_values, random_totals
from welfare_added.reassignment.plans import Plan, aim_scores, moved, plans, worse_off
from welfare_added.reassignment.proficient import Students, proficient
from welfare_added.reassignment.scores import Sums, Teachers, match_scores, total_scores
from welfare_added.reassignment.year import SCENARIOS, Year, accepts, masks
from welfare_added.run.errors import UserError

CLAIRVOYANT, FEASIBLE = "clairvoyant", "feasible"
OBSERVED = "observed"


@dataclass(frozen=True)
class Draw:
    """One draw of the parameters and latent variables for a year's candidates and positions.

    Attributes
    ----------
    number
        Of the draw.
    teachers, eta
        Candidates, and (m, n) eta^y at each position's school.
    utility, status_quo
        (m, n) and (m,): as of `accepts`.
    worth
        (m, n) utility of schools, or None: stability is then not counted.
    need
        (N,) as of `proficient`, or None: the share of proficient students is then no aim.
    need_sd
        0 if ``need`` has the students' own errors in it, else their SD.

    """

    number: int
    teachers: Teachers
    eta: np.ndarray = field(repr=False)
    utility: np.ndarray = field(repr=False)
    status_quo: np.ndarray | None = field(repr=False, default=None)
    worth: np.ndarray | None = field(repr=False, default=None)
    need: np.ndarray | None = field(repr=False, default=None)
    need_sd: float = 0.0


def scores_of(draw: Draw, aim: str, sums: Sums, students: Students | None) -> np.ndarray:
    """What a planner with an aim adds up in a draw, (m, n)."""
    counts = None
    if aim == "share_proficient" and draw.need is not None and students is not None:
        counts = proficient(students, draw.teachers, draw.eta, draw.need, draw.need_sd)
    return aim_scores(aim, total_scores(draw.teachers, sums, draw.eta), sums, counts)


def expected_scores(
    draws: Iterable[Draw], aim: str, sums: Sums, students: Students | None
) -> np.ndarray:
    """Mean over draws of what a planner adds up, (m, n): what the feasible planner goes by.

    draws: of a posterior that uses the years before alone, or leaves the year out, with expected
    errors of students.
    """
    total, number = None, 0
    for draw in draws:
        one = scores_of(draw, aim, sums, students)
        total, number = one if total is None else total + one, number + 1
    if total is None:
        raise UserError("reassignment.draws: no draw, so that nothing can be expected")
    return total / number


@dataclass(frozen=True)
class Planned:
    """Plans of a year in all draws.

    Attributes
    ----------
    plans
        planner, aim, scenario, draw, year, position, candidate.
    results
        planner, aim, scenario, draw, year, with planned (value by the planner's own scores), value
        (of the aim, in the draw), observed (the same of the observed assignment), relative_gap, the
        parts of `decomposition` and of `class_decomposition` (class_*), moves, displaced,
        brought_in, worse_off, and blocking_pairs where schools' utilities are given. The observed
        assignment has rows too, which nobody planned and no gap belongs to.
    gains
        planner, aim, scenario (and `OBSERVED`), draw, year, group, students, and the sums of
        `group_gains`; empty without groups.

    """

    plans: pd.DataFrame = field(repr=False)
    results: pd.DataFrame = field(repr=False)
    gains: pd.DataFrame = field(repr=False)


def plan_draws(
    year: Year,
    draws: Iterable[Draw],
    sums: Sums,
    students: Students | None,
    aims: Sequence[str],
    expected: Mapping[str, np.ndarray] | None = None,
    groups: Sequence[Group] = (),
    weights: np.ndarray | None = None,
) -> Planned:
    """Plan every draw, aim and scenario, and value the plans on the draw.

    Parameters
    ----------
    year, sums, students
        Candidates and positions, and their students.
    draws
        Draws of the posterior; teachers consent by the utilities of each.
    aims
        Of `AIMS`.
    expected
        By aim, of `expected_scores`; with it the feasible planner plans too. It may ask teachers
        for consent, but knows of their effects on students only what it expects.
    groups, weights
        Of `make_groups` and `random_weights`, for gains by group.

    """
    made, results, gains = [], [], []
    # What the feasible planner does without asking for consent is the same in all draws.
    free = {aim: _unconstrained(year, scores) for aim, scores in (expected or {}).items()}
    for draw in draws:
        allowed = masks(year, accepts(year, draw.utility, draw.status_quo))
        values = [_of_group(group, draw, weights) for group in groups]
        match = match_scores(draw.teachers, sums, draw.eta)
        for aim in aims:
            own = scores_of(draw, aim, sums, students)
            planners = {CLAIRVOYANT: (own, {})}
            if expected:
                planners[FEASIBLE] = expected[aim], free[aim]
            for planner, (scores, known) in planners.items():
                label = {"planner": planner, "aim": aim, "scenario": OBSERVED}
                label |= {"draw": draw.number, "year": year.year}
                here = {OBSERVED: Plan(year.observed, np.nan, np.nan)}
                for scenario, plan in (here | plans(year, scores, allowed, known)).items():
                    label = label | {"scenario": scenario}
                    results.append(label | _result(year, draw, sums, match, own, allowed, plan))
                    gains += _gains(label, year, plan.holder, values)
                    if scenario != OBSERVED:
                        made.append((label, plan.holder))
    return Planned(_plans_table(made), pd.DataFrame(results), pd.DataFrame(gains))


def _unconstrained(year: Year, scores: np.ndarray) -> dict[str, Plan]:
    everybody = masks(year, np.ones(year.licensed.shape, dtype=bool))
    first = SCENARIOS[0]
    return plans(year, scores, {first: everybody[first]})


def _plans_table(made: Sequence[tuple[Mapping, np.ndarray]]) -> pd.DataFrame:
    """Labels of plans and candidates (n,) of their positions, one row a position."""
    labels = pd.DataFrame([label for label, _ in made])
    n = len(made[0][1])
    table = labels.loc[np.repeat(labels.index, n)].reset_index(drop=True)
    return table.assign(
        position=np.tile(np.arange(n), len(made)),
        candidate=np.concatenate([holder for _, holder in made]),
    )


def _of_group(group: Group, draw: Draw, weights: np.ndarray | None):
    """A group, sums over its students with each candidate, and of the random assignment."""
    values = group_values(group, draw.teachers, draw.eta, draw.need, draw.need_sd)
    return group, values, random_totals(values, weights)


def _gains(label: Mapping, year: Year, holder: np.ndarray, values) -> list[dict]:
    return [
        label
        | {"group": group.name, "students": len(group.rows)}
        | group_gains(tables, holder, year.observed, random)
        for group, tables, random in values
    ]


def _result(year: Year, draw: Draw, sums: Sums, match, own, allowed, plan: Plan) -> dict:
    """Value of a plan in a draw, and what it is made of."""
    holder, positions = plan.holder, np.arange(len(plan.holder))
    parts = vars(decomposition(year, draw.teachers, sums, match, holder))
    by_class = vars(class_decomposition(year, draw.teachers, sums, match, holder))
    result = {
        "planned": plan.value,
        "value": float(own[holder, positions].sum()),
        "observed": float(own[year.observed, positions].sum()),
        "relative_gap": plan.relative_gap,
        **parts,
        **{f"class_{name}": value for name, value in by_class.items()},
        **moved(year, holder),
        "worse_off": worse_off(year, holder, draw.utility),
    }
    if draw.worth is not None:
        partner = np.full(len(year.own), -1)
        partner[holder] = positions
        pairs = _would_meet(year, draw, allowed, partner)
        result["blocking_pairs"] = blocking_pairs(
            draw.utility, draw.worth, partner, pairs, "unmatched"
        )
    return result


def _would_meet(year: Year, draw: Draw, allowed, partner: np.ndarray) -> np.ndarray:
    """Pairs that licences allow, without positions that who stays outside them refuses, (m, n)."""
    outside = (year.own < 0) & (partner < 0)
    refused = outside[:, None] & ~accepts(year, draw.utility, draw.status_quo)
    return allowed["unconstrained"] & ~refused
