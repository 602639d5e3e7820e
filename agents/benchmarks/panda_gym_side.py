"""Times panda-gym's PickAndPlace. It runs in an environment of its own, which has panda-gym and numpy < 2.

It imports nothing of NeuralBrain. Given "ee" or "joints" and a number of steps as arguments, it reads a line
for each round from standard input, and answers with the steps/s of that round.
"""

import sys
import time

import gymnasium
import panda_gym  # noqa: F401 - registers its environments


def main() -> None:
    """Answer each line with a measurement."""
    control, steps = sys.argv[1], int(sys.argv[2])
    name = "PandaPickAndPlace-v3" if control == "ee" else "PandaPickAndPlaceJoints-v3"
    env = gymnasium.make(name).unwrapped
    env.action_space.seed(0)
    actions = [env.action_space.sample() for _ in range(steps)]
    print("ready", flush=True)
    for _ in sys.stdin:
        env.reset(seed=0)
        begun = time.perf_counter()
        for action in actions:
            env.step(action)
        print(steps / (time.perf_counter() - begun), flush=True)


if __name__ == "__main__":
    main()
