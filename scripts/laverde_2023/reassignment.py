"""Pool the plans of all years: gains, their parts, who moves, certificates."""

from welfare_added.reassignment.pooled import (
    certificates,
    pooled_gains,
    pooled_parts,
    pooled_people,
    text_numbers,
    with_same_years,
)
from welfare_added.reassignment.year_files import read_tables
from welfare_added.run.job import choices, job
from welfare_added.selection.written import write_tables
from welfare_added.transfers.decisions import decisions_by_teacher
from welfare_added.transfers.study_files import read_design


def main(files, years, outputs, *, export, study, rankings):
    raw, design = read_design(files, export, study, rankings)
    read = read_tables(years)
    results, sizes = with_same_years(read["results"]), read["sizes"]
    parts = pooled_parts(results, sizes)
    draws = results["draw"].nunique()
    decisions = decisions_by_teacher(raw, design.records)
    tables = {
        "gains": pooled_gains(with_same_years(read["gains"])),
        "parts": parts,
        "people": pooled_people(results, sizes),
        "certificates": certificates(read["results"]),
        "years": sizes,
        "numbers": text_numbers(parts, sizes, draws, read["selected"], decisions),
    }
    write_tables(tables, outputs)


if "snakemake" in globals():
    with job(snakemake):
        files = {name: path for name, path in snakemake.input.items() if name != "draws"}
        main(files, snakemake.input.draws, snakemake.output, **choices(snakemake.params))
