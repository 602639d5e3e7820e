"""``train world-model`` and ``dream check``: learn a model of a world, and see how far it can be trusted."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from neuralbrain.arguments import HIGHEST_SEED
from neuralbrain.cli.episode import AllowCode

Seed = Annotated[int, typer.Option(min=0, max=HIGHEST_SEED, help="The seed of all random numbers.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else.")]

app = typer.Typer(no_args_is_help=True, help="Dreams: worlds as a learned model has them.")


@app.callback()
def _dream() -> None:
    """Dreams: worlds as a learned model has them."""


def world_model(
    env: Annotated[str, typer.Option(help="An id or short name of `envs`, or any Gymnasium id.")],
    steps: Annotated[int, typer.Option(min=100, help="Real steps, of a random policy.")] = 60_000,
    seed: Seed = 0,
    updates: Annotated[int, typer.Option(min=1, help="Updates of the weights.")] = 2500,
    hidden: Annotated[int, typer.Option(min=1, max=4096, help="The size of an object's LSTM.")] = 16,
    components: Annotated[int, typer.Option(min=1, max=64, help="Components of each mixture.")] = 24,
    dropout: Annotated[float, typer.Option(min=0.0, max=0.95, help="In training.")] = 0.05,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE, a parameter of the environment.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder that holds the runs' folders.")] = Path("runs"),
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
    as_json: Json = False,
) -> None:
    """Learn a model of a world from episodes of a random policy; leaves world_model.npz and episodes.npz."""
    from neuralbrain.cli.terminal import progress, results, say_json
    from neuralbrain.cli.train import setting
    from neuralbrain.environments import find_environment, task_name
    from neuralbrain.learning.dream.episodes import at_random, collected
    from neuralbrain.learning.dream.file import dream_of
    from neuralbrain.learning.dream.fit import Judged, base_rates, fit
    from neuralbrain.learning.dream.model import new_model
    from neuralbrain.learning.dream.source import source
    from neuralbrain.record.folder import new_folder

    full = find_environment(env)
    world = source(full, dict(map(setting, settings or ())))
    folder = new_folder(out, f"world-model-{task_name(full)}", seed, datetime.now())
    console = progress()
    if not quiet:
        console.print(f"collecting {steps:,} real steps")
    episodes = collected(world, at_random(world, seed), steps, seed)
    episodes.save(folder / "episodes.npz", full)
    told = [0]

    def show(judged: Judged) -> None:
        tenth = 10 * judged.updates // updates
        if tenth > told[0] and not quiet:
            told[0] = tenth
            console.print(f"{tenth:>3}0%  held-out loss {judged.total:.4g}, of ends {judged.ending:.4g}")

    model = new_model(world, episodes, hidden, components, seed)
    fitted = fit(model, world, episodes, updates=updates, dropout=dropout, seed=seed, show=show)
    last = fitted.curve[-1]
    dream = dream_of(world, fitted.model, episodes, dropout=dropout, seed=seed, updates=last.updates)
    path = folder / "world_model.npz"
    dream.save(path)
    outcome: dict[str, Any] = {
        "model": str(path),
        "env": full,
        "seed": seed,
        "real_steps": episodes.steps,
        "episodes": episodes.number,
        "base": base_rates(episodes),
        "stopped": fitted.stopped,
        "curve": [asdict(one) for one in fitted.curve],
    }
    if as_json:
        say_json(outcome)
    else:
        lines = results()
        lines.print(f"learned   {episodes.steps:,} real steps, {episodes.number:,} episodes of {full}")
        lines.print(f"ends      loss {last.ending:.4f}, of the base rate {outcome['base']['ending']:.4f}")
        lines.print(f"model     {path}", soft_wrap=True)
    if fitted.stopped:
        typer.echo(f"warning: {fitted.stopped}; the last good model is kept", err=True)


@app.command()
def check(
    model: Annotated[Path, typer.Argument(help="The world_model.npz that `train world-model` left.")],
    seed: Seed = 0,
    mask: Annotated[str, typer.Option(help="Dropout in the dream: none, episode or step.")] = "none",
    dropout: Annotated[float, typer.Option(help="The chance that an entry is left out then.")] = 0.1,
    temperature: Annotated[float, typer.Option(help="How uncertain the dream is.")] = 1.0,
    shift: Annotated[float, typer.Option(help="Added to the logit of an end.")] = 0.0,
    episodes: Annotated[int, typer.Option(min=2, help="With each of the 32 policies, in either world.")] = 16,
    as_json: Json = False,
    allow_code: AllowCode = False,
) -> None:
    """Say how far a dream can be trusted, with the real steps that this took; exit status 1: not at all."""
    from rich.table import Table

    from neuralbrain.cli.terminal import busy, results, say_json
    from neuralbrain.learning.dream.check import check as checked
    from neuralbrain.learning.dream.file import load_dream
    from neuralbrain.learning.dream.rules import Settings

    dream = load_dream(model, allow_code=allow_code)
    settings = Settings(mask=mask, dropout=dropout, temperature=temperature, shift=shift)
    with busy("dreaming, and looking at the real world", as_json):
        found = checked(dream, settings, seed=seed, episodes=episodes)
    if as_json:
        say_json({"model": str(model), "env": dream.manifest.env, "seed": seed, **found.as_data()})
    else:
        table = Table("", "real", "dream", title=f"a dream of {dream.manifest.env}")
        table.add_row("a random policy lives, ticks", *(f"{value:.1f}" for value in found.lives))
        table.add_row("a random policy earns", *(f"{value:.4g}" for value in found.earns))
        results().print(table)
        losses = Table("loss in unseen episodes", "model", "base rate")
        losses.add_row("end", *(f"{value:.4f}" for value in found.ending))
        losses.add_row("reward", *(f"{value:.4g}" for value in found.reward))
        losses.add_row("one step", f"{found.surprise:.3f}", "")
        results().print(losses)
        fidelity = "none" if found.fidelity is None else f"{found.fidelity:.2f}"
        halves = "none" if found.agreement is None else f"{found.agreement:.2f}"
        results().print(
            f"fidelity {fidelity} over 32 policies, of two halves of the real episodes {halves}; "
            f"{found.real_steps:,} real steps"
        )
        verdict = "; ".join(found.reasons)
        results().print(
            f"it carries no signal: {verdict}" if verdict else "it carries a signal", soft_wrap=True
        )
    if found.reasons:
        raise typer.Exit(1)
