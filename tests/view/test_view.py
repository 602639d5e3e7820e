"""A run that is watched: the second body's pictures, and that watching changes nothing."""

import json
import threading
import urllib.request
from typing import Any

import gymnasium
import pytest

from neuralbrain.agents.talk import Person, talk
from neuralbrain.simulation import Simulation
from neuralbrain.view import View
from tests.agents.arm import ENV, waving_brain

SEED = 3


def watch(url: str, seen: list[dict[str, Any]]) -> threading.Thread:
    def read() -> None:
        with urllib.request.urlopen(url + "events", timeout=60) as stream:
            for line in stream:
                if line.startswith(b"data: "):
                    seen.append(json.loads(line.removeprefix(b"data: ")))

    thread = threading.Thread(target=read)
    thread.start()
    return thread


def test_a_page_shows_the_act_and_changes_nothing() -> None:
    seen: list[dict[str, Any]] = []
    person = Person()
    with View("an arm", person.say) as view:
        thread = watch(view.url, seen)
        assert view.wait_for_page(10)
        with (
            Simulation("frankenbot", "tabletop-place", SEED, observers=[view]) as sim,
            view.showing(sim.blueprint),
        ):
            post = urllib.request.Request(view.url + "say", b'{"text": "put the red block in the red bowl"}')
            urllib.request.urlopen(post, timeout=10).close()
            threading.Timer(6.0, person.leave).start()
            talk(sim, person, paced=True)
            trace, ticks, said = sim.result.trace, sim.tick, sim.injections
        view.close("ended")
    thread.join()
    pictures = [event["picture"] for event in seen if "picture" in event]
    assert len(set(pictures)) > 1  # how many, depends on the machine
    assert {event["note"] for event in seen if event["note"]} == {"live"}
    words = {arrow["word"]: arrow for arrow in seen[-1]["arrows"]}
    assert set(words) == {"left", "right", "in front", "behind"}
    assert all(0 < share < 1 for arrow in words.values() for share in (*arrow["start"], *arrow["end"]))
    states = [node["state"] for event in seen if event["plan"] for node in event["plan"]["nodes"]]
    assert {"running", "succeeded", "waiting"} <= set(states)
    assert seen[-1]["over"] == "ended"
    with Simulation("frankenbot", "tabletop-place", SEED) as alone:
        for injection in said:
            alone.session.advance(injection.tick)
            alone.session.inject(injection.region, injection.port, injection.message)
        alone.session.advance(ticks)
        assert alone.result.trace == trace


@pytest.mark.parametrize(("lag", "live"), [(0.5, True), (0.4, False)])
def test_a_second_body_that_does_not_do_the_same_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, lag: float, live: bool
) -> None:
    spec = gymnasium.envs.registration.EnvSpec(ENV, entry_point="tests.agents.arm:ToyArmEnv")
    monkeypatch.setitem(gymnasium.registry, ENV, spec)
    seen: list[dict[str, Any]] = []
    with View("a toy") as view:
        thread = watch(view.url, seen)
        assert view.wait_for_page(10)
        brain = waving_brain().configured("brainstem", env=ENV, env_seed=SEED)
        with Simulation(brain, seed=SEED, observers=[view]) as sim:
            other = sim.blueprint.configured(sim.blueprint.body, env_options={"lag": lag})
            with view.showing(other):
                sim.run_to_end()
    thread.join()
    assert seen[-1]["note"] == ("live" if live else "no longer live")
