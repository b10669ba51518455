"""A city of its own for tests: raw tables as a user might have them, not made by the package.

Own names of columns, scores from 0 to 900, twelve schools, identifiers with leading zeros, names
with accents, tiers given with the application, no points that break ties, no enrolments; some
applications are incomplete and some lists have gaps.
"""

from pathlib import Path

import numpy as np
import pandas as pd

YEARS = range(2018, 2022)
SCHOOLS = {
    **{"Lycée Éluard": 60, "Nordschule Ü": 75, "Saint-Exupéry": 40, "Åsgård": 40, "Peña": 40},
    **{"Łódź": 35, "Côte d'Or": 35, "O'Higgins & Co": 35, "Ñuñoa": 30, "Zürich": 30, "007": 30},
    "Dvořák": 25,
}
INDICATORS = ("income", "education", "two_parent", "english", "owner", "isat")
COLUMNS = {
    "applicants": {
        "application_year": "Fall",
        "applicant_id": "PupilNo",
        "tract": "HomeTract",
        "composite_score": "Points900",
        "race": "Ethnicity",
        "frpl": "Lunch",
        "tier": "TierOfRecord",
    },
    "choices": {
        "application_year": "Fall",
        "applicant_id": "PupilNo",
        "rank": "Place",
        "school_id": "Wanted",
    },
    "schools": {"application_year": "Fall", "school_id": "School", "seats": "Offers"},
    "tracts": {"year": "Fall", "tract": "TractNo", "children": "Kids", "income": "MedianIncome"},
}
# What a user changes in the paper's choices.
CHOICES = {
    "district": {"columns": COLUMNS, "name": "Villeneuve"},
    "years": {"studied": 2021, "predicted": [2018, 2020], "cohorts": [2018, 2020]},
    "score": {"lowest": 0, "highest": 900, "high": 85},
    "plans": {"tuned_at": ["Lycée Éluard", "Nordschule Ü"]},
    "levers": {"vintage": ["tier_2020", "tier_2021"], "open_share": [0, 0.3, 1], "tiers": [1, 4]},
    "frontiers": {"largest": 20},
}
CANARY = "canarypupil"


def own_tables(applicants: int = 800, seed: int = 7) -> dict[str, pd.DataFrame]:
    """Tables by name, columns named as in the package; ``applicants`` a year."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    tracts = _tracts(rng)
    parts = [_applicants(rng, tracts[tracts["year"] == year], year, applicants) for year in YEARS]
    lists = [_lists(rng, one) for one in parts]
    schools = [
        pd.DataFrame(
            {"application_year": year, "school_id": [*SCHOOLS], "seats": [*SCHOOLS.values()]}
        )
        for year in YEARS
    ]
    table = pd.concat(parts, ignore_index=True)
    for column, number in {"composite_score": 15, "race": 5, "frpl": 5, "tract": 8}.items():
        table.loc[rng.choice(len(table), number, replace=False), column] = None
    table.loc[table["tract"].isna(), "tier"] = np.nan
    choices = pd.concat(lists, ignore_index=True)
    gaps = rng.choice(np.flatnonzero(choices["rank"] == 2), 10, replace=False)
    return {
        "applicants": table,
        "choices": choices.drop(index=gaps).reset_index(drop=True),
        "schools": pd.concat(schools, ignore_index=True),
        "tracts": tracts,
    }


def _tracts(rng: np.random.Generator) -> pd.DataFrame:
    number = 80
    wealth = rng.uniform(size=number)
    of_tract = {
        name: (0.7 * wealth + 0.3 * rng.uniform(size=number)).round(4) for name in INDICATORS
    }
    city = pd.DataFrame(
        {
            "tract": [f"{place:05d}" for place in range(1, number + 1)],
            "children": rng.integers(60, 400, number),
            "community_area": [f"Quartier {place % 9}" for place in range(number)],
            **of_tract,
            "rooms_per_home": (3 + 3 * wealth + rng.normal(0, 0.3, number)).round(2),
        }
    )
    score = city[[*INDICATORS]].mean(axis=1).rank(pct=True)
    city["tier"] = np.ceil(4 * score).astype(int)
    return pd.concat([city.assign(year=year) for year in YEARS], ignore_index=True)


def _applicants(
    rng: np.random.Generator, tracts: pd.DataFrame, year: int, number: int
) -> pd.DataFrame:
    home = tracts.iloc[rng.integers(0, len(tracts), number)].reset_index(drop=True)
    wealth = home[[*INDICATORS]].mean(axis=1).to_numpy()
    minority = rng.uniform(size=number) < 0.85 - 0.7 * wealth
    poor = rng.uniform(size=number) < 0.75 - 0.5 * wealth + 0.15 * minority
    points = 700 + 130 * wealth - 25 * minority - 20 * poor + rng.normal(0, 75, number)
    races = np.where(
        minority,
        rng.choice(["black", "hispanic"], number),
        rng.choice(["white", "asian", "other"], number, p=[0.6, 0.3, 0.1]),
    )
    return pd.DataFrame(
        {
            "application_year": year,
            "applicant_id": [f"{CANARY}{year}{place:05d}" for place in range(number)],
            "tract": home["tract"],
            "composite_score": np.rint(points).clip(0, 900),
            "race": races,
            "frpl": poor.astype(float),
            "tier": home["tier"].astype(float),
        }
    )


def _lists(rng: np.random.Generator, applicants: pd.DataFrame) -> pd.DataFrame:
    """Up to six schools each, those of many seats wanted more."""
    appeal = np.log(np.array([*SCHOOLS.values()], dtype=float)) * 3
    rows = []
    for year, one in zip(applicants["application_year"], applicants["applicant_id"], strict=True):
        wanted = np.argsort(-(appeal + rng.gumbel(size=len(SCHOOLS))))[: rng.integers(1, 7)]
        rows += [(year, one, rank, [*SCHOOLS][at]) for rank, at in enumerate(wanted, 1)]
    return pd.DataFrame(rows, columns=["application_year", "applicant_id", "rank", "school_id"])


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write tables with the user's own names; the tracts as parquet, all others as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        named = table.rename(columns=COLUMNS.get(name, {}))
        if name == "tracts":
            named.to_parquet(folder / "tracts.parquet")
        else:
            named.to_csv(folder / f"{name}.csv", index=False)
