"""A brain with a language model: a region more, joined to its cortex."""

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ConfigurationError
from neuralbrain.language.budget import Limits, Prices
from neuralbrain.language.server import Server
from neuralbrain.messages import CameraFrame, ModelReply, ModelRequest
from neuralbrain.region_types import region_class
from neuralbrain.regions.language_model import LanguageModelConfig
from neuralbrain.wiring import Projection, RegionSpec

REGION = "language_model"
"""What the region is called, and its type."""
STRUCTURE = "language network"
OPTIC_DELAY = 10
DELAY = 20
"""Ticks that a question takes to the model, and an answer back: a thought of a second or two."""


def advised(
    blueprint: Blueprint,
    server: Server,
    *,
    limits: Limits,
    prices: Prices | None = None,
    timeout: float = 60.0,
    max_output: int = 1500,
    clock: bool = False,
    trust: bool = False,
    pictures: bool = False,
) -> Blueprint:
    """Return a brain whose cortex asks a language model; one that has a model already asks this one.

    Args:
        blueprint: The brain.
        server: The model's.
        limits: What an episode may use.
        prices: What tokens cost; None: unknown.
        timeout: How long the server may be silent, s.
        max_output: The most tokens of an answer.
        clock: Whether the brain's time goes on while the model thinks.
        trust: Whether what only the model understands is done without asking the person.
        pictures: Whether it is shown what the camera sees.

    Raises:
        ConfigurationError: Nothing in the brain can ask a model.
    """
    asking = [
        name
        for name, spec in blueprint.by_name.items()
        for kind in [region_class(spec.type)]
        if ModelRequest in kind.outputs.values() and ModelReply in kind.inputs.values()
    ]
    if not asking:
        raise ConfigurationError(
            f"no region of {blueprint.name!r} can ask a language model: a cortex that plans can "
            "(`type: cortex`); leave --cortex out"
        )
    config = LanguageModelConfig(
        base_url=server.base_url,
        model=server.model,
        abilities=server.abilities,
        limits=limits,
        prices=prices,
        timeout=timeout,
        max_output=max_output,
        waits="clock" if clock else "lockstep",
    ).model_dump()
    spec = RegionSpec(
        name=REGION,
        type=REGION,
        group=REGION,
        structure=STRUCTURE,
        period=1 if clock else None,
        config=config,
    )
    ways = [
        Projection.model_validate(
            {"from": source, "to": target, "delay": DELAY, "structure": "arcuate fasciculus"}
        )
        for name in asking
        for source, target in ((f"{name}.request", f"{REGION}.request"), (f"{REGION}.reply", f"{name}.reply"))
    ]
    if pictures:
        ways += [_optic(blueprint, name) for name in asking]
    others = [one for one in blueprint.regions if one.name != REGION]
    kept = [
        way
        for way in blueprint.projections
        if REGION not in (way.source_region, way.target_region) and way.target not in {w.target for w in ways}
    ]
    made = blueprint.model_copy(update={"regions": (*others, spec), "projections": (*kept, *ways)})
    made = Blueprint.model_validate(made.model_dump(by_alias=True))
    for name in asking:
        made = made.configured(name, trust_model=trust)
    return made


def _optic(blueprint: Blueprint, asking: str) -> Projection:
    """Return the way of pictures to a region: from where the brain's own perception has them.

    Raises:
        ConfigurationError: The brain has no camera, or the region takes no pictures.
    """
    ports = region_class(blueprint.by_name[asking].type).inputs
    port = next((name for name, kind in ports.items() if kind is CameraFrame), None)
    seen = [
        way
        for way in blueprint.ordered_projections
        if region_class(blueprint.by_name[way.target_region].type).inputs[way.target_port] is CameraFrame
        and way.target_region != asking
    ]
    if port is None or not seen:
        raise ConfigurationError(
            f"{blueprint.name!r} has no picture to show to a model: leave --pictures out"
        )
    relays = {way.target_region for way in seen}
    relay = next((way for way in seen if way.source_region in relays), seen[0])
    return Projection.model_validate(
        {"from": relay.source, "to": f"{asking}.{port}", "delay": OPTIC_DELAY, "structure": "ventral stream"}
    )
