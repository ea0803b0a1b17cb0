"""Writes what `.pre-commit-hooks.yaml` says: hooks by the endings of names, because pre-commit has no tags for most media."""

from __future__ import annotations

from typing import Final

from aigc_label.formats import FORMATS, Medium

MEDIA: Final = (Medium.IMAGE, Medium.AUDIO, Medium.VIDEO, Medium.DOCUMENT, Medium.SCENE)


def endings() -> tuple[str, ...]:
    """Give the endings of content formats, without those that are a text's or a program's as well (`.ts`)."""
    texts = {suffix for row in FORMATS if row.medium is Medium.TEXT for suffix in row.suffixes}
    return tuple(sorted({suffix for row in FORMATS if row.medium in MEDIA for suffix in row.suffixes} - texts))


def pattern() -> str:
    """Give the pattern of names that the hooks look at, in upper and lower case."""
    return rf"(?i)\.({'|'.join(suffix[1:] for suffix in endings())})$"


def hooks_file() -> str:
    return f"""# Made by `make docs` from src/aigc_label/formats.py. Edits here are lost.
#
# By the endings of names, not by types: pre-commit has no tag for most of them (.mp4, .mp3, .docx, .heic ...), and a hook
# by types would pass them unseen. Which of a repository's files are AI-generated only you know: narrow it with
# your own `files:` or `exclude:`.

- id: aigc-label-check
  name: AI-generated content is labelled (GB 45438-2025)
  description: Reads labels and marks back and judges them; what cannot be looked at fails.
  entry: aigc-label verify
  args: [--quiet, --]
  language: python
  files: '{pattern()}'
  require_serial: true
  pass_filenames: true

- id: aigc-label-fix
  name: label AI-generated content (GB 45438-2025)
  description: Puts marks and labels on in place; the producer is that of aigc-label.toml. What is labelled stays as it is.
  entry: aigc-label add --in-place
  args: [--quiet, --]
  language: python
  files: '{pattern()}'
  require_serial: true
  pass_filenames: true
"""
