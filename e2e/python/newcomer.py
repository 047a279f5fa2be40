"""`newcomer.py COGNATE AWS`: does what `cognate dev` says, word by word, as somebody who has never seen it.

The first output of `dev` names the next commands for the AWS CLI and for boto3, and the inbox. This file runs exactly
those lines in a shell, in an environment that has never heard of AWS, and looks at what they print.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from checks import Checks, same, true

COGNATE, AWS = sys.argv[1], sys.argv[2]
check = Checks("newcomer_debian" if AWS == "/usr/bin/aws" else "newcomer")


class Dev:
    """A running `cognate dev` and everything it has printed."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.listen = f"127.0.0.1:{probe.getsockname()[1]}"
        self.home = tempfile.mkdtemp(prefix="newcomer-")
        self.printed: list[str] = []
        self.process = subprocess.Popen([COGNATE, "dev", "--ephemeral", "--listen", self.listen], cwd=self.home,
                                        env=innocent(self.home), text=True, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.printed.append(line.rstrip("\n"))

    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self.printed)

    def wait(self, seconds: float = 30) -> None:
        """Until it answers and has said its piece."""
        end = time.monotonic() + seconds
        while not ("aws " in self.text() and self._answers()):
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"cognate dev did not get ready:\n{self.text()}")
            time.sleep(0.1)
        time.sleep(0.3)

    def _answers(self) -> bool:
        try:
            socket.create_connection(tuple(self.listen.split(":")), timeout=1).close()
            return True
        except OSError:
            return False

    def stop(self) -> None:
        """Ctrl-C, as a person ends it."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.home, ignore_errors=True)


def innocent(home: str) -> dict[str, str]:
    """An environment without AWS in it; the tools at hand are the pinned ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "E2E_", "COGNATE_"))}
    path = os.pathsep.join([str(pathlib.Path(AWS).parent), kept.get("PATH", "")])
    return kept | {"HOME": home, "PATH": path, "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": ""}


# Lines that make ready for the others.
SET_UP = ("export ", "aws() ")


def commands(text: str) -> list[str]:
    """The shell lines it offers, continued ones joined: `export …`, `aws() …` and `aws …`."""
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = [re.sub(r"^\s*\$?\s*", "", line) for line in joined.splitlines()]
    return [line for line in lines if line.startswith(("aws ", *SET_UP))]


def snippet(text: str) -> str:
    """The Python it offers: from the import to the last line that is indented like it."""
    lines = text.splitlines()
    start = next(index for index, line in enumerate(lines) if line.strip().startswith(("import boto3", "python3 -")))
    margin = len(lines[start]) - len(lines[start].lstrip())
    taken = []
    for line in lines[start:]:
        if line.strip() and len(line) - len(line.lstrip()) < margin:
            break
        taken.append(line[margin:])
    return "\n".join(taken).strip()


def shell(script: str, home: str) -> subprocess.CompletedProcess:
    """Runs it as typed."""
    return subprocess.run(["bash", "-e", "-c", script], env=innocent(home), cwd=home, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=120)


