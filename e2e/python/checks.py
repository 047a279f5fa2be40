"""Runs a client file's checks in the order they are written, and counts them.

    check = Checks("pycognito")

    @check("AU-5 a person signs in by SRP")
    def _():
        ...

    check.close()

A check that leans on one that failed fails too, with the name it missed; nothing is skipped in silence.
"""

import sys
import time
import traceback
from contextlib import contextmanager

from botocore.exceptions import ClientError


class Checks:
    """The running count of one file."""

    def __init__(self, name: str):
        self.name = name
        self.passed = self.failed = 0

    def __call__(self, title: str):
        """Runs the decorated function at once."""
        def run(function):
            began = time.monotonic()
            try:
                function()
            except Exception as error:  # noqa: BLE001 - whatever went wrong is the finding
                self.failed += 1
                print(f"FAILED {title}\n    {type(error).__name__}: {error}\n    at {place(error)}")
            else:
                self.passed += 1
                print(f"ok     {title} ({time.monotonic() - began:.2f} s)")
            return function
        return run

    def close(self) -> None:
        """The closing line, and the exit code that goes with it."""
        print(f"{self.name}: {self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)


def place(error: Exception) -> str:
    """The line of the client file that the error came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/e2e/python/" in frame.filename and "checks.py" not in frame.filename]
    frame = ours[-1] if ours else frames[-1]
    return f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}: {frame.line}"


@contextmanager
def refused(code: str, text: str | None = None):
    """The block must be refused with this error code and, when given, exactly this sentence."""
    try:
        yield
    except ClientError as error:
        got, said = error.response["Error"]["Code"], error.response["Error"]["Message"]
        same(got, code, f"code of: {said!r}")
        if text is not None:
            same(said, text, "sentence")
    else:
        raise AssertionError(f"expected {code}, but it was accepted")


def same(got, wanted, what: str = "value") -> None:
    """Equality that says what it saw; of two dictionaries, only where they differ."""
    if isinstance(got, dict) and isinstance(wanted, dict):
        differing = {key for key in got.keys() | wanted.keys() if key not in got or key not in wanted
                     or got[key] != wanted[key]}
        got = {key: got[key] for key in sorted(differing) if key in got}
        wanted = {key: wanted[key] for key in sorted(differing) if key in wanted}
    if got != wanted:
        raise AssertionError(f"{what}: wanted {wanted!r}, got {got!r}")


def true(condition, what: str) -> None:
    """A condition that says what it was."""
    if not condition:
        raise AssertionError(what)
