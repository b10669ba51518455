"""Gains that plans claim by estimates and deliver in truth."""

import numpy as np
import pandas as pd
import pytest

from welfare_added.allocation.frontier import frontier
from welfare_added.allocation.objectives import group_objective
from welfare_added.allocation.plans import solve_plan
from welfare_added.run.errors import UserError
from welfare_added.welfare.delivered import (
    Solving,
    delivered,
    delivered_gains,
    plans_by_predictor,
    slots_by_predictor,
)

KEYS = ["subject", "scope", "plan", "scored_by"]


def classes():
    """Two classes of one grade and school: one all lower-, one all higher-scoring."""
    return pd.DataFrame(
        {
            "class_id": ["k1", "k2"],
            "year": 2003,
            "grade": 3,
            "school_id": ["a", "a"],
            "teacher_id": ["t1", "t2"],
            "students": [10, 20],
            "lower_ela": [10, 0],
            "lower_math": [10, 0],
        }
    )


def estimates(lower, higher, standard=(0.0, 0.0)):
    rows = [
        (subject, teacher, 2003, 3, "a", *values)
        for subject in ("ela", "math")
        for teacher, *values in zip(("t1", "t2"), standard, lower, higher, strict=True)
    ]
    names = ["subject", "teacher_id", "year", "grade", "school_id"]
    return pd.DataFrame(rows, columns=[*names, "va_standard", "va_lower", "va_higher"])


def truth(lower, higher):
    return pd.DataFrame(
        {
            "subject": ["ela", "ela", "math", "math"],
            "teacher_id": ["t1", "t2"] * 2,
            "year": 2003,
            "true_lower": [*lower, *lower],
            "true_higher": [*higher, *higher],
        }
    )


def test_two_teachers_by_hand():
    """Separate estimates say exchange, joint ones say stay; in truth an exchange loses."""
    by = {
        "separate": estimates([0.0, 0.3], [0.2, 0.1], standard=(0.1, 0.2)),
        "joint": estimates([0.1, 0.1], [0.1, 0.2], standard=(0.1, 0.2)),
    }
    table = delivered(classes(), by, truth([0.1, 0.05], [0.0, 0.2]), [0.5])
    table = table[table["subject"] == "ela"].set_index(KEYS[1:]).sort_index()
    exchange = table.loc[("district", "separate")]
    # lower: t2 for t1; higher: t1 for t2
    assert exchange.loc["separate", "gain_lower"] == pytest.approx(0.3)
    assert exchange.loc["separate", "gain_higher"] == pytest.approx(0.1)
    assert exchange.loc["separate", "gain_mean"] == pytest.approx(0.2)
    assert exchange.loc["truth", "gain_lower"] == pytest.approx(-0.05)
    assert exchange.loc["truth", "gain_higher"] == pytest.approx(-0.2)
    assert exchange.loc["joint", "gain_higher"] == pytest.approx(-0.1)
    for plan in ("joint", "truth", "standard"):
        assert (table.loc[("district", plan)][["gain_lower", "gain_higher"]] == 0).all(axis=None)
    assert set(table.index.get_level_values("scored_by")) == {"separate", "joint", "truth"}


def random_district(seed, teachers=24):
    rng = np.random.default_rng(seed)
    number = np.arange(teachers)
    table = pd.DataFrame(
        {
            "class_id": [f"k{i}" for i in number],
            "year": 2003 + number % 2,
            "grade": 3,
            "school_id": [f"h{i % 3}" for i in number],
            "teacher_id": [f"t{i}" for i in number],
            "students": 20,
            "lower_ela": rng.integers(1, 20, teachers),
            "lower_math": rng.integers(1, 20, teachers),
        }
    )
    true, by = [], {"separate": [], "joint": []}
    for subject in ("ela", "math"):
        effect = 0.2 * rng.standard_normal((teachers, 2))
        true.append(
            table[["teacher_id", "year"]].assign(
                subject=subject, true_lower=effect[:, 0], true_higher=effect[:, 1]
            )
        )
        for parts in by.values():
            seen = (effect + 0.2 * rng.standard_normal((teachers, 2))).round(8)
            places = table[["teacher_id", "year", "grade", "school_id"]].assign(subject=subject)
            own = {"va_lower": seen[:, 0], "va_higher": seen[:, 1]}
            parts.append(places.assign(va_standard=effect.mean(axis=1).round(8), **own))
    made = {name: pd.concat(parts, ignore_index=True) for name, parts in by.items()}
    return table, made, pd.concat(true, ignore_index=True).round(8)


def test_a_plans_own_claim_is_its_frontier():
    table, by, true = random_district(1)
    weights = np.array([0.0, 0.4, 0.5, 1.0])
    slots = slots_by_predictor(table, by, true)
    found = delivered_gains(slots, plans_by_predictor(slots, weights), weights)
    for scope in ("district", "school"):
        objective = group_objective(slots["joint"], {"math": 1.0}, "heterogeneous", weights)
        plan, certificates = solve_plan(slots["joint"], objective, scope)
        wanted = frontier(slots["joint"], plan, certificates, {"math": 1.0})
        own = found[
            (found["subject"] == "math") & (found["scope"] == scope)
            & (found["plan"] == "joint") & (found["scored_by"] == "joint")
        ]  # fmt: skip
        for name in ("weight", "gain_lower", "gain_higher", "gain_mean"):
            np.testing.assert_allclose(own[name], wanted[name], atol=1e-15)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_plan_delivers_more_than_the_one_by_true_effects(seed):
    table, by, true = random_district(seed)
    found = delivered(table, by, true, [0.3, 0.5], solving=Solving(solver="lsa"))
    totals = {}
    for subject in ("ela", "math"):
        share = table[f"lower_{subject}"].sum() / table["students"].sum()
        own = found[(found["subject"] == subject) & (found["scored_by"] == "truth")]
        worth = own["weight"] * share * own["gain_lower"]
        worth += (1 - own["weight"]) * (1 - share) * own["gain_higher"]
        totals[subject] = own.assign(worth=worth).pivot_table(
            index=["scope", "weight"], columns="plan", values="worth"
        )
        best = totals[subject].pop("truth")
        assert (totals[subject].le(best + 1e-12, axis=0)).all(axis=None)
        assert (best > totals[subject].max(axis=1)).any()
    # what errors promise is not delivered
    at = found[found["weight"] == 0.5].set_index(KEYS)["gain_mean"].unstack("scored_by")
    for name in ("separate", "joint"):
        own = at.xs(name, level="plan")
        assert (own[name] > own["truth"]).all()


def test_classes_without_an_estimate_of_one_predictor_are_left_out_of_all():
    table, by, true = random_district(4)
    for name, teacher in (("separate", "t6"), ("joint", "t5")):
        by[name] = by[name][by[name]["teacher_id"] != teacher]
    slots = slots_by_predictor(table, by, true)
    for own in slots.values():
        assert own["class_id"].tolist() == slots["joint"]["class_id"].tolist()
        assert not {"k5", "k6"} & set(own["class_id"]) and len(own) == 22
    merged = slots["truth"].merge(true[true["subject"] == "ela"], on=["teacher_id", "year"])
    assert (merged["va_lower_ela"] == merged["true_lower"]).all()


def test_a_truth_of_another_district_is_refused_without_naming_a_teacher():
    table, by, true = random_district(5)
    with pytest.raises(UserError, match=r"missing for the teachers of 1 of 24 classes") as caught:
        slots_by_predictor(table, by, true[true["teacher_id"] != "t7"])
    assert "t7" not in str(caught.value)
