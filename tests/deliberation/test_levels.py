"""What a plan says of anomalies is done by who carries it out: the model is not asked again."""

from typing import Any

import pytest

from neuralbrain.arm.motor.skills.base import Action, Outcome, SkillContext
from neuralbrain.arm.motor.skills.place import Place
from tests.deliberation.asking import plan, put, stage
from tests.deliberation.talking import talking

PUT = put("red_block", "blue_bowl")


@pytest.mark.parametrize(
    ("handlers", "tries"),
    [
        ([("retry",)], ["1_1_pick", "1_2_place", "1_2_place"]),
        (
            [("handler", "look hand red_block", *PUT)],
            ["1_1_pick", "1_2_place", "1_1_handler_1_look", "1_1_handler_2_pick", "1_1_handler_3_place"],
        ),
        ([("replan",)], ["1_1_pick", "1_2_place", "1_pick", "1_place"]),
    ],
)
def test_an_anomaly_is_dealt_with_at_its_level(
    handlers: list[Any], tries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, failed = Place.start, []

    def start(self: Place, now: SkillContext) -> Action:
        if failed:
            return begin(self, now)
        failed.append(True)
        return Outcome(False, "it was made to fail")

    monkeypatch.setattr(Place, "start", start)
    with talking(lambda _: plan(stage(*PUT, handlers=handlers))) as talk:
        assert talk.say("put the red block in the blue bowl").outcome == "done"
        assert len(talk.calls) == 1
        assert [told.verdict for told in talk.deliberated] == ["accepted"]
        assert [step for step in talk.tries if step not in ("look", "see")] == tries
