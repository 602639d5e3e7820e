"""One sentence said to a brain in a scene, watched by simulator truth."""

from collections.abc import Sequence
from typing import Any

from neuralbrain.agents.advice import Model
from neuralbrain.agents.episode import prepared
from neuralbrain.agents.language.course import Course
from neuralbrain.agents.language.judge import Reply
from neuralbrain.agents.language.predicates import held
from neuralbrain.agents.language.rows import Row
from neuralbrain.arm import FREE
from neuralbrain.envs.tabletop.moment import Moment
from neuralbrain.envs.tabletop.scene import Scene
from neuralbrain.envs.tabletop.truth import Truth
from neuralbrain.messages import Done
from neuralbrain.runtime import Observer
from neuralbrain.runtime.inline import InlineSession
from neuralbrain.simulation import Simulation

LIMIT = 240.0
"""Simulated time for a sentence, s."""
EVERY = 0.2
"""So often the truth is looked at, s."""
AFTER = 1.0
"""So long after the last word the end is looked at, s: what was only just balanced has fallen by then."""
CARRYING = 3
"""After so many looks at a thing in the air it is carried."""
MOST_QUESTIONS = 3
"""So many questions to a sentence are answered."""
YES_OR_NO = ("yes", "no")
TICKS = 2
"""So many ticks after the word nothing may go on."""


def said_to(
    agent: str,
    scene: Scene,
    seed: int,
    row: Row,
    *,
    allow_code: bool = False,
    model: Model | None = None,
    questions: list[str] | None = None,
    observers: Sequence[Observer] = (),
) -> Reply:
    """Say a row's sentence to a brain, inline, in a world that stays, and return what came of it.

    Args:
        agent: The name of a blueprint, or its file.
        scene: What lies on the table.
        seed: Of the run and of the world.
        row: What is said.
        allow_code: Whether paths to code that stand in the agent's file are loaded.
        model: A language model that its cortex asks; None: what the agent's file says.
        questions: Takes what the brain asks, and has it answered; None: a question is the end.
        observers: They see everything that the brain's regions send.

    Raises:
        NeuralBrainError: The brain does not begin, or breaks off.
    """
    brain = prepared(
        agent, FREE, seed, allow_code=allow_code, env_options=scene.options(), stays=True, model=model
    )
    with Simulation(brain, seed=seed, observers=observers, trace=False, history=0) as sim:
        return _Watch(sim).told(row, questions)


class _Watch:
    """Watches a simulation."""

    def __init__(self, sim: Simulation) -> None:
        assert isinstance(sim.session, InlineSession)
        self._sim = sim
        self._brainstem: Any = sim.session.region(sim.blueprint.body)
        self._moments: list[Moment] = []

    def told(self, row: Row, questions: list[str] | None) -> Reply:
        """Say a row's sentence, at its time, and watch until the brain has answered."""
        sim = self._sim
        sim.say(row.after or row.say)
        sim.step()  # before the first tick nothing touches anything
        self._look()
        done, stopped = self._until(carrying=bool(row.after)), None
        while questions is not None and done and done.outcome == "asked" and len(questions) < MOST_QUESTIONS:
            questions.append(done.text)
            sim.say("yes" if done.choices == YES_OR_NO else row.reply or row.say)
            done = self._until(carrying=False)
        if row.after and done is None and self._carries():
            sim.say(row.say)
            sim.step(TICKS)
            self._look()
            stopped = len(self._moments) - 1
            done = self._until(carrying=False)
        self._run(AFTER)
        return Reply(
            outcome=done.outcome if done else "failed",
            text=done.text if done else "",
            moments=self._moments,
            stopped=stopped,
        )

    def _until(self, carrying: bool) -> Done | None:
        """Watch until the brain says something, or, if that is asked, until it carries something."""
        while self._sim.seconds < LIMIT and not (carrying and self._carries()):
            done = self._run(EVERY)
            if done is not None:
                return done
        return None

    def _run(self, seconds: float) -> Done | None:
        done = self._sim.run_until_done(seconds)
        self._look()
        return done

    def _carries(self) -> bool:
        """Whether a thing has been in the air for some looks."""
        last = self._moments[-CARRYING:]
        return len(last) == CARRYING and all(
            any(held(Course([moment]), name) for name in moment.gripped) for moment in last
        )

    def _look(self) -> None:
        truth: Truth = self._brainstem.body.truth
        self._moments.append(truth.moment(self._sim.seconds))
