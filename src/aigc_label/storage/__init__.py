"""Reaches files that lie in object storage: ranges are read, plans are delivered, whole files seldom move."""
