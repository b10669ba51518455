"""Tables of teacher-years, schools and counts of value added on two types."""

import logging

import numpy as np
import pandas as pd

from welfare_added.value_added.careers import Careers
from welfare_added.value_added.production import ExperienceBins, Production
from welfare_added.value_added.type_model import TypeModel
from welfare_added.value_added.type_sums import TypeSums

log = logging.getLogger(__name__)


def teacher_years_table(
    sums: TypeSums,
    model: TypeModel,
    careers: Careers,
    bins: ExperienceBins,
    parts: Production,
    forecasts: pd.DataFrame,
) -> pd.DataFrame:
    """Realised and forecast value added by teacher and year; see `TwoTypes`."""
    years = model.years
    students, mean = years.students.sum(axis=1), years.mean + model.level
    total = np.nansum(mean * years.students, axis=1)
    experience = careers.experience_in(years.teacher, years.year)
    effect = parts.experience["estimate"].to_numpy()
    classes = sums.classes.assign(teacher=careers.teacher)
    by_year = classes.groupby(["teacher", "year"])["students"].agg(["sum", "size"])
    table = pd.DataFrame(
        {
            "teacher_id": careers.teacher_ids[years.teacher],
            "year": years.year,
            "school_id": _main_school(classes),
            "students": students,
            "share_1": years.students[:, 1] / students,
            "class_size": (by_year["sum"] / by_year["size"]).to_numpy(),
            "classes": by_year["size"].to_numpy(),
            "mean_0": mean[:, 0],
            "mean_1": mean[:, 1],
            "mean_residual": total / students,
            "experience": experience,
            "experience_effect": effect[bins.codes(experience)],
        }
    )
    known = forecasts[["teacher_id", "year", "mu_0", "mu_1", "years_used"]]
    table = table.merge(known, on=["teacher_id", "year"], how="left")
    share = table["share_1"]
    table.insert(
        table.columns.get_loc("years_used"),
        "forecast",
        (1 - share) * table["mu_0"] + share * table["mu_1"],
    )
    return table.assign(years_used=table["years_used"].fillna(0).astype(int))


def _main_school(classes: pd.DataFrame) -> np.ndarray:
    """School of most of a teacher's students in a year, by teacher and year; ties: the first id."""
    keys = ["teacher", "year", "school_id"]
    by_school = classes.groupby(keys, as_index=False)["students"].sum()
    most = by_school.sort_values(
        ["teacher", "year", "students", "school_id"], ascending=[True, True, False, True]
    )
    return most.drop_duplicates(["teacher", "year"])["school_id"].to_numpy()


def schools_table(sums: TypeSums, careers: Careers, parts: Production) -> pd.DataFrame:
    """Effect and connected set of each school; see `TwoTypes`."""
    students = np.bincount(careers.school, sums.classes["students"])
    size = np.bincount(parts.sets, weights=students)
    rank = np.empty(len(size), dtype=int)
    rank[np.argsort(-size, kind="stable")] = np.arange(len(size))
    return pd.DataFrame(
        {
            "school_id": careers.school_ids,
            "effect": parts.school,
            "connected_set": rank[parts.sets],
            "students": students.astype(int),
        }
    )


def school_years_table(sums: TypeSums, schools: pd.DataFrame) -> pd.DataFrame:
    """Students by school and year; see `TwoTypes`."""
    type_1 = np.bincount(sums.group_class, sums.students * sums.kind, len(sums.classes))
    classes = sums.classes.assign(type_1=type_1, classes=1)
    keys = ["school_id", "year"]
    table = classes.groupby(keys, as_index=False)[["students", "type_1", "classes"]].sum()
    table["share_1"] = table["type_1"] / table["students"]
    table["class_size"] = table["students"] / table["classes"]
    table = table[[*keys, "students", "share_1", "class_size"]]
    return table.merge(schools.drop(columns="students"), on="school_id")


def counts_of(
    sums: TypeSums, model: TypeModel, schools: pd.DataFrame, years: pd.DataFrame
) -> dict[str, float]:
    """Counts of the sample, and the SD of forecasts, by name."""
    apart = int((schools["connected_set"] > 0).sum())
    if apart:
        log.info(
            "%d of %d schools are not connected to the largest set by teachers who move; every set "
            "has a normalisation of its own",
            *(apart, len(schools)),
        )
    with_forecast = years["forecast"].notna()
    return {
        "students": int(sums.students.sum()),
        "classes": len(sums.classes),
        "teachers": len(model.sums.own),
        "teacher_years": len(years),
        "teacher_years_with_forecast": int(with_forecast.sum()),
        "teachers_with_forecast": int(years.loc[with_forecast, "teacher_id"].nunique()),
        "schools": len(schools),
        "connected_sets": int(schools["connected_set"].max()) + 1,
        "unconnected_schools": apart,
        "sd_forecast": float(years.loc[with_forecast, "forecast"].std()),
    }
