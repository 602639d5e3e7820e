"""Environments by name; see `neuralbrain.environments`."""

from neuralbrain.environments import environment_ids, find_environment, task_name

__all__ = ["environment_ids", "find_environment", "task_name"]
