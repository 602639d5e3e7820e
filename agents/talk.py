"""A talk: a person says sentences to a brain, at rest or in the middle of an act, and it answers.

The world stands still while the brain is at rest and the person thinks. While it acts the person is heard all
the same: a brain is never more than `STEP` ahead of what was said last.
"""

import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue

from neuralbrain.simulation import Simulation
from neuralbrain.words import legible

STEP = 0.2
"""So far a brain runs before the person is listened to again, s of simulated time."""
PATIENCE = 1800.0
"""For so long an answer is waited for, s of simulated time: a brain may be deaf to a sentence."""
STOP = "stop"
FAREWELLS = ("", "quit", "exit")


class Person:
    """Who talks: a script of sentences, or somebody who is heard at any moment, from any thread.

    Args:
        first: What is said before anything else; None for nothing.
        script: Sentences, each said when the last one is answered; None: somebody is there to `say` them.
    """

    def __init__(self, first: str | None = None, script: Iterator[str] | None = None) -> None:
        self._words: SimpleQueue[str | None] = SimpleQueue()  # its put may stand in a signal handler
        self._script, self._acting, self._calls = script, False, 0
        if first is not None:
            self._words.put(first)

    def say(self, text: str) -> None:
        """Say something, now."""
        self._words.put(text)

    def leave(self) -> None:
        """End the talk, now."""
        self._words.put(None)

    def call(self) -> bool:
        """Take in a Ctrl-C: the first stops an act, the second ends; whether there was something to stop."""
        self._calls += 1
        if self._calls > 1:
            self.leave()
        elif self._acting:
            self.say(STOP)
        return self._acting

    def next(self) -> str | None:
        """Wait for the next sentence; None when the person has left."""
        self._acting, self._calls = False, 0
        text: str | None
        try:
            text = self._words.get_nowait()
        except Empty:
            text = next(self._script, None) if self._script is not None else self._words.get()
        self._acting, self._calls = True, 0
        return None if text is None or text.strip().lower() in FAREWELLS else legible(text.strip())

    def word(self, seconds: float) -> str | None:
        """Wait so long for a word while the brain acts; empty for none, None when the person has left."""
        try:
            text = self._words.get(timeout=seconds) if seconds > 0 else self._words.get_nowait()
        except Empty:
            return ""
        return None if text is None or text.strip().lower() in FAREWELLS[1:] else legible(text.strip())


def talk(sim: Simulation, person: Person, *, paced: bool) -> float:
    """Let a person talk with a brain until the person leaves, or everyone has halted.

    Args:
        sim: The brain, in a world that stays.
        person: Who talks.
        paced: Whether the world's time passes no faster than real time, so that one can follow and stop it.

    Returns:
        How long the person thought, s of wall time, while the world stood still.
    """
    thought = 0.0
    while not sim.done:
        begun = time.monotonic()
        text = person.next()
        thought += time.monotonic() - begun
        if text is None:
            break
        sim.say(text)
        if not _answered(sim, person, paced):
            break
    return thought


def _answered(sim: Simulation, person: Person, paced: bool) -> bool:
    """Run until the brain has answered what was said last; False when the person leaves before."""
    patience = sim.seconds + PATIENCE
    while sim.seconds < patience and not sim.done:
        begun, before = time.monotonic(), sim.seconds
        if sim.run_until_done(STEP if paced else PATIENCE) is not None:
            return True
        rest = begun + sim.seconds - before - time.monotonic() if paced else 0.0
        word = person.word(rest)
        if word is None:
            return False
        if word:
            sim.say(word)
            patience = sim.seconds + PATIENCE
    return not sim.done


def watched(sim: Simulation) -> float:
    """Run an episode to its end, no faster than real time; nobody thinks meanwhile."""
    while not sim.done:
        begun, before = time.monotonic(), sim.seconds
        sim.run_for(STEP)
        time.sleep(max(0.0, begun + sim.seconds - before - time.monotonic()))
    return 0.0
