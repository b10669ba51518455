"""Table 1 of a transfer system, and its numbers beside the published ones."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.district.values import RawTables
from welfare_added.transfers.design import Design
from welfare_added.transfers.traits import STUDENT_FLAGS

# Where inputs.yaml has each fact.
PUBLISHED = {
    "teachers": ("counts", "teachers"),
    "teachers_in_its": ("counts", "teachers_in_its"),
    "teacher_years": ("counts", "teacher_years"),
    "teacher_years_of_its_teachers": ("counts", "teacher_years_of_its_teachers"),
    "students": ("counts", "students"),
    "schools": ("counts", "schools"),
    "teacher_student_pairs": ("counts", "teacher_student_pairs"),
    "students_per_position": ("class_size", "mean_students_per_position"),
    "cv_students_per_position": ("class_size", "cv_students_per_position"),
    **{
        f"{name}_{group}": ("teachers", name, group)
        for name in (
            *("share_male", "share_black", "share_hispanic", "share_white", "share_asian"),
            *("years_of_experience", "years_of_education", "years_in_sample"),
        )
        for group in ("all", "its")
    },
    **{
        name: ("students", name)
        for name in (
            *("share_black", "share_white", "share_hispanic"),
            *("share_low_income", "share_english_learner", "share_special_education"),
        )
    },
    **{
        name: ("transfer_system", name)
        for name in (
            *("menu_size", "applications_submitted", "interviews_per_teacher"),
            *("positions_that_ranked_candidate", "offers_per_teacher", "positions"),
            *("eligible_per_position", "applicants_per_position", "interviews_per_position"),
            *("offers_per_position", "menu_rows", "applications", "applying_teacher_rounds"),
            *("ranked_pairs", "menus", "share_displaced_of_searching"),
            "share_of_lists_that_could_be_longer",
        )
    },
    "mean_driving_minutes": ("geography", "driving_minutes", "mean"),
    "sd_driving_minutes": ("geography", "driving_minutes", "sd"),
}
# Shares of students have the names of shares of teachers in inputs.yaml.
RACES = ("black", "white", "hispanic")


def system_facts(raw: RawTables, design: Design) -> dict[str, float]:
    """Facts of a system by the names of `PUBLISHED`: table 1 and what section 2.2 says."""
    applicants = set(raw.tables["applications"]["teacher_id"])
    table = rows_of_taught(raw, design)
    own = table["teacher_id"].isin(applicants)
    number = np.unique(design.pairs.position, return_counts=True)[1]
    facts = {
        "teachers": table["teacher_id"].nunique(),
        "teachers_in_its": table["teacher_id"][own].nunique(),
        "teacher_years": len(table),
        "teacher_years_of_its_teachers": int(own.sum()),
        "schools": len(design.records.schools),
        "teacher_student_pairs": len(design.pairs.score),
        "students_per_position": number.mean(),
        "cv_students_per_position": number.std() / number.mean(),
        **_teachers(table, "all"),
        **_teachers(table[own], "its"),
        **_students(raw, design),
        **_market(raw, design),
    }
    return {name: float(value) for name, value in facts.items()}


def rows_of_taught(raw: RawTables, design: Design) -> pd.DataFrame:
    """Raw rows of teacher_years of the teachers with a position of the sample."""
    people = design.records.teacher_years
    taught = people[people["position"] >= 0]
    table = raw.tables["teacher_years"].set_index(["teacher_id", "year"])
    keys = zip(design.records.teachers[taught["teacher"]], taught["year"], strict=True)
    return table.loc[list(keys)].reset_index()


def _teachers(table: pd.DataFrame, group: str) -> dict[str, float]:
    """Means over teacher-years (table 1, panel A)."""
    shares = {f"share_{race}": (table["ethnicity"] == race).mean() for race in (*RACES, "asian")}
    facts = {
        **shares,
        "share_male": (table["gender"] == "male").mean(),
        "years_of_experience": table["experience"].mean(),
        "years_of_education": table["years_of_education"].mean(),
        "years_in_sample": len(table) / table["teacher_id"].nunique(),
    }
    return {f"{name}_{group}": value for name, value in facts.items()}


def _students(raw: RawTables, design: Design) -> dict[str, float]:
    enrolments = raw.tables["enrolments"]
    years = {design.records.years[0] - 1, *design.records.years}
    grades = design.records.students["grade"]
    rows = enrolments[
        enrolments["grade"].between(grades.min(), grades.max()) & enrolments["year"].isin(years)
    ]
    return {
        "students": rows["student_id"].nunique(),
        **{f"share_{race}": (rows["ethnicity"] == race).mean() for race in RACES},
        **{f"share_{flag}": rows[flag].mean() for flag in STUDENT_FLAGS},
    }


def _market(raw: RawTables, design: Design) -> dict[str, float]:
    """Panels B and C of table 1, and what they imply."""
    supply, tables = design.system.supply, raw.tables
    size = np.diff(supply.first)
    made = np.add.reduceat(supply.applied.astype(int), supply.first[:-1])
    searching, posted = made > 0, len(tables["vacancies"])
    held = tables["interviews"][tables["interviews"]["interviewed"] == 1]
    minutes = tables["driving_times"]["minutes"]
    rounds = int(searching.sum())
    return {
        "menu_size": size[searching].mean(),
        "applications_submitted": made[searching].mean(),
        "interviews_per_teacher": len(held) / rounds,
        "positions_that_ranked_candidate": len(tables["rankings"]) / rounds,
        "offers_per_teacher": len(tables["offers"]) / rounds,
        "positions": posted,
        "eligible_per_position": size.sum() / posted,
        "applicants_per_position": made.sum() / posted,
        "interviews_per_position": len(held) / posted,
        "offers_per_position": len(tables["offers"]) / posted,
        "menu_rows": size.sum(),
        "applications": made.sum(),
        "applying_teacher_rounds": rounds,
        "ranked_pairs": len(tables["rankings"]),
        "menus": len(size),
        "share_displaced_of_searching": supply.displaced[searching].mean(),
        "share_of_lists_that_could_be_longer": _short_lists(design),
        "mean_driving_minutes": minutes.mean(),
        "sd_driving_minutes": minutes.std(),
    }


def _short_lists(design: Design) -> float:
    """Share of lists of more than one candidate on which more could have been ranked."""
    demand = design.system.demand
    candidates = np.diff(demand.first)
    ranked = np.add.reduceat((demand.rank > 0).astype(int), demand.first[:-1])
    several = candidates > 1
    most = np.minimum(candidates, demand.most_ranked)
    return float((ranked < most)[several].mean())


def beside_published(inputs: Mapping, worlds: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """Facts of several worlds beside those of inputs.yaml.

    Returns fact, published (the middle of a range), lowest, mean and highest of the worlds, and
    ratio of the mean to the published.
    """
    rows = []
    for name, path in PUBLISHED.items():
        value = inputs
        for key in path:
            value = value[key]
        published = float(np.mean(value))
        own = np.array([world[name] for world in worlds])
        rows.append((name, published, own.min(), own.mean(), own.max(), own.mean() / published))
    return pd.DataFrame(rows, columns=["fact", "published", "lowest", "mean", "highest", "ratio"])
