"""Search the synthetic district's parameters that match the calibration targets."""

import logging

import yaml

from welfare_added.calibration.evaluate import district_seeds, evaluator, mean_moments
from welfare_added.calibration.search import search, step_table
from welfare_added.calibration.targets import read_targets
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_text


def main(start, targets, parameters_path, steps_path, *, search_on, **settings):
    """Search from the parameters in ``start``; write the result and a table of the steps."""
    targets = read_targets(targets)
    seeds = district_seeds(search_on["seed"], search_on["searched"])
    steps = search(
        read_yaml(start),
        targets,
        mean_moments([evaluator(targets, seed=seed, **settings) for seed in seeds]),
        people_steps=search_on["people_steps"],
        score_steps=search_on["score_steps"],
        report=logging.getLogger("calibrate").info,
    )
    write_text(yaml.safe_dump(steps[-1].parameters, sort_keys=False), parameters_path)
    write_csv(step_table(steps, targets), steps_path)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.start,
            snakemake.input.targets,
            snakemake.output.parameters,
            snakemake.output.steps,
            **choices(snakemake.params),
        )
