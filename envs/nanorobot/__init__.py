"""Nanorobots among cells: biomarker fields, Brownian motion, sensing by counting molecules."""
