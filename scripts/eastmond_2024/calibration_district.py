"""Moments of another district of the same law."""

from welfare_added.calibration.evaluate import district_seeds, evaluator
from welfare_added.calibration.targets import read_targets
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(parameters, targets, path, *, number, search_on, **settings):
    """Write the moments of the district of this number, after those that were searched on."""
    position = search_on["searched"] + number
    seed = district_seeds(search_on["seed"], position)[-1]
    evaluate = evaluator(read_targets(targets), seed=seed, **settings)
    write_csv(evaluate(read_yaml(parameters)).reset_index(), path)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.parameters,
            snakemake.input.targets,
            snakemake.output[0],
            number=int(snakemake.wildcards.number),
            **choices(snakemake.params),
        )
