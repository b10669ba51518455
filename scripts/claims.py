from welfare_added.claims.compare import as_table, compare
from welfare_added.claims.document import read
from welfare_added.claims.intervals import Intervals, read_intervals
from welfare_added.claims.page import page
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv, write_text


def main(paths, choices, origin, differ, stale, out):
    claims = read(paths.document, paths.schema)
    tables = dict(zip(claims.tables(), paths.tables, strict=True))
    kept = read_intervals(paths.intervals[0], differ) if paths.intervals else Intervals()
    verdicts = compare(claims, tables, choices, kept)
    write_csv(as_table(verdicts), out.table)
    write_text(page(claims, verdicts, origin, paths.template, stale), out.page)


if "snakemake" in globals():
    with job(snakemake):
        params = snakemake.params
        main(
            snakemake.input,
            params.choices,
            params.origin,
            params.intervals_differ,
            params.intervals_stale,
            snakemake.output,
        )
