from welfare_added.claims.compare import as_table, compare
from welfare_added.claims.document import read
from welfare_added.claims.page import page
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv, write_text


def main(document, schema, template, tables, choices, origin, out):
    claims = read(document, schema)
    verdicts = compare(claims, dict(zip(claims.tables(), tables, strict=True)), choices)
    write_csv(as_table(verdicts), out.table)
    write_text(page(claims, verdicts, origin, template), out.page)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.document,
            snakemake.input.schema,
            snakemake.input.template,
            snakemake.input.tables,
            snakemake.params.choices,
            snakemake.params.origin,
            snakemake.output,
        )
