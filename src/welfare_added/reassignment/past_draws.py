"""What was known before a year, as draws: a chain on the years before alone (section 6.1)."""

from collections.abc import Mapping

from welfare_added.district.values import RawTables
from welfare_added.reassignment.from_records import YearRecords
from welfare_added.selection.chain import Schedule, advance, begin, generator
from welfare_added.selection.model import Model, state_model
from welfare_added.selection.priors import read_priors
from welfare_added.selection.state import State
from welfare_added.transfers.design import Design
from welfare_added.transfers.past import past_system


def past_states(
    raw: RawTables,
    design: Design,
    own: YearRecords,
    sampler: Mapping,
    schedule: Mapping,
    teams: str,
) -> tuple[Model, tuple[State, ...]] | None:
    """Model and kept states of the years before a year; None if there are none.

    Parameters
    ----------
    raw, design, own
        Of the study; the year.
    sampler
        rankings, priors, start and seed.
    schedule
        Of the chain (`Schedule`): the year is the number of its chain.
    teams
        As of `outcome_sums`.

    """
    if not own.before:
        return None
    vacancies = raw.tables["vacancies"]["year"].to_numpy()
    year = own.year.year
    system = past_system(design, vacancies, year, teams)
    model = state_model(system, sampler["rankings"], read_priors(sampler["priors"]))
    plan = Schedule(**schedule)
    chain = begin(model, read_priors(sampler["start"]), generator(sampler["seed"], year))
    return model, advance(model, chain, plan, plan.sweeps).effects
