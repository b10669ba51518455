from welfare_added.exhibits.eastmond_2024.earnings import draw_mvpf, mvpf_data
from welfare_added.exhibits.output import read, sheet_of, write_exhibit
from welfare_added.run.job import job


def main(mvpf, headlines, cap, sheet):
    data = mvpf_data(read(mvpf), read(headlines), cap)
    write_exhibit(draw_mvpf(data, cap, sheet.note), data, sheet)


if "snakemake" in globals():
    with job(snakemake) as record:
        main(
            snakemake.input.mvpf,
            snakemake.input.headlines,
            snakemake.params.cap,
            sheet_of(snakemake, record.origin),
        )
