"""Moments of applicants that the paper prints, and the search for parameters that meet them.

Only inputs are used: the applicants, where they live, and the classes under the plan in force. What
any other plan gives is a prediction.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.admissions.classes import class_statistics
from welfare_added.admissions.indices import USED
from welfare_added.admissions.regressions import linear_probability
from welfare_added.admissions.tier_plan import tier_plan
from welfare_added.admissions.tracts import INDICATORS
from welfare_added.admissions.world import World, pool_of

TWO = ("Payton", "Northside")  # the schools whose classes are described in most detail
DESCRIBED = ("mean", "sd", "gap", "minority", "frpl", "asian")
OTHERS = ("sd", "minority", "frpl")
COHORTS = (2009, 2010, 2011)  # of grade 7: the applicants of 2010 to 2012
HIGH = 96


def published(inputs: Mapping) -> pd.Series:
    """The moments as printed, by name; shares of tiers are means over the three cohorts.

    inputs: content of calibration/inputs.yaml.
    """
    found = {}
    for sample in ("all_applicants", "score_96"):
        for name in INDICATORS:
            found[f"slope.{sample}.{name}"] = inputs["minority_on_tract_indicator"][sample][name]
    regression = inputs["minority_and_frpl_score_96"]
    found |= {"frpl_coefficient": regression["frpl"], "r_squared": regression["r_squared"]}
    for sample in ("top_decile", "payton_northside"):
        rows = [inputs["tiers"][sample][cohort] for cohort in COHORTS]
        found |= {f"tiers.{sample}.{t}": s for t, s in enumerate(np.mean(rows, axis=0), 1)}
    for school in TWO:
        current = inputs["current_classes"][school.lower()]
        named = {**current, "gap": current["majority_minority_gap"]}
        found |= {f"class.{school}.{name}": named[name] for name in DESCRIBED}
    for school, values in inputs["current_other_schools"].items():
        found |= {f"class.{school}.{n}": v for n, v in zip(OTHERS, values, strict=True)}
    return pd.Series(found, dtype=float)


def moments(world: World, plan: Mapping) -> pd.Series:
    """The same moments of a world, and the smallest share of seats filled at a school.

    plan: choices of the tier plan in force, as of `tier_market`.
    """
    earlier, studied = world.earlier, world.studied
    high = earlier[earlier["composite_score"] >= HIGH]
    found = {}
    for sample, rows in (("all_applicants", earlier), ("score_96", high)):
        found |= {f"slope.{sample}.{n}": _slope(rows["minority"], rows[n]) for n in INDICATORS}
    found["frpl_coefficient"], found["r_squared"] = _regression(high)
    rank = studied["composite_score"].rank(method="first", ascending=False)
    schools = list(world.schools["school_id"])
    both = np.isin(world.lists, [schools.index(name) for name in TWO]).any(axis=1)
    samples = {"top_decile": rank <= len(studied) / 10, "payton_northside": both}
    for sample, chosen in samples.items():
        tier = studied.loc[chosen, "tier"]
        found |= {f"tiers.{sample}.{t}": (tier == t).mean() for t in (1, 2, 3, 4)}
    return pd.Series({**found, **_classes(world, schools, plan)}, dtype=float)


def _classes(world: World, schools: Sequence[str], plan: Mapping) -> dict[str, float]:
    pool = pool_of(world)
    placed = tier_plan(pool, **plan).school(world.lists)
    found, filled = {}, []
    for number, school in enumerate(schools):
        one = class_statistics(pool, placed == number)
        filled.append(one["students"] / pool.seats[number])
        names = DESCRIBED if school in TWO else OTHERS
        found |= {f"class.{school}.{name}": one[name] for name in names}
    return {**found, "filled": min(filled)}


def _slope(outcome: pd.Series, on: pd.Series) -> float:
    return float(np.cov(outcome, on)[0, 1] / on.var())


def _regression(rows: pd.DataFrame) -> tuple[float, float]:
    """Coefficient of free lunch, and R squared, of minority on three indicators and free lunch."""
    fit = linear_probability(rows["minority"].to_numpy(), rows[[*USED, "frpl"]])
    return float(fit.coefficients[fit.names.index("frpl")]), fit.r_squared


def distance(found: pd.Series, target: pd.Series, within: float) -> float:
    """How far moments are from their targets, in units of ``within`` of the target each.

    Squared up to four units and linear beyond, with little weight on what is within one, so that
    the search brings as many lines as it can within the tolerance.
    """
    units = ((found[target.index] - target) / (within * target.abs())).abs().fillna(100.0)
    small, middle = 0.3 * units**2, units**2 - 0.7
    return float(np.where(units < 1, small, np.where(units < 4, middle, 8 * units - 16.7)).sum())


def search(
    start: Mapping[str, float],
    steps: Mapping[str, float],
    loss: Callable[[Mapping[str, float]], float],
    sweeps: int,
    report: Callable[[str], None],
) -> dict[str, float]:
    """Pattern search: each parameter in turn is moved by its step if that lowers the loss.

    A step that helps grows by half, one that does not is halved, down to 1/64 of the first. The
    loss is a step function of the parameters (applicants move one at a time), so it has no
    derivative. Parameters without a step stay.
    """
    best, now, size = dict(start), loss(start), dict(steps)
    sign = dict.fromkeys(steps, 1)
    for sweep in range(sweeps):
        for name in steps:
            for direction in (sign[name], -sign[name]):
                changed = {**best, name: best[name] + direction * size[name]}
                value = loss(changed)
                if value < now:
                    best, now, sign[name] = changed, value, direction
                    size[name] *= 1.5
                    break
            else:
                size[name] = max(size[name] / 2, steps[name] / 64)
        report(f"sweep {sweep + 1}: loss {now:.1f}")
    return best
