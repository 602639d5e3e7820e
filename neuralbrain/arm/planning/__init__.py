"""Planning: from a sentence to goals, from goals and a scene to a checked execution tree."""
