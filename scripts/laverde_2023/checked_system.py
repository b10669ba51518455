"""Check the transfer system's raw tables, and list the variables that the model takes from them."""

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.transfers.study_files import read_design
from welfare_added.transfers.variables import variables_table


def main(files, path, *, export, study, rankings):
    _, design = read_design(files, export, study, rankings)
    system = design.system
    write_csv(variables_table(system.outcomes.names, system.demand.names), path)


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output.variables, **choices(snakemake.params))
