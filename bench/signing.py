"""Measures signatures, bindings and Content Credentials inside one process: CPU seconds a file, all read back."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tempfile
import time
from ast import literal_eval
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bench import workload
from bench.jobs import Result, Stage

ROUNDS: Final = 100
SPARSE: Final = 4 << 30  # bytes of the file that is bound
BLOCK: Final = 1 << 20


def _cpu(work: Callable[[], object], times: int) -> float:
    work()
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def signed(path: Path) -> dict[str, tuple[float, int]]:
    """Label and sign one JPEG in memory. Gives (CPU seconds, bytes of the result) by contender."""
    from aigc_label import Label, Order, api
    from aigc_label.security.algorithms import Algorithm
    from aigc_label.security.credentials import Attester
    from aigc_label.security.keys import new_key

    data = path.read_bytes()
    label = Label.generated(producer="001191110108335469089C10100", produce_id="bench-1")
    attester = Attester(*_certified())
    orders = {
        "ours, unsigned": Order(label=label),
        "ours, SM2": Order(label=label, signer=new_key(Algorithm.SM2)),
        "ours, P-256": Order(label=label, signer=new_key(Algorithm.ECDSA)),
        "ours, with C2PA": Order(label=label, attester=attester),
    }
    found = {}
    for name, order in orders.items():
        made = api.carry_out(data, None, order).data or b""
        found[name] = (_cpu(lambda order=order: api.carry_out(data, None, order), ROUNDS), len(made))  # type: ignore[misc]
    found["c2pa-python alone"] = (_cpu(lambda: _alone(data, attester), ROUNDS), len(_alone(data, attester)))
    return found


def _certified() -> tuple[Any, str]:
    """Give a key and its certificates, made by openssl."""
    from aigc_label.security.keys import read_key

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "c.cnf").write_text(
            "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=root\n[ca]\nbasicConstraints=critical,CA:true\n"
            "keyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n[leaf]\nbasicConstraints=critical,CA:false\n"
            "keyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\nauthorityKeyIdentifier=keyid\n"
        )
        for command in (
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out root.key",
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out leaf.key",
            "req -x509 -new -key root.key -days 900 -config c.cnf -extensions ca -out root.pem",
            "req -new -key leaf.key -subj /O=Bench/CN=bench -out leaf.csr",
            "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile c.cnf -extensions leaf"
            " -out leaf.pem",
        ):
            subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
        chain = (folder / "leaf.pem").read_text() + (folder / "root.pem").read_text()
        return read_key(folder / "leaf.key", lambda: b""), chain


def _alone(data: bytes, attester: Any) -> bytes:
    """Sign and read back with c2pa-python, and do nothing else."""
    from aigc_label.security.credentials import attested
    from aigc_label.source import BytesSource

    held = attested(BytesSource(data), "jpeg", attester)
    return held.source.upto(0, len(held))


def bound() -> dict[str, tuple[float, int]]:
    """Bind a sparse file of 4 GiB, and hash the same bytes with hashlib and nothing else."""
    from aigc_label.output import opened
    from aigc_label.security.binding import content_digest
    from aigc_label.security.hashes import Digest
    from aigc_label.splice import Keep

    found = {}
    with tempfile.NamedTemporaryFile() as file:
        os.truncate(file.fileno(), SPARSE)
        for at in range(0, SPARSE, BLOCK):  # whoever reads first pays for the cache
            os.pread(file.fileno(), BLOCK, at)
        for digest, name in ((Digest.SM3, "sm3"), (Digest.SHA256, "sha256")):
            with opened(Path(file.name)) as source:
                start = time.process_time()
                content_digest(source, [Keep(0, SPARSE)], digest)
                found[f"binding, {name}"] = (time.process_time() - start, 0)
            with io.FileIO(file.name) as plain:
                start = time.process_time()
                running = hashlib.new(name)
                buffer = bytearray(BLOCK)
                while got := plain.readinto(buffer):
                    running.update(memoryview(buffer)[:got])
                found[f"digest alone, {name}"] = (time.process_time() - start, 0)
    return found


def _asked(job: str, *arguments: str) -> dict[str, Result]:
    command = [sys.executable, "-m", "bench.signing", job, *arguments]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        return {"ours": Result("ours", 1, note=said.stderr.strip().splitlines()[-1])}
    results = {}
    for name, (seconds, size) in literal_eval(said.stdout).items():
        results[name] = Result.of_seconds(name, seconds)
        results[name].size = size
    return results


def _signed(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    return _asked("signed", str(sorted(workload.jpegs(files, scale.jpegs).iterdir())[0]))


def _bound(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    return _asked("bound")


JOBS: Final = {"signed": _signed, "bound": _bound}


if __name__ == "__main__":
    print(signed(Path(sys.argv[2])) if sys.argv[1] == "signed" else bound())
