"""Who teaches and who applies (table A1), and class sizes by share disadvantaged (figure 2a)."""

import numpy as np
import pandas as pd

from welfare_added.market.platform import Platform
from welfare_added.market.positions import school_years

DECIMALS = 8
EVERYONE = 0.9995  # share disadvantaged from which all students count as disadvantaged
OF_SCHOOL = ("class_size", "share_disadvantaged", "share_black", "share_hispanic")
OF_TEACHER = ("experience", "female", "black", "hispanic", "masters")
# Of applicants: the column that says that a trait is missing.
MISSING = {
    "black": "race_missing",
    "hispanic": "race_missing",
    "female": "gender_missing",
    "experience": "experience_missing",
    "mu_0": "va_missing",
    "mu_1": "va_missing",
}


def samples(platform: Platform, teachers: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Means of teachers and applicants by sample (table A1, as far as the text defines it).

    Parameters
    ----------
    teachers, schools
        Of records.

    Returns
    -------
    DataFrame
        sample (state and market: teacher-years with tested classes; applicants, with_value_added,
        in_district: applicants and cycles; positions), variable, mean, sd, observations (those for
        whom it is known).

    """
    made = sample_values(platform.applicants, platform.positions, teachers, schools)
    parts = [_described(sample, values) for sample, (_, values) in made.items()]
    return pd.concat(parts, ignore_index=True)


def sample_values(
    applicants: pd.DataFrame, positions: pd.DataFrame, teachers: pd.DataFrame, schools: pd.DataFrame
) -> dict[str, tuple[np.ndarray, dict[str, np.ndarray]]]:
    """What table A1 describes, by sample: an identifier a row, and values by variable, or NaN."""
    own = teachers["in_market"].to_numpy(bool)
    features = schools[list(OF_SCHOOL)].iloc[school_years(teachers, schools)]
    made = {}
    for sample, mask in (("state", np.ones(len(own), bool)), ("market", own)):
        values = {name: features[name].to_numpy()[mask] for name in OF_SCHOOL}
        values |= {
            name: teachers[name].to_numpy(float, na_value=np.nan)[mask] for name in OF_TEACHER
        }
        made[sample] = teachers["teacher_id"].to_numpy()[mask], values
    for sample, mask in {
        "applicants": np.ones(len(applicants), bool),
        "with_value_added": (applicants["va_missing"] == 0).to_numpy(),
        "in_district": (applicants["in_district"] == 1).to_numpy(),
    }.items():
        some = applicants[mask]
        made[sample] = some["applicant_id"].to_numpy(), _of_applicants(some)
    names = ("applications", *OF_SCHOOL, "share_above_median", "title1")
    values = {name: positions[name].to_numpy(float, na_value=np.nan) for name in names}
    return made | {"positions": (positions["position_id"].to_numpy(), values)}


def _of_applicants(some: pd.DataFrame) -> dict[str, np.ndarray]:
    values = {name: some[name].to_numpy(float) for name in ("applications", "in_district")}
    values["with_value_added"] = 1 - some["va_missing"].to_numpy(float)
    for name, missing in MISSING.items():
        values[name] = some[name].astype(float).where(some[missing] == 0).to_numpy()
    return values


def _described(sample: str, values: dict[str, np.ndarray]) -> pd.DataFrame:
    table = pd.DataFrame(values).astype(float).agg(["mean", "std", "count"]).T
    table = table.rename(columns={"std": "sd", "count": "observations"})
    table = table.rename_axis("variable").reset_index().round({"mean": DECIMALS, "sd": DECIMALS})
    table.insert(0, "sample", sample)
    return table.astype({"observations": "int64"})


def class_size_bins(teachers: pd.DataFrame, schools: pd.DataFrame, bins: int = 20) -> pd.DataFrame:
    """Class size by share disadvantaged over the market district's teachers (figure 2a).

    Each teacher-year counts with its school's means of that year. Schools whose students are all
    disadvantaged are the last bin; the others are in bins of as many teacher-years each.

    Parameters
    ----------
    teachers, schools
        Of records.

    Returns
    -------
    DataFrame
        bin (from 1), share_disadvantaged, class_size (means), schools (school-years),
        teacher_years, share (of all teacher-years).

    """
    own = teachers[teachers["in_market"].to_numpy(bool)]
    row = school_years(own, schools)
    of_school = schools.iloc[row].reset_index(drop=True).assign(row=row)
    share = of_school["share_disadvantaged"].to_numpy()
    everyone = share >= EVERYONE
    order = np.flatnonzero(~everyone)[np.argsort(share[~everyone], kind="stable")]
    number = np.full(len(share), bins)
    number[order] = np.arange(len(order)) * (bins - 1) // max(len(order), 1) + 1
    table = of_school.groupby(number).agg(
        share_disadvantaged=("share_disadvantaged", "mean"),
        class_size=("class_size", "mean"),
        schools=("row", "nunique"),
        teacher_years=("row", "size"),
    )
    table["share"] = table["teacher_years"] / max(len(share), 1)
    return table.rename_axis("bin").reset_index().round(DECIMALS)
