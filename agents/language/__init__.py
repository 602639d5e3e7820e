"""Everyday sentences to the arm, and what a person would expect of it, judged by simulator truth."""
