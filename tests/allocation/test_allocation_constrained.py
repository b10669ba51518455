"""Plans with side constraints: against every permutation, and against one dense programme."""

import itertools

import numpy as np
import pandas as pd
import pytest
from allocation_cases import doubled, make_slots
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from welfare_added.allocation import constraints as lines_module
from welfare_added.allocation.constrained import Conflict, constrained_frontier
from welfare_added.allocation.constraints import cells, constraints, read_pairs, slots_of_years
from welfare_added.assignment.milp import Infeasible, Side, Unsolved, _Cell, solve_constrained

BOTH = {"ela": 0.75, "math": 0.25}
LINES = {
    "few": {"most_moves": 0.4},
    "groups": {"no_group_loses": 0.0},
    "schools": {"no_school_loses": 0.0},
    "gap": {"achievement_gap": 0.0},
    "race": {"racial_gap": -0.001},
    "loss": {"class_loss": 0.05},
    "all": {"most_moves": 0.7, "no_group_loses": 0.0, "racial_gap": 0.0, "class_loss": 0.3},
}


def students_of(slots, seed=1):
    """Students whose counts by class are those of the slots."""
    rng = np.random.default_rng(seed)
    rows = []
    for slot in slots.itertuples():
        marks = {
            s: rng.permutation(np.arange(slot.students) < getattr(slot, f"lower_{s}"))
            for s in ("ela", "math")
        }
        race = rng.choice(["white", "asian", "black", "hispanic", "other"], slot.students)
        part = pd.DataFrame(
            {"ethnicity": race, "lower_ela": marks["ela"], "lower_math": marks["math"]}
        )
        rows.append(part.assign(year=slot.year, class_id=slot.class_id))
    return pd.concat(rows, ignore_index=True)


def test_a_racial_gap_needs_the_ethnicity_of_students():
    slots = make_slots(cells=1, size=6)
    students = students_of(slots).assign(ethnicity=None)
    with pytest.raises(ValueError, match=r"racial_gap needs students' ethnicity, which is missing"):
        cells(slots, BOTH, students)


def random_sides(rng, n, count):
    """Constraints that a random matching keeps."""
    kept = rng.permutation(n)
    sides = []
    for k in range(count):
        coefficients = rng.integers(-5, 6, (n, n)).astype(float)
        least = coefficients[kept, np.arange(n)].sum() - rng.integers(0, 3)
        sides.append(Side(f"side {k}", coefficients, least))
    allowed = rng.random((n, n)) < 0.8
    allowed[kept, np.arange(n)] = True
    return sides, allowed


def by_permutation(scores, sides, allowed):
    n, at = len(scores), np.arange(len(scores))
    best = -np.inf
    for order in map(np.array, itertools.permutations(range(n))):
        if not allowed[order, at].all():
            continue
        if all(side.coefficients[order, at].sum() >= side.least - 1e-9 for side in sides):
            best = max(best, scores[order, at].sum())
    return best


@settings(max_examples=200, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 7), count=st.integers(0, 3), keep=st.booleans())
def test_agrees_with_every_permutation(seed, n, count, keep):
    rng = np.random.default_rng(seed)
    scores = rng.integers(-9, 10, (n, n)) / 4
    sides, allowed = random_sides(rng, n, count)
    if not keep:
        sides = [Side(s.name, s.coefficients, s.least + rng.integers(0, 9)) for s in sides]
        allowed = rng.random((n, n)) < 0.7
    best = by_permutation(scores, sides, allowed)
    if best == -np.inf:
        with pytest.raises(Infeasible):
            solve_constrained(scores, sides, allowed)
        return
    found = solve_constrained(scores, sides, allowed)
    assert found.value == pytest.approx(best, abs=1e-6)
    assert found.bound >= best - 1e-6
    assert allowed[found.matching, np.arange(n)].all()


def dense(scores, sides, allowed):
    """One integer programme over all arcs, by HiGHS through scipy."""
    n = len(scores)
    ones = np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))
    rules = [LinearConstraint(np.vstack(ones), 1, 1)]
    rules += [LinearConstraint(s.coefficients.ravel(), s.least, np.inf) for s in sides]
    bounds = Bounds(0, allowed.ravel().astype(float))
    done = milp(-scores.ravel(), integrality=np.ones(n * n), constraints=rules, bounds=bounds,
                options={"mip_rel_gap": 0})  # fmt: skip
    return -done.fun


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("weight", [0.2, 0.5, 0.8])
def test_lines_agree_with_the_dense_programme(name, weight):
    slots = make_slots(seed=4, cells=1, size=26, schools=5)
    (cell,) = cells(slots, BOTH, students_of(slots))
    sides, allowed = constraints(cell, LINES[name])
    best = dense(cell.scores(weight), sides, allowed)
    found = solve_constrained(cell.scores(weight), sides, allowed, 1e-9)
    assert found.value == pytest.approx(best, rel=1e-6)
    assert found.bound == pytest.approx(best, rel=1e-6)
    at = np.arange(cell.n)
    for side in sides:
        assert side.coefficients[found.matching, at].sum() >= side.least - 1e-6


