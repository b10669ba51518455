"""The density that NUTS samples from is the model's; needs the packages of the paper's benchmark."""

import runpy
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import halfcauchy, norm
from selection_cases import INFORMATIVE, SMALL, STATED, world

from welfare_added.selection import outcome_block as block
from welfare_added.selection import supply
from welfare_added.selection.model import state_model
from welfare_added.selection.peer import peer_arrays
from welfare_added.selection.priors import read_priors
from welfare_added.selection.simulate import draw_parameters, simulate
from welfare_added.selection.state import Scales

NUTS = Path(__file__).parents[2] / "workflow/papers/laverde_2023/benchmark/nuts.py"
SDS = ("eps", "theta", "phi", "school", "eta_u", "eta_v", "eta_y")
LOADINGS = ("phi_theta", "v_u", "y_u", "y_v")
PRIORS = read_priors(STATED | {f"sd_{name}": {"half_cauchy": 0.3} for name in SDS})
ALONE = world(replace(SMALL, together=0.0, candidates=9))


def point(d, seed):
    """Values of everything that NUTS draws."""
    rng = np.random.default_rng(seed)
    sizes = {
        **{
            "outcomes b": len(d["moment"]),
            "supply b": len(d["supply_centre"]),
            "demand b": len(d["demand_centre"]),
        },
        **{f"z {name}": int(d["teachers"]) for name in ("theta", "phi")},
        **{"z u": int(d["pairs"]), "z v": len(d["listed"]), "z y": len(d["rows"])},
        **{"z school": int(d["schools"]), "z mean": 1, "z fallback": len(d["displaced"])},
    }
    values = {name: rng.standard_normal(size) for name, size in sizes.items()}
    values |= {f"sd {name}": 0.1 + abs(rng.standard_normal()) / 2 for name in SDS}
    values |= {name: rng.standard_normal() for name in LOADINGS}
    return values | {"steps": rng.gamma(1.0, 0.5, len(d["ranked"]))}


def ours(system, state, d, p):
    """Log density, from this package's parts and loops over cells and lists."""
    model = state_model(system, "full", PRIORS)
    pairs, demand = model.pairs, system.demand
    scales = Scales(*(p[f"sd {name}"] for name in SDS), *(p[name] for name in LOADINGS))
    value = halfcauchy.logpdf([p[f"sd {name}"] for name in SDS], scale=0.3).sum()
    value += norm.logpdf([p[name] for name in LOADINGS]).sum()
    value += sum(norm.logpdf(values).sum() for name, values in p.items() if name.startswith("z "))
    a = d["outcome_centre"] + d["outcome_root"] @ p["outcomes b"]
    b, c = d["supply_root"] @ p["supply b"], d["demand_root"] @ p["demand b"]
    value -= 0.5 * (a @ a + b @ b + c @ c) / STATED["supply"]
    theta = scales.sd_theta * p["z theta"]
    phi = scales.sd_phi * (scales.phi_weights @ [p["z theta"], p["z phi"]])
    eta_v = scales.sd_eta_v * (scales.v_weights @ [p["z u"][pairs.listed], p["z v"]])
    weights, eta_y = scales.y_weights, np.empty(len(pairs.of_cell))
    for j, (pair, listed) in enumerate(zip(pairs.of_cell, pairs.cell_listed, strict=True)):
        rest = weights[1] * p["z v"][listed] + weights[2] * p["z y"][j]
        alone = np.hypot(weights[1], weights[2]) * p["z y"][j]
        eta_y[j] = weights[0] * p["z u"][pair] + (rest if listed >= 0 else alone)
    effect = theta[system.outcomes.teacher] + scales.sd_eta_y * eta_y
    value -= 0.5 * block.squared_errors(model.scores, a, effect) / scales.sd_eps**2
    value -= system.outcomes.rows.sum() * np.log(scales.sd_eps)
    schools = np.sqrt(STATED["school_mean"]) * p["z mean"] + scales.sd_school * p["z school"]
    at = replace(state, supply=b, school_effect=schools, eta_u=scales.sd_eta_u * p["z u"])
    fallback = supply.fallback_means(model.menus, at) + p["z fallback"]
    menu = np.repeat(np.arange(len(fallback)), np.diff(system.supply.first))
    lead = supply.row_means(model.menus, at) - fallback[menu]
    value += norm.logcdf(np.where(system.supply.applied, lead, -lead)).sum()
    mean = demand.regressors @ c + phi[demand.teacher] + eta_v[pairs.of_candidate]
    used = 0
    for begin, end in zip(demand.first[:-1], demand.first[1:], strict=True):
        ranked = begin + np.flatnonzero(demand.rank[begin:end])
        free = begin + np.flatnonzero(demand.rank[begin:end] == 0)
        steps = p["steps"][used : used + len(ranked)]
        used += len(ranked)
        values = np.cumsum(steps[::-1])[::-1]
        value -= 0.5 * ((values - mean[ranked]) ** 2).sum()
        top = values[-1] if len(ranked) == demand.most_ranked else 0.0
        value += norm.logcdf(top - mean[free]).sum()
    return value


def test_density_is_that_of_the_model(monkeypatch):
    pytest.importorskip("numpyro")
    import jax
    from numpyro.infer.util import log_density

    monkeypatch.setattr(sys, "argv", ["nuts.py"])
    monkeypatch.setattr("os.environ", {})
    jax.config.update("jax_enable_x64", True)
    model = runpy.run_path(str(NUTS))["model"]
    rng = np.random.default_rng(4)
    system, state = simulate(ALONE, draw_parameters(ALONE, INFORMATIVE, rng), "full", rng)
    d = {
        name: value
        for name, value in peer_arrays(system, PRIORS).items()
        if not name.startswith("names")
    }
    counts = {name: int(d[name]) for name in ("teachers", "schools", "pairs")}
    arrays = {name: jax.numpy.asarray(value) for name, value in d.items()} | counts
    for seed in (1, 2, 3):
        values = point(d, seed)
        theirs = float(log_density(model, (arrays,), {}, values)[0])
        assert theirs == pytest.approx(ours(system, state, d, values), abs=1e-9)
