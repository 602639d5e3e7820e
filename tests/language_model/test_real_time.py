"""In real time the brain does not wait: it can be stopped, and the record has how late the answer was."""

from collections.abc import Sequence
from pathlib import Path

from neuralbrain import Simulation
from neuralbrain.agents.oracle.server import Reply, ScriptedServer
from neuralbrain.agents.replay import replay_run
from neuralbrain.agents.talk import watched
from neuralbrain.messages import ModelCall, ModelReply
from neuralbrain.record.log import read_log
from neuralbrain.record.story import Story
from neuralbrain.runtime import Emission
from tests.language_model.brains import ANSWER, RIDDLE, SAYS, episode, simulation

HANGS = Reply(text=SAYS.text, hang=60)
THINKS = Reply(text=SAYS.text, hang=0.5)


def test_time_goes_on_while_the_model_thinks_and_stop_works_at_once() -> None:
    with ScriptedServer(lambda asked: HANGS).running() as server, simulation(server.url, clock=True) as sim:
        sim.say(RIDDLE)
        while not server.asked:
            sim.step(20)
        sim.step(200)
        assert not sim.done and not len(sim.probe("language_model.reply"))
        (call,) = sim.probe("language_model.call")
        assert call.message.outcome == "under way"  # type: ignore[attr-defined]
        before = sim.tick
        sim.say("stop")
        done = sim.run_until_done()
        assert done is not None and done.outcome == "halted" and sim.tick - before < 100
        sim.say("hello")  # and it listens
        assert sim.run_until_done() is not None
    assert len(server.asked) == 1


def test_the_record_says_how_late_the_answer_was_and_is_replayed(tmp_path: Path) -> None:
    with ScriptedServer(lambda asked: THINKS).running() as server:
        run = episode(server.url, tmp_path, clock=True, drive=watched)
    assert (run.outcome, run.answer.endswith(ANSWER), run.model_calls) == ("said", True, 1)
    found = read_log(Path(run.run_dir) / "episode.mcap", kinds={"model_reply"})
    (reply,) = (emission.message for emission in found)
    assert isinstance(reply, ModelReply) and reply.late >= 5
    assert replay_run(run.run_dir).same


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