def frontier(lines, subjects=BOTH, weights=(0.3, 0.7), seed=4):
    slots = make_slots(seed=seed, cells=2, size=20, schools=4)
    found = cells(slots, subjects, students_of(slots))
    return slots, found, constrained_frontier(found, lines, weights, 1e-7, 60)


def test_each_line_holds_and_costs_what_the_free_plan_gives_more():
    _, _, free = frontier({"most_moves": 1.0})
    assert free["cost"].abs().max() < 1e-12
    for name, lines in LINES.items():
        _, _, table = frontier(lines)
        assert (table["index"] + table["cost"]).to_numpy() == pytest.approx(
            free["index"].to_numpy(), abs=1e-9
        ), name
        assert table["optimality_gap"].max() <= 1e-7
    _, _, few = frontier(LINES["few"])
    assert (few["moved"] <= 0.4).all()
    _, _, groups = frontier(LINES["groups"], weights=[0.02, 0.98])
    assert groups[["gain_lower", "gain_higher"]].min().min() >= -1e-7
    _, _, gap = frontier(LINES["gap"])
    assert (gap["gain_higher"] - gap["gain_lower"]).max() < 0.01


def test_school_class_and_race_by_plain_sums():
    slots = make_slots(seed=9, cells=1, size=18, schools=3)
    students = students_of(slots)
    (cell,) = cells(slots, {"ela": 1.0}, students)
    matching = np.random.default_rng(0).permutation(18)
    given = cell.groups.sum(axis=0)
    change = given[matching, np.arange(18)] - np.diag(given)
    for side, school in zip(
        lines_module.no_school_loses(cell, 0.0), np.unique(slots["school_id"]), strict=True
    ):
        here = (slots["school_id"] == school).to_numpy()
        gain = change[here].sum() / slots.loc[here, "students"].sum()
        kept = side.coefficients[matching, np.arange(18)].sum() - side.least
        assert kept == pytest.approx(gain)
    teacher = slots.iloc[matching].reset_index(drop=True)
    new = {g: teacher[f"va_{g}_ela"] - slots[f"va_{g}_ela"] for g in ("lower", "higher")}
    of_class = students["class_id"].map(dict(zip(slots["class_id"], range(18), strict=True)))
    gain = np.where(students["lower_ela"], new["lower"][of_class], new["higher"][of_class])
    race = students["ethnicity"]
    difference = (
        gain[race.isin(["white", "asian"])].mean() - gain[race.isin(["black", "hispanic"])].mean()
    )
    (side,) = lines_module.racial_gap(cell, 0.02)
    kept = side.coefficients[matching, np.arange(18)].sum() - side.least
    assert kept == pytest.approx(0.02 - difference)
    allowed = lines_module.class_loss(cell, 0.03)
    loss = -change / slots["students"].to_numpy()
    assert allowed[matching, np.arange(18)].tolist() == (loss <= 0.03).tolist()


def test_the_price_of_a_move_is_what_one_more_brings():
    """In the relaxation, which is concave: from either side."""
    slots = make_slots(seed=4, cells=1, size=20)
    (cell,) = cells(slots, BOTH)

    def relaxed(moves):
        sides, allowed = constraints(cell, {"most_moves": moves / 20})
        problem = _Cell(cell.scores(0.5), sides, allowed)
        value, prices, _ = problem._relax(np.ones(400, dtype=bool))
        return value * problem.scale, prices[0] * problem.scale

    (ten, price_ten), (eleven, price_eleven) = relaxed(10), relaxed(11)
    assert 0 < price_eleven - 1e-9 <= eleven - ten <= price_ten + 1e-9
    solved = solve_constrained(cell.scores(0.5), *constraints(cell, {"most_moves": 0.5}))
    assert solved.prices[0] == pytest.approx(price_ten)


def test_lines_that_cannot_hold_together_are_named(tmp_path):
    slots = make_slots(seed=4, cells=1, size=20)
    path = tmp_path / "pairs.csv"
    teachers = slots["teacher_id"].to_numpy()
    path.write_text(
        "year,teacher_id,class_id,rule\n"
        + "".join(
            f"2003,{teachers[(i + 1) % 20]},{c},fixed\n" for i, c in enumerate(slots["class_id"])
        )
    )
    found = cells(slots, BOTH, pair_rows=read_pairs(path, slots))
    lines = {"no_group_loses": -9.0, "most_moves": 0.5, "pairs": str(path)}
    with pytest.raises(
        Conflict,
        match=r"cell 0 \(year 2003, grade 3\): no allocation keeps most_moves: 0.5 and pairs: .*pairs.csv together. Loosen or drop",
    ):
        constrained_frontier(found, lines, [0.5], 1e-6, 60)


