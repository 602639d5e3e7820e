"""Dreams: how fast they are, and what they save, beside a direct search with as many real steps."""

import time
from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from neuralbrain.agents.benchmarks.table import Cell, Count, Table
from neuralbrain.batch import Rules
from neuralbrain.learning.dream.source import source
from neuralbrain.learning.dream.training import DreamTraining, Plan
from neuralbrain.profile import pinned_jax

TICKS = 100


def measure(steps: Count = 110_000, seeds: Count = 3, worlds: Count = 256, at_once: Count = 1024) -> Table:
    """Train a controller of Dodge in dreams and directly, with as many real steps, and time both worlds.

    Args:
        steps: Real steps of a run in dreams; the direct one may take as many as that took.
        seeds: Runs of each kind.
        worlds: Fresh worlds that judge each run's controller, the same ones for both kinds.
        at_once: Worlds side by side where steps are timed.
    """
    found: dict[str, list[float]] = {"random": [], "direct": [], "dreams": []}
    rows: list[list[Cell]] = []
    refused, rates = 0, {}
    for seed in range(seeds):
        dreamt = _trained(_plan(seed, steps, direct=False))
        direct = _trained(_plan(seed, dreamt.steps, direct=True))
        refused += sum(bool(one.refused) for one in dreamt.moment.rounds)
        score, random = dreamt.evaluate(worlds)
        for name, one in (("random", random), ("dreams", score), ("direct", direct.evaluate(worlds)[0])):
            found[name].append(one.mean_return)
        if dreamt.moment.dream is not None:
            rates = {
                "dream": speed(dreamt.moment.dream.rules(), at_once),
                "world": speed(dreamt.world.batch.rules, at_once),
            }
        for name, run in (("dreams", dreamt), ("direct", direct)):
            rows.append([f"{name}, seed {seed}", f"{run.steps:,}", round(found[name][-1], 1), ""])
    means = {name: interval(values) for name, values in found.items()}
    for name, (middle, half) in means.items():
        rows.append([f"{name}, {seeds} seeds", "", round(middle, 1), f"± {half:.1f}"])
    for name, rate in rates.items():
        rows.append([f"steps/s of the {name}, {at_once:,} at once", "", round(rate), ""])
    (dreams, wide), (alone, narrow) = means["dreams"], means["direct"]
    return Table(
        title="dreams of Dodge (balls), a linear controller: mean ticks survived",
        columns=("what", "real steps", "value", "95 % interval"),
        rows=rows,
        notes=(
            f"each controller in {worlds} fresh worlds; the interval is Student's over runs",
            f"{refused} rounds were refused for want of a signal",
        ),
        reached={
            "dreams beat a direct search with as many real steps, interval apart": (
                dreams - wide > alone + narrow
            ),
            "at least 2 times random after these real steps": dreams >= 2 * means["random"][0],
        },
    )


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean, and half of the 95 % interval by Student's distribution; nan of one value."""
    from scipy.stats import t  # noqa: PLC0415 - it is heavy

    number = len(values)
    if number < 2:
        return float(np.mean(values)), float("nan")
    return float(np.mean(values)), float(t.ppf(0.975, number - 1) * np.std(values, ddof=1) / number**0.5)


@pinned_jax()
def speed(rules: Rules, number: int) -> float:
    """Return steps/s of so many worlds at once, none of which begins again; the best of three."""

    def on(state: Any) -> Any:
        return jax.lax.scan(
            lambda at, _: (jax.vmap(rules.step)(at, jax.numpy.ones(number, int)), None), state, None, TICKS
        )[0]

    state = jax.jit(jax.vmap(rules.reset))(jax.random.split(jax.random.key(0), number))
    run = jax.jit(on)
    taken = []
    for _ in range(4):  # the first time it is compiled
        began = time.perf_counter()
        run(state).tick.block_until_ready()
        taken.append(time.perf_counter() - began)
    return number * TICKS / min(taken)


def _plan(seed: int, steps: int, direct: bool) -> Plan:
    world = source("neuralbrain/Dodge-v0", {"balls": True})
    return Plan(
        env=world.env,
        kwargs=dict(world.kwargs),
        observation_space=str(world.observations),
        action_space=str(world.actions),
        seed=seed,
        steps=steps,
        direct=direct,
    )


def _trained(plan: Plan) -> DreamTraining:
    run = DreamTraining(plan)
    while not run.done:
        run.advance()
    return run
