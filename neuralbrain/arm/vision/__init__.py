"""Seeing: from one RGB-D picture to objects with a place, a shape and a name."""
