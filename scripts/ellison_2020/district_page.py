"""Check the raw tables alone, and describe them and who can be used."""

from welfare_added.admissions.applicants import study_applicants
from welfare_added.admissions.applicants_overview import applicants_overview
from welfare_added.admissions.choice_checks import Choices, check_choices
from welfare_added.admissions.keys import ScoreScale
from welfare_added.district.export import Export
from welfare_added.district.layout import read_layout
from welfare_added.district.overview import overview, page
from welfare_added.district.reading import read_tables
from welfare_added.run.job import choices, job
from welfare_added.run.writing import as_json, write_text


def main(files, outputs, *, export, skipped, exhibits, scale, named, **chosen):
    layout = read_layout(files["layout"], files["layout_schema"])
    raw = read_tables(layout.among(files), layout, Export(**export))
    applicants = study_applicants(raw, scale=ScoreScale(**scale), **chosen)
    check_choices(raw, applicants, Choices(**named))
    of_year = {"studied": named["studied"], "high": named["high"]}
    sample = applicants_overview(applicants, raw.tables["schools"], **of_year)
    content = overview(raw, sample, skipped, exhibits)
    write_text(page(content, files["template"]), outputs["page"])
    write_text(as_json(content["warnings"]), outputs["warnings"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            **choices(snakemake.params),
        )
