"""Each method of placing applicants, or of choosing the best class of a wanted composition.

A method takes the applicants and returns one number that is the same for all methods of a task.
Building the other packages' objects is timed with solving, since both stand between the tables and
the answer. Other packages are optional and imported where they are used.
"""

import time
from collections.abc import Callable

import numpy as np

from welfare_added.assignment.deferred_acceptance import deferred_acceptance
from welfare_added.assignment.seats import Market, same_keys
from welfare_added.assignment.serial_order import serial_order
from welfare_added.assignment.two_groups import best_of_two_groups
from welfare_added.benchmark.applicants import UNITS, Applicants, applicants
from welfare_added.run.usage import peak_mb

SHORT = 200  # applicants who are placed first, so that loading and compiling are not timed


def checksum(school: np.ndarray) -> float:
    """A number that tells placements apart. school: (n,) of each applicant, -1 where none."""
    return float((np.arange(1, len(school) + 1) * (school + 1)).sum())


def ours(pool: Applicants) -> float:
    """One after the other in the order of scores."""
    everyone = np.ones((len(pool.keys), 1), dtype=bool)
    placement = serial_order(pool.keys, pool.lists, pool.seats[:, None], everyone)
    return checksum(placement.school(pool.lists))


def ours_acceptance(pool: Applicants) -> float:
    """Our deferred acceptance, which does not need one common order."""
    keys = same_keys(pool.keys[:, None].astype(float), pool.lists)
    market = Market(pool.lists, pool.seats[:, None], keys)
    return checksum(deferred_acceptance(market).school(pool.lists))


def python_loop(pool: Applicants) -> float:
    """One after the other, in plain Python."""
    left, lists = pool.seats.tolist(), pool.lists.tolist()
    placed = [-1] * len(pool.keys)
    for i in np.argsort(-pool.keys).tolist():
        for school in lists[i]:
            if school < 0:
                break
            if left[school]:
                left[school] -= 1
                placed[i] = school
                break
    return checksum(np.array(placed))


def matching(pool: Applicants) -> float:
    """The package matching: residents and hospitals."""
    from matching.games import HospitalResident

    lists = {i: [s for s in row if s >= 0] for i, row in enumerate(pool.lists.tolist())}
    orders: dict[int, list[int]] = {school: [] for school in range(len(pool.seats))}
    for i in np.argsort(-pool.keys).tolist():
        for school in lists[i]:
            orders[school].append(i)
    seats = dict(enumerate(pool.seats.tolist()))
    game = HospitalResident.create_from_dictionaries(lists, orders, seats)
    placed = np.full(len(pool.keys), -1)
    for hospital, residents in game.solve(optimal="resident").items():
        for resident in residents:
            placed[resident.name] = hospital.name
    return checksum(placed)


def best_class(pool: Applicants) -> float:
    """Our enumeration of how many students are both minority and free lunch."""
    seats = int(pool.seats[0])
    best = best_of_two_groups(pool.keys, pool.first, pool.second, seats, pool.target)
    return best.value / UNITS


def _sides(pool: Applicants) -> tuple[np.ndarray, list[int]]:
    """Who counts for seats and groups, (3, n), and how many of each there are to be."""
    sides = np.stack([np.ones(len(pool.keys)), pool.first, pool.second])
    return sides, [int(pool.seats[0]), *pool.target]


def highs_linear(pool: Applicants) -> float:
    """HiGHS, a linear programme over the applicants, whose vertices are whole."""
    from scipy.optimize import linprog

    sides, numbers = _sides(pool)
    done = linprog(-pool.keys / UNITS, A_eq=sides, b_eq=numbers, bounds=(0, 1), method="highs")
    return -done.fun


def highs_integer(pool: Applicants) -> float:
    """HiGHS, an integer programme over the applicants."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    sides, numbers = _sides(pool)
    done = milp(
        -pool.keys / UNITS,
        integrality=np.ones(len(pool.keys)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(sides, numbers, numbers),
        options={"mip_rel_gap": 0.0},
    )
    return -done.fun


METHODS: dict[str, dict[str, Callable[[Applicants], float]]] = {
    "placement": {
        "ours": ours,
        "ours_acceptance": ours_acceptance,
        "python_loop": python_loop,
        "matching": matching,
    },
    "quota": {
        "ours": best_class,
        "highs_linear": highs_linear,
        "highs_integer": highs_integer,
    },
}


def measure(task: str, method: str, n: int, runs: int, seed: int) -> dict:
    """Smallest seconds over runs on n applicants, peak memory [MB], and the value."""
    solve = METHODS[task][method]
    solve(applicants(SHORT, seed))
    pool = applicants(n, seed)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        value = solve(pool)
        seconds.append(time.perf_counter() - start)
    return {"seconds": min(seconds), "peak_mb": peak_mb(), "values": [float(value)]}
