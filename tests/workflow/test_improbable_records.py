"""What is improbable in a user's tables stops check_district and the run until it is confirmed."""

import pandas as pd

from welfare_added.district.improbable import CHECKS


def test_improbable_tables_stop_the_run_until_they_are_confirmed(changed):
    raw = changed.folder / "results/eastmond_2024/district/raw"
    own = changed.folder / "own"
    own.mkdir()
    tables = {
        name: pd.read_csv(raw / f"{name}.csv", dtype=str)
        for name in ("enrolments", "classes", "teachers", "outcomes")
    }
    tables["classes"].loc[::7, "teacher_id"] = "TBA"
    tables["teachers"].loc[len(tables["teachers"])] = {"teacher_id": "TBA"}
    for name, table in tables.items():
        table.to_csv(own / f"{name}.csv", index=False)
    changed.choose({"district": {"source": "own"}, "study": "mine"})
    private = changed.folder / "results/private/mine"
    page, students = private / "district/check.html", private / "district/students.parquet"

    for _ in range(2):  # also where the page is up to date
        done = changed.snakemake("check_district")
        said = done.stdout + done.stderr
        assert done.returncode != 0 and "Traceback" not in said
        assert "own/classes.csv, column teacher_id: teachers of more classes or schools" in said
        assert "district.confirmed.placeholder_teachers: true in config.yaml" in said
    text = page.read_text()
    assert "2 of the checks below found" in " ".join(text.split())
    assert text.index("stands for nobody, as TBA") < text.index("<svg") < text.index("The sample")
    done = changed.snakemake(str(students.relative_to(changed.folder)))
    assert done.returncode != 0 and not students.exists()
    assert "teachers of more classes or schools" in done.stdout + done.stderr

    confirmed = dict.fromkeys(CHECKS, False) | {"placeholder_teachers": True}
    changed.choose({"district": {"confirmed": confirmed}})
    changed.run("check_district", str(students.relative_to(changed.folder)))
    text = page.read_text()
    assert "All tables can be\nused." in text and "You have confirmed it" in text
    assert (
        "confirmed by district.confirmed.placeholder_teachers"
        in (private / "logs/district.log").read_text()
    )
