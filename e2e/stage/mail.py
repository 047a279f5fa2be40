"""The real SMTP server of a run: a process in the clients' Python, which has the library for it. It takes mail only
over TLS and from who has its password, as a relay does.

Each mail becomes one JSON file in a folder, so that Python, Node and the browser's driver read it alike.
"""

import json
import pathlib
import secrets
import socket
import subprocess

from . import process

SCRIPT = pathlib.Path(__file__).with_name("smtp_server.py")


class Server:
    """A running SMTP server: `port`, `username` and `password` to send with, `folder` to read from."""

    def __init__(self, python: pathlib.Path, folder: pathlib.Path, papers):
        self.username, self.password = "cognate", secrets.token_urlsafe(12)
        self.folder = folder
        self._papers = papers
        self.folder.mkdir(parents=True)
        self._python = python
        self._process = None
        self.port = 0

    def __enter__(self) -> "Server":
        self.port = process.free_port()
        settings = {"port": self.port, "folder": str(self.folder), "username": self.username,
                    "password": self.password, "certificate": str(self._papers.certificate),
                    "key": str(self._papers.key)}
        self._process = subprocess.Popen([str(self._python), str(SCRIPT)], stdin=subprocess.PIPE, text=True)
        self._process.stdin.write(json.dumps(settings))
        self._process.stdin.close()
        process.wait_until(self._answers, self._process, seconds=20, what="the mail server")
        return self

    def __exit__(self, *_):
        process.stop(self._process)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                return line.recv(4).startswith(b"220")
        except OSError:
            return False
