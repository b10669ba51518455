"""One chain: pilot, burn-in, kept draws; it can be saved and continued byte for byte.

Pilot: plain sweeps, then rounds of moves in coordinates around the mean of the round before. After
it the coordinates are frozen, so that all later draws come from one Markov chain.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from welfare_added.run.errors import UserError
from welfare_added.selection.decision_density import Centring, point_of
from welfare_added.selection.factors import with_all_matches
from welfare_added.selection.hamiltonian import move
from welfare_added.selection.model import Model, start
from welfare_added.selection.parameters import parameter_names, parameter_values
from welfare_added.selection.preconditioner import Coordinates, find_coordinates
from welfare_added.selection.priors import Priors
from welfare_added.selection.published_sweep import published_sweep
from welfare_added.selection.state import State
from welfare_added.selection.sweep import draw_scores, held, sweep

ORDERS = ("collapsed", "published")


@dataclass(frozen=True)
class Schedule:
    """Numbers of sweeps.

    Attributes
    ----------
    plain
        Sweeps before the first round of the pilot, whose second half gives its centre.
    rounds, moves
        Rounds of the pilot and moves of each; without rounds all sweeps are plain.
    burn, kept, thin
        Sweeps that are dropped after the pilot; draws that are kept; one of so many sweeps.
    repeats, lists
        Steps of lists and scores a sweep, which cost little beside the decisions; steps of lists
        before each of scores.
    order
        `collapsed` (`sweep.sweep`), or `published` (`published_sweep`, appendix B), whose rounds
        must be 0.
    effects
        Kept draws of which teachers' and pairs' effects are kept too, evenly spread.

    """

    plain: int
    rounds: int
    moves: int
    burn: int
    kept: int
    thin: int = 1
    repeats: int = 1
    lists: int = 1
    effects: int = 0
    order: str = "collapsed"

    def __post_init__(self) -> None:
        """Refuse numbers that leave a round without a centre, or nothing to keep."""
        least = {"plain": 2, "rounds": 0, "moves": 1, "burn": 0, "kept": 1, "thin": 1}
        least |= {"repeats": 1, "lists": 1, "effects": 0}
        for name, number in least.items():
            if getattr(self, name) < number:
                raise UserError(f"schedule.{name}: {getattr(self, name)}, want {number} or more")
        if self.effects > self.kept:
            raise UserError(f"schedule.effects: {self.effects}, want at most kept ({self.kept})")
        if self.order not in ORDERS:
            raise UserError(f"schedule.order: {self.order}, want one of {', '.join(ORDERS)}")
        if self.order == "published" and self.rounds:
            raise UserError("schedule.rounds: the published order has no moves; want 0")

    @property
    def pilot(self) -> int:
        """Sweeps of the pilot."""
        return self.plain + self.rounds * self.moves

    @property
    def sweeps(self) -> int:
        """All sweeps."""
        return self.pilot + self.burn + self.kept * self.thin


@dataclass(frozen=True)
class Chain:
    """A chain after some sweeps.

    Attributes
    ----------
    state, rng
        Where it is; its generator.
    done, accepted
        Sweeps done; moves accepted since the pilot.
    centre
        Sum of the parameters of decisions over the present round, and their number last.
    coordinates
        Of moves; missing before the first round.
    early
        (sweeps, parameters) of pilot and burn-in so far, as `parameters` orders them.
    draws
        (draws, parameters) kept so far.
    effects
        States kept so far, without utilities.

    """

    state: State = field(repr=False)
    rng: np.random.Generator = field(repr=False)
    done: int
    accepted: int
    centre: np.ndarray = field(repr=False)
    coordinates: Coordinates | None = field(repr=False)
    early: np.ndarray = field(repr=False)
    draws: np.ndarray = field(repr=False)
    effects: tuple[State, ...] = field(repr=False)


def generator(seed: int, chain: int) -> np.random.Generator:
    """Generator of a chain (0, 1, ...): child of the seed's sequence, whatever the other chains."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(chain,))))


def begin(model: Model, start_from: Priors, rng: np.random.Generator) -> Chain:
    """Start a chain (see `model.start`), scores first: lists would meet absurd residuals."""
    state = draw_scores(model, start(model, start_from, rng), rng)
    nothing = np.empty((0, len(parameter_names(model))))
    return Chain(
        state=state,
        rng=rng,
        done=0,
        accepted=0,
        centre=np.zeros(len(state.supply) + len(state.school_effect) + 2),
        coordinates=None,
        early=nothing,
        draws=nothing,
        effects=(),
    )


def advance(model: Model, chain: Chain, schedule: Schedule, sweeps: int) -> Chain:
    """Go on for a number of sweeps, at most to the end of the schedule.

    The chain's generator is used up; the chain that is handed in must not be used again.

    """
    early, values, effects = [], [], list(chain.effects)
    end = min(chain.done + sweeps, schedule.sweeps)
    while chain.done < end:
        chain = _once(model, chain, schedule)
        number = chain.done - schedule.pilot - schedule.burn
        if number <= 0:
            early.append(parameter_values(model, chain.state))
        elif number % schedule.thin == 0:
            values.append(parameter_values(model, chain.state))
            if _keeps_effects(schedule, number // schedule.thin):
                effects.append(_without_utilities(chain.state))
    return replace(
        chain,
        early=_with_rows(chain.early, early),
        draws=_with_rows(chain.draws, values),
        effects=tuple(effects),
    )


def _with_rows(table: np.ndarray, rows: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([table, np.reshape(rows, (len(rows), table.shape[1]))])


def _once(model: Model, chain: Chain, schedule: Schedule) -> Chain:
    done, state, rng = chain.done, chain.state, chain.rng
    chain = _with_coordinates(model, chain, schedule)
    accepted = False
    if chain.coordinates is not None:
        state, accepted = move(held(model, state), chain.coordinates, state, rng)
    if schedule.order == "published":
        state = published_sweep(model, state if done else with_all_matches(model, state, rng), rng)
    else:
        state = sweep(model, state, rng, schedule.repeats, schedule.lists)
    centre = chain.centre
    if schedule.plain // 2 <= done < schedule.pilot:
        here = point_of(state, _uncentred(state))[0]
        centre = centre + np.append(here, 1.0)
    counted = accepted and done >= schedule.pilot
    return replace(
        chain, state=state, done=done + 1, accepted=chain.accepted + counted, centre=centre
    )


def _with_coordinates(model, chain, schedule):
    """New coordinates where a round of the pilot, or what follows the last, begins."""
    since = chain.done - schedule.plain
    if (
        schedule.rounds == 0
        or since % schedule.moves
        or not 0 <= since <= (schedule.rounds * schedule.moves)
    ):
        return chain
    latents = point_of(chain.state, _uncentred(chain.state))[1]
    parameters = chain.centre[:-1] / chain.centre[-1]
    found = find_coordinates(held(model, chain.state), parameters, latents)
    return replace(chain, coordinates=found, centre=np.zeros(len(chain.centre)))


def _uncentred(state):
    return Centring(np.zeros(len(state.eta_u)), 0.0)


def _without_utilities(state):
    nothing = np.empty(0)
    return replace(state, utility=nothing, fallback=nothing, value=nothing)


def _keeps_effects(schedule, draw):
    """Whether the draw (1, 2, ...) is one of those whose effects are kept."""
    of = schedule.effects
    return draw * of // schedule.kept > (draw - 1) * of // schedule.kept
