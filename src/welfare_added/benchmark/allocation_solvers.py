"""Each method of solving a cell: a function of the problem that returns the values it found.

``sweep`` methods solve at every weight of the problem; `frontier` finds every vertex; ``milp``
methods solve at the second of three weights while no group may lose. Solvers are imported where
they are used: peers are extras, and OR-tools does not load beside HiGHS.
"""

import time
from collections.abc import Callable

import numpy as np

from welfare_added.assignment.problem import Problem
from welfare_added.benchmark.cells import cell
from welfare_added.run.environment import peak_mb

SHORT = 12  # classes of the cell on which a method runs first, so that loading is not timed


def scores(problem: Problem) -> list[np.ndarray]:
    """Score of each pair at each weight, (n, n) teacher by class."""
    return [problem.teachers @ classes.T for classes in problem.classes]


def ours(problem: Problem) -> list[float]:
    """Certified optima, ties broken at the ends."""
    from welfare_added.assignment.sweep import network

    return [optimum.primal for optimum in network(problem)]


def frontier(problem: Problem) -> list[float]:
    """Every vertex of the exact frontier, certified: value at the weight where it begins."""
    from welfare_added.assignment.exact import ExactFrontier

    ends = Problem(problem.teachers, problem.classes[[0, -1]], problem.blocks)
    found = ExactFrontier(ends).vertices()
    low, high = ends.classes
    return [
        float(
            (
                problem.teachers[vertex.matching]
                * ((1 - vertex.weight_from) * low + vertex.weight_from * high)
            ).sum()
        )
        for vertex in found
    ]


def lsa(problem: Problem) -> list[float]:
    """Linear sum assignment of scipy."""
    from scipy.optimize import linear_sum_assignment

    return [s[linear_sum_assignment(s, maximize=True)].sum() for s in scores(problem)]


def lapx(problem: Problem) -> list[float]:
    """Jonker and Volgenant's algorithm of the package lapx."""
    import lap

    return [-lap.lapjv(-s)[0] for s in scores(problem)]


def ortools(problem: Problem) -> list[float]:
    """Assignment solver of OR-tools; integer costs, a millionth of a point each."""
    from ortools.graph.python import linear_sum_assignment

    n = len(problem.teachers)
    left, right = np.repeat(np.arange(n), n), np.tile(np.arange(n), n)
    values = []
    for s in scores(problem):
        solver = linear_sum_assignment.SimpleLinearSumAssignment()
        solver.add_arcs_with_cost(left, right, np.round(-s * 1e6).astype(np.int64).ravel())
        solver.solve()
        values.append(-solver.optimal_cost() / 1e6)
    return values


def highs_dense_cold(problem: Problem) -> list[float]:
    """HiGHS with all arcs, from scratch at each weight."""
    return [_run(model) for model in map(_dense, scores(problem))]


def highs_dense_warm(problem: Problem) -> list[float]:
    """HiGHS with all arcs and the last weight's basis."""
    first, *others = scores(problem)
    model = _dense(first)
    values = [_run(model)]
    index = np.arange(first.size, dtype=np.int32)
    model.setOptionValue("simplex_strategy", 4)
    for s in others:
        model.changeColsCost(len(index), index, s.ravel())
        values.append(_run(model))
    return values


def _dense(s: np.ndarray):
    import highspy

    n = len(s)
    arcs = n * n
    ends = np.stack([np.repeat(np.arange(n), n), n + np.tile(np.arange(n), n)], axis=1)
    model = highspy.Highs()
    model.silent()
    for option, value in {"threads": 1, "presolve": "off", "solver": "simplex"}.items():
        model.setOptionValue(option, value)
    model.passModel(
        arcs, 2 * n, 2 * arcs, 1, -1, 0.0, s.ravel(), np.zeros(arcs), np.full(arcs, np.inf),
        np.ones(2 * n), np.ones(2 * n), np.arange(0, 2 * arcs, 2, dtype=np.int32),
        ends.astype(np.int32).ravel(), np.ones(2 * arcs), np.zeros(arcs, dtype=np.int32),
    )  # fmt: skip
    return model


def _run(model) -> float:
    model.run()
    return model.getInfo().objective_function_value


def pulp_cbc(problem: Problem) -> list[float]:
    """PuLP and CBC, one mixed-integer problem a weight, as in the paper."""
    import pulp

    values = []
    for s in scores(problem):
        n = range(len(s))
        model = pulp.LpProblem("allocation", pulp.LpMaximize)
        x = pulp.LpVariable.dicts("x", (n, n), cat="Binary")
        model += pulp.lpSum(s[i, j] * x[i][j] for i in n for j in n)
        for i in n:
            model += pulp.lpSum(x[i][j] for j in n) == 1
            model += pulp.lpSum(x[j][i] for j in n) == 1
        model.solve(pulp.PULP_CBC_CMD(msg=False, threads=1))
        values.append(pulp.value(model.objective))
    return values


def _floors(problem: Problem) -> list:
    """No group loses; the counts of the classes are those of the two ends of the weights."""
    from welfare_added.assignment.milp import Side

    counts = problem.classes[0] + problem.classes[-1]
    return [
        Side("no_group_loses", given, float(given.trace()))
        for given in (np.outer(problem.teachers[:, k], counts[:, k]) for k in (0, 1))
    ]


def milp_ours(problem: Problem) -> list[float]:
    """No group may lose: our programme over a window of arcs."""
    from welfare_added.assignment.milp import solve_constrained

    (score, *_), sides = scores(problem)[1:], _floors(problem)
    return [solve_constrained(score, sides, np.ones(score.shape, dtype=bool), 1e-4).value]


def milp_dense(problem: Problem) -> list[float]:
    """No group may lose: HiGHS with all arcs, through scipy."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, kron, vstack

    (score, *_), sides = scores(problem)[1:], _floors(problem)
    n = len(score)
    one = np.ones((1, n))
    matching = vstack([kron(eye_array(n), one), kron(one, eye_array(n))])
    rules = [LinearConstraint(csr_array(matching), 1, 1)]
    rules += [LinearConstraint(side.coefficients.ravel(), side.least) for side in sides]
    done = milp(
        -score.ravel(),
        integrality=np.ones(n * n),
        bounds=Bounds(0, 1),
        constraints=rules,
        options={"mip_rel_gap": 1e-4},
    )
    return [-done.fun]


METHODS: dict[str, dict[str, Callable[[Problem], list[float]]]] = {
    "sweep": {
        "ours": ours,
        "lsa": lsa,
        "lapx": lapx,
        "ortools": ortools,
        "highs_dense_warm": highs_dense_warm,
        "highs_dense_cold": highs_dense_cold,
        "pulp_cbc": pulp_cbc,
    },
    "frontier": {"ours": frontier},
    "single": {
        "ours": ours,
        "lsa": lsa,
        "lapx": lapx,
        "ortools": ortools,
        "highs_dense_cold": highs_dense_cold,
        "pulp_cbc": pulp_cbc,
    },
    "milp": {"ours": milp_ours, "highs_dense": milp_dense},
}


def measure(task: str, method: str, n: int, weights: list[float], seed: int) -> dict:
    """Seconds of one run on a cell of n classes, peak memory [MB], and the values found."""
    solve = METHODS[task][method]
    solve(cell(SHORT, seed, np.array(weights)))
    problem = cell(n, seed, np.array(weights))
    start = time.perf_counter()
    values = solve(problem)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak_mb": peak_mb(), "values": [float(value) for value in values]}
