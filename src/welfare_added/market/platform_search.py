"""Search of the synthetic platform's parameters, on the published inputs alone.

First which schools post when; then when applicants and positions are there and how much is applied
to, on a sample of applicants; then the numbers of applicants and applications, on the full
platform; then, with applications as they are, whom principals hire and rate.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd

from welfare_added.calibration.least_squares import (
    Problem,
    flat,
    gauss_newton,
    nested,
    pattern_search,
    priors,
)
from welfare_added.market.calibration_table import outcome_lines, posting_lines, printed
from welfare_added.market.outcomes import outcome_days, outcomes
from welfare_added.market.platform import Base, Choices, Platform, platform
from welfare_added.market.platform_sample import Sample
from welfare_added.market.synthetic_outcomes import is_positive
from welfare_added.market.synthetic_positions import Positions, draw_positions
from welfare_added.market.synthetic_season import (
    Inputs,
    Season,
    Simulated,
    market_schools,
    simulate,
)
from welfare_added.market.timing import HIRED, by_month, posting_months

# Parameters by which the full platform meets two printed numbers in the end, in this order.
SCALE = ("sizes.full.applicants", "application_rate")
COUNTS = ("counts.applications", "counts.pairs_in_choice_sets")
STEP, LONGEST = 0.02, 0.3  # of logarithms, for elasticities, and at most at once
Report = Callable[[str], None]


@dataclass(frozen=True)
class World:
    """What the search does not change: the state's records, cycles, readings of the platform."""

    inputs: Inputs
    when: Season
    choices: Choices
    outside: str

    def postings(self, parameters: Mapping) -> tuple[Positions, pd.DataFrame]:
        """Positions of the full platform, and the market's schools."""
        schools = market_schools(self.inputs.schools, parameters["schools"]["centre"])
        when, rng = self.when, np.random.default_rng(self.when.seeds()[0])
        size, span = parameters["sizes"]["full"], range(when.cycles[0], when.cycles[1] + 1)
        return draw_positions(
            schools, span, when.studied, size, parameters["vacancies"], rng
        ), schools

    def full(self, parameters: Mapping) -> Simulated:
        """The full platform; parameters as in parameters.yaml."""
        size = parameters["sizes"]["full"]
        return simulate(self.inputs, parameters, size, self.outside, self.when)

    def observed(self, made: Simulated, outcome: np.ndarray) -> Platform:
        """The platform in its windows; outcome: (M,) of applications."""
        table = pd.DataFrame(
            {
                "applicant": made.chosen.made.applicant,
                "position": made.chosen.made.position,
                "day": made.day,
                "outcome": outcome,
                "positive": is_positive(outcome, self.choices.declined_positive).astype("int8"),
            }
        )
        market = made.market
        positions = market.positions.assign(closed=market.posts.closed)
        return platform(Base(market.applicants, positions, table, market.commutes), self.choices)


def calibrate(
    start: Mapping, inputs: Mapping, world: World, search: Mapping, report: Report
) -> dict:
    """Search from ``start``; the same world and start give the same parameters.

    Parameters
    ----------
    start, inputs, search
        Content of calibration/parameters.yaml, inputs.yaml and search.yaml.
    report
        Called with a line about each round.

    Returns
    -------
    dict
        Parameters as in parameters.yaml, free ones rounded.

    """
    target = pd.Series(printed(inputs)).drop(list(search["left_out"]))
    parameters = _inside(flat(start), search["timing"])

    def posting(parameters: Mapping) -> pd.Series:
        changed = nested(_inside(parameters, search["postings"]), start)
        posts, schools = world.postings(changed)
        school = schools["school_id"].to_numpy()[posts.school]
        table = posting_months(pd.DataFrame({"posted": posts.posted, "school_id": school}))
        return pd.Series(posting_lines(table), dtype=float)

    problem = _problem(posting, target, parameters, search, "postings")
    parameters = _searched(problem, parameters, search["postings_steps"], report)
    parameters = _inside(parameters, search["postings"])
    sample = Sample(world.inputs, world.when, start["sizes"]["full"], search["sample"])

    def anywhere(parameters: Mapping) -> pd.Series:
        return sample.moments(nested(parameters, start))

    def met(parameters: Mapping) -> pd.Series:
        return anywhere(_inside(parameters, search["timing"]))

    problem = _problem(met, target, parameters, search, "timing")
    parameters = _searched(problem, parameters, search["timing_steps"], report)
    parameters = _inside(parameters, search["timing"])
    parameters = _scaled(parameters, start, world, anywhere, target, search["scale"], report)
    made = world.full(nested(parameters, start))

    def rated(parameters: Mapping) -> pd.Series:
        chosen = nested(_inside(parameters, search["outcomes"]), start)["outcomes"]
        return pd.Series(outcome_moments(made, chosen))

    problem = _problem(rated, target, parameters, search, "outcomes")
    parameters = _searched(problem, parameters, search["outcomes_steps"], report)
    return nested(_inside(parameters, search["outcomes"]), start)


