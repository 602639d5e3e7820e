"""Policies that look for a source by rare hits, and a judge of how long they take."""

from neuralbrain.agents.baselines.searching.judge import Row, compare
from neuralbrain.agents.baselines.searching.policies import POLICIES, Searcher

__all__ = ["POLICIES", "Row", "Searcher", "compare"]
