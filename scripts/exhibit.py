from welfare_added.exhibits.output import program, read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(tables, draw, arguments, sheet):
    data, drawing = draw(**{name: read(path) for name, path in tables.items()}, **arguments)
    write_exhibit(drawing, data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        sheet = sheet_of(snakemake, record.origin)
        tables = {name: path for name, path in snakemake.input.items() if name != "code"}
        main(
            tables,
            program(snakemake.params.paper, snakemake.params.program),
            {**snakemake.params.arguments, "note": sheet.note},
            sheet,
        )
