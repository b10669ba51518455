"""Schools' decisions as the sampler takes them: who was interviewed and ranked (section 3.1)."""

import logging

import numpy as np
import pandas as pd

from welfare_added.district.values import RawTables
from welfare_added.run.errors import UserError
from welfare_added.selection.arrays import UNRANKED, Demand
from welfare_added.transfers.positions import LEAST_FTE
from welfare_added.transfers.records import Records
from welfare_added.transfers.regressors import CONSTANT, DEMAND, demand_regressors
from welfare_added.transfers.traits import RACES, SCHOOL

RANKINGS = ("positive", "order", "full")
PERSON = ("male", "education", *RACES, "experience", "minority")

log = logging.getLogger(__name__)


def build_lists(
    raw: RawTables, records: Records, rankings: str, most_ranked: int
) -> tuple[Demand, pd.DataFrame]:
    """Lists by vacancy: the ranked in order, then the other interviewed by identifier.

    Parameters
    ----------
    raw, records
        Of the study.
    rankings
        Likelihood for which the regressors are meant: ``positive`` (published: no constant),
        ``order`` (none either, and none that is the same for all ranked of every list), ``full``
        (with a constant).
    most_ranked
        Candidates that a list may rank at most.

    Returns
    -------
    Demand, DataFrame
        The lists, and the vacancy (row of the raw table) of each list's row.

    Raises
    ------
    UserError
        If ``rankings`` is none of the three, nobody is ranked, or a list ranks more than allowed.

    """
    if rankings not in RANKINGS:
        raise UserError(f"selection.rankings: {rankings!r}; want {', '.join(RANKINGS)}")
    rows = _candidates(raw, records)
    rank = rows["rank"].to_numpy()
    _check_lengths(raw, rank, most_ranked)
    size = rows.groupby("vacancy", sort=False).size().to_numpy()
    first = np.r_[0, np.cumsum(size)]
    names, regressors = _with_constant(rankings, _regressors(records, rows))
    if rankings == "order":
        names, regressors = _that_vary(
            names, regressors, np.repeat(np.arange(len(size)), size), rank
        )
    demand = Demand(
        names=names,
        first=first,
        teacher=rows["teacher"].to_numpy(),
        school=rows["school"].to_numpy(),
        rank=rank,
        regressors=regressors,
        most_ranked=most_ranked,
    )
    return demand, rows[["vacancy"]]


def _check_lengths(raw: RawTables, rank: np.ndarray, most_ranked: int) -> None:
    file = raw.files["rankings"]
    if not (rank > 0).any():
        raise UserError(f"{file}: nobody is ranked in the years studied")
    if long := int((rank > most_ranked).sum()):
        raise UserError(
            f"{file}, column rank: {long} ranks beyond {most_ranked}; correct them, or set "
            "selection.most_ranked to the length of the longest list allowed"
        )


def _candidates(raw: RawTables, records: Records) -> pd.DataFrame:
    """Who was interviewed, by vacancy and rank: vacancy, teacher, school, year, rank."""
    interviews, vacancies = raw.tables["interviews"], raw.tables["vacancies"]
    rows = interviews[interviews["interviewed"] == 1]
    rows = rows.merge(raw.tables["rankings"], on=["vacancy_id", "teacher_id"], how="left")
    at = pd.Index(vacancies["vacancy_id"]).get_indexer(rows["vacancy_id"])
    rows = rows.assign(
        vacancy=at,
        year=vacancies["year"].to_numpy()[at],
        school=records.schools.get_indexer(vacancies["school_id"].to_numpy()[at]),
        teacher=records.teachers.get_indexer(rows["teacher_id"]),
        rank=rows["rank"].fillna(UNRANKED).astype(int),
    )
    half = vacancies["fte"].to_numpy()[at] >= LEAST_FTE
    rows = rows[rows["year"].isin(records.years) & half]
    last = rows["rank"].where(rows["rank"] > 0, rows["rank"].max() + 1)
    return rows.assign(last=last).sort_values(
        ["year", "vacancy_id", "last", "teacher_id"], ignore_index=True
    )


def _regressors(records: Records, rows: pd.DataFrame) -> np.ndarray:
    """Regressors of candidates at their vacancies' schools, (D, k)."""
    people = records.teacher_years.set_index(["teacher", "year"])
    at = people.index.get_indexer(pd.MultiIndex.from_frame(rows[["teacher", "year"]]))
    traits = {name: people[name].to_numpy()[at] for name in PERSON}
    year = pd.Index(records.years).get_indexer(rows["year"])
    schools = {
        name: np.array([records.traits[one][name] for one in records.years])[year, rows["school"]]
        for name in SCHOOL
    }
    return demand_regressors(traits, schools)


def _with_constant(rankings: str, regressors: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    if rankings != "full":
        return DEMAND, regressors
    return (CONSTANT, *DEMAND), np.column_stack([np.ones(len(regressors)), regressors])


def _that_vary(names, regressors, group, rank):
    """Leave out regressors that are the same for all ranked candidates of every list."""
    ranked = rank > 0
    rows, place = regressors[ranked], np.unique(group[ranked], return_inverse=True)[1]
    first = np.r_[0, np.flatnonzero(np.diff(place)) + 1]
    varies = (rows != rows[first][place]).any(axis=0)
    if not varies.all():
        same = ", ".join(name for name, one in zip(names, varies, strict=True) if not one)
        log.warning("the same within all lists, so not identified by their order: %s", same)
    kept = np.flatnonzero(varies)
    return tuple(names[one] for one in kept), np.ascontiguousarray(regressors[:, kept])
