"""The box: an IPython kernel, fenced off from the machine, that sees the workspace and little more."""
