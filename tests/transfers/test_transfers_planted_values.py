"""Planted values go by the sampler's names, and others can be planted."""

import numpy as np
import pytest
from transfers_world import INPUTS, PARAMETERS, design, truth, world

from welfare_added.run.errors import UserError
from welfare_added.selection.model import state_model
from welfare_added.selection.parameters import parameter_names
from welfare_added.selection.priors import read_priors
from welfare_added.transfers.planted import planted, with_planted
from welfare_added.transfers.planted_values import planted_values

SDS = ("eps", "theta", "phi", "school", "eta_u", "eta_v", "eta_y")
PRIORS = read_priors(
    {name: 1 for name in ("outcome", "supply", "demand", "school_mean", "loading")}
    | {f"sd_{name}": {"half_cauchy": 1} for name in SDS}
)


@pytest.mark.parametrize("rankings", ["full", "positive"])
def test_values_are_those_of_the_parameters_reported(rankings):
    own = design(rankings=rankings)
    values = planted_values(truth(rankings=rankings), own)
    assert list(values.index) == parameter_names(state_model(own.system, rankings, PRIORS))
    inputs = INPUTS["planted"]
    assert values["supply: inertia"] == inputs["supply"]["inertia"]
    assert values["demand: match_minority_teachers"] == inputs["demand"]["match_race_teachers"]
    assert values["outcomes: prev_score"] == inputs["outcomes"]["prev_score"]
    assert values["sd eta_u"] == inputs["supply"]["sd_eta_u"]
    assert values["sd school"] == inputs["supply"]["sd_school_effects"]
    assert values["correlation theta phi"] == inputs["correlations"]["theta_phi"]
    effects = values[[name for name in values.index if name.startswith("school effect")]]
    assert values["fallback less schools"] == pytest.approx(-effects.mean())
    assert ("demand: constant" in values.index) == (rankings == "full")


def test_the_fallback_less_vacancies_is_that_of_the_generator():
    own, made = design(), world()
    values = planted_values(truth(), own)
    assert values["fallback less vacancies"] == pytest.approx(
        -made.utilities["utility"].mean(), abs=1e-10
    )
    assert len(made.utilities) == len(own.system.supply.school)


def test_other_values_can_be_planted():
    other = with_planted(INPUTS, {"demand": {"match_race_teachers": 0.0}})
    before, after = (
        planted(inputs, PARAMETERS["scenarios"]["published"]) for inputs in (INPUTS, other)
    )
    assert np.flatnonzero(before.demand != after.demand).size == 1
    assert after.demand[before.demand != after.demand] == 0
    assert INPUTS["planted"]["demand"]["match_race_teachers"] == 4.061
    with pytest.raises(UserError, match=r"planted.demand has no same_race"):
        with_planted(INPUTS, {"demand": {"same_race": 0.0}})
    with pytest.raises(UserError, match=r"planted.wishes has no same_race"):
        with_planted(INPUTS, {"wishes": {"same_race": 0.0}})
