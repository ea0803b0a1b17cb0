"""Lets `python -m aigc_label.cli` run the command where its script is not on PATH."""

from __future__ import annotations

import sys

from aigc_label.cli import main

sys.exit(main())
