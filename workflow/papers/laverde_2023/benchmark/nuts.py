"""NumPyro's NUTS on the posterior of `welfare_added.selection`, beside the project's own sampler.

`python nuts.py PROBLEM DRAWS MINUTES` reads the arrays of `selection.peer`, draws two chains until
SD theta and inertia have R-hat below 1.01 and over 100 effective draws, or MINUTES of processor
time have passed, and writes draws (chains, draws) of each parameter with the seconds of warm-up,
compiling and a batch that is dropped, and of sampling. It needs the packages of requirements.txt
beside it, in an environment of its own.

Errors of vacancies, and of candidates who are not ranked, are integrated out. Effects are standard
normals times their scales; coefficients are in units of the QR decomposition of their regressors.
"""

import os
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import log_ndtr
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.infer import MCMC, NUTS, init_to_uniform

WARM_UP, BATCH, CHAINS, DEPTH = 600, 250, 2, 10
WATCHED = ("sd theta", "supply: inertia")
LEAST, CLOSE = 100, 1.01
ANY = dist.constraints.real


def standard(name, count):
    """Independent standard normals."""
    return numpyro.sample(name, dist.Normal(0, 1).expand([count]).to_event(1))


def coefficients(name, root, centre, prior):
    """Coefficients centre + root b with b free, and their normal prior."""
    b = numpyro.sample(f"{name} b", dist.ImproperUniform(ANY, (), event_shape=centre.shape))
    a = centre + root @ b
    numpyro.factor(f"{name} prior", -0.5 * a @ a / prior)
    return a


def model(d):
    """Joint density of decisions, scores, effects and parameters (eqs. 1 to 6)."""
    names = ("eps", "theta", "phi", "school", "eta_u", "eta_v", "eta_y")
    sd = {one: numpyro.sample(f"sd {one}", dist.HalfCauchy(d[f"prior_sd_{one}"])) for one in names}
    spread = jnp.sqrt(d["prior_loading"])
    loadings = ("phi_theta", "v_u", "y_u", "y_v")
    a, b, c, e = (numpyro.sample(one, dist.Normal(0, spread)) for one in loadings)
    outcome = coefficients("outcomes", d["outcome_root"], d["outcome_centre"], d["prior_outcome"])
    supply = coefficients("supply", d["supply_root"], d["supply_centre"], d["prior_supply"])
    demand = coefficients("demand", d["demand_root"], d["demand_centre"], d["prior_demand"])
    z_theta, z_phi = standard("z theta", d["teachers"]), standard("z phi", d["teachers"])
    z_u, z_v = standard("z u", d["pairs"]), standard("z v", len(d["listed"]))
    z_y, z_school = standard("z y", len(d["rows"])), standard("z school", d["schools"])
    school_mean = jnp.sqrt(d["prior_school_mean"]) * standard("z mean", 1)[0]

    theta = sd["theta"] * z_theta
    phi = sd["phi"] * (a * z_theta + z_phi) / jnp.sqrt(a**2 + 1)
    eta_u = sd["eta_u"] * z_u
    eta_v = sd["eta_v"] * (b * z_u[d["listed"]] + z_v) / jnp.sqrt(b**2 + 1)
    on_list = d["cell_listed"] >= 0
    rest = jnp.where(on_list, e * z_v[d["cell_listed"]] + z_y, jnp.sqrt(e**2 + 1) * z_y)
    eta_y = sd["eta_y"] * (c * z_u[d["of_cell"]] + rest) / jnp.sqrt(c**2 + e**2 + 1)
    effect = school_mean + sd["school"] * z_school

    scores(d, outcome, theta[d["cell_teacher"]] + eta_y, sd["eps"])
    menus(d, supply, effect, eta_u)
    lists(d, demand, phi, eta_v)
    numpyro.deterministic("supply: inertia", supply[-1])
    numpyro.deterministic("supply", supply)
    numpyro.deterministic("outcomes", outcome)
    numpyro.deterministic("demand", demand)
    numpyro.deterministic("correlation eta_y eta_u", c / jnp.sqrt(c**2 + e**2 + 1))


def scores(d, a, effect, sd):
    """Scores, through their sums by cell."""
    squares = d["square"] - 2 * a @ d["moment"] + a @ d["cross"] @ a
    squares += -2 * effect @ (d["total"] - d["regressor_sum"] @ a) + d["rows"] @ effect**2
    numpyro.factor("scores", -d["rows"].sum() * jnp.log(sd) - 0.5 * squares / sd**2)


