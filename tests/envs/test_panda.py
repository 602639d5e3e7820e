"""The arm's hulls are those of the meshes that they were made from."""

import re
from pathlib import Path

import numpy as np
import pybullet_data
import pytest

from neuralbrain.envs.bullet import Client
from neuralbrain.envs.tabletop.panda import HAND, Panda
from neuralbrain.envs.tabletop.panda import LINKS as PANDA
from tests.arm.motor.harness import PANDA as PANDA_ARM

LINKS = [-1, *range(7), 8, 9, 10]
"""Those that collide with something."""


@pytest.fixture(scope="module")
def arms(tmp_path_factory: pytest.TempPathFactory) -> tuple[Client, Client]:
    """Two worlds: in one our arm, in the other the arm that collides with PyBullet's own meshes."""
    home = Path(pybullet_data.getDataPath()) / "franka_panda"
    urdf = re.sub(r"package://meshes/\w+/", f"{home}/meshes/collision/", (home / "panda.urdf").read_text())
    file = tmp_path_factory.mktemp("arm") / "panda.urdf"
    file.write_text(urdf)
    ours, theirs = Client(), Client()
    assert Panda(ours).id == theirs.loadURDF(str(file), useFixedBase=True)
    return ours, theirs


@pytest.mark.parametrize("link", LINKS)
def test_bullet_makes_the_same_hull_of_a_light_mesh(arms: tuple[Client, Client], link: int) -> None:
    ours, theirs = (sorted(arm.getMeshData(0, link)[1]) for arm in arms)
    assert len(ours) >= 18
    assert ours == theirs


@pytest.mark.parametrize("link", LINKS)
def test_a_light_mesh_gives_the_same_mass_and_inertia(arms: tuple[Client, Client], link: int) -> None:
    ours, theirs = (arm.getDynamicsInfo(0, link) for arm in arms)
    assert (ours[0], ours[2:5]) == (theirs[0], theirs[2:5])


def test_the_hand_says_the_measures_of_its_meshes(arms: tuple[Client, Client]) -> None:
    ours, _ = arms
    hand, finger = (np.array(ours.getMeshData(0, link)[1]) for link in (HAND, 9))
    # Along the hand's own axis, from its frame; a mesh's corners are told from its centre of mass.
    palm = hand[:, 2].max() + ours.getLinkState(0, HAND)[2][2]
    tip = finger[:, 2].max() + ours.getLinkState(0, 9)[2][2] + 0.0584  # where the fingers' joint is
    tool = 0.1034
    said = (PANDA.finger_depth, PANDA.palm_height, PANDA.finger_width, PANDA.palm[1])
    measured = (tip - tool, tool - palm, np.ptp(finger[:, 0]), 2 * np.abs(hand[:, 1]).max())
    assert said == pytest.approx(measured, abs=5e-4)


@pytest.mark.parametrize("link", LINKS)
def test_what_is_drawn_are_pybullets_own_meshes(arms: tuple[Client, Client], link: int) -> None:
    ours, theirs = ([s[:7] for s in arm.getVisualShapeData(0) if s[1] == link] for arm in arms)
    assert ours == theirs
    assert pybullet_data.getDataPath() in ours[0][4].decode()


def test_the_body_feels_its_tool_where_its_schema_says_that_it_is() -> None:
    panda = Panda(Client())
    state = panda.sense()
    believed = PANDA_ARM.forward(state.joint_positions).position
    assert believed == pytest.approx(state.tool_position, abs=1e-6)
