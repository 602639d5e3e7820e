"""How a training run is shown: a bar on a terminal, elsewhere a line now and then; and what came of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from neuralbrain.words import counted

if TYPE_CHECKING:
    from neuralbrain.learning.training import Point, Training

LINES = 10
"""So many lines are printed in a run where there is no terminal."""


def described(point: "Point | None") -> str:
    """Say the newest known point of the learning curve in a few words; None: there is none."""
    if point is None:
        return "the first episodes have not all ended yet"
    solved = "" if point.success is None else f", {point.success:.1%} solved"
    return f"mean return {point.mean_return:.4g}{solved}, {point.mean_length:.0f} ticks an episode"


class Silence:
    """Shows nothing."""

    def show(self, steps: int, newest: "Point | None") -> None:
        """Show nothing."""


class Lines:
    """A line for the first point, which says that it works, and then for each tenth of the run.

    Args:
        training: What runs.
        console: Where to.
    """

    def __init__(self, training: "Training", console: Console) -> None:
        self._training, self._console = training, console
        self._told = -1

    def show(self, steps: int, newest: "Point | None") -> None:
        """Print the newest known point if another tenth is done."""
        tenths = self._tenths(steps)
        if tenths > self._told:
            self._told = tenths
            share = min(1.0, steps / self._training.setup.steps)
            self._console.print(f"{share:4.0%}  {described(newest)}", soft_wrap=True)

    def _tenths(self, steps: int) -> int:
        return steps * LINES // self._training.setup.steps


class Bar(Progress):
    """A bar with the pace and the time that is left, between what runs and the newest point.

    Args:
        training: What runs.
        console: Where to.
    """

    def __init__(self, training: "Training", console: Console) -> None:
        self._words = ""  # before the bar itself, which is drawn at once
        super().__init__(
            BarColumn(),
            TaskProgressColumn(show_speed=False),
            TextColumn("{task.fields[pace]}", markup=False),
            TimeRemainingColumn(),
            console=console,
        )
        plan = training.setup
        self._bar = self.add_task(
            f"{plan.env} · seed {plan.seed}",
            total=plan.steps,
            completed=training.moment.steps,
            pace="compiling",
        )

    def get_renderables(self) -> Iterable[RenderableType]:
        """Return the lines: no column of one bar is as long as a name or a sentence."""
        yield from (Text(task.description) for task in self.tasks)
        yield from super().get_renderables()
        yield Text(self._words)

    def show(self, steps: int, newest: "Point | None") -> None:
        """Move the bar."""
        self._words = described(newest)
        self.update(self._bar, completed=steps)
        speed = self.tasks[0].speed
        self.update(self._bar, pace=f"{speed:,.0f} steps/s" if speed else "")


def summary(result: dict[str, Any], console: Console) -> None:
    """Print what came of a run."""
    judged = result["evaluation"]
    lines = {
        "trained": f"{result['steps']:,} robot-steps in {result['env']}",
        "greedy": f"{_told(judged)}, {counted(judged['worlds'], 'fresh world')}",
        "before": f"{_told(result['untrained'])}, with the empty table in the same worlds",
        "table": f"{result['run_dir']}/q_table.npz",
        "report": f"{result['run_dir']}/report.html",
    }
    if result["warnings"]:
        lines = {name: text for name, text in lines.items() if name not in ("table", "report")}
    if judged["unfinished"]:
        lines["cut off"] = f"{judged['unfinished']} of these worlds did not end"
    for name, text in lines.items():
        console.print(f"{name:<9}{text}", soft_wrap=True)


def _told(judged: dict[str, Any]) -> str:
    """Say how a policy did."""
    solved = "" if judged["success"] is None else f"{judged['success']:.1%} solved, "
    mean = f"mean return {judged['mean_return']:.4g} ± {judged['return_error']:.2g}"
    return f"{solved}{mean}, {judged['mean_length']:.1f} ticks"
