"""Each method of finding stable and optimal allocations of teachers to positions.

A method takes a market and returns one number that is the same for all methods of a task. Ranking
and building the other packages' objects is timed with solving. Other packages are optional.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.optimize import linear_sum_assignment

from welfare_added.assignment.deferred_acceptance import deferred_acceptance
from welfare_added.assignment.dense import optimal_matching
from welfare_added.assignment.one_to_one import stable_matching
from welfare_added.assignment.preference_lists import ranked
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.seats import Market
from welfare_added.assignment.stable_set import stable_set
from welfare_added.assignment.sweep import network
from welfare_added.assignment.transport import transport
from welfare_added.benchmark.markets import Matched, market
from welfare_added.run.usage import peak_mb

SHORT = 40  # teachers of a market that is solved first, so that loading is not timed
DEEP = 100_000  # calls within calls that the package matching makes


def checksum(partner: np.ndarray) -> float:
    """A number that tells matchings apart. partner: (n,) position of each teacher."""
    return float((np.arange(1, len(partner) + 1) * (partner + 1)).sum())


def ours_stable(one: Matched) -> float:
    """Both sides ranked, then our one-to-one deferred acceptance."""
    positions = np.ascontiguousarray(one.positions.T)
    return checksum(stable_matching(ranked(one.teachers), ranked(positions)))


def ours_seats(one: Matched) -> float:
    """Our deferred acceptance for schools of several kinds of seats, with one seat each."""
    lists = np.argsort(-one.teachers, axis=1)
    keys = np.take_along_axis(one.positions, lists, axis=1)[..., None]
    seats = np.ones((len(lists), 1), dtype=int)
    return checksum(deferred_acceptance(Market(lists, seats, keys)).school(lists))


def python_loop(one: Matched) -> float:
    """Proposals one after the other, in plain Python."""
    lists = np.argsort(-one.teachers, axis=1).tolist()
    worth = one.positions.T.tolist()
    partner, held, following = [-1] * len(lists), [-1] * len(lists), [0] * len(lists)
    free = list(range(len(lists)))
    while free:
        i = free.pop()
        while i >= 0:
            k = lists[i][following[i]]
            following[i] += 1
            other = held[k]
            if other < 0 or worth[k][i] > worth[k][other]:
                held[k], partner[i] = i, k
                i = other
    return checksum(np.array(partner))


def matching(one: Matched) -> float:
    """The package matching: stable marriage."""
    from matching.games import StableMarriage

    sys.setrecursionlimit(DEEP)
    suitors = dict(enumerate(np.argsort(-one.teachers, axis=1).tolist()))
    reviewers = dict(enumerate(np.argsort(-one.positions.T, axis=1).tolist()))
    game = StableMarriage.create_from_dictionaries(suitors, reviewers)
    found = {suitor.name: reviewer.name for suitor, reviewer in game.solve().items()}
    return checksum(np.array([found[i] for i in range(len(found))]))


def ours_every(one: Matched) -> float:
    """All stable matchings: the one of the largest value added, over the rotations' lattice."""
    positions = np.ascontiguousarray(one.positions.T)
    best = stable_set(ranked(one.teachers), ranked(positions)).best(one.value_added)
    return float(one.value_added[np.arange(len(best)), best].sum())


def highs_every(one: Matched) -> float:
    """The same by HiGHS, over the stable matchings' polytope (Vande Vate 1989; Rothblum 1992)."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    n = len(one.mu)
    rows = np.concatenate([np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))])
    wanted = (one.teachers[:, None, :] > one.teachers[:, :, None]).reshape(n, n, n)
    better = (one.positions.T[:, None, :] > one.positions.T[:, :, None]).reshape(n, n, n)
    blocks = np.zeros((n, n, n, n), dtype=np.int8)
    index = np.arange(n)
    blocks[index, :, index, :] += wanted
    blocks[:, index, :, index] += better
    blocks = blocks.reshape(n * n, n * n) + np.eye(n * n, dtype=np.int8)
    done = linprog(
        -one.value_added.ravel(),
        A_ub=csr_array(-blocks.astype(float)),
        b_ub=-np.ones(n * n),
        A_eq=csr_array(rows),
        b_eq=np.ones(2 * n),
        method="highs",
    )
    return -done.fun


def ours_optimum(one: Matched) -> float:
    """The optimal matching by scipy, with duals that prove it."""
    return optimal_matching(one.value_added + one.teachers).value


def scipy_optimum(one: Matched) -> float:
    """Scipy's linear sum assignment alone."""
    scores = one.value_added + one.teachers
    return float(scores[linear_sum_assignment(scores, maximize=True)].sum())


def lapx(one: Matched) -> float:
    """The package lapx: Jonker and Volgenant's algorithm."""
    from lap import lapjv

    scores = one.value_added + one.teachers
    return -float(lapjv(-scores)[0])


def ours_transport(one: Matched) -> float:
    """Our shortest paths over schools, with proof."""
    return transport(one.mu @ one.schools.T, one.seats).value


def ours_network(one: Matched) -> float:
    """Our network simplex over types of classes, with proof."""
    problem = Problem(one.mu, one.students[None], np.zeros(len(one.mu), dtype=int))
    return next(network(problem)).primal


def scipy_slots(one: Matched) -> float:
    """Scipy's linear sum assignment to all classes one by one."""
    scores = one.value_added
    return float(scores[linear_sum_assignment(scores, maximize=True)].sum())


METHODS: dict[str, dict[str, Callable[[Matched], float]]] = {
    "stable": {
        "ours": ours_stable,
        "ours_seats": ours_seats,
        "python_loop": python_loop,
        "matching": matching,
    },
    "best_stable": {"ours": ours_every, "highs": highs_every},
    "optimum": {"ours": ours_optimum, "scipy": scipy_optimum, "lapx": lapx},
    "reallocation": {"ours": ours_transport, "ours_network": ours_network, "scipy": scipy_slots},
}


def measure(task: str, method: str, n: int, runs: int, seed: int) -> dict:
    """Smallest seconds over runs on n teachers, peak memory [MB], and the value."""
    solve = METHODS[task][method]
    solve(market(min(SHORT, n), seed))
    one = market(n, seed)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        value = solve(one)
        seconds.append(time.perf_counter() - start)
    return {"seconds": min(seconds), "peak_mb": peak_mb(), "values": [float(value)]}
