"""Where the rover is by the way it has come."""

import math

import pytest

from neuralbrain.envs.rover.body import RoverBody
from neuralbrain.messages import Message
from neuralbrain.rover.messages import Pose, Proprioception
from neuralbrain.rover.path_integration import PathIntegration
from neuralbrain.rover.paths import wrapped
from tests.envs.rover.oracle import Oracle
from tests.firing import said
from tests.rover.harness import felt, schema


def fresh() -> PathIntegration:
    region = PathIntegration("path_integration")
    region.reset(0)
    return region


def test_standing_still_it_stays_where_it_is_whatever_the_gyro_says() -> None:
    region = fresh()
    for tick in range(200):
        own: list[Message] = [schema()] if tick == 0 else []
        (pose,) = said(region, tick, *own, felt(tick, rate=0.01))["pose"]
    assert (pose.sensed, pose.x, pose.y, pose.heading) == (199, 0.0, 0.0, 0.0)


def test_it_says_nothing_before_it_knows_how_large_it_is() -> None:
    assert said(fresh(), 0, felt(0)) == {}


@pytest.mark.parametrize("seed", range(4))
def test_it_keeps_the_way_over_some_metres(seed: int) -> None:
    body = RoverBody("visit")
    body.reset(seed)
    oracle, region = Oracle(body), fresh()
    x0, y0, h0 = body.truth()["rover"]
    pose: Pose | None = None
    for tick in range(400):
        own: list[Message] = [schema()] if tick == 0 else []
        one = Proprioception(tick=tick, source="brainstem", **vars(body.sense()))
        (pose,) = said(region, tick, *own, one)["pose"]
        x, y, heading = body.truth()["rover"]
        body.act(*oracle.command())
    assert pose is not None
    c, s = math.cos(h0), math.sin(h0)
    ahead, left = c * (x - x0) + s * (y - y0), c * (y - y0) - s * (x - x0)
    assert math.dist((pose.x, pose.y), (ahead, left)) < 0.12
    assert abs(wrapped(pose.heading - (heading - h0))) < math.radians(4.0)
    body.close()
