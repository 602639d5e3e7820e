"""A cortex's language model: what it was asked for the present sentence, and what is left of its plan."""

from neuralbrain.deliberation.deliberation import Advice, Deliberation
from neuralbrain.deliberation.draft import check_meaning, planned, prefix
from neuralbrain.deliberation.objection import ObjectionError
from neuralbrain.deliberation.situation import Situation
from neuralbrain.messages import BodySchema, Location, ModelReply, ModelRequest, Scene, Sequence, TreeNode
from neuralbrain.planning.domain import Domain
from neuralbrain.planning.goal import Goal, Plan


class Adviser:
    """Asks a model once for each sentence, and hands out its plan goal by goal.

    Attributes:
        count: How many questions have been asked.
        request: The question that is not answered yet; empty for none.
        consulted: Whether the model has been asked about the present sentence.
        memories: What is remembered of the sort of the present sentence; None: nobody has been asked yet.
    """

    def __init__(self) -> None:
        self.count = 0
        self.forget()

    def forget(self) -> None:
        """Begin with another sentence."""
        self.request = ""
        self.consulted = False
        self.memories: tuple[str, ...] | None = None
        self._deliberation: Deliberation | None = None
        self._stages: tuple[TreeNode, ...] = ()
        self._used = False  # whether a part of it has been handed out
        self._places: tuple[Location, ...] = ()  # that the plan may use besides those of its goals

    def ask(
        self, now: Situation, domain: Domain, body: BodySchema | None, tick: int, source: str
    ) -> ModelRequest:
        """Put a sentence to the model."""
        self.consulted, self._deliberation = True, Deliberation(now, domain, body)
        self._places = now.locations
        return self.again(tick, source)

    def again(self, tick: int, source: str) -> ModelRequest:
        """Put it to the model as it stands now: for the first time, or with what was wrong."""
        assert self._deliberation is not None
        self.count += 1
        self.request = f"q_{self.count}"
        return ModelRequest(
            tick=tick,
            source=source,
            request=self.request,
            turns=self._deliberation.turns,
            form=self._deliberation.form,
        )

    def hear(self, reply: ModelReply, domain: Domain) -> Advice:
        """Take the answer to the last question."""
        assert self._deliberation is not None
        advice = self._deliberation.hear(reply, domain)
        if advice.verdict != "repair":
            self.request, self._deliberation = "", None
        self._stages = advice.stages
        return advice

    def plan(
        self, goal: Goal, scene: Scene, holding: str | None, domain: Domain, look: Plan
    ) -> Plan | ObjectionError | None:
        """Return the part of the plan that reaches a goal from how things are now.

        Args:
            goal: It.
            scene: What is believed to be where.
            holding: What is held, or None.
            domain: What can be done.
            look: What to do at the end, to see what came of it.

        Returns:
            None if there is no plan; or why what is left of it does not reach the goal: then nothing is left.
        """
        if not self._stages:
            used, self._used = self._used, False  # said once
            return (
                ObjectionError("meaning", f"nothing is left of the model's plan for {goal.text}")
                if used
                else None
            )
        stages, self._stages = self._stages, ()
        now = Situation(sentence=goal.text, scene=scene, holding=holding, goals=(goal,), places=self._places)
        try:
            state = domain.state(scene, now.locations, holding)
            count = prefix(stages, goal, state)
            if count is None:
                raise ObjectionError(
                    "meaning", f"the model's plan does not reach {goal.text} as things are now"
                )
            check_meaning(stages[:count], (goal,), now, domain)
        except ObjectionError as error:
            return error
        self._stages, self._used = stages[count:], True
        return self._made(stages[:count], now, domain, look, felt=domain.held_by(goal) is not None)

    @staticmethod
    def _made(
        stages: tuple[TreeNode, ...], now: Situation, domain: Domain, look: Plan, *, felt: bool
    ) -> Plan:
        steps = [step for stage in stages for step in planned(stage)]
        locations = domain.placed(now.locations, steps, now.scene)
        ends = () if felt else (look.root.model_copy(update={"id": "see"}),)
        root = Sequence(id="plan", children=(*stages, *ends))
        return Plan(root=root, locations=locations, shown_by="" if felt else look.shown_by)
