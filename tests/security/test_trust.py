"""Trust stores: pinned keys, chains of X.509 certificates that OpenSSL made (SM2 ones too), expiry, revocation, the clock."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import signing

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidKey
from aigc_label.evidence import Proof, Seal, Trust
from aigc_label.security.algorithms import Algorithm
from aigc_label.security.keys import PrivateKey
from aigc_label.security.trust import judged, read_store

pytestmark = pytest.mark.oracle("openssl")
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CLOCK = Bilingual("by a clock of the test", "据测试时钟")
ALWAYS = "-startdate 20200101000000Z -enddate 20491231000000Z"
DATES = "-startdate 20260101000000Z -enddate 20271231000000Z"
USER = "distid:1234567812345678"  # without it OpenSSL signs as nobody
CONFIG = """
[ca]
default_ca = it
[it]
database = index.txt
serial = serial
new_certs_dir = .
default_md = {md}
policy = any
crl_number = crlnumber
unique_subject = no
[any]
commonName = supplied
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[middle]
basicConstraints = critical,CA:true,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
[leaf]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
[served]
basicConstraints = critical,CA:false
keyUsage = critical,keyEncipherment
"""


class Authority:
    """A root, one between, and the certificates they issue: a folder in which openssl works."""

    def __init__(self, folder: Path, algorithm: Algorithm, who: str = "") -> None:
        self.folder, self.algorithm = folder, algorithm
        folder.mkdir()
        md = "sm3" if algorithm is Algorithm.SM2 else "sha256"
        (folder / "c.cnf").write_text(CONFIG.format(md=md))
        (folder / "index.txt").touch()
        for name in ("serial", "crlnumber"):
            (folder / name).write_text("1000")
        self.request("root", signing.key(algorithm, f"root{who}"))
        self.run(
            f"ca -batch -config c.cnf -selfsign -extensions root {ALWAYS} -keyfile root.key -in root.csr -out root.pem"
        )
        self.issue("middle", signing.key(algorithm, f"middle{who}"), by="root", kind="middle", dates=ALWAYS)

    def run(self, command: str) -> None:
        words = [*command.split(), *(["-notext"] if "-in " in command and command.startswith("ca") else [])]
        if self.algorithm is Algorithm.SM2 and "-revoke" not in command:
            words += ["-sigopt", USER]
            words += ["-vfyopt", USER] if "-in " in command and command.startswith("ca") else []
        done = subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def request(self, name: str, key: PrivateKey) -> None:
        (self.folder / f"{name}.key").write_text(key.to_pem(b""))
        sm2 = "-sm3" if self.algorithm is Algorithm.SM2 else "-sha256"
        self.run(f"req -new {sm2} -key {name}.key -subj /CN={name} -out {name}.csr")

    def issue(self, name: str, key: PrivateKey, by: str = "middle", kind: str = "leaf", dates: str = "") -> Path:
        self.request(name, key)
        signed = f"{dates or DATES} -cert {by}.pem -keyfile {by}.key -in {name}.csr -out {name}.pem"
        self.run(f"ca -batch -config c.cnf -extensions {kind} {signed}")
        return self.folder / f"{name}.pem"

    def store(self, folder: Path, *names: str, roots: bool = True) -> Path:
        """Make a store whose member acme has these certificates."""
        (folder / "roots").mkdir(parents=True)
        (folder / "acme.pem").write_text("".join((self.folder / f"{name}.pem").read_text() for name in names))
        if roots:
            (folder / "roots/root.pem").write_bytes((self.folder / "root.pem").read_bytes())
        return folder


@pytest.fixture(scope="module", params=[Algorithm.SM2, Algorithm.ECDSA], ids=["sm2", "p256"])
def authority(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Authority:
    made = Authority(tmp_path_factory.mktemp("ca") / "ca", request.param)
    made.issue("acme", signing.key(request.param))
    return made


def standing(folder: Path, signer: PrivateKey, now: datetime = NOW, expected: tuple[str, ...] = ("acme",)) -> Seal:
    seal = Seal(field="ReservedCode1", offset=0, label=Proof.VALID, key=signer.public.fingerprint)
    return judged(seal, read_store(folder, now, CLOCK, expected))


def test_a_chain_to_a_root_of_the_store_is_trusted_and_the_clock_is_named(authority: Authority, tmp_path: Path) -> None:
    found = standing(authority.store(tmp_path / "t", "acme", "middle"), signing.key(authority.algorithm))
    assert found.trust is Trust.EXPECTED
    assert found.signer == "acme"
    assert "as of 2026-11-28T12:00:00Z, by a clock of the test" in found.detail.en


def test_a_chain_with_a_gap_or_to_another_root_leads_nowhere(authority: Authority, tmp_path: Path) -> None:
    signer = signing.key(authority.algorithm)
    assert standing(authority.store(tmp_path / "gap", "acme"), signer).trust is Trust.STRANGER
    other = Authority(tmp_path / "other", authority.algorithm, "-of-another")
    folder = authority.store(tmp_path / "t", "acme", "middle", roots=False)
    (folder / "roots/root.pem").write_bytes((other.folder / "root.pem").read_bytes())
    assert standing(folder, signer).trust is Trust.STRANGER


def test_a_signers_certificate_cannot_issue_another(authority: Authority, tmp_path: Path) -> None:
    mallory = signing.key(authority.algorithm, "mallory")
    authority.issue("mallory", mallory, by="acme")
    found = standing(authority.store(tmp_path / "t", "mallory", "acme", "middle"), mallory)
    assert found.trust is Trust.STRANGER


def test_a_path_that_is_too_long_leads_nowhere(authority: Authority, tmp_path: Path) -> None:
    authority.issue("second", signing.key(authority.algorithm, "second"), by="middle", kind="middle")
    deep = signing.key(authority.algorithm, "deep")
    authority.issue("deep", deep, by="second")
    found = standing(authority.store(tmp_path / "t", "deep", "second", "middle"), deep)
    assert found.trust is Trust.STRANGER


def test_a_certificate_for_another_use_is_refused(authority: Authority, tmp_path: Path) -> None:
    server = signing.key(authority.algorithm, "server")
    authority.issue("server", server, kind="served")
    assert standing(authority.store(tmp_path / "t", "server", "middle"), server).trust is Trust.STRANGER


@pytest.mark.parametrize(
    ("now", "trust"),
    [
        (datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), Trust.LAPSED),
        (datetime(2026, 1, 1, tzinfo=UTC), Trust.EXPECTED),
        (datetime(2027, 12, 31, tzinfo=UTC), Trust.EXPECTED),  # the end is inclusive (RFC 5280, 4.1.2.5)
        (datetime(2027, 12, 31, 0, 0, 1, tzinfo=UTC), Trust.LAPSED),
    ],
)
def test_dates_count_to_the_second(authority: Authority, tmp_path: Path, now: datetime, trust: Trust) -> None:
    folder = authority.store(tmp_path / "t", "acme", "middle")
    assert standing(folder, signing.key(authority.algorithm), now).trust is trust


def test_revocation_is_seen_and_a_stale_list_tells_nothing(authority: Authority, tmp_path: Path) -> None:
    gone = signing.key(authority.algorithm, "gone")
    authority.issue("gone", gone)
    authority.run("ca -config c.cnf -cert middle.pem -keyfile middle.key -revoke gone.pem")
    authority.run("ca -config c.cnf -cert middle.pem -keyfile middle.key -gencrl -crldays 3000 -out list.pem")
    for name, key, trust in (("gone", gone, Trust.REVOKED), ("acme", signing.key(authority.algorithm), Trust.EXPECTED)):
        folder = authority.store(tmp_path / name, name, "middle")
        (folder / "crl").mkdir()
        (folder / "crl/list.pem").write_bytes((authority.folder / "list.pem").read_bytes())
        assert standing(folder, key).trust is trust
    authority.run("ca -config c.cnf -cert middle.pem -keyfile middle.key -gencrl -crlhours 1 -out list.pem")
    (folder / "crl/list.pem").write_bytes((authority.folder / "list.pem").read_bytes())
    assert standing(folder, signing.key(authority.algorithm), datetime(2027, 6, 1, tzinfo=UTC)).trust is Trust.UNCLEAR


def test_a_list_that_the_issuer_did_not_sign_revokes_nothing(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other", authority.algorithm, "-of-another")
    (other.folder / "middle.key").write_text(signing.key(authority.algorithm, "forger").to_pem(b""))
    other.run("req -new -x509 -key middle.key -subj /CN=middle -out middle.pem")
    number = (authority.folder / "acme.pem").read_text()
    (other.folder / "acme.pem").write_text(number)
    other.run("ca -config c.cnf -cert middle.pem -keyfile middle.key -revoke acme.pem")
    other.run("ca -config c.cnf -cert middle.pem -keyfile middle.key -gencrl -crldays 3000 -out list.pem")
    folder = authority.store(tmp_path / "t", "acme", "middle")
    (folder / "crl").mkdir()
    (folder / "crl/list.pem").write_bytes((other.folder / "list.pem").read_bytes())
    assert standing(folder, signing.key(authority.algorithm)).trust is Trust.EXPECTED


def test_a_pinned_key_needs_no_certificate_and_no_clock(tmp_path: Path) -> None:
    found = standing(signing.store(tmp_path / "t"), signing.key())
    assert (found.trust, found.detail.en) == (Trust.EXPECTED, "acme")


def test_names_and_fingerprints_say_who_is_expected(tmp_path: Path) -> None:
    folder, signer = signing.store(tmp_path / "t"), signing.key()
    assert standing(folder, signer, expected=(signer.public.fingerprint,)).trust is Trust.EXPECTED
    assert standing(folder, signer, expected=("other",)).trust is Trust.OTHER
    assert standing(folder, signer, expected=()).trust is Trust.KNOWN
    assert standing(folder, signing.key(name="mallory")).trust is Trust.STRANGER


def test_a_wrong_signature_stays_wrong_whoever_made_it(tmp_path: Path) -> None:
    store = read_store(signing.store(tmp_path / "t"), NOW, CLOCK, ("acme",))
    seal = Seal(field="ReservedCode1", offset=0, label=Proof.INVALID, key=signing.key().public.fingerprint)
    assert judged(seal, store) == seal


@pytest.mark.parametrize("text", ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "\0\1\2"])
def test_a_store_passes_nothing_over(text: str, tmp_path: Path) -> None:
    folder = signing.store(tmp_path / "t")
    (folder / "broken.pem").write_text(text)
    with pytest.raises(InvalidKey):
        read_store(folder, NOW, CLOCK)


def test_a_private_key_has_no_place_in_a_store(tmp_path: Path) -> None:
    folder = signing.store(tmp_path / "t")
    (folder / "mine.pem").write_text(signing.key().to_pem(b""))
    with pytest.raises(InvalidKey, match="should hold"):
        read_store(folder, NOW, CLOCK)


def test_an_empty_store_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(InvalidKey, match="no key"):
        read_store(tmp_path, NOW, CLOCK)
