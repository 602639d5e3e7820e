"""What can be done in a session; each module is one sort of thing (`neuralbrain.research.registry`)."""
