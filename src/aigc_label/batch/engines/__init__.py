"""Hands jobs to processes on other machines. The local engine, which needs none, is `batch.shares`."""
