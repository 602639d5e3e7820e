"""A skill that is made to fail: it is tried again, and what fails for good is planned again."""

from neuralbrain.agents.benchmarks.cortex import FAILING, Watch
from neuralbrain.agents.episode import prepared
from neuralbrain.messages import StepStatus
from neuralbrain.runtime import Emission
from neuralbrain.simulation import Simulation


class Tries:
    """Keeps what became of each try to place."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []

    def observe(self, _: int, batch: list[Emission]) -> None:
        """Take in what was sent."""
        for emission in batch:
            match emission.message:
                case StepStatus(skill="place", state="started" | "failed" | "succeeded" as state, attempt=n):
                    self.seen.append((state, n))


def run(share: float) -> tuple[Tries, Watch]:
    blueprint = prepared("frankenbot", "neuralbrain/Tabletop-Place-v0", 3)
    config = blueprint.by_name["cerebellum"].config
    blueprint = blueprint.replaced("cerebellum", FAILING, **{**config, "share": share})
    tries, watch = Tries(), Watch()
    with Simulation(blueprint, seed=3, observers=(tries, watch), history=0) as sim:
        sim.run_to_end()
    return tries, watch


def test_a_try_that_fails_is_tried_again_as_the_plan_allows() -> None:
    tries, _ = run(1.0)
    assert tries.seen[:4] == [("started", 1), ("started", 2), ("started", 3), ("failed", 3)]
    assert all(state != "succeeded" for state, _ in tries.seen)


def test_nothing_fails_where_no_share_is_to_fail() -> None:
    tries, watch = run(0.0)
    assert tries.seen == [("started", 1), ("succeeded", 1)]
    assert watch.skills == 2
