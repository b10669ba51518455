"""Applicants of every cycle: traits, experience, forecast value added, present position."""

import numpy as np
import pandas as pd

from welfare_added.market.commutes import Commutes
from welfare_added.market.teacher_records import experience_in

FLAGS = {"black": "race_missing", "hispanic": "race_missing", "female": "gender_missing"}
BINS = {"experience_2_3": (2, 3), "experience_4_6": (4, 6), "experience_7": (7, np.inf)}
FORECASTS = ["mu_0", "mu_1", "experience_effect"]
COLUMNS = [
    *("applicant_id", "year", "teacher_id", "in_district", "current_school", "latitude"),
    *("longitude", "black", "hispanic", "female", "masters", "race_missing", "gender_missing"),
    *("experience", *BINS, "experience_missing", *FORECASTS, "va_missing"),
]


def applicant_table(
    applicants: pd.DataFrame, traits: pd.DataFrame, forecasts: pd.DataFrame
) -> pd.DataFrame:
    """Applicants of every cycle with what preferences depend on (Bates et al. 2022, 5.2, 6.1).

    What the platform records of a person counts; what it lacks is taken from the state's records.
    Traits that neither knows are 0, and their indicator of missing is 1.

    Parameters
    ----------
    applicants
        Raw table: applicant_id, cycle, teacher_id, latitude, longitude, current_position, gender,
        ethnicity, masters, experience.
    traits
        Of records, one row a teacher.
    forecasts
        teacher_id, year, mu_0, mu_1, experience_effect [student SD].

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, sorted by year and applicant_id; experience in prior years, missing where
        unknown.

    """
    rows = applicants.rename(columns={"cycle": "year", "current_position": "current_school"})
    rows = rows.sort_values(["year", "applicant_id"], ignore_index=True)
    place = pd.Index(traits["teacher_id"]).get_indexer(rows["teacher_id"])
    of_state = traits.iloc[np.maximum(place, 0)].reset_index(drop=True)
    known = pd.Series(place >= 0)
    rows["in_district"] = rows["current_school"].notna().astype("int64")
    own = {
        "black": (rows["ethnicity"] == "black").where(rows["ethnicity"].notna()),
        "hispanic": (rows["ethnicity"] == "hispanic").where(rows["ethnicity"].notna()),
        "female": (rows["gender"] == "female").where(rows["gender"].notna()),
        "masters": rows["masters"],
    }
    for name, value in own.items():
        value = value.astype("float64").fillna(of_state[name].where(known))
        if name in FLAGS:
            rows[FLAGS[name]] = value.isna().astype("int64")
        rows[name] = value.fillna(0).astype("int64")
    experience = experience_in(of_state, rows["year"]).where(known)
    rows["experience"] = rows["experience"].astype("float64").fillna(experience)
    for name, (low, high) in BINS.items():
        rows[name] = rows["experience"].between(low, high).astype("int64")
    rows["experience_missing"] = rows["experience"].isna().astype("int64")
    return _with_forecasts(rows, forecasts)[COLUMNS]


def _with_forecasts(rows: pd.DataFrame, forecasts: pd.DataFrame) -> pd.DataFrame:
    """Forecasts for the cycle's year; 0 and va_missing 1 where there is none."""
    keys = ["teacher_id", "year"]
    rows = rows.merge(forecasts[[*keys, *FORECASTS]], on=keys, how="left", validate="m:1")
    rows["va_missing"] = rows["mu_0"].isna().astype("int64")
    rows[FORECASTS] = rows[FORECASTS].fillna(0.0)
    return rows


def with_present_commute(rows: pd.DataFrame, commutes: Commutes) -> pd.DataFrame:
    """Add current_minutes and current_commute_missing, 0 and 0 for those not in the district."""
    school = commutes.schools.get_indexer(rows["current_school"])
    here = np.flatnonzero(school >= 0)
    minutes = np.zeros(len(rows))
    minutes[here] = commutes.minutes(here, school[here])
    missing = np.isnan(minutes) | ((school < 0) & (rows["in_district"] == 1).to_numpy())
    return rows.assign(
        current_minutes=np.where(missing, 0.0, minutes), current_commute_missing=missing.astype(int)
    )
