from welfare_added.exhibits.eastmond_2024.composition import composition_table, composition_tex
from welfare_added.exhibits.output import read
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv, write_text


def main(moments, files, note):
    table = composition_table(read(moments))
    write_csv(table, files.csv)
    write_text(composition_tex(table, note), files.tex)


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.moments, snakemake.output, snakemake.params.note)
