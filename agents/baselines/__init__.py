"""Policies and rules of studies, for figures side by side: no brains, and nothing that a brain needs."""
