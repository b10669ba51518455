"""The synthetic state: raw tables of staff, scores, districts and handbooks, and their truth."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.pay.frames import DEGREES
from welfare_added.pay.synthetic_cells import draw_cells
from welfare_added.pay.synthetic_districts import draw_districts
from welfare_added.pay.synthetic_files import (
    Consolidated,
    consolidated,
    district_table,
    handbook_table,
    staff_table,
)
from welfare_added.pay.synthetic_moves import CHANCES
from welfare_added.pay.synthetic_schools import draw_schools
from welfare_added.pay.synthetic_teachers import teacher_ids
from welfare_added.pay.synthetic_years import World
from welfare_added.run.options import option_of

STREAMS = (
    *("districts", "posts", "teachers", "schedules", "salaries", "decisions"),
    *("files", "cells", "pupils"),
)


@dataclass(frozen=True)
class SyntheticState:
    """Raw tables of a synthetic state, and the truth behind them.

    Attributes
    ----------
    tables
        As raw_tables.yaml declares them.
    truth
        districts: district_id, name, regime, delta [$]. teachers: teacher_id, value_added
        (standardised), math, reading [pupil SD], lag [years]. teacher_years: teacher_id, year,
        district_id, credited [years], degree, salary (without errors of the file), scheduled (by
        the schedule at recorded years) and value_pay [$], duties; exits, moves (probabilities of
        the end of the year, missing in the last), exits_without, moves_without (likewise, if nobody
        paid for value added). cells: what teachers and effort add to mean scores. parameters: part,
        parameter, value.

    """

    tables: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame] = field(repr=False)


def synthesise_state(
    inputs: Mapping, parameters: Mapping, *, size: str, world: str, seed: int
) -> SyntheticState:
    """Generate a state.

    Parameters
    ----------
    inputs, parameters
        Content of the paper's calibration/inputs.yaml and parameters.yaml.
    size, world
        Names in parameters.yaml.
    seed
        Of all that is drawn.

    Raises
    ------
    UserError
        If there is no such size or world.

    """
    chosen = option_of("pay.world", world, parameters["worlds"])
    size_of = option_of("district.size", size, parameters["sizes"])
    seeds = np.random.SeedSequence(seed).spawn(len(STREAMS))
    streams = dict(zip(STREAMS, map(np.random.default_rng, seeds), strict=True))
    districts = draw_districts(size_of, chosen, inputs, parameters, streams["districts"])
    schools = draw_schools(districts, parameters["schools"])
    state = World(districts, schools, chosen["rule"], inputs, parameters, streams)
    for year in range(state.first, state.last + 1):
        state.live(year)
    years = pd.concat(state.staff, ignore_index=True)
    changed = consolidated(districts, schools, state.first)
    staff = staff_table(years, state, changed, streams["files"])
    teachers = _teachers(state)
    own = staff[(staff["position"] == "teacher") & (staff["substitute"] == 0)]
    scores = draw_cells(
        *(districts, schools, own, teachers, chosen["effort"]),
        inputs,
        parameters,
        streams["cells"],
    )
    tables = {
        "staff": staff,
        "cells": scores.cells,
        "composition": scores.composition,
        "districts": district_table(
            districts, schools, changed, (state.first, state.last), parameters, streams["pupils"]
        ),
        "handbooks": handbook_table(districts),
        "consolidations": changed.table,
    }
    truth = {
        "districts": pd.DataFrame(
            {
                "district_id": districts.ids,
                "name": districts.name,
                "regime": districts.regime,
                "delta": districts.delta,
            }
        ),
        "teachers": teachers,
        "teacher_years": _teacher_years(years, state, changed),
        "cells": scores.truth,
        "parameters": _parameters(chosen, inputs, parameters),
    }
    return SyntheticState(tables, truth)


def _teachers(state: World) -> pd.DataFrame:
    people = state.teachers
    return pd.DataFrame(
        {
            "teacher_id": teacher_ids(np.arange(len(people))),
            "value_added": people.value,
            "math": people.math,
            "reading": people.reading,
            "lag": people.lag,
        }
    )


def _teacher_years(years: pd.DataFrame, state: World, changed: Consolidated) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "teacher_id": teacher_ids(years["teacher"].to_numpy()),
            "year": years["year"],
            "district_id": state.districts.ids[years["district"]],
            "credited": years["credited"],
            "degree": np.array(DEGREES)[years["degree"]],
            "salary": years["salary"],
            "scheduled": years["scheduled"],
            "value_pay": years["value_pay"],
            "duties": years["duties"],
            **{name: years[name] for name in CHANCES},
        }
    )


def _parameters(chosen: Mapping, inputs: Mapping, parameters: Mapping) -> pd.DataFrame:
    """Planted values of the rule by which teachers decide, and of effort."""
    rows = [("effort", name, value) for name, value in chosen["effort"].items()]
    if chosen["rule"] == "structural":
        rows += list(_lines("structural", inputs["structural"]["teachers"]))
        rows += list(_lines("structural", inputs["structural"]["districts"]))
        rows += list(_lines("structural", parameters["structural"]))
    else:
        rows += list(_lines("panel", parameters["panel"]))
        rows.append(("panel", "mover_before", inputs["teachers"]["pre_2011"]["mover"]))
        rows.append(("panel", "exiter_before", inputs["teachers"]["pre_2011"]["exiter"]))
    return pd.DataFrame(rows, columns=["part", "parameter", "value"])


def _lines(part: str, content: Mapping):
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from ((part, f"{name}.{one}", float(v)) for one, v in value.items())
        elif value is not None:
            yield part, name, float(value)
