"""Runs a brain: in this process, or as a graph of Ray actors; the trace is the same."""
