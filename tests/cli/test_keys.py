"""The command's keys: where passphrases come from, what is never shown, how files lie on the disk, what rotation keeps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("aigc-label")
FIXTURES = Path(__file__).parents[2] / "fixtures"
PRODUCER = "001191110108335469089C10100"
SECRET = "correct horse battery"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "pass").write_text(SECRET + "\n")
    (tmp_path / "a.jpg").write_bytes((FIXTURES / "jpeg/baseline.jpg").read_bytes())
    return tmp_path


def ran(folder: Path, *words: str, given: bytes = b"", **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", **more}
    read, write = os.pipe()
    os.write(write, given)
    os.close(write)
    try:
        return subprocess.run(
            [COMMAND, *words, *(["--passphrase-fd", str(read)] if given else []), "--isolated"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            pass_fds=(read,),
        )
    finally:
        os.close(read)


def made(folder: Path, *more: str) -> None:
    done = ran(folder, "keys", "new", "-o", "k.pem", "--passphrase-file", "pass", *more)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", ["sm2", "p256", "ed25519"])
def test_a_key_is_made_encrypted_and_only_for_its_owner(kind: str, place: Path) -> None:
    made(place, "--kind", kind)
    assert (place / "k.pem").read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert (place / "k.pem").stat().st_mode & 0o777 == 0o600
    assert (place / "k.pub.pem").read_text().startswith("-----BEGIN PUBLIC KEY-----")
    shown = ran(place, "keys", "show", "k.pub.pem").stdout
    assert shown == ran(place, "keys", "show", "k.pem", "--passphrase-file", "pass").stdout
    assert "sha256:" in shown


@pytest.mark.oracle("openssl")
def test_openssl_reads_the_key_with_its_passphrase(place: Path) -> None:
    made(place)
    command = ["openssl", "pkey", "-in", "k.pem", "-passin", "file:pass", "-pubout"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=True)
    assert done.stdout == (place / "k.pub.pem").read_text()


def test_nothing_is_written_over(place: Path) -> None:
    made(place)
    before = (place / "k.pem").read_bytes()
    assert ran(place, "keys", "new", "-o", "k.pem", "--passphrase-file", "pass").returncode == 3
    assert (place / "k.pem").read_bytes() == before


def test_a_passphrase_comes_from_a_file_a_descriptor_or_a_variable_with_a_path(place: Path) -> None:
    made(place)
    sign = ("embed", "a.jpg", "-o", "b.jpg", "--producer", PRODUCER, "--produce-id", "1", "--sign", "k.pem")
    without = ran(place, *sign)
    assert without.returncode == 2
    assert "--passphrase-file" in without.stderr
    assert "wrong" in ran(place, *sign, given=b"another").stderr
    assert ran(place, *sign, given=SECRET.encode()).returncode == 0
    again = ran(place, *sign, AIGC_LABEL_PASSPHRASE_FILE=str(place / "pass"))
    assert "unchanged" in again.stdout
    assert "unchanged" in ran(place, *sign, "--passphrase-file", "pass").stdout


def test_no_output_shows_a_secret(place: Path) -> None:
    made(place, "--plain")
    secret = "".join((place / "k.pem").read_text().split("\n")[1:-2])[40:80]
    said = ""
    for words in (
        ("keys", "show", "k.pem", "-v"),
        ("keys", "show", "k.pem", "--format", "json"),
        ("embed", "a.jpg", "-o", "b.jpg", "--producer", PRODUCER, "--sign", "k.pem", "-v", "--passphrase-file", "pass"),
        ("embed", "a.jpg", "-o", "b.jpg", "--producer", PRODUCER, "--sign", "k.pem", "--show-settings"),
        ("keys", "rotate", "k.pem", "--plain"),
        ("verify", "b.jpg", "-v"),
    ):
        done = ran(place, *words)
        said += done.stdout + done.stderr
    assert len(said) > 1000
    assert SECRET not in said
    assert secret not in said
    assert "PRIVATE" not in said


def test_rotation_keeps_the_old_key_under_its_own_name(place: Path) -> None:
    made(place)
    old, public = (place / "k.pem").read_bytes(), (place / "k.pub.pem").read_bytes()
    done = ran(place, "keys", "rotate", "k.pem", "--passphrase-file", "pass")
    assert done.returncode == 0, done.stderr
    kept = [path for path in place.glob("k.*.pem") if path.read_bytes() in (old, public)]
    assert len(kept) == 2
    assert (place / "k.pem").read_bytes() != old
    assert (place / "k.pem").stat().st_mode & 0o777 == 0o600
    assert not list(place.glob(".aigc-label-*"))


@pytest.mark.oracle("openssl")
@pytest.mark.parametrize(
    "command",
    [
        "genpkey -algorithm SM2 -out old.pem",
        "genpkey -algorithm SM2 -aes-256-cbc -pass file:pass -out old.pem",
        "ecparam -name prime256v1 -genkey -noout -out old.pem",
        "genpkey -algorithm ED25519 -out old.pem",
    ],
)
def test_keys_that_openssl_made_are_imported(command: str, place: Path) -> None:
    subprocess.run(["openssl", *command.split()], cwd=place, check=True, capture_output=True)
    done = ran(place, "keys", "import", "old.pem", "-o", "k.pem", "--passphrase-file", "pass")
    assert done.returncode == 0, done.stderr
    assert (place / "k.pem").read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")


@pytest.mark.oracle("openssl")
def test_a_kind_of_key_that_signs_no_labels_is_refused(place: Path) -> None:
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-out", "old.pem"], cwd=place, check=True, capture_output=True
    )
    assert "SM2, ECDSA P-256 or Ed25519" in ran(place, "keys", "import", "old.pem", "-o", "k.pem", "--plain").stderr


def test_a_propagator_alone_and_a_field_of_ones_own_are_not_signed(place: Path) -> None:
    made(place, "--plain")
    for more in (("--propagator", PRODUCER), ("--producer", PRODUCER, "--reserved1", "mine")):
        done = ran(place, "embed", "a.jpg", "-o", "b.jpg", "--sign", "k.pem", *more)
        assert done.returncode == 2
        assert "--sign" in done.stderr


def test_a_found_configuration_chooses_no_key_and_no_trust(place: Path) -> None:
    (place / "aigc-label.toml").write_text('trust = "store"\n')
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    done = subprocess.run([COMMAND, "verify", "a.jpg"], cwd=place, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert "trust" in done.stderr


def test_trust_is_told_in_the_exit_status(place: Path) -> None:
    made(place, "--plain")
    ran(place, "embed", "a.jpg", "-o", "b.jpg", "--producer", PRODUCER, "--sign", "k.pem")
    (place / "store").mkdir()
    (place / "k.pub.pem").rename(place / "store/acme.pub.pem")
    look = ("verify", "--only", "label", "b.jpg", "--trust", "store")
    assert ran(place, *look, "--expect-signer", "acme").returncode == 0
    assert ran(place, *look, "--expect-signer", "another").returncode == 1
    assert ran(place, *look).returncode == 3
    assert ran(place, "verify", "b.jpg", "--expect-signer", "acme").returncode == 2


def test_cryptography_is_loaded_for_signatures_alone(place: Path) -> None:
    made(place, "--plain")
    heavy = "import sys; from aigc_label import Label, Policy, Scope, api"
    label = f"api.embed('a.jpg', 'b.jpg', label=Label.generated(producer='{PRODUCER}', produce_id='1'))"
    look = "api.verify('b.jpg', Policy(scope=Scope.LABEL))"
    loaded = "print([name for name in ('gmssl_pyx', 'cryptography') if name in sys.modules])"
    script = f"{heavy}; {label}; {look}; {loaded}"
    done = subprocess.run([sys.executable, "-c", script], cwd=place, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_package_a_signature_is_undecidable_never_a_pass(place: Path) -> None:
    made(place, "--plain")
    ran(place, "embed", "a.jpg", "-o", "b.jpg", "--producer", PRODUCER, "--sign", "k.pem")
    script = (
        "import sys; sys.modules['gmssl_pyx'] = None; from aigc_label import Policy, Scope, api;"
        "found = api.verify('b.jpg', Policy(scope=Scope.LABEL));"
        "print(found.verdict, [f.rule.id for f in found.findings])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=place, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "undecidable ['SIG-003']"
