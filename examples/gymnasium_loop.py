"""A tabletop task as an ordinary Gymnasium environment, with a policy of a few lines and no brain.

    python examples/gymnasium_loop.py

The policy reads simulator truth ("objects", "tool"), which is good for reinforcement learning and for trying
objects out. What a real robot would have is ``observations="pixels"``.
"""

import gymnasium
import numpy as np

import neuralbrain  # noqa: F401 - importing it registers the environments

OPEN, CLOSE = 1.0, -1.0


def main() -> bool:
    env = gymnasium.make("neuralbrain/Tabletop-Place-v0", observations="state", actions="ee")
    observation, info = env.reset(seed=3)
    print(info["instruction"])
    block, bowl = observation["objects"][:2, :3]
    above = np.array([0.0, 0.0, 0.15])
    waypoints = [
        (block + above, OPEN), (block, OPEN), (block, CLOSE), (block + above, CLOSE),
        (bowl + above, CLOSE), (bowl + above / 2, OPEN), (bowl + above, OPEN),
    ]  # fmt: skip
    for goal, grip in [waypoint for waypoint in waypoints for _ in range(25)]:
        way = goal - observation["tool"][:3]  # an action of 1 moves the tool by 5 cm
        action = np.append(np.clip(way / 0.05, -0.3, 0.3), grip).astype(np.float32)
        observation, reward, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            break
    print(f"reward {reward:.2f}, success: {info['is_success']}")
    env.close()
    return bool(info["is_success"])


if __name__ == "__main__":
    main()