def menus(d, a, effect, eta_u):
    """Applications, given fallbacks whose errors are drawn."""
    own = d["own_regressors"] @ a + effect[d["own_school"]] + eta_u[d["own_pair"]]
    fallback = jnp.where(d["displaced"], 0.0, own) + standard("z fallback", len(own))
    lead = d["term_regressors"] @ a + effect[d["term_school"]] + eta_u[d["term_pair"]]
    lead = lead - fallback[d["term_menu"]]
    chances = jnp.abs(d["side"]) * log_ndtr(jnp.sign(d["side"]) * lead)
    numpyro.factor("applications", chances.sum())


def lists(d, a, phi, eta_v):
    """Lists under `full`: utilities of the ranked are drawn as steps above the next and above 0."""
    mean = d["candidate_regressors"] @ a + phi[d["candidate_teacher"]] + eta_v[d["of_candidate"]]
    ranked, free = d["ranked"], d["unranked"]
    positive = dist.constraints.positive
    shape = (len(ranked),)
    steps = numpyro.sample("steps", dist.ImproperUniform(positive, (), event_shape=shape))
    above = jnp.append(jnp.cumsum(steps[::-1])[::-1], 0.0)
    value = above[:-1] - above[d["next_list"]]
    numpyro.factor("ranked", -0.5 * ((value - mean[ranked]) ** 2).sum())
    top = jnp.where(d["below"] >= 0, value[d["below"]], 0.0)
    numpyro.factor("unranked", log_ndtr(top - mean[free]).sum())


def named(samples, names):
    """Draws (draws,) by the project's names of parameters."""
    found = {one: np.asarray(values) for one, values in samples.items() if values.ndim == 1}
    for part, own in names.items():
        values = np.asarray(samples[part])
        found |= {f"{part}: {name}": values[:, j] for j, name in enumerate(own)}
    return found


def batch(chain, d):
    """Go on with a chain for a batch of draws."""
    chain.run(chain.post_warmup_state.rng_key, d, extra_fields=("num_steps", "diverging"))
    chain.post_warmup_state = chain.last_state


def watched(draws):
    """R-hat and effective draws of the parameters that decide on the end."""
    return {
        one: (float(split_gelman_rubin(draws[one])), float(effective_sample_size(draws[one])))
        for one in WATCHED
    }


def main(problem, path, minutes):
    """Run the chains and write their draws."""
    jax.config.update("jax_enable_x64", True)
    with np.load(problem, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    names = {part: list(arrays.pop(f"names_{part}")) for part in ("outcomes", "supply", "demand")}
    d = {
        name: int(v) if name in ("teachers", "schools", "pairs") else jnp.asarray(v)
        for name, v in arrays.items()
    }
    kernel = NUTS(model, init_strategy=init_to_uniform(radius=0.1), max_tree_depth=DEPTH)
    chains = [
        MCMC(kernel, num_warmup=WARM_UP, num_samples=BATCH, progress_bar=False)
        for _ in range(CHAINS)
    ]
    begun = time.process_time()
    for number, chain in enumerate(chains):
        chain.warmup(jax.random.PRNGKey(number), d)
        print(f"warm-up of chain {number}: {time.process_time() - begun:.0f} s", flush=True)
    for chain in chains:  # compiles; the first batch is dropped
        batch(chain, d)
    warmed = time.process_time()
    parts, steps, diverged = [[] for _ in chains], 0, 0
    while time.process_time() - begun < 60 * minutes:
        for own, chain in zip(parts, chains, strict=True):
            batch(chain, d)
            own.append(named(chain.get_samples(), names))
            steps += int(chain.get_extra_fields()["num_steps"].sum())
            diverged += int(chain.get_extra_fields()["diverging"].sum())
        draws = {
            one: np.stack([np.concatenate([part[one] for part in own]) for own in parts])
            for one in parts[0][0]
        }
        seconds = np.array([warmed - begun, time.process_time() - warmed])
        np.savez(path, seconds=seconds, steps=steps, **draws)
        found = watched(draws)
        print(f"{seconds.sum():.0f} s, {steps} steps, {diverged} diverging, {found}", flush=True)
        if all(r_hat < CLOSE and bulk > LEAST for r_hat, bulk in found.values()):
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
