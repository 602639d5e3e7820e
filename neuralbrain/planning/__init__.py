"""The cortex's seams: from a sentence to goals, from goals to a tree, checked before anything moves."""
