"""What ran and held, as a file: `docs/clients.md` is made from it (`cargo xtask clients-page`).

The file names clients and checks and nothing that differs from run to run. A run compares itself with it: a check that
the file names and that did not pass makes the page a lie, and the run red.
"""

import json
import pathlib
import re

PASSED = re.compile(r"^ok     (.*) \(\d+\.\d+ s\)$")
# Which pinned package stands behind a client, by file; the newcomer plays several.
NPM = {"sdk_js": "@aws-sdk/client-cognito-identity-provider",
       "sdk_js_admin": "@aws-sdk/client-cognito-identity-provider", "sdk_js_access": "@aws-sdk/client-sts",
       "sdk_js_identity": "@aws-sdk/client-cognito-identity", "jose": "jose", "aws_jwt_verify": "aws-jwt-verify",
       "identity_js": "amazon-cognito-identity-js", "amplify": "aws-amplify", "amplify_browser": "aws-amplify"}
PYPI = {"aws_cli": "awscli", "aws_cli_roles": "awscli", "aws_cli_identity": "awscli", "terraform_identity": "boto3",
        "pycognito": "pycognito", "pyjwt": "PyJWT", "authlib": "Authlib", "signatures": "botocore"}
CRATE = {"sdk_rust": "aws-sdk-cognitoidentityprovider"}


class Results:
    """The titles that passed, by client."""

    def __init__(self):
        self.checks: dict[str, list[str]] = {}

    def heard(self, client: str, line: str) -> None:
        """A line of a client's output."""
        found = PASSED.match(line)
        if found:
            self.checks.setdefault(client, []).append(found[1])

    def failed(self, client: str) -> None:
        """A client that had a failure: nothing of it is recorded, and the run is red without us."""
        self.checks.pop(client, None)

    def missing(self, recorded: dict) -> list[str]:
        """What the file says of clients that ran, and this run does not bear out."""
        return [f"{client['name']}: {title}" for client in recorded["clients"] if client["name"] in self.checks
                for title in client["checks"] if title not in self.checks[client["name"]]]

    def unrecorded(self, recorded: dict) -> int:
        """How many checks passed that the file does not name yet."""
        known = {client["name"]: set(client["checks"]) for client in recorded["clients"]}
        return sum(title not in known.get(name, set()) for name, titles in self.checks.items() for title in titles)

    def record(self, here: pathlib.Path, file: pathlib.Path, names: list[str]) -> None:
        """Writes the file anew: clients that ran and held as they did, the others as they stand in it."""
        titles = {client["name"]: client["checks"] for client in read(file)["clients"]} | self.checks
        clients = [{"name": name, "version": version(here, name), "checks": titles[name]}
                   for name in names if name in titles]
        file.write_text(json.dumps({"clients": clients}, indent=1, ensure_ascii=False) + "\n")


def version(here: pathlib.Path, client: str) -> str:
    """The pinned version of what stands behind a client; nothing for what is Debian's."""
    if client in NPM:
        return json.loads((here / "node" / "package.json").read_text())["dependencies"][NPM[client]]
    if client in CRATE:
        lock = (here / "rust" / "Cargo.lock").read_text()
        return re.search(rf'name = "{CRATE[client]}"\nversion = "([^"]+)"', lock)[1]
    package = "boto3" if client.startswith("boto3_") else PYPI.get(client)
    pins = (here / "python" / "requirements.txt").read_text()
    return re.search(rf"^{package}==(\S+)$", pins, re.MULTILINE)[1] if package else ""


def read(file: pathlib.Path) -> dict:
    """The file as it was recorded; empty before the first time."""
    return json.loads(file.read_text()) if file.is_file() else {"clients": []}
