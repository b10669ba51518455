"""Deferred acceptance, serial order and all stable matchings against slow, independent ones."""

import itertools

import numpy as np
import pytest

from welfare_added.assignment.one_to_one import (
    best_pairs_first,
    blocking_pairs,
    other_side,
    serial_dictatorship,
    stable_matching,
)
from welfare_added.assignment.preference_lists import ranked
from welfare_added.assignment.stable_set import UnboundedCount, stable_set

FOOTNOTE_4 = np.array(
    [[10.0, 9.0], [8.0, 0.0]]
)  # Bates et al. (2022): output by teacher and school


def sides(rows, columns, allowed=None, infeasible="last"):
    lists = ranked(rows), ranked(np.ascontiguousarray(columns.T))
    if allowed is None:
        return lists
    return lists[0].restricted(allowed, infeasible), lists[1].restricted(allowed.T, infeasible)


def is_stable(rows, columns, partner, allowed, infeasible):
    """Stability by its definition, pair by pair."""
    n, m = rows.shape
    holds = {k: i for i, k in enumerate(partner) if k >= 0}

    def wants(values, pair, now):
        if now is None:
            return infeasible == "last" or allowed[pair]
        if allowed[pair] != allowed[now]:
            return allowed[pair]
        return values[pair] > values[now]

    for i, k in enumerate(partner):
        if k >= 0 and infeasible == "unmatched" and not allowed[i, k]:
            return False
    for i in range(n):
        for k in range(m):
            if infeasible == "unmatched" and not allowed[i, k]:
                continue
            own = (i, partner[i]) if partner[i] >= 0 else None
            other = (holds[k], k) if k in holds else None
            if wants(rows, (i, k), own) and wants(columns, (i, k), other):
                return False
    return True


def every_matching(n, m):
    for partner in itertools.product(range(-1, m), repeat=n):
        taken = [k for k in partner if k >= 0]
        if len(taken) == len(set(taken)):
            yield partner


def small_markets(number, largest=4):
    """Random markets with masks, both ways of treating pairs that cannot meet."""
    random = np.random.default_rng(20220)
    for trial in range(number):
        n, m = random.integers(2, largest + 1, 2)
        rows, columns = random.random((2, n, m))
        allowed = random.random((n, m)) < random.choice([0.5, 0.8, 1.0])
        yield rows, columns, allowed, ("last", "unmatched")[trial % 2]


def every_stable(rows, columns, allowed, infeasible):
    return {
        partner
        for partner in every_matching(*rows.shape)
        if is_stable(rows, columns, partner, allowed, infeasible)
    }


def total(objective, partner):
    return sum(objective[i, k] for i, k in enumerate(partner) if k >= 0)


def test_all_stable_matchings_are_those_of_brute_force():
    several = 0
    for rows, columns, allowed, infeasible in small_markets(400):
        wanted = every_stable(rows, columns, allowed, infeasible)
        found = stable_set(*sides(rows, columns, allowed, infeasible))
        listed = [tuple(partner.tolist()) for partner in found.matchings()]
        assert set(listed) == wanted and len(listed) == len(wanted) == found.count()
        several += len(wanted) > 1
    assert several > 20


def test_markets_of_six_have_the_stable_matchings_of_brute_force():
    random = np.random.default_rng(7)
    most = 0
    for _ in range(15):
        rows, columns = random.random((2, 6, 6))
        every = np.ones((6, 6), dtype=bool)
        wanted = {
            partner
            for partner in itertools.permutations(range(6))
            if is_stable(rows, columns, partner, every, "last")
        }
        found = stable_set(*sides(rows, columns))
        assert {tuple(partner.tolist()) for partner in found.matchings()} == wanted
        most = max(most, len(wanted))
    assert most >= 3


