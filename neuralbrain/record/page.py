"""The templates of the reports."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from neuralbrain.words import counted, legible, plural


def template(name: str) -> Template:
    """Return a template of ``record/templates``."""
    return _environment().get_template(name)


def _shown(value: Any) -> Any:
    """Return what is put into a page with nothing in it that acts on a screen; it is escaped afterwards."""
    text = legible(value) if isinstance(value, str) else value
    return Markup(text) if isinstance(value, Markup) else text


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("neuralbrain.record"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
    )
    found.filters |= {"counted": counted, "plural": plural}
    return found
