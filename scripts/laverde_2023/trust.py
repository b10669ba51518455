"""Test the sampler on data of the model: joint distributions, and ranks of true values."""

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.selection.chain import Schedule
from welfare_added.selection.priors import read_priors
from welfare_added.selection.trust import calibration, joint_test
from welfare_added.selection.trust_summaries import rank_moments
from welfare_added.selection.worlds import WorldSize, make_world


def main(outputs, *, priors, rankings, seed, joint, ranks):
    chosen = read_priors(priors)
    world = make_world(WorldSize(**joint["world"]), seed)
    counts = joint["replications"], joint["sweeps"]
    write_csv(joint_test(world, chosen, rankings, *counts, seed).table, outputs["joint"])
    world = make_world(WorldSize(**ranks["world"]), seed)
    schedule, names = Schedule(**ranks["schedule"]), ranks["parameters"]
    found = calibration(world, chosen, rankings, schedule, ranks["worlds"], seed, names)
    write_csv(found, outputs["ranks"])
    write_csv(rank_moments(found).reset_index(), outputs["summary"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output, **choices(snakemake.params))
