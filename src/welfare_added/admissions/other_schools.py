"""The benchmark at the schools it is not tuned at: the average of the bonuses at those it is."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.admissions.classes import all_classes
from welfare_added.admissions.plans import Outcome, by_bonus
from welfare_added.admissions.pool import Pool
from welfare_added.admissions.two_weights import bonus_of

REPORTED = ("sd", "minority", "frpl", "lowest")


def average_bonuses(bonuses: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Means of the bonuses for minority and for free-lunch students, in units of keys.

    bonuses: a pair for each school at which the benchmark was tuned. Rounded down to a whole unit,
    a ten-millionth of a point.
    """
    minority, frpl = (sum(part) // len(bonuses) for part in zip(*bonuses, strict=True))
    return minority, frpl


def average_benchmark(pool: Pool, bonuses: Sequence[tuple[int, int]]) -> Outcome:
    """Place everybody by the average of the bonuses, with certificate.

    It need not meet the numbers of students at the schools at which the bonuses were tuned.
    Source: Ellison and Pathak (2020), note of table A.2.
    """
    averaged = average_bonuses(bonuses)
    return by_bonus(pool, bonus_of(pool, averaged), weights=averaged)


def plans_by_school(
    pool: Pool, placements: Mapping[str, np.ndarray], schools: Sequence[str]
) -> pd.DataFrame:
    """Table A.2: one row a school: school, and of every plan sd, minority, frpl and lowest.

    Columns are named sd_score, sd_tiers and so on. placements: by plan, (n,) school of each
    applicant, -1 without one; in the paper score, tiers and benchmark. schools: their names by
    number. Rows in alphabetical order.
    """
    classes = {
        plan: all_classes(pool, placed, list(schools)) for plan, placed in placements.items()
    }
    columns = {
        f"{name}_{plan}": table[name] for name in REPORTED for plan, table in classes.items()
    }
    table = pd.DataFrame({"school": list(schools), **columns})
    return table.sort_values("school", kind="stable", ignore_index=True)
