"""Check raw tables and choices, count applicants who cannot be used, and rank the others."""

from welfare_added.admissions.applicants import study_applicants
from welfare_added.admissions.choice_checks import Choices, check_choices
from welfare_added.admissions.keys import ScoreScale
from welfare_added.district.export import Export
from welfare_added.district.layout import read_layout
from welfare_added.district.reading import read_tables
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(layout, files, outputs, *, year, scale, export, named, **chosen):
    """Write all applicants, those of the studied year, their schools and tracts, and the counts."""
    raw = read_tables(files, layout, Export(**export))
    applicants = study_applicants(raw, scale=ScoreScale(**scale), **chosen)
    check_choices(raw, applicants, Choices(**named))
    studied = applicants.table["application_year"] == year
    write_parquet(applicants.table, outputs["applicants"])
    write_parquet(applicants.table[studied].reset_index(drop=True), outputs["studied"])
    write_csv(applicants.steps, outputs["steps"])
    schools, tracts = raw.tables["schools"], raw.tables["tracts"]
    write_csv(schools.sort_values(["application_year", "school_id"]), outputs["schools"])
    write_parquet(tracts.sort_values(["year", "tract"], ignore_index=True), outputs["tracts"])
    if "enrolments" in raw.tables:
        enrolments = raw.tables["enrolments"].sort_values(["year", "student_id"])
        write_parquet(enrolments, outputs["enrolments"])


if "snakemake" in globals():
    with job(snakemake):
        files = dict(snakemake.input.items())
        layout = read_layout(files["layout"], files["layout_schema"])
        main(
            layout,
            layout.among(files),
            snakemake.output,
            **choices(snakemake.params),
        )
