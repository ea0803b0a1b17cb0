"""Serves the same work over HTTP, and a page to do it by hand. Needs the extra `serve`."""
