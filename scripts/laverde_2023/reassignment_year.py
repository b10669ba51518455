"""Plan a year in all draws of the posterior, by the clairvoyant and the feasible planner."""

from welfare_added.reassignment.from_records import year_records
from welfare_added.reassignment.past_draws import past_states
from welfare_added.reassignment.planning import Choices, plan_year
from welfare_added.reassignment.year_files import save_tables
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_parquet
from welfare_added.selection.posterior import kept_states, read_chains
from welfare_added.transfers.driving import Driving
from welfare_added.transfers.sorting import proficiency_cut
from welfare_added.transfers.study_files import read_model


def main(files, chains, outputs, *, export, study, sampler, past, year, draws, **chosen):
    applicants, proficient = chosen.pop("applicants"), chosen.pop("proficient")
    raw, design, model = read_model(files, export, study, sampler)
    own = year_records(raw, design, Driving(raw, design.records), year, applicants)
    how = Choices(cut=proficiency_cut(design.records, proficient), **chosen)
    known = past_states(raw, design, own, sampler, past, study["teams"]) if past else None
    made = plan_year(own, model, kept_states(read_chains(chains))[:draws], how, known)
    write_parquet(made.planned.plans, outputs["plans"])
    kept = {"results": made.planned.results, "gains": made.planned.gains}
    save_tables(outputs["draws"], kept | {"sizes": made.sizes, "selected": made.selected})


if "snakemake" in globals():
    with job(snakemake):
        files = {name: path for name, path in snakemake.input.items() if name != "chains"}
        main(files, snakemake.input.chains, snakemake.output, **choices(snakemake.params))
