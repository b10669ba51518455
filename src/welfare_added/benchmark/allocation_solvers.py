"""Each method of solving a cell, as a function from the problem to its optimal values.

``sweep`` methods solve at every weight of the problem; `frontier` traces every vertex; ``milp``
methods solve at the second of three weights under the constraint that no group loses. Solvers are
imported where they are used: other packages are optional, and OR-tools does not load beside HiGHS.
"""

import time
from collections.abc import Callable

import numpy as np

from welfare_added.assignment.problem import Problem
from welfare_added.benchmark.cells import cell
from welfare_added.run.usage import peak_mb

SHORT = 12  # classes of a small cell that is solved first, so that loading is not timed


def scores(problem: Problem) -> list[np.ndarray]:
    """Score of each pair at each weight, (n, n) teacher by class."""
    return [problem.rows @ classes.T for classes in problem.columns]


def ours(problem: Problem) -> list[float]:
    """Our network simplex: certified optima, ties broken at weights 0 and 1."""
    from welfare_added.assignment.sweep import network

    return [optimum.primal for optimum in network(problem)]


def frontier(problem: Problem) -> list[float]:
    """Our exact frontier: value of every certified vertex at the weight where it begins."""
    from welfare_added.assignment.exact import ExactFrontier

    ends = Problem(problem.rows, problem.columns[[0, -1]], problem.blocks)
    low, high = ends.columns
    return [
        float(
            (
                problem.rows[vertex.matching]
                * ((1 - vertex.weight_from) * low + vertex.weight_from * high)
            ).sum()
        )
        for vertex in ExactFrontier(ends).vertices()
    ]


def lsa(problem: Problem) -> list[float]:
    """Scipy's linear sum assignment."""
    from scipy.optimize import linear_sum_assignment

    return [s[linear_sum_assignment(s, maximize=True)].sum() for s in scores(problem)]


def lapx(problem: Problem) -> list[float]:
    """The package lapx: algorithm of Jonker and Volgenant."""
    import lap

    return [-lap.lapjv(-s)[0] for s in scores(problem)]


def ortools(problem: Problem) -> list[float]:
    """Assignment solver of OR-tools; costs rounded to millionths."""
    from ortools.graph.python import linear_sum_assignment

    n = len(problem.rows)
    left, right = np.repeat(np.arange(n), n), np.tile(np.arange(n), n)
    values = []
    for s in scores(problem):
        solver = linear_sum_assignment.SimpleLinearSumAssignment()
        solver.add_arcs_with_cost(left, right, np.round(-s * 1e6).astype(np.int64).ravel())
        solver.solve()
        values.append(-solver.optimal_cost() / 1e6)
    return values


def highs_dense_cold(problem: Problem) -> list[float]:
    """HiGHS with all arcs, started anew at each weight."""
    return [_run(model) for model in map(_dense, scores(problem))]


def highs_dense_warm(problem: Problem) -> list[float]:
    """HiGHS with all arcs, started from the last weight's basis."""
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
    """PuLP and CBC, one mixed-integer programme per weight, as in the paper."""
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
    """Constraints that no group loses; its students are the factors at weights 0 and 1."""
    from welfare_added.assignment.milp import Side

    counts = problem.columns[0] + problem.columns[-1]
    return [
        Side("no_group_loses", total, float(total.trace()))
        for total in (np.outer(problem.rows[:, k], counts[:, k]) for k in (0, 1))
    ]


def milp_ours(problem: Problem) -> list[float]:
    """No group may lose: our integer programme over a subset of arcs."""
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
    """Seconds of one run on a cell of n classes, peak memory [MB], and the optimal values."""
    solve = METHODS[task][method]
    solve(cell(SHORT, seed, np.array(weights)))
    problem = cell(n, seed, np.array(weights))
    start = time.perf_counter()
    values = solve(problem)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak_mb": peak_mb(), "values": [float(value) for value in values]}
