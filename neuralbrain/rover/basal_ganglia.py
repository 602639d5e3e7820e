"""The rover's basal ganglia: they carry out plans by choosing among behaviours, by a learned table."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from neuralbrain.messages import (
    Anomaly,
    Done,
    ExecutionTree,
    Halt,
    LookRequest,
    Message,
    PlanStatus,
    Scene,
    StepStatus,
    Verdict,
)
from neuralbrain.region import Inbox, Outbox, RegionConfig
from neuralbrain.rover.attempt import LOOK_AROUND, Attempt
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
from neuralbrain.rover.step_runner import StepRunner
from neuralbrain.rover.table import load_table

WHOLE_TURN = 6.6
"""A little more than a turn, rad: so far is searched."""
VIEWS = 6
"""Pictures of a look around."""


class BasalGangliaConfig(RegionConfig):
    """Settings of the basal ganglia.

    Attributes:
        table: The learned table: the name of one that we bring, or its file (*.npz).
        decide: A behaviour is chosen every so many ticks.
        look: On the way a picture is asked for every so many ticks.
        patience: A try is given up after so many ticks.
        answer: So is one whose picture or verdict has not come after so many.
        knock: For so many ticks after the bumper was pressed it counts as pressed of late.
    """

    table: str = "rover"
    decide: int = Field(default=3, ge=1)
    look: int = Field(default=9, ge=1)
    patience: int = Field(default=800, ge=1)
    answer: int = Field(default=200, ge=1)
    knock: int = Field(default=16, ge=1)


class BasalGanglia(StepRunner):
    """Does the steps of the newest tree one after the other.

    Every few ticks the table says which behaviour suits what lies ahead, and the rover does it until the next
    choice. To stop is a choice like any other: the step then claims to be done.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {
        "schema": RoverSchema,
        "proprioception": Proprioception,
        "pose": Pose,
        "report": DriveReport,
        "scene": Scene,
        "tree": ExecutionTree,
        "verdict": Verdict,
        "halt": Halt,
        "done": Done,
    }
    optional_inputs: ClassVar[frozenset[str]] = frozenset({"halt", "done"})
    outputs: ClassVar[Mapping[str, type[Message]]] = {
        "drive": Drive,
        "look": LookRequest,
        "behaviour": BehaviourChoice,
        "step_status": StepStatus,
        "plan_status": PlanStatus,
        "anomaly": Anomaly,
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
        self._table = load_table(self.name, self.config.table)
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
            self._table = load_table(self.name, self.config.table)

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Carry on with the tree."""
        self._tick, self._out = tick, {port: [] for port in self.outputs}
        around = self._around
        around.schema = inbox.latest(RoverSchema) or around.schema
        around.scene = inbox.latest(Scene) or around.scene
        around.feel(inbox.of(Proprioception), inbox.of(Pose), tick)
        self._listen(inbox)
        if any("reflex" in report.clamped for report in inbox.of(DriveReport)):
            self._knocked = tick
            around.bump(tick)
            self._anomaly("reflex", "the bumper was pressed, and the rover drew back")
        for verdict in inbox.of(Verdict):
            self._hear(verdict)
        if around.ready:
            while self._carry_on():
                pass
        out, self._out = self._out, {}
        return out

    def _carry_on(self) -> bool:
        """Do what can be done at this tick; whether there may be more."""
        if self._tree is None:
            return False
        doing = self._doing
        if doing is None:
            return self._choose_step(self._tree)
        if doing.phase in ("act", "withdraw") and self._tick - doing.begun > self.config.patience:
            return self._fail(doing, "it takes too long")
        if doing.phase == "act":
            if doing.step.skill == LOOK_AROUND:
                return self._turn_round(doing)
            return (self._tick - doing.begun) % self.config.decide == 0 and self._behave(doing)
        if doing.phase == "withdraw":
            return self._withdraw(doing)
        return self._await(doing, self._around.scene, self.config.answer)

    # ---- behaviours

    def _behave(self, doing: Attempt) -> bool:
        """Choose a behaviour and do it until the next choice."""
        assert self._tree is not None
        pressed = self._tick - self._knocked < self.config.knock
        now = self._around.navigation_state(doing, self._tree.locations, pressed)
        behaviour = Behaviour(int(self._table.greedy(now.row())))
        if behaviour is not doing.behaviour:
            about = doing.ball or doing.goal
            self._send("behaviour", BehaviourChoice, behaviour=WORDS[behaviour], about=about)
        doing.behaviour = behaviour
        doing.side = SIDES.get(behaviour, doing.side) if now.known and now.path.side else 0
        if behaviour is Behaviour.STOP:
            return self._claim(doing)
        if behaviour is Behaviour.SEARCH:
            doing.searched += SEARCHING * self.config.decide * self._seconds
            if doing.searched > WHOLE_TURN:
                missing = [name for name in (doing.ball, doing.goal) if name and not self._around.spot(name)]
                return self._fail(doing, f"lost sight of {' and '.join(missing) or 'where to go'}")
        self._drive(movement(behaviour, now))
        if self._tick - doing.asked >= self.config.look:
            self._look(doing)
        return False

    def _claim(self, doing: Attempt) -> bool:
        """Stand still and let the result be looked at; away from a ball first, so that it is seen."""
        self._halt()
        if doing.ball:
            doing.phase, doing.until = "withdraw", self._tick + round(1.2 / self._seconds)
            return False
        return self._show(doing)

    def _withdraw(self, doing: Attempt) -> bool:
        """Back away from the ball."""
        if self._tick < doing.until:
            self._drive((BACKWARDS, 0.0))
            return False
        self._halt()
        return self._show(doing)

    def _show(self, doing: Attempt) -> bool:
        """Ask for the picture that shows the result, if there is one to be seen."""
        if not doing.step.postconditions:
            return self._end(doing.step, doing.number, "")
        self._look(doing)
        doing.phase = "verdict"
        self._tell(doing.step, "claimed", doing.number, request=doing.request)
        return False

    def _turn_round(self, doing: Attempt) -> bool:
        """Turn once and take pictures on the way; a table has no part in it."""
        _, facing = self._around.where()
        if doing.looks == 0:
            doing.searched = facing
        turned = facing - doing.searched
        if turned >= doing.looks * WHOLE_TURN / VIEWS:
            self._look(doing)
        if doing.looks < VIEWS:
            self._drive((0.0, 0.8 * TURNING))
            return False
        self._halt()
        doing.phase = "look"
        return False

    def _halt(self) -> None:
        self._drive((0.0, 0.0))

    def _drive(self, move: Movement) -> None:
        """Send the wheels a command that holds until the next choice, and a little longer."""
        schema = self._around.schema
        if schema is not None:
            left, right = wheels(move, schema.axle, schema.wheel_radius)
            self._send("drive", Drive, left=left, right=right, ticks=self.config.decide + 2)

    def _look(self, doing: Attempt) -> None:
        """Ask for a picture."""
        assert self._tree is not None
        assert self._around.schema is not None
        doing.looks, doing.asked = doing.looks + 1, self._tick
        doing.request = f"{self._tree.plan}/{doing.step.id}/{doing.number}/{doing.looks}"
        self._send("look", LookRequest, camera=self._around.schema.camera, request=doing.request)

    @property
    def _seconds(self) -> float:
        assert self._around.schema is not None
        return self._around.schema.tick_seconds