def test_latin_market_has_its_ten_stable_matchings():
    """The market of size 4 with the most stable matchings (Gusfield and Irving 1989, 1.3.3)."""
    rows = -np.array([[1, 2, 3, 4], [2, 1, 4, 3], [3, 4, 1, 2], [4, 3, 2, 1]], dtype=float)
    columns = -np.array([[4, 3, 2, 1], [3, 4, 1, 2], [2, 1, 4, 3], [1, 2, 3, 4]], dtype=float)
    found = stable_set(*sides(rows, columns))
    assert found.count() == 10 and len(found.matchings()) == 10
    with pytest.raises(UnboundedCount, match=f"more than 2 subproblems for {len(found)} rotations"):
        found.count(most=2)


def test_best_stable_matching_for_an_objective_is_that_of_brute_force():
    random = np.random.default_rng(3)
    gains = 0
    for rows, columns, allowed, infeasible in small_markets(300):
        every = every_stable(rows, columns, allowed, infeasible)
        found = stable_set(*sides(rows, columns, allowed, infeasible))
        objective = random.normal(size=rows.shape)
        for sign in (1, -1):
            best = found.best(sign * objective)
            values = [total(sign * objective, partner) for partner in every]
            assert tuple(best.tolist()) in every
            assert total(sign * objective, best) == pytest.approx(max(values), abs=1e-9)
            gains += max(values) > total(sign * objective, found.row_best) + 1e-9
    assert gains > 10


def test_ends_of_the_lattice_are_the_two_deferred_acceptances():
    for rows, columns, allowed, infeasible in small_markets(200, largest=7):
        row_lists, column_lists = sides(rows, columns, allowed, infeasible)
        found = stable_set(row_lists, column_lists)
        assert np.array_equal(found.row_best, stable_matching(row_lists, column_lists))
        by_columns = other_side(stable_matching(column_lists, row_lists), len(rows))
        assert np.array_equal(found.column_best, by_columns)


def test_proposers_weakly_prefer_their_own_deferred_acceptance():
    better = 0
    for seed in range(20):
        rows, columns = np.random.default_rng(seed).random((2, 40, 40))
        row_lists, column_lists = sides(rows, columns)
        own = stable_matching(row_lists, column_lists)
        other = other_side(stable_matching(column_lists, row_lists), 40)
        at = np.arange(40)
        assert (rows[at, own] >= rows[at, other]).all()
        holds, held = other_side(own, 40), other_side(other, 40)
        assert (columns[holds, at] <= columns[held, at]).all()
        better += int((own != other).sum())
    assert better > 100


def test_same_agents_are_matched_in_all_stable_matchings():
    """The theorem of rural hospitals, where pairs that cannot meet are not acceptable."""
    alone = 0
    for rows, columns, allowed, _ in small_markets(200):
        allowed[0] = False
        every = [np.array(one) for one in every_stable(rows, columns, allowed, "unmatched")]
        matched = {tuple((one >= 0).tolist()) for one in every}
        assert len(matched) == 1
        alone += sum(not flag for flag in next(iter(matched)))
    assert alone >= 200


def test_infeasible_last_matches_everybody():
    for rows, columns, allowed, _ in small_markets(100):
        partner = stable_matching(*sides(rows, columns, allowed, "last"))
        assert (partner >= 0).sum() == min(rows.shape)


def test_blocking_pairs_counts_what_the_definition_counts():
    random = np.random.default_rng(11)
    blocked = 0
    for rows, columns, allowed, infeasible in small_markets(300):
        n, m = rows.shape
        partner = np.full(n, -1)
        size = min(n, m)
        partner[random.permutation(n)[:size]] = random.permutation(m)[:size]
        count = blocking_pairs(rows, columns, partner, allowed, infeasible)
        assert (count == 0) == is_stable(rows, columns, partner, allowed, infeasible)
        blocked += count > 0
    assert 100 < blocked < 300


def test_blocking_pairs_of_a_swap():
    values = np.array([[2.0, 1.0], [1.0, 2.0]])
    assert blocking_pairs(values, values, np.array([1, 0])) == 2
    assert blocking_pairs(values, values, np.array([0, 1])) == 0
    assert blocking_pairs(values, values, np.array([-1, -1])) == 4


