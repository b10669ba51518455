"""The benchmark at the schools it is not tuned at: the average of the bonuses at those it is."""

from collections.abc import Sequence

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
