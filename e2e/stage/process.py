"""Starting, awaiting and ending the processes of a run, each by its own handle and no other."""

import socket
import subprocess
import time


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(ready, process: subprocess.Popen, seconds: float, what: str) -> None:
    """Asks `ready` until it says yes; gives up when the process ends or the time is over."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended with code {process.returncode}")
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not answer within {seconds:.0f} s")
        time.sleep(0.05)


def stop(process: subprocess.Popen | None, seconds: float = 15) -> None:
    """Asks the process to end, and makes it end when it does not."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
