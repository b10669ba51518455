import numpy as np
import pytest
from allocation_cases import random_problem

from welfare_added.assignment.arcs import Factors, ListedArcs
from welfare_added.assignment.certificate import CertificateError, certify
from welfare_added.assignment.lsa import recover_duals
from welfare_added.assignment.problem import Problem
from welfare_added.assignment.sweep import network


@pytest.fixture
def solved():
    problem = random_problem(seed=8, n=15, k=2, layers=2, spread=9, school=True)
    optimum = next(network(problem))
    return problem, optimum


def again(solved, **changes):
    problem, optimum = solved
    parts = {"matching": optimum.matching, "u": optimum.u, "v": optimum.v, **changes}
    factors = Factors(problem.rows, problem.columns[0], parts["u"], parts["v"])
    return certify(problem.arcs, factors, parts["matching"], 1e-9, "cell 7, weight 0.3")


def test_an_optimum_passes(solved):
    result = again(solved)
    assert result.primal == solved[1].primal
    assert result.relative_gap <= 1e-12


def test_a_worse_matching_is_refused(solved):
    problem, optimum = solved
    members = np.flatnonzero(problem.blocks == np.bincount(problem.blocks).argmax())
    refused = 0
    for a in members:
        for b in members[members > a]:
            worse = optimum.matching.copy()
            worse[[a, b]] = worse[[b, a]]
            value = (problem.rows[worse] * problem.columns[0]).sum()
            if value < optimum.primal - 1e-9:
                with pytest.raises(CertificateError, match=r"cell 7, weight 0.3: relative gap"):
                    again(solved, matching=worse)
                refused += 1
    assert refused


@pytest.mark.parametrize("which", ["u", "v"])
@pytest.mark.parametrize("shift", [-0.5, 0.5])
def test_a_corrupted_dual_is_refused_or_repaired(solved, which, shift):
    dual = getattr(solved[1], which).copy()
    dual[4] += shift
    if which == "u" and shift < 0:
        result = again(solved, u=dual)
        assert result.largest_violation == pytest.approx(0.5)
        assert result.u == pytest.approx(solved[1].u)
        return
    with pytest.raises(CertificateError, match="exceeds the tolerance 1e-09"):
        again(solved, **{which: dual})


def test_missing_duals_are_refused(solved):
    with pytest.raises(CertificateError, match="gave no dual values"):
        again(solved, v=np.full(15, np.nan))


def test_a_teacher_taken_twice_is_refused(solved):
    twice = solved[1].matching.copy()
    twice[0] = twice[1]
    with pytest.raises(CertificateError, match="does not give each column its own row"):
        again(solved, matching=twice)


def test_a_move_between_blocks_is_refused(solved):
    problem, optimum = solved
    other = np.flatnonzero(problem.blocks != problem.blocks[0])[0]
    moved = optimum.matching.copy()
    moved[[0, other]] = moved[[other, 0]]
    with pytest.raises(CertificateError, match="a column that it may not take"):
        again(solved, matching=moved)


def test_recovered_duals_show_a_matching_that_is_not_optimal():
    rng = np.random.default_rng(0)
    teachers, classes = rng.normal(size=(6, 1)), rng.uniform(1, 9, (1, 6, 1))
    problem = Problem(teachers, classes, np.zeros(6, dtype=int))
    matching = np.empty(6, dtype=int)
    matching[np.argsort(classes[0, :, 0])] = np.argsort(-teachers[:, 0])
    duals = recover_duals(teachers @ classes[0].T, matching, np.zeros(6))
    with pytest.raises(CertificateError, match="relative gap"):
        certify(problem.arcs, Factors(teachers, classes[0], *duals), matching, 1e-9, "worst")


def test_barred_arcs_do_not_hide_a_gap():
    worth = np.array([[3.0, 1.0, 9.0], [1.0, 2.0, 0.0], [0.0, 1.0, 1.0]])
    arcs = ListedArcs(np.array([0, 1, 3, 4, 5, 6, 7, 8]), (3, 3))
    factors = Factors(worth, np.eye(3), np.array([3.0, 2.0, 1.0]), np.zeros(3))
    good, bad, barred = np.array([0, 1, 2]), np.array([1, 0, 2]), np.array([2, 1, 0])
    assert certify(arcs, factors, good, 1e-9, "ties").primal == 6
    with pytest.raises(CertificateError, match=r"ties: relative gap 0.\d+ exceeds.*3, dual 6"):
        certify(arcs, factors, bad, 1e-9, "ties")
    with pytest.raises(CertificateError, match="a column that it may not take"):
        certify(arcs, factors, barred, 1e-9, "ties")
