"""A district of the tests' own making, exported as an office elsewhere would, from first to last."""

import numpy as np
import pandas as pd
import pytest
import yaml
from honest_district import honest_district

COLUMNS = {
    "enrolments": {
        "student_id": "Élève", "year": "Année", "grade": "Niveau", "school_id": "École",
        "class_id": "Classe", "ela_score": "Lecture", "math_score": "Maths", "ethnicity": "Origine",
        "gender": "Sexe", "age": "Âge", "share_absent": "Absences",
    },
    "classes": {
        "class_id": "Classe", "year": "Année", "grade": "Niveau", "school_id": "École",
        "teacher_id": "Enseignant",
    },
    "teachers": {"teacher_id": "Enseignant", "first_year": "Première année"},
    "outcomes": {"student_id": "Élève"},
}  # fmt: skip
CODES = {
    "gender": {"F": "female", "M": "male"},
    "ethnicity": {
        one.capitalize(): one for one in ("white", "asian", "black", "hispanic", "other")
    },
    "special_education": {"O": 1, "N": 0},
    "english_learner": {"O": 1, "N": 0},
}
UNTESTED = 2013


def exported(folder, schools):
    """Semicolons, decimal commas, a byte order mark, accents, own names and codes, school years.

    Nobody was tested in one year, and one outcome is not recorded.
    """
    tables = honest_district(5, schools)
    enrolments = tables["enrolments"]
    untested = enrolments["year"] == UNTESTED
    enrolments.loc[untested, ["ela_score", "math_score"]] = np.nan
    enrolments["ela_score"] /= 10
    for column, codes in CODES.items():
        back = {value: code for code, value in codes.items()}
        enrolments[column] = enrolments[column].map(back)
    del tables["outcomes"]["bachelors_in_six_years"]
    for name in ("enrolments", "classes"):
        table = tables[name]
        table["school_id"] = "École n° " + table["school_id"].str[1:]
        table["year"] = [f"{year - 1}/{year % 100:02d}" for year in table["year"]]
    folder.mkdir()
    for name, table in tables.items():
        table.rename(columns=COLUMNS[name]).to_csv(
            folder / f"{name}.csv", sep=";", decimal=",", index=False, encoding="utf-8-sig"
        )


@pytest.mark.slow
def test_a_district_from_elsewhere_needs_what_the_messages_say_and_then_runs(changed):
    exported(changed.folder / "own", schools=12)
    changed.choose({"study": "mine", "district": {"source": "own", "years": [2010, 2016]}})

    def refused() -> str:
        done = changed.snakemake("check_district")
        said = done.stdout + done.stderr
        assert done.returncode != 0 and "Traceback" not in said, said
        return said

    def chosen(**choices):
        changed.choose({"district": choices})

    said = refused()
    assert "own/enrolments.csv, column student_id, year, grade, school_id, class_id" in said
    assert "name the column that it is in district.columns" in said and "Élève, Année" in said
    chosen(columns=COLUMNS)
    assert "column special_education: text where a number is expected" in refused()
    chosen(recode={"enrolments": CODES})
    said = refused()
    assert "no student in 2013, 2014 meets all conditions of the sample" in said
    assert "leave it out of them and set district.lag to last_tested" in said
    chosen(years=[2010, 2011, 2012, 2014, 2015, 2016], lag="last_tested")
    said = refused()
    assert "2014, grade 3: 0%" in said and "found_again" not in said
    assert "district.confirmed.sample_shrinks: true in config.yaml" in said
    own = changed.folder / "workflow/papers/eastmond_2024/config.yaml"
    confirmed = yaml.safe_load(own.read_text())["district"]["confirmed"]
    chosen(confirmed={**confirmed, "sample_shrinks": True})

    changed.run("check_district")
    page = (changed.folder / "results/private/mine/district/check.html").read_text()
    assert "columns separated by semicolons" in page and "decimal commas in ela_score" in page
    changed.run()
    results = changed.folder / "results/mine"
    skipped = pd.read_csv(results / "skipped.csv")["exhibit"].tolist()
    expected = """figure_bias table_conditions figure_delivered table_delivered table_predictors
        figure_calibration figure_choices table_choices figure_true_correlation figure_bands
        table_standard_errors"""
    assert skipped == expected.split()
    outcomes = pd.read_csv(results / "figures/figure_d7.csv")["outcome"].unique()
    assert "bachelors_in_six_years" not in outcomes and "graduated_high_school" in outcomes
    assert (results / "report/index.html").is_file()
