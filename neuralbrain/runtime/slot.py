"""A region's place in its group: when it fires, what waits for it, whom it feeds, its chain of digests."""

import contextlib
import pickle
import time
from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from neuralbrain.clock import next_firing
from neuralbrain.errors import ContractError, NeuralBrainError, told
from neuralbrain.messages import Message, Stop
from neuralbrain.region import Inbox, Outbox
from neuralbrain.runtime.trace import Chain
from neuralbrain.wiring import Projection, RegionSpec, first_fault

Entry = tuple[int, int, int, str, Message]
"""arrival tick, rank of the projection, sequence, input port, message. It sorts into delivery order: the
rank orders projections by their source first, and rank and sequence together are unique. What is injected
has a rank below all projections."""

PROTOCOL = 5
"""Of pickle: from 5 on a read-only array comes back read-only, as arrays in messages must."""


FAULTS = (Exception, SystemExit, GeneratorExit)
"""What a region may raise, and is named for: all but an interruption, which is a person's. ``sys.exit(0)`` in
a region would else end the run with the status of a success."""


def explained(error: BaseException, region: str, tick: int, doing: str = "") -> NeuralBrainError:
    """Return an error that names region and tick.

    Args:
        error: What was raised. Ours stays what it is, with a note if it does not name the region itself.
        region: Whose it was.
        tick: When.
        doing: In what, if not in `step`: " in reset".
    """
    if isinstance(error, ValidationError):  # of a message, as a rule: what it is of stands in its title
        error = ContractError(
            f"region {region!r} failed at tick {tick}{doing}: a {error.title} cannot be: {first_fault(error)}"
        )
    elif not isinstance(error, NeuralBrainError):
        error = ContractError(f"region {region!r} failed at tick {tick}{doing}: {told(error)}")
    elif repr(region) not in str(error):
        error.add_note(f"region {region!r}, tick {tick}")
    error.place = tick, region
    return error


@contextlib.contextmanager
def named(region: str, tick: int, doing: str) -> Iterator[None]:
    """Name the region and the tick in whatever is raised inside; see `explained`."""
    try:
        yield
    except NeuralBrainError as error:
        explained(error, region, tick, doing)
        raise
    except FAULTS as error:
        raise explained(error, region, tick, doing) from error


def of_all(errors: Iterable[NeuralBrainError]) -> NeuralBrainError | None:
    """Return the first of several errors, with the others as its notes; None for none."""
    first = None
    for error in errors:
        if first is None:
            first = error
        else:
            first.add_note(f"then {error}")
    return first


class Route:
    """One projection, as its sender sees it."""

    __slots__ = ("delay", "group", "port", "rank", "region", "target")

    def __init__(self, rank: int, projection: Projection, group: str, target: "Slot | None") -> None:
        self.rank, self.delay, self.port = rank, projection.delay, projection.target_port
        self.region, self.group = projection.target_region, group
        self.target = target  # None: it is in another group


class Slot:
    """A region with its firing times, its inbox to come, its routes and its chain of digests.

    Args:
        spec: The region, as the blueprint describes it.
        timed: Whether to measure its wall time.
    """

    __slots__ = (
        "chain",
        "firings",
        "name",
        "pending",
        "period",
        "phase",
        "ports",
        "region",
        "spent",
        "step",
    )

    def __init__(self, spec: RegionSpec, timed: bool) -> None:
        with named(spec.name, 0, " while it was made"):
            self.region = spec.build()
        self.step = self._timed_step if timed else self.region.step
        self.name, self.period, self.phase = spec.name, spec.period, spec.phase
        self.pending: dict[int, Inbox] = {}
        # A Stop's type is left out, so that it takes the careful path, which ends the run.
        self.ports: dict[str, tuple[type[Message] | None, list[Route]]] = {
            port: (None if kind is Stop else kind, []) for port, kind in self.region.outputs.items()
        }
        self.chain = Chain()
        self.firings = 0
        self.spent = 0.0

    def _timed_step(self, tick: int, inbox: Inbox) -> Outbox:
        """Let the region fire, and measure it."""
        begun = time.perf_counter()
        out = self.region.step(tick, inbox)
        self.spent += time.perf_counter() - begun
        return out

    def put(self, entry: Entry) -> None:
        """Keep an entry for the firing that will see it."""
        due = entry[0] if self.period == 1 else next_firing(entry[0], self.period, self.phase)
        waiting = self.pending.get(due)
        if waiting is None:
            self.pending[due] = Inbox((entry,))
        else:
            waiting.append(entry)

    def get_state(self, tick: int) -> bytes:
        """Return all that this region's later firings and its digest depend on.

        Pickled at once: so it shares nothing with the region that goes on, and travels as it is.

        Raises:
            ContractError: The region's state cannot be had or pickled.
        """
        waiting = [entry for inbox in self.pending.values() for entry in inbox[:]]
        with named(self.name, tick, " in get_state"):
            whole = (self.region.get_state(), waiting, self.chain.get_state(), self.firings, self.spent)
            return pickle.dumps(whole, PROTOCOL)

    def set_state(self, state: bytes, tick: int) -> None:
        """Go on from what `get_state` returned, in this process or another.

        Raises:
            ContractError: The region does not take it.
        """
        with named(self.name, tick, " in set_state"):
            own, waiting, chain, self.firings, self.spent = pickle.loads(state)
            self.region.set_state(own)
        self.chain.set_state(chain)
        self.pending.clear()
        for entry in waiting:
            self.put(entry)
