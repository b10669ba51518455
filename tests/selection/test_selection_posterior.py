"""What chains say together: tables of parameters, traces, orders of sweeps."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from selection_cases import INFORMATIVE, world

from welfare_added.run.errors import UserError
from welfare_added.selection.chain import Schedule, advance, begin, generator
from welfare_added.selection.diagnostics import diagnose
from welfare_added.selection.model import state_model
from welfare_added.selection.parameters import parameter_names
from welfare_added.selection.posterior import (
    beside_truth,
    joint_draws,
    kept_states,
    mean_effectiveness,
    of_lists,
    orders_table,
    posterior_table,
    traces,
    without_schools,
)
from welfare_added.selection.simulate import draw_parameters, simulate

SCHEDULE = Schedule(plain=4, rounds=1, moves=2, burn=2, kept=12, thin=2, effects=3)


@pytest.fixture(scope="module")
def model():
    rng, setting = np.random.default_rng(3), world()
    system, _ = simulate(setting, draw_parameters(setting, INFORMATIVE, rng), "full", rng)
    return state_model(system, "full", INFORMATIVE)


@pytest.fixture(scope="module")
def chains(model):
    made = []
    for number in range(2):
        chain = begin(model, INFORMATIVE, generator(9, number))
        made.append(advance(model, chain, SCHEDULE, SCHEDULE.sweeps))
    return made


def test_moments_are_those_of_all_kept_draws(model, chains):
    draws, table = joint_draws(chains), posterior_table(model, chains, 1, 400)
    assert draws.shape == (2, 12, len(parameter_names(model)))
    row = table.set_index("parameter").loc["sd theta"]
    own = draws[:, :, parameter_names(model).index("sd theta")]
    assert row["mean"] == pytest.approx(own.mean()) and row["sd"] == pytest.approx(own.std(ddof=1))
    assert row["bulk"] == pytest.approx(diagnose(own).bulk) and row["few"]
    again = posterior_table(model, chains, 1, 400)
    pd.testing.assert_frame_equal(table, again)
    shorter = replace(chains[0], draws=chains[0].draws[:5])
    with pytest.raises(UserError, match=r"chains of \[5, 12\] draws; want one length"):
        joint_draws([shorter, chains[1]])


def test_traces_run_from_the_start_through_burn_in(model, chains):
    table = traces(model, chains, 3, ["sd theta"])
    one = table[table["chain"] == 1]
    early = SCHEDULE.pilot + SCHEDULE.burn
    assert one["draw"].iloc[0] == 1 - early and (np.diff(one["draw"]) == 3).all()
    column = parameter_names(model).index("sd theta")
    values = np.concatenate([chains[1].early, chains[1].draws])[:, column]
    np.testing.assert_array_equal(one["value"], values[::3])


def test_a_truth_stands_beside_what_was_planted_alone():
    table = pd.DataFrame({"parameter": ["sd theta", "sd phi"], "mean": [1.0, 2.0]})
    found = beside_truth(table, pd.Series({"sd phi": 0.5}))
    assert np.isnan(found["truth"][0]) and found["truth"][1] == 0.5
    assert beside_truth(table, None)["truth"].isna().all()


def test_rows_that_are_left_out_and_those_of_lists(model, chains):
    table = posterior_table(model, chains, 1, 400)
    kept = without_schools(table)["parameter"]
    left = set(table["parameter"]) - set(kept)
    assert left == {f"school effect {number}" for number in range(model.schools)}
    lists = of_lists({"full": table, "positive": table})
    assert set(lists["rankings"]) == {"full", "positive"}
    names = lists["parameter"].unique()
    assert {"sd phi", "sd eta_v", "correlation theta phi"} <= set(names)
    assert not [name for name in names if name.startswith(("supply", "outcomes", "school"))]
    assert list(lists.columns[:2]) == ["rankings", "parameter"]


def test_effective_draws_are_of_a_thousand_sweeps(model, chains):
    table = orders_table(model, chains[0], chains[1], 2).set_index("parameter")
    own = chains[0].draws[:, parameter_names(model).index("sd phi")]
    assert table.loc["sd phi", "ours"] == pytest.approx(diagnose(own[None, :]).bulk * 1000 / 24)
    other = chains[1].draws[:, parameter_names(model).index("sd phi")]
    assert table.loc["sd phi", "published"] == pytest.approx(
        diagnose(other[None, :]).bulk * 1000 / 12
    )


def test_effects_are_those_of_all_chains_in_order(chains):
    states = kept_states(chains)
    assert len(states) == 6 and states[3] is chains[1].effects[0]
    mean = np.mean([state.theta for state in states], axis=0)
    np.testing.assert_allclose(mean_effectiveness(states), mean)
