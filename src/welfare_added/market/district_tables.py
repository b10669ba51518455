"""All teachers of the market's district in one year, from the tables of records and forecasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.market import features
from welfare_added.market.reallocation import District
from welfare_added.run.errors import UserError


@dataclass(frozen=True)
class DistrictTables:
    """Teachers with forecasts and a class in the district in a year.

    Attributes
    ----------
    teachers
        One row a teacher: teacher_id, school_id, mu_0, mu_1, experience_effect, experience, black,
        students_0, students_1 (of her mean class that year), sorted by school_id and teacher_id.
    schools
        One row a school: school_id, class_size, share_disadvantaged, sorted.
    past
        (J, 2) mean class size and share of type 1 of the teacher's earlier years, NaN where none.
    observed
        (N, 2) changes of both against the teacher's own past, of all teacher-years of the state.
    representative
        class_size and share_disadvantaged of the district's representative school in the year.
    scores
        mean and sd of the scores of the district's students of type 0 and 1 in the year.

    """

    teachers: pd.DataFrame
    schools: pd.DataFrame
    past: np.ndarray
    observed: np.ndarray
    representative: pd.Series
    scores: pd.DataFrame


def read_district(files: Mapping[str, Path | str], year: int) -> DistrictTables:
    """The tables from files forecasts, teachers, schools and students; see `district_tables`."""
    names = ("forecasts", "teachers", "schools", "students")
    return district_tables(*(pd.read_parquet(files[name]) for name in names), year)


def district_tables(
    forecasts: pd.DataFrame,
    teachers: pd.DataFrame,
    schools: pd.DataFrame,
    students: pd.DataFrame,
    year: int,
) -> DistrictTables:
    """Teachers of the market district's schools in a year, with forecasts from earlier years.

    Raises UserError where there is none.
    """
    places = schools[(schools["year"] == year) & schools["in_market"].astype(bool)]
    places = places.sort_values("school_id", ignore_index=True)
    classes = teacher_classes(students)
    now = classes[classes["year"] == year]
    own = teachers[(teachers["year"] == year) & teachers["school_id"].isin(places["school_id"])]
    joined = own.merge(forecasts[forecasts["year"] == year].drop(columns="year"), on="teacher_id")
    joined = joined.merge(now.drop(columns="year"), on="teacher_id")
    joined = joined.dropna(subset=["mu_0", "mu_1"])
    if joined.empty:
        raise UserError(
            f"config.yaml, market.cycle: in {year} no teacher of the market district has both a "
            "forecast and a class"
        )
    joined["experience_effect"] = joined["experience_effect"].fillna(0.0)
    joined = joined.sort_values(["school_id", "teacher_id"], ignore_index=True)
    columns = ["teacher_id", "school_id", "mu_0", "mu_1", "experience_effect", "experience"]
    past, observed = _changes(classes, joined["teacher_id"], year)
    return DistrictTables(
        joined[[*columns, "black", "students_0", "students_1"]],
        places[["school_id", "class_size", "share_disadvantaged"]],
        past,
        observed,
        features.representative_schools(places).loc[year],
        _scores(students, places["school_id"], year),
    )


def _scores(students: pd.DataFrame, schools: pd.Series, year: int) -> pd.DataFrame:
    own = students[(students["year"] == year) & students["school_id"].isin(schools)]
    return own.groupby("type")["score"].agg(["mean", "std"]).reindex([0, 1])


def teacher_classes(students: pd.DataFrame) -> pd.DataFrame:
    """Students of type 0 and 1 of each teacher's mean class: teacher_id, year, students_0, _1."""
    rows = students[["teacher_id", "year", "class_id", "type"]].dropna()
    by_class = rows.groupby(["teacher_id", "year", "class_id"])["type"].agg(["size", "sum"])
    means = by_class.groupby(["teacher_id", "year"]).mean().reset_index()
    means["students_1"] = means["sum"].astype(float)
    means["students_0"] = means["size"] - means["students_1"]
    return means[["teacher_id", "year", "students_0", "students_1"]]


def _changes(classes: pd.DataFrame, who: pd.Series, year: int) -> tuple[np.ndarray, np.ndarray]:
    """Past means of ``who`` before ``year``, (J, 2), and changes of all teacher-years, (N, 2)."""
    rows = classes.sort_values(["teacher_id", "year"], ignore_index=True)
    values = pd.DataFrame({"size": rows["students_0"] + rows["students_1"]})
    values["share"] = rows["students_1"] / values["size"]
    teacher = rows["teacher_id"]
    before = values.groupby(teacher).cumcount().to_numpy()[:, None]
    earlier = values.groupby(teacher).cumsum() - values
    with np.errstate(invalid="ignore", divide="ignore"):
        past = earlier.to_numpy() / before
    changes = (values.to_numpy() - past)[before[:, 0] > 0]
    until = rows["year"] < year
    means = values[until].groupby(teacher[until]).mean()
    return means.reindex(who).to_numpy(), changes


def district_arrays(tables: DistrictTables) -> District:
    """The district as arrays, for its reallocation."""
    teachers, schools = tables.teachers, tables.schools
    mu = teachers[["mu_0", "mu_1"]].to_numpy(float)
    mu = mu + teachers[["experience_effect"]].to_numpy(float)
    return District(
        mu,
        pd.Index(schools["school_id"]).get_indexer(teachers["school_id"]),
        schools["class_size"].to_numpy(float),
        schools["share_disadvantaged"].to_numpy(float),
        teachers[["students_0", "students_1"]].to_numpy(float),
    )


def fit_data(tables: DistrictTables, experienced: float) -> pd.DataFrame:
    """What figure 6 shows of all teachers of the district, as `fit.fit_tables` takes it.

    experienced: years from which a teacher is.
    """
    representative = tables.representative
    teachers, schools = tables.teachers, tables.schools.set_index("school_id")
    years = teachers["experience"].astype(float)
    return pd.DataFrame(
        {
            "share_disadvantaged": schools["share_disadvantaged"]
            .reindex(teachers["school_id"])
            .to_numpy(),
            "absolute_advantage": features.absolute_advantage(
                teachers["mu_0"].to_numpy(),
                teachers["mu_1"].to_numpy(),
                teachers["experience_effect"].to_numpy(),
                representative["share_disadvantaged"],
                representative["class_size"],
            ),
            "comparative_advantage": (teachers["mu_1"] - teachers["mu_0"]).to_numpy(),
            "experienced": np.where(years.isna(), np.nan, years >= experienced),
            "black": teachers["black"].astype(float).to_numpy(),
        }
    )
