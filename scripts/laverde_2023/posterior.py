"""Moments of the chains with diagnostics, and what they say of teachers and their matches."""

import numpy as np
import pandas as pd

from welfare_added.run.job import choices, job
from welfare_added.selection.parameters import parameter_names
from welfare_added.selection.posterior import (
    joint_draws,
    kept_states,
    mean_effectiveness,
    posterior_table,
    read_chains,
    traces,
)
from welfare_added.selection.written import write_tables
from welfare_added.transfers.changes import changes_by_draw, changes_table, random_matches
from welfare_added.transfers.effectiveness import (
    measures_by_teacher,
    slopes_of_measures,
    slopes_of_students,
)
from welfare_added.transfers.estimation_numbers import estimation_numbers
from welfare_added.transfers.study_files import read_model


def main(files, chains, outputs, *, export, study, sampler, thin, least, trace_every, matches):
    raw, design, model = read_model(files, export, study, sampler)
    run = read_chains(chains)
    draws = pd.DataFrame(np.concatenate(joint_draws(run)), columns=parameter_names(model))
    rng = np.random.default_rng(sampler["seed"])
    changes = changes_by_draw(draws, random_matches(design.records, matches, rng))
    measures = measures_by_teacher(raw, design.records)
    theta = mean_effectiveness(kept_states(run))
    tables = {
        "posterior": posterior_table(model, run, sampler["seed"], least),
        "traces": traces(model, run, trace_every),
        "changes": changes_table(changes),
        "evaluations": slopes_of_measures(measures, theta),
        "students": slopes_of_students(design, theta),
        "numbers": estimation_numbers(run, thin, changes, raw),
    }
    write_tables(tables, outputs)


if "snakemake" in globals():
    with job(snakemake):
        files = {name: path for name, path in snakemake.input.items() if name != "chains"}
        main(files, snakemake.input.chains, snakemake.output, **choices(snakemake.params))
