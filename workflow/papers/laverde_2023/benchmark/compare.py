"""Make the posterior that NUTS draws from, and compare its effective draws with ours.

`python compare.py problem FOLDER SIZE` writes FOLDER/problem.npz of a size of problem.yaml. After
nuts.py has written FOLDER/nuts.npz, `python compare.py table FOLDER SIZE` runs our chains and
writes FOLDER/sampler.csv.
"""

import sys
from pathlib import Path

import numpy as np

from welfare_added.run.choices import read_yaml
from welfare_added.run.writing import write_csv
from welfare_added.selection.arrays import System
from welfare_added.selection.chain import Schedule
from welfare_added.selection.peer import Run, our_run, peer_arrays, peer_table
from welfare_added.selection.priors import read_priors
from welfare_added.selection.simulate import simulate
from welfare_added.selection.state import Scales
from welfare_added.selection.worlds import WorldSize, make_world

HERE = Path(__file__).parent
CHOSEN = read_yaml(HERE / "problem.yaml")
SELECTION = read_yaml(HERE.parent / "config.yaml")["selection"]


def made_system(size: str) -> System:
    """Decisions and scores from the planted values, in a system of a size."""
    chosen = WorldSize(**CHOSEN["world"], **CHOSEN["sizes"][size])
    world, rng = make_world(chosen, CHOSEN["seed"]), np.random.default_rng(CHOSEN["seed"])
    planted = dict(CHOSEN["planted"])
    scales, mean = Scales(**planted.pop("scales")), planted.pop("school_mean")
    effects = mean + scales.sd_school * rng.standard_normal(world.system.schools)
    coefficients = {name: np.array(values) for name, values in planted.items()}
    values = {"scales": scales, "school_mean": mean, "school_effect": effects, **coefficients}
    return simulate(world, values, "full", rng)[0]


def their_run(path: Path) -> Run:
    """What nuts.py wrote."""
    with np.load(path, allow_pickle=False) as file:
        draws = {name: file[name] for name in file.files if file[name].ndim == 2}
        before, sampling = file["seconds"]
    return Run(draws, float(before), float(sampling))


def main(what: str, folder: Path, size: str) -> None:
    """Write the problem, or the table."""
    folder.mkdir(parents=True, exist_ok=True)
    priors, start = (read_priors(SELECTION[name]) for name in ("priors", "start"))
    if what == "problem":
        np.savez(folder / "problem.npz", **peer_arrays(made_system(size), priors))
        return
    own = CHOSEN["ours"]
    schedule = Schedule(**own["schedule"])
    ours = our_run(made_system(size), priors, start, schedule, own["chains"], own["seed"])
    table = peer_table({"ours": ours, "nuts": their_run(folder / "nuts.npz")})
    write_csv(table, folder / "sampler.csv")
    print(table.round(4).to_string())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
