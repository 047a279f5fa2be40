"""A private Postgres with its flushes on: started, torn down as by a crash, started again."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

from stage import process


class Postgres:
    """A cluster in a folder of its own, on loopback. `url` is how a server is told about it."""

    def __init__(self):
        self._bin = programs()
        self._owner = owner()
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="cognate-nodes-postgres-"))
        if self._owner:
            os.chown(self._folder, self._owner.pw_uid, self._owner.pw_gid)
        self._port = process.free_port()
        self.url = f"postgres://cognate@127.0.0.1:{self._port}/postgres"

    def __enter__(self) -> "Postgres":
        self._run("initdb", "-U", "cognate", "-A", "trust", "-E", "UTF8", "--locale=C")
        self.start()
        return self

    def __exit__(self, *_):
        self._run("pg_ctl", "stop", "-m", "immediate", check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Starts it and waits until it takes connections: after a crash it reads its log first."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self._port} -c max_connections=100 -k {self._folder}"
        self._run("pg_ctl", "start", "-w", "-t", "30", "-o", options, "-l", str(self._folder / "server.log"))

    def crash(self) -> None:
        """Ends every process of it at once, without a checkpoint and without a word to its clients."""
        self._run("pg_ctl", "stop", "-m", "immediate")

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        command = [str(self._bin / program), "-D", str(self._folder / "data"), *arguments]
        if self._owner:
            # Postgres refuses to run as root.
            command = ["setpriv", f"--reuid={self._owner.pw_uid}", "--clear-groups", "--", *command]
        done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
        if check and done.returncode:
            raise RuntimeError(f"{program} ended with code {done.returncode}; see {self._folder}/server.log")


def owner():
    """Whom the server runs as when we are root, and nobody else otherwise."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def programs() -> pathlib.Path:
    """Debian keeps the server's programs off the PATH, a folder per version."""
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    places = [*reversed(versions), *([pathlib.Path(found).parent] if found else [])]
    for place in places:
        if (place / "initdb").exists():
            return place
    raise SystemExit("Postgres 15 or newer is needed: apt-get install postgresql")
