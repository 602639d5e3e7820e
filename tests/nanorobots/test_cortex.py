"""The cortex with a mission: find, then deliver, then the next; and when it is over."""

import pickle

import numpy as np
import pytest

from neuralbrain.nanorobots.messages import Encounter, PathMemory, Phase
from neuralbrain.nanorobots.planning.errands import Errand
from tests import firing
from tests.nanorobots.telling import SURFACE, TREAT, Told


def test_a_robot_finds_delivers_leaves_and_seeks_the_next() -> None:
    told = Told().feel([20])
    assert told.phases == [Phase.SEEK]
    assert told.mission.surface == SURFACE
    assert told.feel([SURFACE], contact=[True]).phases == [Phase.DELIVER]
    assert told.mission.keep.tolist() == [9], "a dose of three of twelve"
    assert told.feel([SURFACE], portions=[11]).phases == [Phase.DELIVER], "not all is given yet"
    assert told.feel([60], portions=[9]).phases == [Phase.LEAVE], "the count has fallen: it is dead"
    assert told.mission.text == "the robot: leave; cells treated: 1; 9 of 12 portions left"
    for _ in range(6):
        told.feel([60], portions=[9])
    assert told.phases == [Phase.SEEK]
    assert told.done is None
    assert told.steps == [
        ("find", "started", 1),
        ("find", "succeeded", 1),
        ("treat", "started", 1),
        ("find", "started", 2),
        ("treat", "succeeded", 1),
    ]


def test_a_cell_that_lives_on_gets_more_one_by_one_and_not_without_end() -> None:
    told = Told(most=5).feel([20]).feel([SURFACE], contact=[True])
    given = []
    for portions in (9, 8, 7, 7):
        told.feel([SURFACE], portions=[portions])
        given.append(12 - int(told.mission.keep[0]))
    assert given[:2] == [4, 5]
    assert told.phases == [Phase.LEAVE]
    assert "cells treated: 0" in told.mission.text


def test_a_cell_that_dies_before_its_dose_is_full_is_treated_all_the_same() -> None:
    told = Told().feel([20]).feel([SURFACE], contact=[True]).feel([60], portions=[11])
    assert told.phases == [Phase.LEAVE]
    assert "cells treated: 1" in told.mission.text


