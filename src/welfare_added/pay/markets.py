"""What the two-sided model of a year takes from the records: teachers and districts by market."""

import logging
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.pay.distances import distance_miles
from welfare_added.pay.frames import PayRecords
from welfare_added.run.errors import UserError
from welfare_added.run.options import check_option

EXIT = -1  # in place of the number of a district
GROWTH = ("state", "district")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MarketRecords:
    """N teachers and J districts of a market in a year (section 7.2).

    Attributes
    ----------
    market, year
        Number of the market, spring of the choice.
    teacher_ids
        (N,) those who taught in its districts the year before.
    value_added
        (N,) standardised; missing where there is none.
    seniority, master, degree
        (N,) adjusted years, whether she has a Master, name of the degree: of the year before.
    origin, destination
        (N,) number of the district of the year before and of this year, `EXIT` if she left.
    district_ids, regime
        (J,).
    miles
        (J, J) distances between districts, by which those of a teacher are her origin's.
    poor_percent, urban
        (J,) percent of pupils disadvantaged; whether it is urban.
    budget, capacity
        (J,) limits of expected salaries [$1,000] and of expected hires [full-time equivalents],
        incumbents included.

    """

    market: int
    year: int
    teacher_ids: np.ndarray = field(repr=False)
    value_added: np.ndarray = field(repr=False)
    seniority: np.ndarray = field(repr=False)
    master: np.ndarray = field(repr=False)
    degree: np.ndarray = field(repr=False)
    origin: np.ndarray = field(repr=False)
    destination: np.ndarray = field(repr=False)
    district_ids: np.ndarray = field(repr=False)
    regime: np.ndarray = field(repr=False)
    miles: np.ndarray = field(repr=False)
    poor_percent: np.ndarray = field(repr=False)
    urban: np.ndarray = field(repr=False)
    budget: np.ndarray = field(repr=False)
    capacity: np.ndarray = field(repr=False)


def market_records(
    records: PayRecords,
    value_added: pd.Series,
    year: int,
    *,
    first_post_year: int,
    handbooks_only: bool = True,
    growth: str = "state",
) -> dict[int, MarketRecords]:
    """Teachers and districts of each market in a year, as the two-sided model takes them.

    Teachers who moved out of their market, or to a district that is left out, are left out and
    counted in the log; so are teachers without a row of the sample in the year who did not leave.

    Parameters
    ----------
    records
        From `prepare`.
    value_added
        Standardised value added by teacher_id.
    year
        Spring of the choice.
    first_post_year
        First spring under Act 10: growth of salaries and teachers a pupil are of years before.
    handbooks_only
        Only districts whose handbook was found (section 7.2.1).
    growth
        Yearly growth of total salaries before Act 10, of the ``state`` or of each ``district``.

    Raises
    ------
    UserError
        If there is no such growth, or no row of the year or of the one before.

    """
    check_option("offers.growth", growth, GROWTH)
    own = records.districts
    if handbooks_only:
        own = own[own["regime"] != "none"]
    now = own[own["year"] == year].reset_index(drop=True)
    before = records.teacher_years[records.teacher_years["year"] == year - 1]
    if now.empty or before.empty:
        raise UserError(
            f"pay: no rows of {year} or of {year - 1}; choose another year of the model"
        )
    limits = _limits(records, own, year, first_post_year, growth).loc[now["district_id"]]
    choices = _choices(records.teacher_years, before, now, year)
    choices["value_added"] = choices["teacher_id"].map(value_added).to_numpy(float)
    made = {}
    for market in np.unique(now["market"]):
        places = np.flatnonzero(now["market"] == market)
        rows = choices[np.isin(choices["origin"], places)]
        made[int(market)] = _market(int(market), year, rows, now.loc[places], limits.iloc[places])
    return made


def _choices(people, before, now, year: int) -> pd.DataFrame:
    """Teachers of the year before with the numbers of both districts; others are left out."""
    index = pd.Index(now["district_id"])
    after = people[people["year"] == year].set_index("teacher_id")["district_id"]
    rows = before.assign(origin=index.get_indexer(before["district_id"]))
    rows = rows[rows["origin"] >= 0].copy()
    place = rows["teacher_id"].map(after)
    rows["destination"] = index.get_indexer(place)
    left = (rows["exits"] == 1).to_numpy() & place.isna().to_numpy()
    rows.loc[left, "destination"] = EXIT
    market, to = now["market"].to_numpy(), rows["destination"].to_numpy()
    inside = (to >= 0) & (market[np.maximum(to, 0)] == market[rows["origin"].to_numpy()])
    kept = left | inside
    log.info(
        "two-sided model of %d: %d teachers; %d left out who went to another market or district, "
        "%d who are not in the sample",
        *(year, kept.sum(), (~kept & place.notna().to_numpy()).sum()),
        (~kept & place.isna().to_numpy()).sum(),
    )
    return rows[kept]


def _limits(records, own, year: int, first_post_year: int, growth: str) -> pd.DataFrame:
    """Budget [$1,000] and capacity of each district (section 7.2).

    Budget: last year's wage bill by the growth of salaries before Act 10. Capacity: pupils by the
    mean of teachers a pupil until then, counted among the teachers of the sample.
    """
    bill = own.pivot(index="district_id", columns="year", values="wage_bill")
    pupils = own.pivot(index="district_id", columns="year", values="enrolment")
    pre = [one for one in bill.columns if one < first_post_year]
    each = (bill[pre[-1]] / bill[pre[0]]) ** (1 / (len(pre) - 1))
    total = records.districts.groupby("year")["wage_bill"].sum()
    state = (total[pre[-1]] / total[pre[0]]) ** (1 / (len(pre) - 1))
    rate = each if growth == "district" else state
    staff = records.teacher_years.groupby(["district_id", "year"]).size().unstack()
    ratio = (staff.reindex(pupils.index)[pre] / pupils[pre]).mean(axis=1)
    return pd.DataFrame({"budget": bill[year - 1] * rate / 1000, "capacity": pupils[year] * ratio})


def _market(market: int, year: int, rows, places, limits) -> MarketRecords:
    number = np.full(int(places.index.max()) + 2, EXIT)
    number[places.index] = np.arange(len(places))
    latitude, longitude = places["latitude"].to_numpy(), places["longitude"].to_numpy()
    return MarketRecords(
        market=market,
        year=year,
        teacher_ids=rows["teacher_id"].to_numpy(str),
        value_added=rows["value_added"].to_numpy(float),
        seniority=rows["seniority"].to_numpy(float),
        master=(rows["degree"] == "MA").to_numpy(float),
        degree=rows["degree"].to_numpy(str),
        origin=number[rows["origin"]],
        destination=number[rows["destination"]],
        district_ids=places["district_id"].to_numpy(str),
        regime=places["regime"].to_numpy(str),
        miles=distance_miles(latitude[:, None], longitude[:, None], latitude, longitude),
        poor_percent=100 * places["disadvantaged"].to_numpy(float),
        urban=(places["location"] == "urban").to_numpy(float),
        budget=limits["budget"].to_numpy(float),
        capacity=limits["capacity"].to_numpy(float),
    )
