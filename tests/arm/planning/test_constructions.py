"""Constructions of everyday English: each is understood whole, asked about or refused; and they combine."""

import pytest

from neuralbrain.arm.planning.grammar import parse
from neuralbrain.arm.planning.interpreter import GrammarInterpreter
from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.planning.goal import Goal
from tests.arm.motor.harness import PANDA
from tests.arm.planning.toy import obj, scene


@pytest.mark.parametrize(
    ("sentence", "meaning"),
    [
        # the same said again, of something named before
        ("one block, any block, into the blue bowl", "put a block in the blue bowl"),
        ("put two blocks, any two, in the blue bowl", "put two blocks in the blue bowl"),
        ("put the red one, the ball, into the blue bowl", "put the red ball in the blue bowl"),
        ("both of them, the cubes, into the blue bowl", "put the two blocks in the blue bowl"),
        # what for what, likeness, shapes and fractions
        (
            "use the purple bowl, not the blue one, for the green block",
            "put the green block in the purple bowl",
        ),
        (
            "put the block with the same colour as the ball in the purple bowl",
            "put the block of the same color as the ball in the purple bowl",
        ),
        ("put the round ones in the blue bowl", "put all round objects in the blue bowl"),
        ("give the blue block an eighth of a turn", "turn the blue block by 45 degrees"),
        (
            "whatever isn't red and isn't a bowl, drop it in the purple bowl",
            "put all objects except the red object and the bowl in the purple bowl",
        ),
        ("make sure no block is on top of another one", "put all blocks on the table"),
        (
            "build a tower of all three with the blue one in the middle",
            "stack the three blocks with the blue block in the middle",
        ),
        # corrections within a clause
        (
            "take the green block, sorry, I mean the yellow one, and put it in the purple bowl",
            "put the yellow block in the purple bowl",
        ),
        (
            "put the green block in the drawer. oh, I said green but I meant red",
            "put the red block in the drawer",
        ),
        ("red ball into the blue bowl, make that the green block", "put the green block in the blue bowl"),
        # names
        (
            "drop the ball into whichever bowl is closest to it",
            "put the ball in the bowl nearest to the ball",
        ),
        ("pick up whatever is on the red block", "pick up all objects lying on the red block"),
        ("put the top block of the tower on the blue one", "put the block on top on the blue block"),
        ("put the second block from the left in the bowl", "put the block second from the left in the bowl"),
        ("the two leftmost blocks go in the blue bowl", "put the two blocks on the left in the blue bowl"),
        (
            "anything that isn't a block or a bowl goes into the blue bowl",
            "put all objects except the block and the bowl in the blue bowl",
        ),
        ("swap the left block with the right one", "swap the block on the left and the block on the right"),
        (
            "take the block that is on the red block and set it down beside the blue block",
            "put the block lying on the red block next to the blue block",
        ),
        ("get the ball nearer to the purple bowl", "put the ball closer to the purple bowl"),
        ("pick up the ball nearer to the bowl", "pick up the ball nearest to the bowl"),
        # places before and after, and what goes without saying
        ("in the blue bowl put the red block", "put the red block in the blue bowl"),
        (
            "into the purple bowl with everything except the ball",
            "put all objects except the ball in the purple bowl",
        ),
        (
            "put the red block in the blue bowl and the ball in the purple one",
            "put the red block in the blue bowl ; put the ball in the purple bowl",
        ),
        (
            "stack yellow on red and then green on top of that",
            "put the yellow object in or on the red object ; put the green object in or on the yellow object",
        ),
        (
            "move the green block to the left of the red block, and the yellow one to its right",
            "put the green block left of the red block ; put the yellow block right of the red block",
        ),
        (
            "red goes to green's spot, green goes to where red was, just the blocks",
            "swap the red block and the green block",
        ),
        # wishes, modals and courtesies
        (
            "I'd like you to put the red block between the green and yellow blocks",
            "put the red block between the green block and the yellow block",
        ),
        (
            "would it be possible for the red block to go into the bowl on the left?",
            "put the red block in the bowl on the left",
        ),
        ("how about stacking all three blocks?", "stack the three blocks"),
        ("make sure the drawer is shut", "close the drawer"),
        ("can the block go on the red area?", "put the block on the red zone"),
        ("pick up the red block in the bowl", "pick up the red block lying in the bowl"),
        ("take the red block into the bowl", "put the red block in the bowl"),
        (
            "take the red block from the blue bowl to the table",
            "put the red block lying in the blue bowl on the table",
        ),
        # numbers and the rest
        (
            "I want one block in the blue bowl and the other two in the purple bowl",
            "put a block in the blue bowl, then put the two blocks except a block in the purple bowl",
        ),
        ("put one red block on top of the other", "build a tower of 2 blocks"),
        ("throw a couple of blocks in the blue bowl for me, would you", "put two blocks in the blue bowl"),
        (
            "shift the green block a couple of inches to the right",
            "move the green block 5.08 cm to the right",
        ),
        # corrections and what does not matter
        (
            "put the red block in the bowl, actually make that the green block",
            "put the green block in the bowl",
        ),
        ("not the red ball, the red block, in the purple bowl", "put the red block in the purple bowl"),
        ("put a block in the blue bowl, any one will do", "put a block in the blue bowl"),
        (
            "put any block on the red block, just not the blue one",
            "put a block except the blue object on the red block",
        ),
        # building
        (
            "restack them with red on top, blue in the middle and green at the bottom",
            "stack the green block, then the blue block, then the red block, from the bottom up",
        ),
        (
            "use the yellow block as the base and build a tower out of all three",
            "stack the three blocks on the yellow block",
        ),
        ("stack both red blocks on the blue one", "stack the two red blocks on the blue object"),
        (
            "I'd like the blocks in a line, yellow furthest left, then green, then red",
            "line up the yellow block, the green block, the red block, from left to right",
        ),
        (
            "arrange the blocks in a row with the red one on the left",
            "line up the red block, all blocks except the red block, from left to right",
        ),
        (
            "turn the tower around so that the red block is on the green one",
            "put the red block on the green block",
        ),
        ("put the middle block on the left one", "put the block in the middle on the block on the left"),
        (
            "make a tower out of the three blocks with yellow at the bottom",
            "stack the three blocks on the yellow block",
        ),
        (
            "make a row of blocks: red, green, yellow",
            "line up the red block, the green block, the yellow block, from left to right",
        ),
        # what is left alone, forbidden, or was said first
        (
            "leave the ball where it is and put everything else in the blue bowl",
            "put all objects except the ball in the blue bowl",
        ),
        (
            "don't put the ball in the blue bowl, put it in the purple one",
            "put the ball in the purple bowl",
        ),
        (
            "put the leftmost red block in the red bowl and the other one in the blue bowl",
            "put the red block on the left in the red bowl ; "
            "put the red block except the red block on the left in the blue bowl",
        ),
        # order
        (
            "put the red block in the drawer, then take it back out and close the drawer",
            "put the red block in the drawer ; put the red block on the table ; close the drawer",
        ),
        ("pick up the red and the green block", None),
        (
            "put the red block and the green block on the table, then put them in the bowl",
            "put the red block on the table ; put the green block on the table ; put the red block in "
            "the bowl ; "
            "put the green block in the bowl",
        ),
        # what does not matter, is said beside the point, or is misspelt
        ("pop one block, doesn't matter which, into the purple bowl", "put a block in the purple bowl"),
        ("just pick up any block you like", "pick up a block"),
        ("please sort these: balls in the blue bowl", "put all balls in the blue bowl"),
        ("rotate the green block a little, say thirty degrees", "turn the green block by 30 degrees"),
        (
            "cna you pcik up teh gren block",
            "pick up the green block (I took 'can' for 'cna', 'pick' for 'pcik', 'the' for 'teh' and "
            "'green' for 'gren')",
        ),
        # how it should be, and what is said first
        (
            "neither red block may stay on the table, put them in the bowls, one in each",
            "share all red blocks between all bowls, one in each",
        ),
        ("the blocks all go in bowls, whichever bowl you like", "share all blocks between all bowls"),
        ("In the purple bowl I want the ball.", "put the ball in the purple bowl"),
        ("the green block, put it on the yellow one", "put the green block on the yellow block"),
        ("I'd be happy if the ball ended up in the blue bowl", "put the ball in the blue bowl"),
        # towers, told in any order
        (
            "make me a stack with red at the bottom, then blue, then green on top",
            "stack the red block, then the blue block, then the green block, from the bottom up",
        ),
        (
            "blue at the bottom, green in the middle, red on top",
            "stack the blue block, then the green block, then the red block, from the bottom up",
        ),
        (
            "stack the blocks in the order green, blue, red from bottom to top",
            "stack the green block, then the blue block, then the red block, from the bottom up",
        ),
        (
            "swap the red block and the green block so that red ends up on top",
            "put the red object on the green block",
        ),
        # corrections, and going on
        (
            "put the red block, sorry, I mean the green block, in the purple bowl",
            "put the green block in the purple bowl",
        ),
        (
            "put the green block on the red block, actually forget that and just pick up the ball",
            "pick up the ball",
        ),
        (
            "push the box into the red zone and from there into the green zone",
            "push the box to the red zone ; put the box on the green zone",
        ),
        (
            "stack the red block on the yellow block, then the green block on the red block",
            "put the red block on the yellow block ; put the green block on the red block",
        ),
        (
            "put the red block in the drawer, then the green one, then close it",
            "put the red block in the drawer, then put the green block in the drawer, then close the drawer",
        ),
        (
            "put both the red block and the red ball in the purple bowl",
            "put the red block in the purple bowl ; put the red ball in the purple bowl",
        ),
        (
            "put a red block in the red bowl and a red block in the blue bowl",
            "put a red block in the red bowl, then put a red block except a red block in the blue bowl",
        ),
        (
            "swap the red block and the ball, then swap them back",
            "swap the red block and the ball ; swap the red block and the ball",
        ),
        # things by what they are like, and what is not heard of
        ("pick up the block that stands alone", "pick up the block that stands alone"),
        ("the red thing that can roll goes into the blue bowl", "put the red round object in the blue bowl"),
        ("unless there is a wombat here, pick up the ball", "pick up the ball"),
        ("if there are more than two blocks, pick up the ball", "pick up the ball"),
    ],
)
def test_what_is_said_in_many_ways_is_understood(sentence: str, meaning: str | None) -> None:
    if meaning is None:
        with pytest.raises(InstructionError):
            parse(sentence)
        return
    found = " ; ".join(map(str, GrammarInterpreter().interpret(sentence)))
    assert found == meaning


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("put that away", "What do you mean"),
        ("push it", "Where"),
        ("get the red block in the bowl", "2 ways"),
        ("put the cylinder in the bowl next to the yellow block", "2 ways"),
        ("shift the red block a little", "How far"),
        ("put the third block in the bowl", "From which side"),
        ("turn the red block", "How far"),
        ("pass me that thing", "What should I take"),
    ],
)
def test_what_lacks_something_is_asked_for_it(sentence: str, words: str) -> None:
    with pytest.raises(AmbiguityError, match=words):
        parse(sentence)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("open the blue bowl", "I cannot open or close the blue bowl, only the drawer."),
        ("lift the purple bowl", "cannot pick up the purple bowl"),
        ("put the red block under the blue bowl", "under or over"),
        ("hand me the red block", "cannot hand anything over"),
        ("put at least two blocks in the bowl", "from 'least' on"),
        ("the red block is in the blue bowl", "do not understand"),
        ("put neither block in the drawer", "nothing should be done"),
        ("two piles: red on green", "only in part"),
    ],
)
def test_what_is_beyond_it_is_refused_with_a_reason(sentence: str, words: str) -> None:
    with pytest.raises(InstructionError, match=words) as caught:
        parse(sentence)
    assert not isinstance(caught.value, AmbiguityError)


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("no, the other bowl!", "put the red block in the bowl except the blue bowl"),
        ("into the purple one instead", "put the red block in the purple bowl"),
        ("now the green one too", "put the green block in the blue bowl"),
        ("put it back where you got it from", "put the red block back as it was"),
    ],
)
def test_what_was_asked_for_last_is_corrected_and_gone_on_with(said: str, meaning: str) -> None:
    interpreter = GrammarInterpreter()
    before = interpreter.interpret("put the red block in the blue bowl")
    assert " ; ".join(map(str, interpreter.interpret(said, before))) == meaning


@pytest.mark.parametrize(
    "sentence",
    [
        "put the green block inside the red block",
        "put the red block in the ball",
        "put the red block on the blue bowl",
        "put the red block on top of the drawer",
    ],
)
def test_nothing_is_put_in_what_is_not_hollow_or_on_what_is(sentence: str) -> None:
    with pytest.raises(InstructionError, match="not hollow|only in it"):
        parse(sentence)


def test_any_block_is_another_than_the_one_it_is_put_on() -> None:
    blocks = scene(obj("green_block", 0.5, -0.1), obj("red_block", 0.5, 0.0), obj("yellow_block", 0.5, 0.1))
    interpreter = GrammarInterpreter()
    interpreter.body = PANDA.schema
    (intention,) = interpreter.interpret("put a block on the red block, just not the green one")
    goal = intention.goal(blocks, (), Goal("", (), ()))
    assert [condition.args for condition in goal.conditions] == [("yellow_block", "red_block")]
