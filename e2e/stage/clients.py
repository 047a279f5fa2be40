"""The clients: which there are, how each is started, and what each is told about the server.

To add one: a file under `python/` or `node/` (or a crate as `rust/` is one), and a line in `ALL`.
"""

import dataclasses
import os
import pathlib
import subprocess
import threading

from .server import clean_environment


@dataclasses.dataclass(frozen=True)
class Client:
    """One client file. `needs` names the Debian commands it cannot do without."""

    name: str
    file: str
    needs: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    seconds_max: int = 240

    @property
    def is_node(self) -> bool:
        """Whether Node runs it."""
        return self.file.endswith(".mjs")

    @property
    def wants_node(self) -> bool:
        """Whether it needs Node's packages, run by Node or not."""
        return self.is_node or "{node}" in self.arguments

    @property
    def is_rust(self) -> bool:
        """Whether it is a program that is built; Python runs what is neither."""
        return self.file.endswith("Cargo.toml")

    def command(self, here: pathlib.Path, tools, cognate: pathlib.Path) -> list[str]:
        """The whole command line."""
        if self.is_rust:
            return [str(tools.rust)]
        interpreter = tools.node if self.is_node else tools.python
        words = {"{cognate}": str(cognate), "{python_bin}": str(tools.python.parent), "{node}": str(tools.node)}
        arguments = [replaced(argument, words) for argument in self.arguments]
        return [str(interpreter), str(here / self.file), *arguments]


def replaced(text: str, words: dict[str, str]) -> str:
    """Fills the places held open in a client's arguments."""
    for place, word in words.items():
        text = text.replace(place, word)
    return text


ALL = (
    Client("boto3_pools", "python/boto3_pools.py"),
    Client("boto3_app_clients", "python/boto3_app_clients.py"),
    Client("boto3_sign_up", "python/boto3_sign_up.py"),
    Client("boto3_sms", "python/boto3_sms.py"),
    Client("boto3_admin_users", "python/boto3_admin_users.py"),
    Client("boto3_attributes", "python/boto3_attributes.py"),
    Client("boto3_sign_in", "python/boto3_sign_in.py"),
    Client("boto3_challenges", "python/boto3_challenges.py"),
    Client("boto3_tokens", "python/boto3_tokens.py"),
    Client("boto3_passwords", "python/boto3_passwords.py"),
    Client("boto3_lists", "python/boto3_lists.py"),
    Client("boto3_groups", "python/boto3_groups.py"),
    Client("boto3_access", "python/boto3_access.py"),
    Client("access", "python/access.py", arguments=("{python_bin}/aws",)),
    Client("aws_cli_roles", "python/aws_cli_roles.py", arguments=("{python_bin}/aws",)),
    Client("boto3_identity_pools", "python/boto3_identity_pools.py"),
    Client("boto3_identity", "python/boto3_identity.py"),
    Client("boto3_identity_credentials", "python/boto3_identity_credentials.py"),
    Client("terraform_identity", "python/terraform_identity.py"),
    Client("aws_cli_identity", "python/aws_cli_identity.py", arguments=("{python_bin}/aws",)),
    Client("aws_cli_v2_identity", "python/aws_cli_identity.py", needs=("aws",), arguments=("/usr/bin/aws",)),
    Client("identity_guide", "python/identity_guide.py", arguments=("{python_bin}/aws", "{cognate}")),
    Client("signatures", "python/signatures.py"),
    Client("aws_cli", "python/aws_cli.py", arguments=("{python_bin}/aws",)),
    Client("aws_cli_v2", "python/aws_cli.py", needs=("aws",), arguments=("/usr/bin/aws",)),
    Client("pycognito", "python/pycognito_srp.py"),
    Client("pyjwt", "python/pyjwt_verify.py"),
    Client("authlib", "python/authlib_validators.py"),
    Client("sdk_js", "node/sdk_js.mjs"),
    Client("sdk_js_admin", "node/sdk_js_admin.mjs"),
    Client("sdk_js_access", "node/sdk_js_access.mjs"),
    Client("sdk_js_identity", "node/sdk_js_identity.mjs"),
    Client("jose", "node/jose_verify.mjs"),
    Client("aws_jwt_verify", "node/aws_jwt_verify.mjs", arguments=("{cognate}",)),
    Client("sdk_rust", "rust/Cargo.toml"),
    Client("identity_js", "node/identity_js.mjs"),
    Client("amplify", "node/amplify.mjs"),
    Client("amplify_browser", "node/amplify_browser.mjs", needs=("chromium",)),
    Client("quickstart", "python/quickstart.py", needs=("chromium",), arguments=("{cognate}", "{python_bin}/aws", "{node}"),
           seconds_max=480),
    Client("journey", "python/journey.py", arguments=("{cognate}", "{python_bin}/aws")),
    Client("journey_debian", "python/journey.py", needs=("aws",), arguments=("{cognate}", "/usr/bin/aws")),
    Client("newcomer", "python/newcomer.py", arguments=("{cognate}", "{python_bin}/aws")),
    Client("newcomer_debian", "python/newcomer.py", needs=("aws",), arguments=("{cognate}", "/usr/bin/aws")),
)


def names() -> list[str]:
    """Every client's name, in the order they run."""
    return [client.name for client in ALL]


def chosen(only: list[str]) -> list[Client]:
    """The clients asked for, or all of them."""
    unknown = set(only) - set(names())
    if unknown:
        raise SystemExit(f"no such client: {', '.join(sorted(unknown))}; there are: {', '.join(names())}")
    return [client for client in ALL if not only or client.name in only]


def environment(serving, papers, post, texts, work: pathlib.Path) -> dict[str, str]:
    """What a client is told: the usual variables of the AWS tools, and where the mail arrives.

    Credentials and settings of whoever runs this are hidden from the clients.
    """
    key_id, secret = serving.root_key
    authority = str(papers.authority)
    nowhere = str(work / "no-such-file")
    return clean_environment() | {
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CA_BUNDLE": authority,
        "REQUESTS_CA_BUNDLE": authority,
        "NODE_EXTRA_CA_CERTS": authority,
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
        "PYTHONUNBUFFERED": "1",
        "E2E_ENDPOINT": serving.url,
        "E2E_OPERATOR": serving.operator_url,
        "E2E_AUTHORITY": authority,
        "E2E_SPKI_SHA256": papers.spki_sha256,
        "E2E_MAIL": str(post.folder),
        "E2E_SMS": str(texts.folder),
        "E2E_SMTP_PORT": str(post.port),
        "E2E_SMTP_USERNAME": post.username,
        "E2E_SMTP_PASSWORD": post.password,
        "E2E_CERTIFICATE": str(papers.certificate),
        "E2E_KEY": str(papers.key),
        "E2E_WORK": str(work),
        "HOME": os.environ.get("HOME", str(work)),
    }


class Watchdog:
    """Ends a client that hangs, so that one of them cannot take the whole run with it."""

    def __init__(self, process: subprocess.Popen, seconds: int):
        self.fired = False
        self._process = process
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True
        self._timer.start()

    def _fire(self) -> None:
        self.fired = True
        self._process.kill()

    def cancel(self) -> None:
        """The client ended by itself."""
        self._timer.cancel()
