"""Keeps the ledger (台账): what was done to which file, when, by whom and why. It is only ever added to."""
