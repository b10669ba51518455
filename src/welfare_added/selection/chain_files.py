"""Chains as files: what is saved continues byte for byte."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from welfare_added.run.errors import UserError
from welfare_added.selection.array_files import write_arrays
from welfare_added.selection.chain import Chain, Schedule, advance, begin, generator
from welfare_added.selection.decision_density import Centring
from welfare_added.selection.model import Model
from welfare_added.selection.preconditioner import Coordinates
from welfare_added.selection.priors import Priors
from welfare_added.selection.state import Scales, State

log = logging.getLogger(__name__)

SCALES = [f.name for f in fields(Scales)]
SPARSE, SPARSE_PARTS = ("spread", "inverse_spread"), ("data", "indices", "indptr")
DENSE = [f.name for f in fields(Coordinates) if f.name not in ("centring", *SPARSE)]


def complete_chain(
    model: Model,
    schedule: Schedule,
    start_from: Priors,
    seed: int,
    number: int,
    path: Path,
    mark: str,
    every: int,
) -> Chain:
    """Run a chain to its end, saved on the way, from where the file leaves off if there is one.

    Parameters
    ----------
    model, schedule, start_from
        System, numbers of sweeps, distribution of the start (see `model.start`).
    seed, number
        Seed of all chains; which of them this is (0, 1, ...).
    path
        Where the chain is saved, at the end too.
    mark
        Digest of all that the chain depends on; a file with another one is refused.
    every
        Sweeps between saves.

    Raises
    ------
    UserError
        If the file is not a chain's, or is one of other data or choices.

    """
    chain = (
        load_chain(path, mark)
        if path.exists()
        else begin(model, start_from, generator(seed, number))
    )
    while chain.done < schedule.sweeps:
        chain = advance(model, chain, schedule, every)
        save_chain(path, chain, mark)
        log.info("sweep %d of %d", chain.done, schedule.sweeps)
    return chain


def finished_chain(
    model: Model,
    schedule: Schedule,
    start_from: Priors,
    seed: int,
    number: int,
    path: Path,
    mark: str,
    every: int,
) -> Chain:
    """As `complete_chain`, but the file is at ``path`` only once the chain is complete.

    Until then it is beside it, as <name>.unfinished.npz; one with another mark, of other data or
    choices, is begun anew.

    Raises
    ------
    UserError
        If the unfinished file is not a chain's.

    """
    unfinished = path.with_suffix(".unfinished.npz")
    if unfinished.exists() and _mark(unfinished) != mark:
        log.warning("%s: of other data or choices, begun anew", unfinished)
        unfinished.unlink()
    complete = complete_chain(model, schedule, start_from, seed, number, unfinished, mark, every)
    unfinished.replace(path)
    return complete


@contextmanager
def _opened(path: Path) -> Iterator[np.lib.npyio.NpzFile]:
    """Arrays of a file; what then fails is because it holds no chain: UserError."""
    try:
        with np.load(path, allow_pickle=False) as file:
            yield file
    except UserError:
        raise
    except (OSError, KeyError, ValueError, EOFError) as error:
        raise UserError(f"{path}: not a saved chain ({error}); delete it to start anew") from error


def _mark(path: Path) -> str:
    with _opened(path) as file:
        return str(file["mark"])


def save_chain(path: Path, chain: Chain, mark: str = "") -> None:
    """Write a chain as an npz file."""
    arrays = _state_arrays("state", chain.state)
    for number, state in enumerate(chain.effects):
        arrays |= _state_arrays(f"effects{number}", state)
    if chain.coordinates is not None:
        arrays |= _coordinate_arrays(chain.coordinates)
    generator = json.dumps(chain.rng.bit_generator.state, sort_keys=True)
    counts = np.array([chain.done, chain.accepted, len(chain.effects)])
    arrays |= {
        "generator": np.array(generator),
        "mark": np.array(mark),
        "counts": counts,
        "centre": chain.centre,
        "early": chain.early,
        "draws": chain.draws,
    }
    write_arrays(path, arrays)


def load_chain(path: Path, mark: str | None = None) -> Chain:
    """Read a chain; mark: that it must have, or None.

    Raises
    ------
    UserError
        If the file is missing, is not a chain's, or was saved with another mark.

    """
    with _opened(path) as file:
        arrays = {name: file[name] for name in file.files}
        if mark is not None and str(arrays["mark"]) != mark:
            raise UserError(f"{path}: a chain of other data or choices; delete it to start anew")
        rng = np.random.Generator(np.random.PCG64())
        rng.bit_generator.state = json.loads(str(arrays["generator"]))
        done, accepted, effects = map(int, arrays["counts"])
        return Chain(
            state=_state("state", arrays),
            rng=rng,
            done=done,
            accepted=accepted,
            centre=arrays["centre"],
            coordinates=_coordinates(arrays),
            early=arrays["early"],
            draws=arrays["draws"],
            effects=tuple(_state(f"effects{number}", arrays) for number in range(effects)),
        )


def _state_arrays(prefix, state):
    arrays = {f"{prefix}.scales": np.array([getattr(state.scales, name) for name in SCALES])}
    names = [f.name for f in fields(State) if f.name != "scales"]
    return arrays | {f"{prefix}.{name}": np.asarray(getattr(state, name)) for name in names}


def _state(prefix, arrays):
    scales = dict(zip(SCALES, map(float, arrays[f"{prefix}.scales"]), strict=True))
    names = [f.name for f in fields(State) if f.name not in ("scales", "school_mean")]
    return State(
        scales=Scales(**scales),
        school_mean=float(arrays[f"{prefix}.school_mean"]),
        **{name: arrays[f"{prefix}.{name}"] for name in names},
    )


def _coordinate_arrays(coordinates):
    arrays = {f"coordinates.{name}": getattr(coordinates, name) for name in DENSE}
    for name in SPARSE:
        for part in SPARSE_PARTS:
            arrays[f"coordinates.{name}.{part}"] = getattr(getattr(coordinates, name), part)
    return arrays | {
        "coordinates.weight": coordinates.centring.weight,
        "coordinates.log_sd": np.array(coordinates.centring.log_sd),
    }


def _coordinates(arrays):
    if "coordinates.mode" not in arrays:
        return None
    centring = Centring(arrays["coordinates.weight"], float(arrays["coordinates.log_sd"]))
    dense = {name: arrays[f"coordinates.{name}"] for name in DENSE}
    latents = (len(dense["mode"]),) * 2
    sparse = {
        name: csr_array(
            tuple(arrays[f"coordinates.{name}.{part}"] for part in SPARSE_PARTS), shape=latents
        )
        for name in SPARSE
    }
    return Coordinates(centring, **dense, **sparse)
