"""Facts of a state and rules of its preparation that the paper states in its text."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.pay.frames import PayRecords

GRADES_BELOW_HIGH = 9  # a school whose highest grade is below it is a middle or elementary school
GRADES_BELOW_MIDDLE = 6


def state_facts_of(
    records: PayRecords, named: Mapping[str, str], matched: pd.Series, year: int
) -> dict[str, float]:
    """Facts of districts in one year.

    Parameters
    ----------
    records
        From `prepare`.
    named
        district_id of green_bay and chippewa_falls; facts of districts that are not there are
        left out.
    matched
        district_id of the matched sample, of both regimes.
    year
        Spring.

    Returns
    -------
    dict
        pupils_per_district (mean of all years), green_bay_rank (by pupils), matched_pupils_percent
        (of all pupils), chippewa_falls_pupils, _disadvantaged_percent, _elementary_schools,
        _middle_schools, _high_schools (by the grades in which they have pupils).

    """
    districts = records.districts
    now = districts[districts["year"] == year].set_index("district_id")
    pupils = now["enrolment"]
    share = pupils[pupils.index.isin(matched)].sum() / pupils.sum()
    facts = {
        "pupils_per_district": float(districts["enrolment"].mean()),
        "matched_pupils_percent": float(100 * share),
    }
    if named.get("green_bay") in pupils:
        facts["green_bay_rank"] = float((pupils > pupils[named["green_bay"]]).sum() + 1)
    if named.get("chippewa_falls") in pupils:
        own = now.loc[named["chippewa_falls"]]
        schools = _schools(records.composition, named["chippewa_falls"], year)
        made = {
            "pupils": own["enrolment"],
            "disadvantaged_percent": 100 * own["disadvantaged"],
            **{f"{level}_schools": number for level, number in schools.items()},
        }
        facts |= {f"chippewa_falls_{name}": float(value) for name, value in made.items()}
    return facts


def _schools(composition: pd.DataFrame, district: str, year: int) -> dict[str, int]:
    """Number of schools of a district by level of their highest grade."""
    own = composition[(composition["district_id"] == district) & (composition["year"] == year)]
    top = own.groupby("school_id")["grade"].max()
    elementary, below = top < GRADES_BELOW_MIDDLE, top < GRADES_BELOW_HIGH
    return {
        "elementary": int(elementary.sum()),
        "middle": int((below & ~elementary).sum()),
        "high": int((~below).sum()),
    }