def outcome_moments(made: Simulated, shares: Mapping) -> dict[str, float]:
    """Lines of inputs.yaml on hires and ratings; shares: section ``outcomes``."""
    outcome = made.outcomes(shares)
    applications = pd.DataFrame(
        {
            "applicant": made.chosen.made.applicant,
            "position": made.chosen.made.position,
            "day": made.day,
            "outcome": outcome,
        }
    )
    everybody = Platform(
        made.market.applicants, made.market.positions, applications, applications, None
    )
    hired = applications[applications["outcome"].isin(HIRED)]
    title1 = made.market.positions["title1"].to_numpy(float)[hired["position"]]
    hires = by_month("hires", hired["day"].to_numpy(), title1).set_index("month")
    found = {f"timing.hires.{name}": n for name, n in hires["count"].items()}
    found |= {f"timing.hire_share_title1.{name}": x for name, x in hires["share_title1"].items()}
    tables = {"outcomes": outcomes(everybody), "outcome_days": outcome_days(applications)}
    return {**found, **outcome_lines(tables)}


def _problem(met, target: pd.Series, parameters: Mapping, search: Mapping, stage: str) -> Problem:
    """Printed lines that the stage's moments answer, as targets."""
    centre, sd = priors(parameters, search[stage])
    answered = target[target.index.isin(met(parameters).index) & (target != 0)]
    return Problem(met, met, answered, search["tolerance"], centre, sd, prior=search["prior"])


def _searched(problem: Problem, parameters, steps: Mapping, report: Report) -> dict[str, float]:
    parameters = gauss_newton(problem, parameters, **steps["gauss_newton"], report=report)
    return pattern_search(problem, parameters, **steps["pattern"], report=report)


def _inside(parameters: Mapping, declared: Mapping[str, Mapping]) -> dict:
    """Parameters within the bounds that search.yaml declares; whole numbers of applicants."""
    new = dict(parameters)
    for name, value in parameters.items():
        fitting = (one for pattern, one in declared.items() if fnmatchcase(name, pattern))
        if prior := next(fitting, None):
            new[name] = float(np.clip(value, *prior["bounds"]))
    new[SCALE[0]] = 10 * round(new[SCALE[0]] / 10)  # as many in each of ten cycles
    return new


def _scaled(
    parameters: Mapping, start: Mapping, world: World, met, target: pd.Series, steps: int, report
) -> dict:
    """Applicants and application rate with which the full platform meets `COUNTS` best.

    By Newton's method in logarithms, with elasticities of the sample; the best of all steps.
    """
    tried = []
    for _ in range(steps + 1):
        made = world.full(nested(parameters, start))
        seen = world.observed(made, np.full(len(made.day), "none"))
        found = np.array([len(made.day), len(seen.pairs)])
        apart = np.log(target[list(COUNTS)].to_numpy() / found)
        report(f"applications {found[0]}, pairs {found[1]}")
        tried.append((np.abs(apart).max(), len(tried), parameters))
        parameters = _step(parameters, met, apart)
    return min(tried)[2]


def _step(parameters: Mapping, met, apart: np.ndarray) -> dict:
    """Parameters with another `SCALE`; apart: (2,) logs of wanted over found."""
    base = np.log(met(parameters)[list(COUNTS)].to_numpy())
    columns = []
    for name in SCALE:
        moved = {**parameters, name: parameters[name] * np.exp(STEP)}
        columns.append((np.log(met(moved)[list(COUNTS)].to_numpy()) - base) / STEP)
    by = np.clip(np.linalg.solve(np.column_stack(columns), apart), -LONGEST, LONGEST)
    changed = {name: parameters[name] * np.exp(one) for name, one in zip(SCALE, by, strict=True)}
    changed["application_rate"] = float(f"{changed['application_rate']:.5g}")
    changed[SCALE[0]] = 10 * round(changed[SCALE[0]] / 10)
    return {**parameters, **changed}
