"""Tabulate who enters, moves and leaves in a second state."""

from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.other_state import other_state_flows, read_other_staff
from welfare_added.value_added.significant import significant_table


def main(staff, out):
    write_csv(significant_table(other_state_flows(read_other_staff(staff))), out)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.staff, snakemake.output.flows)
