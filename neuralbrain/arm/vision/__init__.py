"""Seeing: from one RGB-D picture to things with a place, a shape and a name."""
