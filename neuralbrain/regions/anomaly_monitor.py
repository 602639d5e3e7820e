"""The region that watches whether what was done is what is seen."""

from neuralbrain.messages import Anomaly, Condition, ExecutionTree, Scene, Step, StepStatus, Verdict, steps
from neuralbrain.planning.domain import find_domain
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig
from neuralbrain.regions.remembered import forget_old


class AnomalyMonitorConfig(RegionConfig):
    """Settings.

    Attributes:
        embodiment: Whose predicates it judges by.
    """

    embodiment: str = ""


class AnomalyMonitor(Region):
    """Compares the postconditions of a claimed step with the scene made from the picture that it names.

    The claim and the scene may come in either order; a verdict is given once for each claim. An unmet
    postcondition is also an anomaly, at the level of a retry: the cerebellum deals with it first.
    """

    inputs = {"scene": Scene, "tree": ExecutionTree, "step_status": StepStatus}
    outputs = {"verdict": Verdict, "anomaly": Anomaly}
    Config = AnomalyMonitorConfig
    config: AnomalyMonitorConfig

    def reset(self, seed: int) -> None:
        """Begin an episode; nothing here is random."""
        self._trees: dict[str, ExecutionTree] = {}
        self._scenes: dict[str, Scene] = {}
        self._claims: dict[str, StepStatus] = {}
        self._judged: dict[str, None] = {}
        self._holding: str | None = None

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Take in what came, and judge each claim whose picture is there."""
        for tree in inbox.of(ExecutionTree):
            self._trees = {tree.plan: tree}  # it replaces the one before
        for scene in inbox.of(Scene):
            if scene.fault:
                continue  # nothing can be judged by it
            self._scenes[scene.request] = scene
        for status in inbox.of(StepStatus):
            self._holding = status.holding or None
            if status.state == "claimed" and status.request not in self._judged:
                self._claims[status.request] = status
        verdicts: list[Verdict] = []
        anomalies: list[Anomaly] = []
        for request, claim in list(self._claims.items()):
            step = self._step_of(claim)
            if step is None or request not in self._scenes:
                continue
            del self._claims[request]
            self._judged[request] = None
            unmet = self._unmet(step, claim, self._scenes[request])
            verdicts.append(
                Verdict(
                    tick=tick, source=self.name, plan=claim.plan, step=step.id, holds=not unmet, unmet=unmet
                )
            )
            if unmet:
                what = f"after {_words(step)}: not seen to be true: {', '.join(map(str, unmet))}"
                anomalies.append(
                    Anomaly(
                        tick=tick, source=self.name, level="retry", what=what, plan=claim.plan, step=step.id
                    )
                )
        for remembered in (self._scenes, self._claims, self._judged):
            forget_old(remembered)
        return {"verdict": verdicts, "anomaly": anomalies}

    def _step_of(self, status: StepStatus) -> Step | None:
        tree = self._trees.get(status.plan)
        return None if tree is None else next((s for s in steps(tree.root) if s.id == status.step), None)

    def _unmet(self, step: Step, claim: StepStatus, scene: Scene) -> tuple[Condition, ...]:
        locations = self._trees[claim.plan].locations
        domain = find_domain(self.config.embodiment)
        return tuple(
            c
            for c in step.postconditions
            if not domain.felt(c) and not domain.holds(c, scene, locations, self._holding)
        )


def _words(step: Step) -> str:
    return " ".join([step.skill, *step.args.values()])
