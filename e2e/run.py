#!/usr/bin/env python3
"""Runs unmodified clients against a real `cognate serve`: TLS on, signatures enforced, mail by SMTP.

    e2e/run.py --cognate target/debug/cognate            every client
    e2e/run.py --cognate target/debug/cognate --only boto3_pools --only jose

Needs nothing but Python's standard library; what the clients need is installed by `stage/install.py`.
The last line is `N passed, N failed`, and the exit code tells the same.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from stage import certificates, clients, gateway, install, mail, results, server

HERE = pathlib.Path(__file__).resolve().parent
RECORD = HERE / "results.json"
# What the clients send and get: all their passwords, tokens, and where mail goes.
SECRETS = {"a password": r"(?i)-horse|Another-pass", "a token": r"\beyJ[A-Za-z0-9_-]{8,}", "an address": r"@example\.com",
           "a number": r"\+1556\d{7}|\+15550190",
           # A guest's identity is a bearer secret. Pools are named the same way, and so are they in what a trust policy wants.
           "an identity": r"^(?!.*amazonaws\.com:aud ).*(?<!pool\.id=)(?<!pool\.id=\")\bus-east-1:[0-9a-f]{8}-"}
COUNTS = re.compile(r"^(?:\S+: )?(\d+) passed, (\d+) failed$")


def main() -> int:
    """Sets the stage, runs the clients one after the other, and clears away what it started."""
    asked = arguments()
    chosen = clients.chosen(asked.only)
    tools = install.ready(HERE, chosen, allowed=not asked.no_install)
    work = pathlib.Path(tempfile.mkdtemp(prefix="cognate-e2e-"))
    try:
        heard = results.Results()
        passed, failed = play(asked, chosen, tools, work, heard)
        good, bad = check_record(heard, asked.record)
        passed, failed = passed + good, failed + bad
    finally:
        if asked.keep:
            print(f"kept: {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cognate", required=True, type=pathlib.Path, help="the built binary")
    parser.add_argument("--only", action="append", default=[], metavar="NAME",
                        help="run this client alone (may be repeated); names: " + ", ".join(clients.names()))
    parser.add_argument("--database", metavar="URL", help="a postgres:// URL; an SQLite file in a fresh folder without it")
    parser.add_argument("--record", action="store_true", help="write what ran and held to results.json; a client with a failure keeps its entry")
    parser.add_argument("--keep", action="store_true", help="leave the server's folder, log and mails behind")
    parser.add_argument("--no-install", action="store_true", help="fail, rather than install, when something is missing")
    asked = parser.parse_args()
    asked.cognate = asked.cognate.resolve()
    if not asked.cognate.is_file():
        parser.error(f"{asked.cognate} is not there: build it with `cargo build -p server`")
    return asked


def play(asked, chosen, tools, work: pathlib.Path, heard) -> tuple[int, int]:
    """Starts mail, SMS gateway and server, runs each chosen client, and adds up what they counted."""
    papers = certificates.make(work / "tls")
    passed = failed = 0
    with mail.Server(tools.python, work / "mail", papers) as post, gateway.Gateway(work / "sms", papers) as texts:
        with server.Serving(asked.cognate, work, papers, post, texts, asked.database) as serving:
            environment = clients.environment(serving, papers, post, texts, work)
            for client in chosen:
                good, bad = run_client(client, client.command(HERE, tools, asked.cognate), environment, heard)
                passed, failed = passed + good, failed + bad
            good, bad = check_log(serving, texts)
            passed, failed = passed + good, failed + bad
            if failed:
                print(f"--- the server's last lines ---\n{serving.last_lines()}")
    return passed, failed


def check_log(serving, texts) -> tuple[int, int]:
    """AU-37: whatever the clients did, the server's log holds no secret and no person's address."""
    keys = {"the root secret": re.escape(serving.root_key[1]), "the gateway's key": re.escape(texts.key)}
    told = serving.told_in_log(SECRETS | keys)
    print("--- server log ---")
    print("\n".join(f"  FAILED AU-37 {line}" for line in told) or "  ok     AU-37 no secret and no address is in the log")
    print(f"server_log: {int(not told)} passed, {len(told)} failed", flush=True)
    return int(not told), len(told)


def check_record(heard, record: bool) -> tuple[int, int]:
    """What `docs/clients.md` says of the clients that ran is what they did."""
    if record:
        heard.record(HERE, RECORD, clients.names())
        print(f"recorded in {RECORD.name}; now `cargo xtask clients-page`")
    recorded = results.read(RECORD)
    missing = heard.missing(recorded)
    print("--- record ---")
    print("\n".join(f"  FAILED the page of clients names what did not pass: {title}" for title in missing)
          or "  ok     every check that the page of clients names has passed")
    if more := heard.unrecorded(recorded):
        print(f"  {more} checks are not on the page yet: e2e/run.py --record, then cargo xtask clients-page")
    print(f"record: {int(not missing)} passed, {len(missing)} failed", flush=True)
    return int(not missing), len(missing)


def run_client(client, command: list[str], environment: dict[str, str], heard) -> tuple[int, int]:
    """One client file: its lines pass through; its own count is taken, and a missing count is a failure."""
    print(f"--- {client.name} ---", flush=True)
    began = time.monotonic()
    good = bad = 0
    counted = False
    process = subprocess.Popen(command, env=environment, cwd=HERE, text=True, errors="replace",
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    watchdog = clients.Watchdog(process, client.seconds_max)
    for line in process.stdout:
        found = COUNTS.match(line.rstrip())
        if found:
            good, bad, counted = int(found[1]), int(found[2]), True
        else:
            heard.heard(client.name, line.rstrip())
            print("  " + line.rstrip(), flush=True)
    code = process.wait()
    watchdog.cancel()
    if not counted or (code != 0 and bad == 0):
        print(f"  FAILED {client.name} ended with code {code}" + (", too slow" if watchdog.fired else ""))
        bad += 1
    if bad:
        heard.failed(client.name)
    print(f"{client.name}: {good} passed, {bad} failed ({time.monotonic() - began:.1f} s)", flush=True)
    return good, bad


if __name__ == "__main__":
    sys.exit(main())
