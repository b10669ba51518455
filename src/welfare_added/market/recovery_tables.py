"""Tables of a small made-up platform: schools, positions, applicants, pairs in true windows."""

import numpy as np
import pandas as pd

from welfare_added.market import features
from welfare_added.market.windows import Windows, overlapping

SEASON = 140  # days
FIRST_YEAR, CYCLES = 2010, 10
SCHOOLS = 120
OPEN_DAYS = (20, 60)  # of a position
SEARCH_DAYS = (3, 40)  # of an applicant
MINUTES_A_UNIT = 40.0  # of distance between points of a unit square
TRAITS = ("black", "hispanic", "female", "masters")


def made_schools(rng: np.random.Generator) -> pd.DataFrame:
    """Shares and class sizes by school and year; a third of the schools are all disadvantaged."""
    poor = np.where(rng.random(SCHOOLS) < 1 / 3, 1.0, rng.beta(1.2, 1.8, SCHOOLS))
    black = np.clip(0.15 + 0.45 * poor + rng.normal(0, 0.15, SCHOOLS), 0.01, 0.9)
    hispanic = (1 - black) * np.clip(0.1 + 0.3 * poor + rng.normal(0, 0.1, SCHOOLS), 0.01, 0.9)
    above = np.clip(0.8 - 0.5 * poor + rng.normal(0, 0.1, SCHOOLS), 0.02, 0.98)
    size = np.clip(24 - 5 * poor + rng.normal(0, 3, SCHOOLS), 10, 34)
    place = rng.random((SCHOOLS, 2))
    rows = []
    for year in range(FIRST_YEAR, FIRST_YEAR + CYCLES):
        wobble = rng.normal(0, 0.03, (4, SCHOOLS))
        shares = np.clip(np.stack([poor, black, hispanic, above]) + wobble, 0, 1)
        shares[0, poor == 1.0] = 1.0
        named = dict(zip(features.SHARE_COLUMNS, shares, strict=True))
        rows.append(
            pd.DataFrame(
                {
                    "school_id": [f"s{number:03d}" for number in range(SCHOOLS)],
                    "year": year,
                    "in_market": True,
                    "students": np.round(size * rng.uniform(8, 20, SCHOOLS)),
                    "class_size": np.clip(size + rng.normal(0, 1.0, SCHOOLS), 8, 36),
                    **named,
                    "title1": (shares[0] > 0.75).astype(int),
                    "latitude": place[:, 0],
                    "longitude": place[:, 1],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def made_positions(rng: np.random.Generator, schools: pd.DataFrame, number: int) -> pd.DataFrame:
    """Positions of schools drawn at random, with days on which they open and close."""
    chosen = schools.iloc[np.sort(rng.integers(len(schools), size=number))]
    table = chosen.drop(columns=["in_market", "students"]).reset_index(drop=True)
    table["open_day"] = rng.integers(0, SEASON, number)
    table["close_day"] = table["open_day"] + rng.integers(*OPEN_DAYS, number)
    return table


def made_applicants(rng: np.random.Generator, schools: pd.DataFrame, number: int) -> pd.DataFrame:
    """Applicants in a year, some of them in several years; two in five are in the district."""
    person = rng.integers(0, max(number * 3 // 4, 1), number)
    once = pd.Series(person).drop_duplicates().to_numpy()
    traits = pd.DataFrame(
        {
            "black": rng.random(len(once)) < 0.3,
            "hispanic": rng.random(len(once)) < 0.12,
            "female": rng.random(len(once)) < 0.8,
            "masters": rng.random(len(once)) < 0.3,
            "inside": rng.random(len(once)) < 0.4,
            "latitude": rng.random(len(once)),
            "longitude": rng.random(len(once)),
        },
        index=once,
    )
    table = traits.loc[person].reset_index(drop=True)
    table["hispanic"] &= ~table["black"]
    table.insert(0, "applicant_id", person)
    table["year"] = np.sort(rng.integers(FIRST_YEAR, FIRST_YEAR + CYCLES, number))
    twice = table.duplicated(["applicant_id", "year"])
    table.loc[twice, "applicant_id"] = number + np.arange(twice.sum())  # one row a person and year
    _add_value_added(rng, table)
    _add_missing(rng, table)
    ids = schools["school_id"].unique()
    where = rng.integers(len(ids), size=number)
    inside = table.pop("inside").to_numpy()
    table["in_district"] = inside.astype(int)
    table["current_school"] = np.where(inside, ids[where], None)
    minutes, unknown = _minutes(table, schools.iloc[where], rng.random(number) < 0.05)
    table["current_minutes"] = np.where(inside, minutes, 0.0)
    table["current_commute_missing"] = np.where(inside, unknown, 0)
    table["start_day"] = rng.integers(0, SEASON - 20, number)
    table["end_day"] = table["start_day"] + rng.integers(*SEARCH_DAYS, number)
    table[list(TRAITS)] = table[list(TRAITS)].astype(int)
    return table


def _add_value_added(rng, table) -> None:
    """Experience, and forecasts for most of those in the district and few others."""
    number = len(table)
    band = rng.choice(4, number, p=[0.4, 0.2, 0.2, 0.2])
    for code, name in enumerate(("experience_2_3", "experience_4_6", "experience_7"), start=1):
        table[name] = (band == code).astype(int)
    has = rng.random(number) < np.where(table["inside"], 0.7, 0.1)
    common, own = rng.normal(size=number), rng.normal(size=(2, number))
    mu = 0.2 * (np.sqrt(0.86) * common + np.sqrt(0.14) * own)
    table["mu_0"], table["mu_1"] = np.where(has, mu, 0.0)
    table["experience_effect"] = np.where(has, np.array([0.0, 0.04, 0.06, 0.07])[band], 0.0)
    table["va_missing"] = (~has).astype(int)


def _add_missing(rng, table) -> None:
    """Traits that newcomers may lack."""
    chance = np.where(table["inside"], 0.0, 0.1)
    race, gender, past = rng.random((3, len(table))) < chance
    table["race_missing"] = race.astype(int)
    table["gender_missing"] = gender.astype(int)
    table["experience_missing"] = past.astype(int)
    table.loc[race, ["black", "hispanic"]] = False
    table.loc[gender, "female"] = False
    table.loc[past, ["experience_2_3", "experience_4_6", "experience_7"]] = 0


def _minutes(homes, places, missing) -> tuple[np.ndarray, np.ndarray]:
    columns = ["latitude", "longitude"]
    distance = homes[columns].to_numpy() - places[columns].to_numpy()
    minutes = np.round(5 + MINUTES_A_UNIT * np.hypot(*distance.T), 1)
    return np.where(missing, 0.0, minutes), missing.astype(np.int8)


def true_pairs(
    rng: np.random.Generator, people: pd.DataFrame, posted: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Pairs of a cycle whose true windows meet; some addresses of homes and schools are unknown."""
    homes = rng.random(len(people)) < 0.04
    ids = pd.Index(schools["school_id"].unique())
    lost = rng.random((len(people), len(ids))) < 0.03
    window = Windows(
        *(people[f"{one}_day"].to_numpy(dtype=float) for one in ("start", "end")),
        *(posted[f"{one}_day"].to_numpy(dtype=float) for one in ("open", "close")),
    )
    found = overlapping(window, people["year"].to_numpy(), posted["year"].to_numpy())
    applicant, position = found.applicant, found.position
    school = ids.get_indexer(posted["school_id"])[position]
    missing = homes[applicant] | lost[applicant, school]
    minutes, unknown = _minutes(people.iloc[applicant], posted.iloc[position], missing)
    return pd.DataFrame(
        {
            "applicant": applicant,
            "position": position,
            "minutes": minutes,
            "commute_missing": unknown,
        }
    )
