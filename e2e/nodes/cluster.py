"""Three servers of the built binary on one database, the last of them with a clock that is 30 s ahead."""

import json
import pathlib
import subprocess
import urllib.error
import urllib.request

from stage import process, server

from .proxy import Proxy

NODES = 3
AHEAD = "+30s"


class Node:
    """One server process; it can be stopped and started again at the same ports."""

    def __init__(self, cognate: pathlib.Path, work: pathlib.Path, number: int):
        self.name = f"node {number}"
        self.port, self.operator_port = process.free_port(), process.free_port()
        self._cognate, self._work = cognate, work
        self._settings = work / f"node{number}.toml"
        self._log = work / f"node{number}.log"
        self._ahead = number == NODES
        self._process = None

    def configure(self, public_url: str, database: str, post, papers) -> None:
        """Writes what an operator would: the same for all nodes but for the listeners."""
        keys = {
            "public_url": public_url,
            "listen.public": f"127.0.0.1:{self.port}",
            "listen.operator": f"127.0.0.1:{self.operator_port}",
            "listen.drain_timeout_secs": 10,
            "database.url": database,
            "database.tls": "off",
            "keyring.source": f"file:{self._work / 'cognate.keyring'}",
            "limits.source_rps": 0,  # all of the load comes from one address
            "limits.person_rps": 0,  # and is about few people
            "identity.guest_rps": 0,
            "smtp.host": "localhost",
            "smtp.port": post.port,
            "smtp.security": "starttls",
            "smtp.username": post.username,
            "smtp.password": post.password,
            "smtp.ca_file": str(papers.authority),
        }
        self._settings.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in keys.items()))

    def start(self) -> None:
        """Starts it and waits until it says it may be sent traffic."""
        environment = server.clean_environment()
        if self._ahead:
            # Timers go by the monotonic clock, which is nobody's opinion: only the time of day is moved.
            environment |= {"LD_PRELOAD": str(libfaketime()), "FAKETIME": AHEAD, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                            "DONT_FAKE_MONOTONIC": "1"}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._cognate), "serve", "--config", str(self._settings)], cwd=self._work, env=environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        process.wait_until(self.is_ready, self._process, seconds=60, what=self.name)

    def stop(self) -> int:
        """SIGTERM, and waits for the drain. Answers the exit code."""
        process.stop(self._process, seconds=30)
        return self._process.returncode

    def is_ready(self) -> bool:
        """What a load balancer would ask."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.operator_port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def log(self) -> str:
        """Everything it has said."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""


class Cluster:
    """The nodes and the proxy before them. `root_key` is what the first node showed at its first start."""

    def __init__(self, cognate: pathlib.Path, work: pathlib.Path, database: str, post, papers):
        self.nodes = [Node(cognate, work, number) for number in range(1, NODES + 1)]
        self.proxy = Proxy([node.port for node in self.nodes])
        self.url = f"http://127.0.0.1:{self.proxy.port}"
        self.root_key = ("", "")
        for node in self.nodes:
            node.configure(self.url, database, post, papers)

    def __enter__(self) -> "Cluster":
        try:
            for node in self.nodes:
                node.start()
            self.root_key = server.shown_root_key(self.nodes[0].log())
        except BaseException:
            self.__exit__()
            for node in self.nodes:
                print(f"--- {node.name} ---", *node.log().splitlines()[-20:], sep="\n")
            raise
        return self

    def __exit__(self, *_):
        self.proxy.close()
        for node in self.nodes:
            process.stop(node._process)


def libfaketime() -> pathlib.Path:
    """Debian's library, in the form for programs with threads."""
    found = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise SystemExit("libfaketime is needed: apt-get install libfaketime")
    return found[0]
