from welfare_added import logs
from welfare_added.exhibits.earnings import draw_mvpf, mvpf_data
from welfare_added.exhibits.output import read, write_exhibit


def main(mvpf, headlines, cap, files, note, dpi, most_points):
    data = mvpf_data(read(mvpf), read(headlines), cap)
    write_exhibit(draw_mvpf(data, cap, note), data, files, dpi, most_points)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    main(
        snakemake.input.mvpf,
        snakemake.input.headlines,
        snakemake.params.cap,
        snakemake.output,
        snakemake.params.note,
        snakemake.params.dpi,
        snakemake.params.most_points,
    )