@pytest.mark.parametrize(
    ("molecules", "contact"), [(SURFACE, False), (SURFACE // 2, True), (round(0.9 * SURFACE), True)]
)
def test_neither_touch_nor_count_alone_tells_a_cancer_cell(molecules: int, contact: bool) -> None:
    assert Told().feel([molecules], contact=[contact]).phases == [Phase.SEEK]


def test_a_cell_that_is_lost_is_sought_again() -> None:
    told = Told(holding=20, settling=20).feel([20]).feel([SURFACE], contact=[True])
    told.feel([300]).feel([300])
    assert (told.phases, told.mission.keep.tolist()) == ([Phase.DELIVER], [12]), "no more is let go"
    told.feel([300]).feel([300])
    assert told.phases == [Phase.SEEK]
    assert told.steps[-1] == ("treat", "failed", 1)


@pytest.mark.parametrize(("after", "treated"), [(60, 1), (SURFACE, 0)])
def test_what_is_let_go_as_the_time_for_it_runs_out_counts(after: int, treated: int) -> None:
    told = Told("Treat a cancer cell.", holding=20).feel([20, 20]).feel([SURFACE, 20], contact=[True, False])
    told.feel([SURFACE, 20]).feel([SURFACE, 20])
    assert told.mission.keep.tolist() == [12, 12], "the order is taken back"
    told.feel([after, SURFACE], contact=[False, True], portions=[9, 12])
    assert told.phases[1] == Phase.SEEK, "nobody else treats a cell before it is known what came of it"
    assert (told.done is not None and told.done.outcome == "done") is bool(treated)
    assert f"cells treated: {treated}" in told.mission.text


def test_silence_means_that_all_are_dead_and_says_so() -> None:
    told = Told(silence=40).feel([20]).feel([SURFACE], contact=[True]).feel([0], portions=[9])
    ended = Encounter(robot=0, tick=30, level=1000.0, given=3)
    while told.done is None:
        told.feel([0], portions=[9], memory=lambda tick: remembered(tick, 0, ended))
    assert told.done.success
    assert told.done.text.startswith("I treated 1 cancer cell in ")
    assert told.done.text.endswith("with 3 of 12 portions. Nothing secretes any more.")
    assert firing.said(told.region, told.tick + 10) == {}, "then it is still"


def test_silence_from_the_start_is_no_success() -> None:
    told = Told(silence=20)
    for _ in range(4):
        told.feel([0])
    assert not told.done.success
    assert told.done.text == "I sense nothing that a cancer cell secretes."


def test_it_gives_up_when_all_is_used_up_and_something_still_secretes() -> None:
    told = Told(silence=20, leaving=10).feel([20]).feel([SURFACE], contact=[True], portions=[3])
    for _ in range(6):
        told.feel([50], portions=[0])
    assert not told.done.success
    assert told.done.outcome != "refused"
    assert "The payload is used up" in told.done.text


def remembered(tick: int, best_tick: int, *ended: Encounter) -> PathMemory:
    one, number = np.ones(1, np.float32), np.zeros(1, np.int32)
    return PathMemory(
        tick=tick,
        source="hippocampus",
        best=one,
        best_tick=np.array([best_tick], np.int32),
        distance=one,
        trust=one,
        encounters=number,
        given=number,
        ended=ended,
    )


def test_without_a_better_level_for_long_it_makes_off_and_gives_the_next_search_its_time() -> None:
    told = Told(patience=50, leaving=20)
    seen = [told.feel([20], memory=lambda tick: remembered(tick, 0)).phases[0] for _ in range(12)]
    first = seen.index(Phase.LEAVE)
    assert seen[first : first + 5] == [Phase.LEAVE, Phase.LEAVE, Phase.SEEK, Phase.SEEK, Phase.SEEK]


def test_a_swarm_is_done_when_the_last_has_found_one() -> None:
    told = Told("Find the cancer cell.").feel([20, SURFACE, 30], contact=[False, True, False])
    assert told.phases == [Phase.SEEK, Phase.STAY, Phase.SEEK]
    assert told.mission.text == "2 seek, 1 stay"
    told.feel([SURFACE, SURFACE, 5], contact=[True, False, False])
    assert told.phases == [Phase.STAY, Phase.STAY, Phase.SEEK]
    told.feel([SURFACE, SURFACE, SURFACE], contact=[False, False, True])
    assert told.phases == [Phase.STAY] * 3
    for _ in range(3):
        told.feel([SURFACE] * 3)
        assert told.done is None, "not before the counts have confirmed it"
    told.feel([SURFACE] * 3)
    assert told.done.success
    assert told.done.text == "All 3 robots have found a cancer cell."


def test_a_touch_is_told_by_what_is_counted_after_it_as_well() -> None:
    told = Told("Find the cancer cell.").feel([20]).feel([SURFACE - 90], contact=[True])
    assert told.phases == [Phase.SEEK]
    assert told.feel([SURFACE]).phases == [Phase.STAY]
    told = (
        Told("Find the cancer cell.").feel([20]).feel([20], contact=[True]).feel([20]).feel([20]).feel([20])
    )
    assert told.feel([SURFACE]).phases == [Phase.SEEK], "too long ago"


def test_a_robot_that_is_not_with_a_cancer_cell_after_all_seeks_on() -> None:
    told = Told("Find the cancer cell.").feel([20]).feel([round(0.96 * SURFACE)], contact=[True])
    assert told.phases == [Phase.STAY]
    for _ in range(4):
        told.feel([round(0.96 * SURFACE)])
    assert told.phases == [Phase.SEEK]
    assert told.done is None


@pytest.mark.parametrize(
    ("text", "molecules", "success", "said"),
    [
        ("Find the cell.", [SURFACE, 20], False, "1 of 2 robots has found a cancer cell."),
        (TREAT, [SURFACE, 20], False, "I treated 0 cancer cells with 0 of 24 portions."),
        ("Follow the cell.", [700, 20], False, "1 of 2 robots is near a cancer cell."),
        ("Follow the cell.", [700, 500], True, "2 of 2 robots are near a cancer cell."),
    ],
)
def test_when_the_time_is_nearly_up_it_says_how_far_it_has_come_and_goes_on(
    text: str, molecules: list[int], success: bool, said: str
) -> None:
    told = Told(text)
    for _ in range(6):
        told.feel(molecules, contact=[True, False])
    assert told.done is None
    told.feel(molecules, contact=[True, False], late=True)
    assert told.done.outcome == ("done" if success else "failed")
    assert told.done.text.startswith("The time is up")
    assert told.done.text.endswith(said)
    if text == "Find the cell.":
        for _ in range(6):
            told.feel([SURFACE, SURFACE], contact=[True, True])
        assert (told.done.success, told.done.text) == (True, "All 2 robots have found a cancer cell.")


def test_what_is_a_living_cells_count_is_what_the_body_says() -> None:
    told = Told("Find the cancer cell.", surface=700.0).feel([20]).feel([705], contact=[True])
    assert told.phases == [Phase.STAY]
    assert told.mission.surface == 700.0
    for _ in range(5):
        told.feel([700])
        assert told.done is None, "fewer molecules must be counted for longer"
    told.feel([700])
    assert told.done.success


def test_a_robot_that_is_certain_is_not_made_to_doubt_by_chance() -> None:
    told = Told("Find the cancer cell.").feel([SURFACE, 20], contact=[True, False])
    for _ in range(5):
        told.feel([SURFACE, 20])
    for share, phase in ((0.97, Phase.STAY), (0.94, Phase.SEEK)):
        for _ in range(8):
            told.feel([round(share * SURFACE), 20])
        assert told.phases == [phase, Phase.SEEK], share


def test_the_last_word_is_of_the_end_and_not_of_when_the_time_was_nearly_up() -> None:
    told = Told("Follow the cancer cell.").feel([SURFACE], late=True)
    near = told.done
    assert near.outcome == "done" and near.text.endswith("1 of 1 robot is near a cancer cell.")
    assert told.feel([SURFACE]).done is near, "nothing new is nothing to say"
    told.feel([SURFACE // 10])
    assert told.done.outcome == "failed" and told.done.text.endswith("0 of 1 robot are near a cancer cell.")
    assert told.feel([SURFACE]).done.outcome == "done"


def test_to_follow_has_no_end() -> None:
    told = Told("Follow the cancer cell.")
    for _ in range(9):
        told.feel([SURFACE], contact=[True])
    assert told.phases == [Phase.SEEK]
    assert told.done is None


@pytest.mark.parametrize("text", ["put the red block in the bowl", "kill the healthy cells", "", "cancer"])
def test_a_sentence_that_asks_for_nothing_it_can_do_is_refused(text: str) -> None:
    told = Told(text).feel([20])
    assert told.done.outcome == "refused"
    assert told.mission is None


def test_what_the_body_cannot_do_is_refused_before_anything_moves() -> None:
    empty = Told().feel([20], portions=[0])
    assert empty.done.outcome == "refused"
    assert empty.done.text == "I carry nothing to treat a cell with: I can find one, or follow it."
    assert empty.mission is None
    alone = Told("Find the cancer cells.").feel([20])
    assert alone.done.outcome == "refused" and "I can find a cancer cell" in alone.done.text
    assert Told("Find the cancer cells.").feel([20, 20]).phases == [Phase.SEEK] * 2, "each robot finds one"
    few = Told("Treat the cancer cells with three robots.").feel([20, 20])
    assert few.done.text == "There are only 2 robots."
    many = Told("Treat 13 cancer cells.").feel([20])
    assert many.done.text == "12 portions cannot treat 13 cells: each takes at least one."
    assert Errand("treat", number=3, robots=2).trouble(robots=12, portions=12).startswith("2 portions cannot")
    assert not Errand("treat", number=2, robots=2).trouble(robots=12, portions=12)


def treats_one(told: Told, portions: int, alive: int = 20) -> None:
    """Let a robot that seeks meet a cell and see it die."""
    told.feel([SURFACE], contact=[True], portions=[portions])
    told.feel([alive], portions=[portions - 3])


def test_it_treats_as_many_as_were_asked_for_and_no_more() -> None:
    told = Told("Treat two cancer cells.", leaving=5).feel([20])
    treats_one(told, 12)
    assert told.done is None
    told.feel([20], portions=[9])
    treats_one(told, 9)
    assert told.done.outcome == "done"
    assert told.done.text == "I treated 2 cancer cells with 6 of 12 portions."
    for question, said in (
        ("How many cells have you treated?", "I have seen 2 cancer cells die."),
        ("How many portions do you have left?", "I have 6 of 12 portions left."),
    ):
        assert told.say(question).feel([20], portions=[6]).done.text == said
    fewer = Told("Treat two cancer cells.", leaving=5, silence=20).feel([20])
    treats_one(fewer, 12, alive=0)
    while fewer.done is None:
        fewer.feel([0], portions=[9])
    assert fewer.done.outcome == "failed"
    assert fewer.done.text.endswith("Nothing secretes any more, so there were not 2.")


def test_where_cells_are_counted_one_robot_at_a_time_treats() -> None:
    both = {"contact": [True, True]}
    told = Told("Treat a cancer cell.").feel([20, 20]).feel([SURFACE, SURFACE], **both)
    assert told.phases == [Phase.DELIVER, Phase.SEEK]
    assert Told().feel([20, 20]).feel([SURFACE, SURFACE], **both).phases == [Phase.DELIVER] * 2


def test_some_of_the_robots_go_and_the_others_stay() -> None:
    told = Told("Find a cancer cell with two robots.").feel([20, 20, 20])
    assert told.phases == [Phase.SEEK, Phase.SEEK, Phase.STAY]
    for _ in range(6):
        told.feel([SURFACE, SURFACE, 20], contact=[True, True, False])
    assert (told.done.outcome, told.done.text) == ("done", "2 robots have found a cancer cell.")


def test_one_thing_is_done_after_the_other() -> None:
    told = Told("Treat a cell, then find another.", leaving=5).feel([20])
    treats_one(told, 12)
    assert told.done is None
    for _ in range(6):
        told.feel([SURFACE], contact=[True], portions=[9])
    assert told.done.outcome == "done"
    assert (
        told.done.text == "I treated 1 cancer cell with 3 of 12 portions. The robot has found a cancer cell."
    )


def test_a_question_is_answered_while_the_mission_goes_on() -> None:
    told = Told().feel([20])
    for question, answer in (
        ("What are you doing?", "The mission: the robot: seek; cells treated: 0; 12 of 12 portions left."),
        ("How many cells have you treated?", "I have seen 0 cancer cells die."),
        ("Where are you?", "I do not know where I am"),
        ("Thank you!", "You are welcome."),
        ("What can you do?", "I can find a cancer cell"),
        ("What have you done?", "I have not done anything yet."),
    ):
        told.say(question).feel([20])
        assert told.done.outcome == "said"
        assert told.done.text.startswith(answer)
    assert told.feel([SURFACE], contact=[True]).phases == [Phase.DELIVER]


def test_what_is_not_understood_ends_what_is_at_work() -> None:
    told = Told().feel([20]).feel([SURFACE], contact=[True])
    told.say("Do not treat the cancer cells.").feel([SURFACE])
    assert told.phases == [Phase.STAY]
    assert (told.done.outcome, told.done.text) == ("said", "All right: I do not treat the cancer cells.")
    told.say("What did you do?").feel([20])
    assert told.done.text == "I broke this off: treat the cancer cells."
    told.say("now find it").feel([20])
    assert told.done.outcome == "refused" and 'What is "it"? Named before' in told.done.text


def test_a_slip_is_asked_about_and_the_answer_is_awaited() -> None:
    told = Told("Tret the cancer cells.").feel([20])
    assert (told.done.outcome, told.done.choices) == ("asked", ("yes", "no"))
    told.say("purple").feel([20])
    assert told.done.outcome == "asked" and told.done.text.endswith('Did you mean "treat the cancer cells"?')
    assert told.say("yes").feel([20]).phases == [Phase.SEEK]


def test_its_state_carries_over() -> None:
    told, other = Told().feel([20, 30]).feel([SURFACE, 30], contact=[True, False]), Told()
    other.region.set_state(pickle.loads(pickle.dumps(told.region.get_state())))
    other.tick, other.spoken = told.tick, False
    for feel in ({"portions": [11, 12]}, {"portions": [9, 12]}, {"portions": [9, 12]}):
        told.feel([70, 30], **feel)
        other.feel([70, 30], **feel)
        assert told.phases == other.phases
        assert told.mission.keep.tolist() == other.mission.keep.tolist()
