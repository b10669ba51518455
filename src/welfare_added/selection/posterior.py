"""What the chains say together: draws, moments with diagnostics, and effects."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.selection.chain import Chain
from welfare_added.selection.chain_files import load_chain
from welfare_added.selection.diagnostics import diagnose, diagnostics_table
from welfare_added.selection.model import Model
from welfare_added.selection.parameters import parameter_names, prior_widths, told_by_prior_alone
from welfare_added.selection.state import State

PRIOR_DRAWS = 2000  # of which the width of a prior is taken
# How the names of what lists tell of begin.
OF_LISTS = (
    *("demand", "sd phi", "sd eta_v"),
    *("correlation theta phi", "correlation eta_y eta_v", "correlation eta_u eta_v"),
)
# How the names of effects of single schools begin.
OF_SCHOOLS = ("outcomes: school_", "school effect ")
TRACED = ("supply: inertia", "sd eta_u", "sd eta_y", "sd theta", "sd eta_v", "sd phi")


def read_chains(paths: Sequence[Path | str]) -> list[Chain]:
    """Complete chains, in the order of the paths."""
    return [load_chain(Path(path)) for path in paths]


def joint_draws(chains: Sequence[Chain]) -> np.ndarray:
    """Kept draws of all chains, (chains, draws, parameters).

    Raises
    ------
    UserError
        If the chains are not of one length.

    """
    lengths = {len(chain.draws) for chain in chains}
    if len(lengths) != 1:
        raise UserError(f"chains of {sorted(lengths)} draws; want one length")
    return np.array([chain.draws for chain in chains])


def posterior_table(model: Model, chains: Sequence[Chain], seed: int, least: float) -> pd.DataFrame:
    """Moments and diagnostics of every parameter (`diagnostics.diagnostics_table`).

    Parameters of which no decision and no score tells anything are marked as the prior's.

    Parameters
    ----------
    model, chains
        Prepared system, and its chains.
    seed
        Of the draws from priors whose widths are compared.
    least
        Effective draws below which a parameter is marked.

    """
    names = parameter_names(model)
    widths = prior_widths(model, PRIOR_DRAWS, np.random.default_rng(seed))
    table = diagnostics_table(joint_draws(chains), names, widths, least)
    table["prior"] |= table["parameter"].isin(told_by_prior_alone(model))
    return table


def traces(
    model: Model, chains: Sequence[Chain], every: int, names: Sequence[str] = TRACED
) -> pd.DataFrame:
    """Some parameters along the chains: parameter, chain, draw, value.

    draw: 1 for the first that is kept, 0 and below in pilot and burn-in; one of ``every``.

    """
    columns, rows = parameter_names(model), []
    for number, chain in enumerate(chains):
        first = 1 - len(chain.early)
        values = np.concatenate([chain.early, chain.draws])
        place = np.arange(0, len(values), every)
        for name in names:
            one = values[place, columns.index(name)]
            rows.append(
                pd.DataFrame(
                    {"parameter": name, "chain": number, "draw": first + place, "value": one}
                )
            )
    return pd.concat(rows, ignore_index=True)


def beside_truth(table: pd.DataFrame, truth: pd.Series | None) -> pd.DataFrame:
    """A table of parameters with a column truth, empty where nothing was planted."""
    planted = pd.Series(dtype=float) if truth is None else truth
    return table.assign(truth=planted.reindex(table["parameter"]).to_numpy())


def without_schools(table: pd.DataFrame) -> pd.DataFrame:
    """A table of parameters without effects of single schools, of which no exhibit tells."""
    single = table["parameter"].str.startswith(OF_SCHOOLS)
    return table[~single].reset_index(drop=True)


def of_lists(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Parameters of which lists tell, by likelihood: rankings, and the columns of the tables."""
    rows = [
        own[own["parameter"].str.startswith(OF_LISTS)].assign(rankings=name)
        for name, own in tables.items()
    ]
    table = pd.concat(rows, ignore_index=True)
    return table[["rankings", *table.columns.drop("rankings")]]


def orders_table(model: Model, ours: Chain, published: Chain, thin: int) -> pd.DataFrame:
    """Effective draws (bulk) in 1,000 sweeps of one chain in each order of a sweep.

    ours, published: complete chains; thin: of ours. Returns parameter, ours, published.
    """
    table = pd.DataFrame(
        {
            "parameter": parameter_names(model),
            "ours": _per_thousand(ours, thin),
            "published": _per_thousand(published, 1),
        }
    )
    return without_schools(table)


def _per_thousand(chain: Chain, thin: int) -> np.ndarray:
    bulk = np.array([diagnose(values[None, :]).bulk for values in chain.draws.T])
    return bulk * 1000 / (len(chain.draws) * thin)


def kept_states(chains: Sequence[Chain]) -> list[State]:
    """States whose effects were kept, chain by chain."""
    return [state for chain in chains for state in chain.effects]


def mean_effectiveness(states: Sequence[State]) -> np.ndarray:
    """Posterior mean of teachers' general effectiveness theta, (T,)."""
    return np.mean([state.theta for state in states], axis=0)
