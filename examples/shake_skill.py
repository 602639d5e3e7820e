"""A skill of one's own, with its sentence: what is declared here is all that a brain must be told.

    python run.py episode --skill examples/shake_skill.py:Shake "shake the red block"

or, with what is at the end of this file, `python examples/shake_skill.py`.
"""

from neuralbrain.agents.episode import run_episode
from neuralbrain.arm.motor.skills import Action, Skill, SkillContext
from neuralbrain.arm.motor.trajectory import NEAR


class Shake(Skill):
    """Shake ``object``, which the hand holds, up and down."""

    arguments = {"object": "graspable"}
    before = ("holding object",)
    after = ("shaken object",)
    phrases = ("shake {object}", "give {object} a shake")

    def start(self, now: SkillContext) -> Action:
        """Begin."""
        self.moves = 0
        return self.shake(now)

    def shake(self, now: SkillContext) -> Action:
        """Up, down, and so on; six times."""
        self.phase = "shake"
        if self.moves == 6:
            return self.end(now)
        self.moves += 1
        return self.rise(now, 0.04 if self.moves % 2 else -0.04, NEAR)


if __name__ == "__main__":
    Shake.register()
    print(run_episode(instruction="shake the red block").answer)
