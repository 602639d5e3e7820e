"""In real time the brain does not wait: it can be stopped, and the record has how late the answer was."""

from collections.abc import Sequence
from pathlib import Path

from neuralbrain import Simulation
from neuralbrain.agents.oracle.server import Reply, ScriptedServer
from neuralbrain.agents.replay import replay_run
from neuralbrain.messages import ModelCall
from neuralbrain.record.story import Story
from neuralbrain.runtime import Emission
from tests.language_model.brains import RIDDLE, SAYS, episode, simulation

HANGS = Reply(text=SAYS.text, hang=60)
THINKS = Reply(text=SAYS.text, hang=0.5)


def test_a_question_that_was_never_answered_is_counted_and_replayed(tmp_path: Path) -> None:
    def drive(sim: Simulation) -> float:
        while not server.asked:
            sim.step(20)
        sim.step(40)
        sim.say("stop")
        sim.step(100)
        return 0.0

    with ScriptedServer(lambda asked: HANGS).running() as server:
        run = episode(server.url, tmp_path, clock=True, drive=drive, stays=True)
    assert (run.outcome, run.model_calls) == ("halted", 1) and run.model_tokens > 1000
    assert replay_run(run.run_dir).same


def test_a_request_is_counted_once() -> None:
    story = Story()
    observed = Observed()
    with (
        ScriptedServer(lambda asked: THINKS).running() as server,
        simulation(server.url, observers=(story, observed), clock=True) as sim,
    ):
        sim.say(RIDDLE)
        while not len(sim.probe("language_model.reply")):
            sim.step(20)
    assert observed.outcomes == ["under way", "answered"]
    assert (story.model.calls, story.model.tokens) == (1, 102)


class Observed:
    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        found = [emission.message for emission in emissions]
        self.outcomes += [message.outcome for message in found if isinstance(message, ModelCall)]
