"""A stand-in for a language model: a scripted server whose answers are always good plans, for benches."""
