"""The run folder: what an episode leaves behind."""
