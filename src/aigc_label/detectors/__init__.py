"""Looks at content as a person would and says what marks it perceives."""