def get(path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> tuple[int, str, str]:
    """A plain request to the development server: status, content type, text."""
    request = urllib.request.Request(f"http://{DEV.listen}{path}", data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers.get("Content-Type", ""), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type", ""), error.read().decode(errors="replace")


DEV = Dev()
DEV.wait()


@check("what it prints names the address, a pool, a client and the inbox")
def _():
    text = DEV.text()
    true(DEV.listen.split(":")[1] in text, "the address")
    true(re.search(r"\b[a-z]{2}-[a-z]+-\d_[A-Za-z0-9]{9}\b", text), "a pool")
    true(re.search(r"\b[0-9a-z]{26}\b", text), "a client")
    true(re.search(r"\b[a-z]{2}-[a-z]+-\d:[0-9a-f]{8}-[0-9a-f-]{27}\b", text), "an identity pool")
    true("/_cognate/inbox" in text, "the inbox")


@check("every AWS CLI line works as printed")
def _():
    lines = commands(DEV.text())
    asked = [line for line in lines if line.startswith("aws ")]
    true(len(asked) >= 2, f"commands: {lines}")
    exports = "\n".join(line for line in lines if line.startswith(SET_UP))
    said = {}
    for line in asked:
        done = shell(f"{exports}\n{line}", DEV.home)
        same(done.returncode, 0, f"`{line}` said {done.stderr.strip()[:300]!r}")
        said[line.split()[2]] = json.loads(done.stdout)
    true("ana" in [user["Username"] for user in said["list-users"]["Users"]], "the sample user is listed")
    true("AccessToken" in said["initiate-auth"]["AuthenticationResult"], "the sample user signs in")
    same(said["sign-up"]["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL", "who signs up gets a mail")
    given = said["get-credentials-for-identity"]["Credentials"]
    true(given["AccessKeyId"].startswith("ASIA") and given["SecretKey"], "a guest gets credentials")


@check("the boto3 lines work as printed")
def _():
    script = snippet(DEV.text())
    file = pathlib.Path(DEV.home) / "next.py"
    file.write_text(script)
    exports = "\n".join(line for line in commands(DEV.text()) if line.startswith(SET_UP))
    run = script if script.startswith("python3 -") else f"{sys.executable} {file}"
    done = shell(f"{exports}\n{run}", DEV.home)
    same(done.returncode, 0, f"python said {done.stderr.strip()[-400:]!r}")
    true("'sub'" in done.stdout, f"the profile is printed: {done.stdout[:200]!r}")
    who = r":assumed-role/sample-people/CognitoIdentityCredentials$"
    true(re.search(who, done.stdout, re.MULTILINE), f"who the credentials are: {done.stdout[-200:]!r}")


@check("a wrong password is refused in the CLI's own words")
def _():
    exports = "\n".join(line for line in commands(DEV.text()) if line.startswith(SET_UP))
    line = next(line for line in commands(DEV.text()) if "initiate-auth" in line)
    done = shell(f"{exports}\n{re.sub('PASSWORD=.*', 'PASSWORD=Wr0ng-Horse!', line)}", DEV.home)
    true(done.returncode != 0 and "(NotAuthorizedException)" in done.stderr, done.stderr[:300])


@check("the code is in the inbox, as a page and as JSON, and confirms who signed up")
def _():
    status, kind, page = get("/_cognate/inbox")
    true((status, kind.split(";")[0]) == (200, "text/html"), f"{status} {kind}")
    status, _, body = get("/_cognate/inbox", {"Accept": "application/json"})
    same(status, 200, "status")
    mail = json.loads(body)["messages"][0]
    true(mail["code"] in page, "the page shows the code")
    exports = "\n".join(line for line in commands(DEV.text()) if line.startswith(SET_UP))
    line = next(line for line in commands(DEV.text()) if "sign-up" in line)
    client, username = re.search(r"--client-id (\S+)", line)[1], re.search(r"--username (\S+)", line)[1]
    confirm = f"aws cognito-idp confirm-sign-up --client-id {client} --username {username} --confirmation-code"
    wrong = shell(f"{exports}\n{confirm} {(int(mail['code']) + 1) % 10**6:06}", DEV.home)
    true("(CodeMismatchException)" in wrong.stderr, wrong.stderr[:300])
    done = shell(f"{exports}\n{confirm} {mail['code']}", DEV.home)
    same(done.returncode, 0, done.stderr[:300])


@check("a web page of another origin reads neither the inbox nor calls as an administrator")
def _():
    same(get("/_cognate/inbox", {"Origin": "https://evil.example"})[0], 403, "inbox with a foreign origin")
    true(get("/_cognate/inbox", {"Host": "evil.example"})[0] in (400, 403, 421), "a foreign host name")
    request = {"Origin": "https://evil.example", "Content-Type": "application/x-amz-json-1.1",
               "X-Amz-Target": "AWSCognitoIdentityProviderService.ListUserPools",
               "Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/cognito-idp/aws4_request, "
                                "SignedHeaders=host, Signature=00"}
    status, _, body = get("/", request, b'{"MaxResults":1}')
    true(status in (400, 403) and "UserPools" not in body, f"{status} {body[:200]}")


DEV.stop()
check.close()