def test_footnote_4_both_rank_by_output():
    lists = sides(FOOTNOTE_4, FOOTNOTE_4)
    partner = stable_matching(*lists)
    assert partner.tolist() == [0, 1] and total(FOOTNOTE_4, partner) == 10
    assert best_pairs_first(FOOTNOTE_4).tolist() == [0, 1]
    changed = np.array([[10.0, 9.0], [11.0, 0.0]])
    partner = stable_matching(*sides(changed, changed))
    assert partner.tolist() == [1, 0] and total(changed, partner) == 20


def test_footnote_18_principals_who_rank_by_output_lower_it():
    same = np.array([[2.0, 1.0], [2.0, 1.0]])  # both teachers prefer school 1
    second_first = np.array([[1.0, 1.0], [2.0, 2.0]])  # both principals prefer teacher 2
    partner = stable_matching(*sides(same, second_first))
    assert partner.tolist() == [1, 0] and total(FOOTNOTE_4, partner) == 17
    partner = stable_matching(*sides(same, FOOTNOTE_4))
    assert partner.tolist() == [0, 1] and total(FOOTNOTE_4, partner) == 10


def test_best_pairs_first_is_deferred_acceptance_on_common_values():
    for seed in range(20):
        values = np.random.default_rng(seed).normal(size=(30, 35))
        partner = stable_matching(*sides(values, values))
        assert np.array_equal(partner, best_pairs_first(values))
        assert len(stable_set(*sides(values, values))) == 0


def test_serial_dictatorship_by_hand():
    values = np.array([[3.0, 2.0, 1.0], [3.0, 1.0, 2.0], [1.0, 3.0, 2.0]])
    lists = ranked(values)
    assert serial_dictatorship(lists, np.array([0, 1, 2])).tolist() == [0, 2, 1]
    assert serial_dictatorship(lists, np.array([1, 0, 2])).tolist() == [1, 0, 2]
    allowed = np.array([[True, True, True], [True, False, False], [False, True, False]])
    some = lists.restricted(allowed, "unmatched")
    assert serial_dictatorship(some, np.array([0, 1, 2])).tolist() == [0, -1, 1]
    last = lists.restricted(allowed, "last")
    assert serial_dictatorship(last, np.array([0, 1, 2])).tolist() == [0, 2, 1]


def test_ties_are_counted_and_broken_by_the_second_list_then_by_number():
    values = np.array([[1.0, 2.0, 1.0, 2.0]])
    plain = ranked(values)
    assert plain.order.tolist() == [[1, 3, 0, 2]] and plain.ties == 2
    second = ranked(np.array([[0.0, 0.0, 1.0, 1.0]]))
    broken = ranked(values, second)
    assert broken.order.tolist() == [[3, 1, 2, 0]] and broken.ties == 2
    assert ranked(np.array([[3.0, 1.0, 2.0]])).ties == 0


def test_lists_place_is_the_inverse_of_order():
    values = np.random.default_rng(5).random((6, 9))
    lists = ranked(values).restricted(values > 0.3, "last")
    for i in range(6):
        assert [lists.place[i, k] for k in lists.order[i]] == list(range(9))
        meets = [values[i, k] > 0.3 for k in lists.order[i]]
        assert meets == sorted(meets, reverse=True)


def test_a_constant_and_new_labels_change_nothing():
    random = np.random.default_rng(9)
    rows, columns = random.random((2, 25, 25))
    partner = stable_matching(*sides(rows, columns))
    shifted = stable_matching(*sides(rows + random.random((25, 1)), columns + random.random(25)))
    assert np.array_equal(partner, shifted)
    i, k = random.permutation(25), random.permutation(25)
    moved = stable_matching(*sides(rows[i][:, k], columns[i][:, k]))
    assert np.array_equal(k[moved], partner[i])


def test_what_does_not_fit_is_refused():
    values = np.zeros((3, 4))
    with pytest.raises(ValueError, match=r"proposers' lists are \(3, 4\), receivers' \(3, 4\)"):
        stable_matching(ranked(values), ranked(values))
    with pytest.raises(ValueError, match="1 values are missing or infinite"):
        ranked(np.array([[1.0, np.nan]]))
    with pytest.raises(ValueError, match="infeasible is 'never'; want last or unmatched"):
        ranked(values).restricted(values == 0, "never")
