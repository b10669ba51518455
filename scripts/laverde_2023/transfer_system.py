"""Tabulate who teaches where, and what happened in the transfer system."""

import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.transfers.effectiveness import measures_by_teacher, measures_held
from welfare_added.transfers.facts import system_facts
from welfare_added.transfers.rules import rules_of_system
from welfare_added.transfers.sorting import (
    by_experience,
    changes_with_moves,
    experience_slopes,
    move_tables,
    proficiency_cut,
    school_shares,
    teacher_schools,
)
from welfare_added.transfers.study_files import read_design


def main(files, outputs, *, export, study, rankings, proficient, experience_bins, move_bar):
    raw, design = read_design(files, export, study, rankings)
    records = design.records
    facts = system_facts(raw, design) | rules_of_system(raw, design)
    shares = school_shares(records, proficiency_cut(records, proficient))
    schools = teacher_schools(records, shares)
    means, bars = move_tables(changes_with_moves(schools), shares, move_bar)
    tables = {
        "facts": pd.DataFrame({"fact": list(facts), "value": list(facts.values())}),
        "experience": by_experience(schools, experience_bins),
        "experience_slopes": experience_slopes(schools),
        "moves": means,
        "move_bins": bars,
        "evaluations": measures_held(raw, measures_by_teacher(raw, records)),
    }
    for name, table in tables.items():
        write_csv(table, outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
