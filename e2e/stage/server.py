"""`cognate serve` as an operator runs it: a configuration file, certificate files, a root key shown once."""

import json
import os
import pathlib
import re
import ssl
import subprocess
import urllib.error
import urllib.request

from . import process

ACCESS_KEY_ID = re.compile(r"\b(AKIA[A-Z0-9]{16})\b")
SECRET_ACCESS_KEY = re.compile(r"secret[^\n]*?[\s:=\"']([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])", re.IGNORECASE)


def configuration(work: pathlib.Path, papers, port: int, operator_port: int, post, texts,
                  database: str | None) -> str:
    """The TOML an operator would write for this stage; the one place that knows the keys' names."""
    keys = {
        "public_url": f"https://localhost:{port}",
        "listen.public": f"127.0.0.1:{port}",
        "listen.operator": f"127.0.0.1:{operator_port}",
        "tls.certificate": str(papers.certificate),
        "tls.key": str(papers.key),
        "database.url": database or f"sqlite:{work / 'cognate.db'}",
        "keyring.source": f"file:{work / 'cognate.keyring'}",
        "limits.person_rps": 0,  # the checks ask about one person faster than people do
        "identity.guest_rps": 0,  # and come as more guests than one address has
        "smtp.host": "localhost",
        "smtp.port": post.port,
        "smtp.security": "starttls",
        "smtp.username": post.username,
        "smtp.password": post.password,
        "smtp.ca_file": str(papers.authority),
        "smtp.from": "no-reply@cognate.example",
        "sms.url": texts.url,
        "sms.headers": [f"Authorization: Bearer {texts.key}"],
        "sms.body": json.dumps({"recipient": "{to}", "body": "{text}", "reference": "{id}"}),
        "sms.ca_file": str(papers.authority),
        "sms.allowed_networks": ["127.0.0.0/8", "::1/128"],
    } | ({"database.tls": "off"} if database else {})
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in keys.items())


class Serving:
    """A running server. `url` is its public address, `root_key` the pair it showed at its first start."""

    def __init__(self, cognate: pathlib.Path, work: pathlib.Path, papers, post, texts, database: str | None):
        self._cognate, self._work, self._papers = cognate, work, papers
        self._post, self._texts, self._database = post, texts, database
        self._log = work / "server.log"
        self._process = None
        self.url = self.operator_url = ""
        self.root_key = ("", "")

    def __enter__(self) -> "Serving":
        port, operator_port = process.free_port(), process.free_port()
        settings = self._work / "cognate.toml"
        settings.write_text(configuration(self._work, self._papers, port, operator_port, self._post, self._texts,
                                          self._database))
        self.url, self.operator_url = f"https://localhost:{port}", f"http://127.0.0.1:{operator_port}"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen([str(self._cognate), "serve", "--config", str(settings)], cwd=self._work,
                                             env=clean_environment(), stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=subprocess.STDOUT)
        try:
            process.wait_until(self._is_ready, self._process, seconds=60, what="cognate serve")
            self.root_key = shown_root_key(self._log.read_text(errors="replace"))
        except BaseException:
            print(f"--- the server's log ---\n{self.last_lines()}")
            process.stop(self._process)
            raise
        return self

    def __exit__(self, *_):
        process.stop(self._process)

    def last_lines(self, count: int = 20) -> str:
        """The end of the server's log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-count:])

    def told_in_log(self, patterns: dict[str, str]) -> list[str]:
        """Which of the patterns the log holds, after the one place where the first start shows the root key."""
        lines = [line for line in self._log.read_text(errors="replace").splitlines()
                 if self.root_key[1] not in line or not line.strip().startswith("Secret access key")]
        return [f"{name}: {line[:200]}" for name, pattern in patterns.items()
                for line in lines if re.search(pattern, line)]

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.operator_url}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError, ssl.SSLError):
            return False


def shown_root_key(log: str) -> tuple[str, str]:
    """Reads the access key from what the first start printed."""
    key_id, secret = ACCESS_KEY_ID.search(log), SECRET_ACCESS_KEY.search(log)
    if not key_id or not secret:
        raise RuntimeError("the first start showed no root access key")
    return key_id[1], secret[1]


def clean_environment() -> dict[str, str]:
    """The caller's environment without anything that would configure Cognate behind the file's back."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("COGNATE_", "AWS_"))}
