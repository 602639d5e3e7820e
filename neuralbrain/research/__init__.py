"""Research sessions: a person, perhaps with a language model, at one workspace that a third can re-run."""
