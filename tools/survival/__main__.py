"""Runs the whole table and writes the record that docs/survival.md is made from: `python -m tools.survival [PROGRAM...]`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from tools.survival.page import RECORD, recorded
from tools.survival.programs import PROGRAMS
from tools.survival.running import tried
from tools.survival.treatments import KINDS


def main(programs: list[str]) -> int:
    """Run all treatments, or those of the programs named, whose rows then replace the recorded ones."""
    wanted = programs or list(PROGRAMS)
    versions = {name: PROGRAMS[name].version for name in wanted}
    rows = []
    with tempfile.TemporaryDirectory() as shelf:
        for _, treatments in KINDS.values():
            for treatment in treatments:
                if versions.get(treatment.program) is None:
                    continue
                for source, target in treatment.pairs():
                    rows.append(tried(treatment, source, target, Path(shelf)).to_dict())
                    print(*rows[-1].values(), sep="  ", flush=True)
    if programs:
        old = recorded()
        rows = [row for row in old["rows"] if row["program"] not in programs] + rows
        versions = old["versions"] | versions
    record = {"day": time.strftime("%Y-%m-%d"), "versions": versions, "rows": rows}
    RECORD.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
