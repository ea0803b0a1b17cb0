"""Reads and writes the containers themselves; nothing here has heard of labels."""
