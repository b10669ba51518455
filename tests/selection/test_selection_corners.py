"""Systems in which a part of the data is missing still run, and what the prior tells is named."""

from dataclasses import replace

import numpy as np
import pytest
from selection_cases import INFORMATIVE, world

from welfare_added.selection.chain import Schedule, advance, begin, generator
from welfare_added.selection.model import state_model
from welfare_added.selection.parameters import told_by_prior_alone
from welfare_added.selection.simulate import draw_parameters, simulate

SHORT = Schedule(plain=4, rounds=1, moves=2, burn=1, kept=4)


def simulated(rankings):
    rng, setting = np.random.default_rng(1), world()
    return simulate(setting, draw_parameters(setting, INFORMATIVE, rng), rankings, rng)[0]


@pytest.fixture(scope="module")
def system():
    return simulated("full")


def draws(system, rankings="full", schedule=SHORT):
    model = state_model(system, rankings, INFORMATIVE)
    chain = advance(model, begin(model, INFORMATIVE, generator(1, 0)), schedule, schedule.sweeps)
    assert np.isfinite(chain.draws).all()
    return told_by_prior_alone(model)


def with_supply(system, **change):
    return replace(system, supply=replace(system.supply, **change))


def test_all_is_told_by_data(system):
    assert draws(system) == []


@pytest.mark.parametrize("applied", [False, True])
def test_nobody_or_everybody_applies(system, applied):
    rows = len(system.supply.applied)
    nothing = np.zeros(rows, dtype=np.int8)
    assert draws(with_supply(system, applied=np.full(rows, applied), offer=nothing)) == []


def test_all_are_displaced(system):
    data = system.supply
    changed = with_supply(
        system,
        displaced=np.ones(len(data.teacher), dtype=bool),
        own_school=np.full(len(data.teacher), -1),
        own_regressors=0 * data.own_regressors,
    )
    assert "supply: inertia" in draws(changed)


def test_no_lists(system):
    data = system.demand
    nothing = {name: getattr(data, name)[:0] for name in ("teacher", "school", "rank")}
    empty = replace(data, first=data.first[:1], regressors=data.regressors[:0], **nothing)
    named = draws(replace(system, demand=empty))
    assert {"demand: match", "sd phi", "correlation eta_u eta_v"} <= set(named)
    assert "sd theta" not in named and "correlation eta_y eta_u" not in named


def test_a_school_that_nobody_names(system):
    assert draws(replace(system, schools=system.schools + 1)) == ["school effect 4"]


@pytest.mark.parametrize("rankings", ["positive", "order", "full"])
def test_every_likelihood_and_the_published_order_run(rankings):
    system, schedule = simulated(rankings), replace(SHORT, rounds=0, order="published")
    assert draws(system, rankings, schedule) == draws(system, rankings) == []
