"""Puts labels on where other programs make files: one host a module, none imported by the rest of the package."""
