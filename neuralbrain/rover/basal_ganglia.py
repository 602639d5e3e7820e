"""The rover's basal ganglia: they carry out plans by choosing among behaviours, by a learned table."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from neuralbrain.errors import UnknownNameError
from neuralbrain.learning.table import TableForm, load_table
from neuralbrain.messages import LookRequest, Message, Step
from neuralbrain.region import Inbox
from neuralbrain.regions.step_runner import StepRunner, StepRunnerConfig
from neuralbrain.rover.attempt import LOOK_AROUND, SKILLS, RoverAttempt
from neuralbrain.rover.behaviours import (
    BACKWARDS,
    SEARCHING,
    SIDES,
    TURNING,
    WORDS,
    Behaviour,
    Movement,
    movement,
    wheels,
)
from neuralbrain.rover.local_map import LocalMap
from neuralbrain.rover.messages import BehaviourChoice, Drive, DriveReport, Pose, Proprioception, RoverSchema
from neuralbrain.rover.navigation_state import ENTRIES

WHOLE_TURN = 6.6
"""A little more than a turn, rad: so far is searched."""
VIEWS = 6
"""Pictures of a look around."""
TABLE = TableForm(entries=ENTRIES, actions=(len(Behaviour),), env="Rover-Practice")
"""What it needs of a table."""


class BasalGangliaConfig(StepRunnerConfig):
    """Settings of the basal ganglia.

    Attributes:
        table: The learned table: the name of one that we bring, or its file (*.npz).
        decide: A behaviour is chosen every so many ticks.
        look: On the way a picture is asked for every so many ticks.
        time_limit: A try that has not come to its end or to a claim after so many ticks is given up.
        knock: For so many ticks after the bumper was pressed it counts as pressed of late.
    """

    table: str = "rover"
    decide: int = Field(default=3, ge=1)
    look: int = Field(default=9, ge=1)
    time_limit: int = Field(default=800, ge=1)
    knock: int = Field(default=16, ge=1)


class BasalGanglia(StepRunner[RoverAttempt]):
    """Does the steps of the newest tree by behaviours.

    Every few ticks the table says which behaviour suits what lies ahead, and the rover does it until the next
    choice. To stop is a choice like any other: the step then claims to be done.
    """

    embodiment = "rover"
    inputs: ClassVar[Mapping[str, type[Message]]] = {
        "schema": RoverSchema,
        "proprioception": Proprioception,
        "pose": Pose,
        "report": DriveReport,
        **StepRunner.inputs,
    }
    outputs: ClassVar[Mapping[str, type[Message]]] = {
        "drive": Drive,
        "look": LookRequest,  # before the behaviour: the order is part of the trace
        "behaviour": BehaviourChoice,
        **StepRunner.outputs,
    }
    Config = BasalGangliaConfig
    config: BasalGangliaConfig

    def reset(self, seed: int) -> None:
        """Load the table and forget everything else; nothing here is random.

        Raises:
            UnknownNameError: There is no table of that name.
            RecordError: It cannot be read.
            ConfigurationError: It is damaged, or
            BlueprintError: was learned for something else.
        """
        super().reset(seed)
        self._table = load_table(self.name, self.config.table, TABLE)
        self._around = LocalMap()
        self._knocked = -1000  # when the bumper was pressed last

    def get_state(self) -> dict[str, Any]:
        """Return all but the table, which is a setting."""
        state = super().get_state()
        state.pop("_table", None)  # before the reset there is none
        return state

    def set_state(self, state: Any) -> None:
        """Go on from what `get_state` returned, with the table of the settings."""
        super().set_state(state)
        if state:
            self._table = load_table(self.name, self.config.table, TABLE)

    def _feel(self, inbox: Inbox) -> bool:
        """Keep the map of what is around up to date, and notice the brainstem's reflex."""
        around = self._around
        around.schema = inbox.latest(RoverSchema) or around.schema
        around.scene = self._scene
        around.feel(inbox.of(Proprioception), inbox.of(Pose), self._tick)
        if any("reflex" in report.clamped for report in inbox.of(DriveReport)):
            self._knocked = self._tick
            around.bump(self._tick)
            self._anomaly("reflex", "the bumper was pressed, and the rover drew back")
        return around.ready

    def _try(self, step: Step, number: int) -> RoverAttempt:
        if step.skill not in SKILLS:
            raise UnknownNameError("skill", step.skill, SKILLS)
        return RoverAttempt(step, number, begun=self._tick)

    def _act(self, attempt: RoverAttempt) -> bool:
        """Withdraw, turn round or behave, unless it takes too long."""
        if self._tick - attempt.begun > self.config.time_limit:
            return self._fail(attempt, "it takes too long")
        if attempt.withdraws_until is not None:
            return self._withdraw(attempt, attempt.withdraws_until)
        if attempt.step.skill == LOOK_AROUND:
            return self._turn_round(attempt)
        return (self._tick - attempt.begun) % self.config.decide == 0 and self._behave(attempt)

    def _fail(self, attempt: RoverAttempt, reason: str) -> bool:
        self._halt()
        return super()._fail(attempt, reason)

    # ---- behaviours

    def _behave(self, attempt: RoverAttempt) -> bool:
        """Choose a behaviour and do it until the next choice."""
        assert self._tree is not None
        pressed = self._tick - self._knocked < self.config.knock
        now = self._around.navigation_state(attempt, self._tree.message.locations, pressed)
        behaviour = Behaviour(int(self._table.greedy(now.row())))
        if behaviour is not attempt.behaviour:
            about = attempt.ball or attempt.goal
            self._send("behaviour", BehaviourChoice, behaviour=WORDS[behaviour], about=about)
        attempt.behaviour = behaviour
        attempt.side = SIDES.get(behaviour, attempt.side) if now.known and now.path.side else 0
        if behaviour is Behaviour.STOP:
            return self._arrive(attempt)
        if behaviour is Behaviour.SEARCH:
            attempt.searched += SEARCHING * self.config.decide * self._seconds
            if attempt.searched > WHOLE_TURN:
                names = attempt.ball, attempt.goal
                missing = [name for name in names if name and not self._around.spot(name)]
                return self._fail(attempt, f"lost sight of {' and '.join(missing) or 'where to go'}")
        self._drive(movement(behaviour, now))
        if self._tick - attempt.asked >= self.config.look:
            self._take_picture(attempt)
        return False

    def _arrive(self, attempt: RoverAttempt) -> bool:
        """Stand still and let the result be looked at; away from a ball first, so that it is seen."""
        self._halt()
        if attempt.ball:
            attempt.withdraws_until = self._tick + round(1.2 / self._seconds)
            return False
        return self._show(attempt)

    def _withdraw(self, attempt: RoverAttempt, until: int) -> bool:
        """Back away from the ball."""
        if self._tick < until:
            self._drive((BACKWARDS, 0.0))
            return False
        self._halt()
        return self._show(attempt)

    def _show(self, attempt: RoverAttempt) -> bool:
        """Ask for the picture that shows the result, if there is one to be seen."""
        if not attempt.step.postconditions:
            return self._end(attempt.step, attempt.number)
        self._take_picture(attempt)
        self._claim(attempt)
        return False

    def _turn_round(self, attempt: RoverAttempt) -> bool:
        """Turn once and take pictures on the way; a table has no part in it."""
        _, facing = self._around.where()
        if attempt.looks == 0:
            attempt.searched = facing
        turned = facing - attempt.searched
        if turned >= attempt.looks * WHOLE_TURN / VIEWS:
            self._take_picture(attempt)
        if attempt.looks < VIEWS:
            self._drive((0.0, 0.8 * TURNING))
            return False
        self._halt()
        attempt.waits_for = "scene"
        return False

    def _halt(self) -> None:
        self._drive((0.0, 0.0))

    def _drive(self, move: Movement) -> None:
        """Send the wheels a command that holds until the next choice, and a little longer."""
        schema = self._around.schema
        if schema is not None:
            left, right = wheels(move, schema.axle, schema.wheel_radius)
            self._send("drive", Drive, left=left, right=right, ticks=self.config.decide + 2)

    def _take_picture(self, attempt: RoverAttempt) -> None:
        """Ask for a picture."""
        assert self._around.schema is not None
        attempt.looks += 1
        self._look(attempt, self._around.schema.camera, attempt.looks)

    @property
    def _seconds(self) -> float:
        assert self._around.schema is not None
        return self._around.schema.tick_seconds
