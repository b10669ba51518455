"""Compare value added with and without class links in a synthetic city."""

from welfare_added.grade_means.city import CityParameters, draw_city
from welfare_added.grade_means.class_links import with_and_without_links
from welfare_added.grade_means.comparison import binned_means, comparison_summary, histogram
from welfare_added.grade_means.study import estimation_choices
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.significant import significant_table

OPTIONS = ("absorb", "minimum_class_size", "past_scores")


def main(outputs, *, chosen, city):
    made = draw_city(CityParameters(**city["parameters"]), city["seed"])
    options = {name: city[name] for name in OPTIONS}
    both, _ = with_and_without_links(
        made.students, city["subject"], estimation_choices(chosen), **options
    )
    tables = {
        "summary": comparison_summary(both),
        "bins": binned_means(both, city["bins"]),
        "histogram": histogram(both, **city["histogram"]),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output, **choices(snakemake.params))
