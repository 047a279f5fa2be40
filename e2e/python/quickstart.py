"""`quickstart.py COGNATE AWS NODE`: follows docs/quickstart.md, block by block, as somebody who has never seen it.

What the page shows is what runs. Only names of the page's world become names of this machine: the program is the one
under test, ports are free ones, `id.example.com` with its certificate and mail server are those of this run.
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
import time
import urllib.error
import urllib.request

from checks import Checks, same, true
from world import address, code_for

COGNATE, AWS, NODE = map(pathlib.Path, sys.argv[1:4])
PAGE = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "quickstart.md").read_text()
DRIVER = pathlib.Path(__file__).resolve().parents[1] / "node" / "quickstart_page.mjs"
PASSWORD = "Corr3ct-Horse!"
check = Checks("quickstart")


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def blocks() -> list[tuple[bool, str]]:
    """The page's shell blocks in their order, and whether each is left running."""
    found = re.findall(r"^```sh( stays)?\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [(bool(stays), text) for stays, text in found]


class Reader:
    """Who follows the page: a folder, and what was exported so far."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="quickstart-"))
        self.ports = {"9229": free_port(), "8000": free_port(), "443": free_port()}
        self.here: dict[str, str] = {}
        self.running: list[subprocess.Popen] = []
        self.folder = self.home
        bin_folder = self.home / "bin"
        bin_folder.mkdir()
        (bin_folder / "cognate").symlink_to(COGNATE)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "E2E_", "COGNATE_"))}
        path = os.pathsep.join([str(bin_folder), str(AWS.parent), str(NODE.parent), kept.get("PATH", "")])
        self.environment = kept | {"HOME": str(self.home), "PATH": path, "AWS_EC2_METADATA_DISABLED": "true",
                                   "AWS_PAGER": "", "AWS_CA_BUNDLE": os.environ["E2E_AUTHORITY"],
                                   "npm_config_cache": os.environ.get("npm_config_cache", f"{os.environ['HOME']}/.npm"),
                                   "npm_config_audit": "false", "npm_config_fund": "false"}

    def adapted(self, text: str) -> str:
        """The page's names as this machine's."""
        words = {"cargo build --release\n": "", 'export PATH="$PWD/target/release:$PATH"\n': "",
                 "cognate dev\n": f"exec cognate dev --ephemeral --listen 127.0.0.1:{self.ports['9229']}\n",
                 "cognate serve": "exec cognate serve", "127.0.0.1:9229": f"127.0.0.1:{self.ports['9229']}",
                 "npx esbuild --servedir": "exec npx esbuild --servedir",
                 "--serve=127.0.0.1:8000": f"--serve=127.0.0.1:{self.ports['8000']}",
                 "https://id.example.com": f"https://localhost:{self.ports['443']}",
                 '"0.0.0.0:443"': f'"127.0.0.1:{self.ports["443"]}"\nlisten.operator = "127.0.0.1:{free_port()}"\n'
                                  f'smtp.ca_file = "{os.environ["E2E_AUTHORITY"]}"',
                 "/etc/cognate/certificate.pem": os.environ["E2E_CERTIFICATE"],
                 "/etc/cognate/key.pem": os.environ["E2E_KEY"], "smtp.example.com": "localhost",
                 "smtp.port = 587": f"smtp.port = {os.environ['E2E_SMTP_PORT']}",
                 'smtp.username = "shop"': f'smtp.username = "{os.environ["E2E_SMTP_USERNAME"]}"',
                 "the mail account's password": os.environ["E2E_SMTP_PASSWORD"]} | self.here
        for page, machine in words.items():
            text = text.replace(page, machine)
        return text

    def follow(self, text: str) -> str:
        """Runs a block to its end in one shell's folder and environment, which later blocks go on in."""
        script = f"{self.adapted(text)}\nset +x\npwd > '{self.home}/folder'\n" \
                 f"export -p > '{self.home}/exported'\ndeclare -p POOL CLIENT 2>/dev/null >> '{self.home}/exported' || true\n"
        before = f"[ -f '{self.home}/exported' ] && . '{self.home}/exported'\n"
        done = subprocess.run(["bash", "-e", "-c", before + script], cwd=self.folder, env=self.environment, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
        same(done.returncode, 0, f"said {done.stdout[-300:]!r} {done.stderr[-600:]!r}")
        self.folder = pathlib.Path((self.home / "folder").read_text().strip())
        return done.stdout

    def leave_running(self, text: str) -> None:
        """Starts a block that stays."""
        log = (self.home / f"running-{len(self.running)}.log").open("wb+")
        started = subprocess.Popen(["bash", "-c", self.adapted(text)], cwd=self.folder, env=self.environment,
                                   stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        started.log = pathlib.Path(log.name)
        self.running.append(started)

    def await_web(self, url: str, seconds: float = 60) -> None:
        """Until the block left running last answers."""
        end, last = time.monotonic() + seconds, self.running[-1]
        while not answers(url):
            if last.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"nobody answers: {last.log.read_text(errors='replace')[-600:]}")
            time.sleep(0.1)

    def leave(self) -> None:
        """Ends what still runs, the last first."""
        for process in reversed(self.running):
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        shutil.rmtree(self.home, ignore_errors=True)


def answers(url: str) -> bool:
    """Whether somebody speaks HTTP there; a refusal is an answer."""
    try:
        with socket.create_connection((url.split("//")[1].split(":")[0], int(url.rsplit(":", 1)[1])), timeout=1):
            return True
    except OSError:
        return False


def in_the_browser(url: str, mail: str, code) -> dict:
    """Signs up, confirms and signs in by the app's three buttons; what the page shows at the end."""
    driver = subprocess.Popen([str(NODE), str(DRIVER), url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def press(button: str, **typed: str) -> str:
        driver.stdin.write(json.dumps({"press": button, "type": typed}) + "\n")
        driver.stdin.flush()
        said = driver.stdout.readline()
        true(said, f"the browser ended at {button!r}")
        return json.loads(said)

    try:
        said = json.loads(press("up", email=mail, password=PASSWORD))
        same(said["nextStep"]["signUpStep"], "CONFIRM_SIGN_UP", "after signing up")
        said = press("in")
        true("UserNotConfirmedException" in said or "CONFIRM_SIGN_UP" in said or "User needs to be authenticated" in said,
             f"too early: {said}")
        same(json.loads(press("confirm", code=code()))["isSignUpComplete"], True, "after confirming")
        true("NotAuthorizedException" in press("in", password="Wr0ng-Horse!"), "a wrong password")
        return json.loads(press("in", password=PASSWORD))
    finally:
        driver.stdin.close()
        driver.wait(30)


READER, BLOCKS = Reader(), blocks()
MAILS = [address("dev"), address("live")]


def inbox_code() -> str:
    """The code as the inbox page has it."""
    request = urllib.request.Request(f"http://127.0.0.1:{READER.ports['9229']}/_cognate/inbox",
                                     headers={"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return next(message["code"] for message in json.load(answer)["messages"] if message["to"] == MAILS[0])


def users(said: str) -> list[str]:
    """What `list-users` printed."""
    return said.split()


@check("the page has the blocks this file follows, and no other command")
def _():
    same([stays for stays, _ in BLOCKS], [False, True, False, False, False, True, False, False, True, False], "blocks")
    same(len(re.findall(r"^```", PAGE, re.MULTILINE)), 2 * len(BLOCKS), "fences")


@check("`cognate dev` starts, and the AWS CLI makes a pool and a client as the page says")
def _():
    READER.follow(BLOCKS[0][1])
    READER.leave_running(BLOCKS[1][1])
    READER.await_web(f"http://127.0.0.1:{READER.ports['9229']}")
    READER.follow(BLOCKS[2][1])


@check("the app is written, bundled and served as the page says")
def _():
    READER.follow(BLOCKS[3][1])
    READER.follow(BLOCKS[4][1])
    READER.leave_running(BLOCKS[5][1])
    READER.await_web(f"http://127.0.0.1:{READER.ports['8000']}")


@check("in a browser somebody signs up, reads the code in the inbox, confirms and signs in")
def _():
    shown = in_the_browser(f"http://127.0.0.1:{READER.ports['8000']}", MAILS[0], inbox_code)
    same((shown["email"], shown["email_verified"]), (MAILS[0], "true"), "who the page shows")
    same(users(READER.follow(BLOCKS[6][1])), ["CONFIRMED"], "who the server knows")


@check("`cognate doctor` finds nothing that keeps the production configuration from working")
def _():
    said = READER.follow(BLOCKS[7][1])
    true("BAD" not in said and "mail: localhost" in said, said)


@check("`cognate serve` starts, shows a key once, and that key makes a pool and a client")
def _():
    READER.leave_running(BLOCKS[8][1])
    READER.await_web(f"https://localhost:{READER.ports['443']}")
    end = time.monotonic() + 20
    shown = None
    while shown is None and time.monotonic() < end:
        log = READER.running[-1].log.read_text(errors="replace")
        shown = re.search(r"Access key id:\s+(\S+)\s+Secret access key:\s+(\S+)", log)
        time.sleep(0.1)
    true(shown, "the key is shown")
    READER.here = {"AWS_ACCESS_KEY_ID=AKIA...": f"AWS_ACCESS_KEY_ID={shown[1]}",
                   "AWS_SECRET_ACCESS_KEY=...": f"AWS_SECRET_ACCESS_KEY={shown[2]}"}
    READER.follow(BLOCKS[9][1])


@check("the same app, bundled anew, signs somebody up at the real server: the code comes by mail, over TLS")
def _():
    READER.follow(BLOCKS[4][1])
    shown = in_the_browser(f"http://127.0.0.1:{READER.ports['8000']}", MAILS[1], lambda: code_for(MAILS[1]))
    same((shown["email"], shown["email_verified"]), (MAILS[1], "true"), "who the page shows")
    same(users(READER.follow(BLOCKS[6][1])), ["CONFIRMED"], "who the server knows")


READER.leave()
check.close()
