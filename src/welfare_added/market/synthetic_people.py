"""The raw table of the synthetic platform's applicants, put together from who applies when."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.market.synthetic_applicants import (
    draw_cycle_teachers,
    draw_homes,
    draw_others,
)

TRAITS = ["gender", "ethnicity", "masters", "experience"]


def draw_applicants(
    inputs, market: pd.DataFrame, cycles: range, size: Mapping, parameters: Mapping, rng
) -> tuple[pd.DataFrame, np.ndarray]:
    """The raw table of applicants, sorted by cycle and applicant_id; and who lives near Title I.

    inputs: schools, teachers, traits and forecasts of the state. market: its schools, one row each,
    with north and east. parameters: content of parameters.yaml.
    """
    chosen = parameters["applicants"]
    share = chosen["with_value_added_in_district"]
    places = pd.Index(market["school_id"])
    known = []
    for cycle in cycles:
        args = cycle, inputs.forecasts, inputs.teachers, size, share, rng
        rows = draw_cycle_teachers(*args)
        known.append(rows.assign(cycle=cycle, school=places.get_indexer(rows["school_id"])))
    known = pd.concat(known, ignore_index=True).drop(columns="school_id")
    traits = inputs.traits
    pool = traits.loc[~traits["teacher_id"].isin(inputs.teachers["teacher_id"]), "teacher_id"]
    others = draw_others(pool.to_numpy(), cycles, size, chosen, len(market), rng)
    codes, _ = pd.factorize(known["teacher_id"], sort=True)
    known["person"] = others["person"].max() + 1 + codes
    rows = pd.concat([known, others], ignore_index=True)
    rows = rows.sort_values(["cycle", "person"], ignore_index=True)
    person, first = np.unique(rows["person"], return_index=True)
    near = rows["school"].to_numpy()[first]
    homes = draw_homes(near, market, chosen, parameters["schools"]["centre"], rng)
    at = np.searchsorted(person, rows["person"])
    number = rows["person"].astype("str").str.zfill(6)
    school = rows["school"].to_numpy()
    table = pd.DataFrame(
        {
            "applicant_id": "a" + number,
            "cycle": rows["cycle"],
            "teacher_id": rows["teacher_id"],
            "latitude": homes["latitude"].to_numpy()[at],
            "longitude": homes["longitude"].to_numpy()[at],
            "current_position": pd.Series(places.to_numpy()[school]).where(school >= 0, None),
        }
    )
    raw = pd.concat([table, _own_traits(rows, len(person), at, parameters, rng)], axis=1)
    return raw, homes["near_title1"].to_numpy()[at]


def _own_traits(rows: pd.DataFrame, people: int, at: np.ndarray, parameters, rng) -> pd.DataFrame:
    """Traits that the platform itself has: of a few applicants outside the state's records."""
    teachers = parameters["teachers"]
    has = rng.random(people) < parameters["applicants"]["own_traits"]
    female = np.where(rng.random(people) < teachers["female"], "female", "male")
    black, hispanic = teachers["black"]["level"] + 0.1, teachers["hispanic"]["level"] + 0.02
    race = rng.choice(
        ["black", "hispanic", "white"], people, p=[black, hispanic, 1 - black - hispanic]
    )
    masters = (rng.random(people) < teachers["masters"]["level"]).astype(float)
    experience = np.where(rng.random(people) < 0.5, 0, rng.geometric(0.2, people)).astype(float)
    shown = has[at] & rows["teacher_id"].isna().to_numpy()
    values = dict(zip(TRAITS, (female, race, masters, experience), strict=True))
    return pd.DataFrame({name: pd.Series(one[at]).where(shown) for name, one in values.items()})
