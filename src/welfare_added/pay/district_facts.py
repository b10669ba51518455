"""Tables 2 and A1: districts before Act 10, by regime."""

import pandas as pd

from welfare_added.pay.frames import PayRecords
from welfare_added.pay.synthetic_districts import GROUPS

REFORM = 2012


def facts_by_regime(records: PayRecords) -> dict[str, float]:
    """Means and SDs over district-years before Act 10 (tables 2 and A1)."""
    own = district_means(records)
    facts = {}
    for regime, group in GROUPS.items():
        mine = own[own["regime"] == regime]
        for name in own.columns.drop(["district_id", "year", "regime", "urban", "suburban"]):
            facts[f"districts.{group}.{name}.mean"] = float(mine[name].mean())
            facts[f"districts.{group}.{name}.sd"] = float(mine[name].std())
        if regime != "none":
            facts[f"districts.{group}.urban"] = float(mine["urban"].mean())
            facts[f"districts.{group}.suburban"] = float(mine["suburban"].mean())
    return facts


def district_means(records: PayRecords) -> pd.DataFrame:
    """One row a district and year before Act 10: the lines of table 2, shares in percent."""
    key = ["district_id", "year"]
    districts = records.districts[records.districts["year"] < REFORM]
    people = records.teacher_years[records.teacher_years["year"] < REFORM]
    years = people["seniority_recorded"]
    columns = {
        "experience": years,
        "ba": (people["degree"] == "BA").astype(float),
        "ma": (people["degree"] == "MA").astype(float),
        "phd": (people["degree"] == "PhD").astype(float),
        "salary": people["salary"],
        "salary_experience_5_or_less": people["salary"].where(years <= 5),
        "salary_experience_over_20": people["salary"].where(years > 20),
    }
    means = people[key].assign(**columns).groupby(key).mean()
    cells = records.cells
    weight = cells["n_pupils"]
    for subject in ("math", "reading"):
        mine = cells["subject"] == subject
        total = (cells["mean_score"] * weight)[mine].groupby([cells[name] for name in key]).sum()
        means[subject] = total / weight[mine].groupby([cells[name] for name in key]).sum()
    made = districts[[*key, "regime"]].assign(
        urban=(districts["location"] == "urban").astype(float),
        suburban=(districts["location"] == "suburban").astype(float),
        property_value_per_pupil=districts["property_value"],
        enrolment=districts["enrolment"].astype(float),
        black_percent=100 * districts["black"],
        disadvantaged_percent=100 * districts["disadvantaged"],
    )
    return made.join(means, on=key)
