"""Finds out what everyday programs do to label and mark, by running them, and what brings both back."""
