"""The templates of the reports."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from neuralbrain.words import counted, plural


def template(name: str) -> Template:
    """Return a template of ``record/templates``."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("neuralbrain.record"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    found.filters |= {"counted": counted, "plural": plural}
    return found
