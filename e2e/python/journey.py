"""`journey.py COGNATE AWS`: the README's one command for both pools together, from sign-up to a signed call."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

from checks import Checks, same, true

COGNATE, AWS = sys.argv[1], sys.argv[2]
ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "pools-together.sh"
check = Checks("journey_debian" if AWS == "/usr/bin/aws" else "journey")


def played() -> str:
    """What the script prints, in an environment that has never heard of AWS."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "E2E_", "COGNATE_"))}
    home = tempfile.mkdtemp(prefix="journey-")
    binaries = pathlib.Path(home) / "bin"
    binaries.mkdir()
    (binaries / "aws").symlink_to(AWS)
    done = subprocess.run([str(SCRIPT), COGNATE], cwd=home, env=kept | {"HOME": home, "PATH": f"{binaries}:{kept['PATH']}"},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    same(done.returncode, 0, done.stdout[-800:])
    return done.stdout


@check("the README names the command")
def _():
    true("\nexamples/pools-together.sh\n" in (ROOT / "README.md").read_text(), "the command stands in the README")


@check("one command goes from sign-up to a signed call that is allowed, and to one that is not")
def _():
    said = played()
    true(re.search(r"^arn:aws:sts::\d+:assumed-role/sample-people/CognitoIdentityCredentials$", said, re.MULTILINE), said)
    same(said.count("(AccessDeniedException)"), 1, f"refusals in {said}")
    same(said.count("(ExpiredTokenException)"), 1, f"ends in {said}")
    guest = re.search(r"^(us-east-1:[0-9a-f-]{36})$", said, re.MULTILINE)[1]
    true(re.search(rf"^{guest}, ASIA", said, re.MULTILINE), "the same identity before and after signing in")


check.close()