def test_fixed_and_forbidden_pairs_are_kept(tmp_path):
    slots = make_slots(seed=4, cells=2, size=12)
    path = tmp_path / "pairs.csv"
    path.write_text(
        "year,teacher_id,class_id,rule\n2003,t003,c005,fixed\n2004,t013,c013,forbidden\n"
    )
    first, second = cells(slots, BOTH, pair_rows=read_pairs(path, slots))
    kept = solve_constrained(first.scores(0.5), *constraints(first, {"pairs": str(path)}))
    assert kept.matching[5] == 3
    barred = solve_constrained(np.eye(12), *constraints(second, {"pairs": str(path)}))
    assert barred.matching[1] != 1 and barred.value == 10


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("year,teacher_id,rule\n2003,t001,fixed\n", r"pairs.csv: column class_id is missing"),
        (
            "year,teacher_id,class_id,rule\n2003,t001,c001,never\n",
            r"column rule: 1 rows, for example lines \[2\], say neither",
        ),
        (
            "year,teacher_id,class_id,rule\n2003,t001,c001,fixed\n2009,t001,c001,fixed\n",
            r"column teacher_id: 1 rows, for example lines \[3\], name nobody",
        ),
        (
            "year,teacher_id,class_id,rule\n2003,t001,c999,fixed\n",
            r"column class_id: 1 rows, for example lines \[2\]",
        ),
    ],
)
def test_a_bad_file_of_pairs_is_explained(tmp_path, text, message):
    path = tmp_path / "pairs.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_pairs(path, make_slots(cells=1))


def test_a_matching_that_breaks_a_constraint_is_refused(monkeypatch):
    slots = make_slots(seed=4, cells=1, size=20)
    (cell,) = cells(slots, BOTH)
    sides, allowed = constraints(cell, {"most_moves": 0.3})
    monkeypatch.setattr("welfare_added.assignment.milp._Master.incumbent",
                        lambda self: (np.roll(np.arange(20), 1) * 20 + np.arange(20), 0.0))  # fmt: skip
    with pytest.raises(Unsolved, match="breaks a constraint"):
        solve_constrained(cell.scores(0.5), sides, allowed)


def test_arcs_left_out_of_the_window_are_in_the_bound():
    """With a narrow window the bound still holds for matchings outside it."""
    slots = make_slots(seed=6, cells=1, size=24, schools=6)
    (cell,) = cells(slots, BOTH)
    sides, allowed = constraints(cell, {"no_school_loses": 0.0})
    best = dense(cell.scores(0.4), sides, allowed)
    found = solve_constrained(cell.scores(0.4), sides, allowed, optimality_gap=0.5)
    assert found.value <= best + 1e-7 <= found.bound + 2e-7


def test_the_last_year_is_planned_unless_others_are_named():
    slots = make_slots(cells=3, size=4)
    assert set(slots_of_years(slots, None)["year"]) == {2005}
    assert set(slots_of_years(slots, [2003, 2004])["year"]) == {2003, 2004}
    with pytest.raises(
        ValueError,
        match=r"constrained.years: no class .* from 2011 to 2012; there are years 2003 to 2005",
    ):
        slots_of_years(slots, [2011, 2012])


def test_the_price_of_a_gap_is_in_units_of_the_score():
    """Scaling the constraint inside must not show outside."""
    slots = make_slots(seed=4, cells=1, size=20)
    (cell,) = cells(slots, BOTH)
    scores = cell.scores(0.2)
    (side,) = lines_module.achievement_gap(cell, -0.01)
    looser = Side(side.name, side.coefficients, side.least - 1e-4)
    allowed = np.ones((20, 20), dtype=bool)

    def relaxed(one):
        problem = _Cell(scores, [one], allowed)
        return problem._relax(np.ones(400, dtype=bool))[0] * problem.scale

    price = solve_constrained(scores, [side], allowed).prices[0]
    assert price > 1
    assert (relaxed(looser) - relaxed(side)) / 1e-4 == pytest.approx(price, rel=0.02)


def test_races_are_counted_among_the_tested():
    slots = make_slots(seed=9, cells=1, size=8)
    students = students_of(slots)
    (once,), (twice,) = (cells(table, BOTH, students) for table in (slots, doubled(slots)))
    for name in ("groups", "sizes", "races", "race_sizes", "students"):
        assert getattr(twice, name) == pytest.approx(2 * getattr(once, name))
