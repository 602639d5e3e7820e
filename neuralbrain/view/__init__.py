"""The page that shows a run as it goes on, and takes what a person types: `View`."""

from neuralbrain.view.view import View

__all__ = ["View"]
