"""Region types by name: those that NeuralBrain brings, those of embodiments, and those of others."""

from neuralbrain.arguments import expect
from neuralbrain.consent import find
from neuralbrain.embodiment import GROUP, embodiments, parts
from neuralbrain.errors import BlueprintError, ConfigurationError, UnknownNameError
from neuralbrain.region import Region

KERNEL = {
    "auditory_cortex": "neuralbrain.regions.auditory_cortex:AuditoryCortex",
    "anomaly_monitor": "neuralbrain.regions.anomaly_monitor:AnomalyMonitor",
    "cortex": "neuralbrain.regions.cortex:Cortex",
    "language_model": "neuralbrain.regions.language_model:LanguageModel",
    "hippocampus": "neuralbrain.regions.hippocampus:Hippocampus",
    "signal_source": "neuralbrain.regions.signal_source:SignalSource",
    "thalamus": "neuralbrain.regions.thalamus:Thalamus",
}
"""Region types that any brain can use. Those of an embodiment are "<embodiment>.<region>"; others come by the
entry point ``neuralbrain.regions`` or by dotted path."""


def region_types() -> dict[str, str]:
    """Return the region types that NeuralBrain and its embodiments bring: name -> path."""
    return KERNEL | parts(lambda embodiment: embodiment.regions)


def region_class(kind: str) -> type[Region]:
    """Find a region's class by name or by dotted path ("package.module:Class").

    Raises:
        UnknownNameError: There is none.
        BlueprintError: What the path names cannot be imported, or is not a region.
    """
    expect("the region type", kind, str, 'its name, or "package.module:Class"')
    try:
        found = find("region type", kind, region_types(), "neuralbrain.regions")
    except UnknownNameError as error:
        prefix = kind.partition(".")[0]
        if "." in kind and ":" not in kind and prefix not in embodiments():
            hint = f"The package of the embodiment {prefix!r} registers it in the entry point group {GROUP}."
            raise UnknownNameError("region type", kind, error.known, hint) from None
        raise
    except ConfigurationError as error:
        raise BlueprintError(f"region type {kind!r}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Region)):
        raise BlueprintError(f"region type {kind!r} is not a subclass of neuralbrain.region.Region")
    return found
