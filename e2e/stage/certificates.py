"""A private certificate authority and one server certificate for `localhost`, made afresh for every run.

Clients are told to trust the authority; nothing is told to skip the check.
"""

import base64
import dataclasses
import hashlib
import pathlib
import subprocess

NAMES = "DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:::1"


@dataclasses.dataclass(frozen=True)
class Papers:
    """Where the PEM files lie, and the certificate's key in the form a browser pins it by."""

    authority: pathlib.Path
    certificate: pathlib.Path
    key: pathlib.Path
    spki_sha256: str


def make(folder: pathlib.Path) -> Papers:
    """Makes authority, key and certificate with the `openssl` command."""
    folder.mkdir(parents=True)
    authority, authority_key = folder / "authority.pem", folder / "authority.key"
    certificate, key = folder / "server.pem", folder / "server.key"
    request = folder / "server.csr"
    openssl("req", "-x509", *new_key(authority_key), "-days", "2", "-subj", "/CN=Cognate e2e authority",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-out", authority)
    openssl("req", *new_key(key), "-subj", "/CN=localhost", "-out", request)
    extensions = folder / "server.ext"
    extensions.write_text(f"basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                          f"extendedKeyUsage=serverAuth\nsubjectAltName={NAMES}\n")
    openssl("x509", "-req", "-in", request, "-CA", authority, "-CAkey", authority_key, "-CAcreateserial",
            "-days", "2", "-extfile", extensions, "-out", certificate)
    key.chmod(0o600)
    return Papers(authority, certificate, key, spki_sha256(certificate))


def new_key(path: pathlib.Path) -> list:
    """The arguments that make a fresh P-256 key in PKCS#8."""
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path]


def spki_sha256(certificate: pathlib.Path) -> str:
    """The base64 SHA-256 of the public key: how Chromium names a certificate it may trust."""
    pem = openssl("x509", "-in", certificate, "-pubkey", "-noout")
    body = "".join(line for line in pem.decode().splitlines() if not line.startswith("-----"))
    return base64.b64encode(hashlib.sha256(base64.b64decode(body)).digest()).decode()


def openssl(*arguments) -> bytes:
    """Runs one openssl command; its complaint is the exception's text."""
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
