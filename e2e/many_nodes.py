#!/usr/bin/env python3
"""Three nodes of the built `cognate` on one Postgres behind a round-robin proxy, one clock 30 s ahead (RL-8, RL-9).

    e2e/many_nodes.py --cognate target/debug/cognate

Needs the Python of `stage/install.py`, Postgres and libfaketime. The last line is `N passed, N failed`, and the exit
code tells the same.
"""

import argparse
import pathlib
import shutil
import sys
import tempfile
import time
import traceback

from nodes import everywhere, identity, outages, races, rights
from nodes.api import World
from nodes.cluster import Cluster
from nodes.postgres import Postgres
from stage import certificates, mail


def main() -> int:
    """Sets the stage, asks every question, and clears away what it started."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cognate", required=True, type=pathlib.Path, help="the built binary")
    parser.add_argument("--only", metavar="WORD", default="", help="run only the checks whose names hold this word")
    asked = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="cognate-nodes-"))
    try:
        passed, failed = play(asked.cognate.resolve(), asked.only, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def play(cognate: pathlib.Path, only: str, work: pathlib.Path) -> tuple[int, int]:
    """Starts database, mail and nodes, and runs the checks on them."""
    papers = certificates.make(work / "tls")
    with Postgres() as postgres, mail.Server(pathlib.Path(sys.executable), work / "mail", papers) as post:
        with Cluster(cognate, work, postgres.url, post, papers) as cluster:
            world = World(cluster, postgres, post.folder)
            rooms = (everywhere, races, rights, identity, outages)
            checks = [check for room in rooms for check in room.CHECKS if only in check.__name__]
            results = [held(check, world) for check in checks]
            results.append(told_no_panic(cluster))
            if not all(results):
                for node in cluster.nodes:
                    lines = [line for line in node.log().splitlines() if "ERROR" in line or "panic" in line]
                    print(f"--- {node.name} ---", *lines[-10:], sep="\n")
    return results.count(True), results.count(False)


def held(check, world: World) -> bool:
    """Runs one check and says how it went."""
    title, began = check.__name__.replace("_", " "), time.monotonic()
    try:
        check(world)
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the finding
        frame = traceback.extract_tb(error.__traceback__)[-1]
        print(f"FAILED {title}\n    {type(error).__name__}: {error}\n    at {frame.filename}:{frame.lineno}", flush=True)
        return False
    print(f"ok     {title} ({time.monotonic() - began:.1f} s)", flush=True)
    return True


def told_no_panic(cluster) -> bool:
    """Whatever was done to them, no node fell over (ST-33)."""
    fell = [node.name for node in cluster.nodes if "panicked" in node.log()]
    print(f"FAILED a node panicked: {fell}" if fell else "ok     no node panicked")
    return not fell


if __name__ == "__main__":
    sys.exit(main())
