"""Brings what the clients need: a virtual environment, Node packages, Debian's chromium and AWS CLI.

Everything is pinned (`python/requirements.txt`, `node/package-lock.json`) and installed once per change of the pins.
"""

import dataclasses
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

# Which Debian package brings a command that a client needs.
PACKAGES = {"openssl": "openssl", "chromium": "chromium", "aws": "awscli", "node": "nodejs", "npm": "npm"}
# Where Debian's own command lies, when another of that name may stand before it on the PATH.
PLACES = {"aws": "/usr/bin/aws", "chromium": "/usr/bin/chromium"}


@dataclasses.dataclass(frozen=True)
class Tools:
    """The interpreters the clients run in."""

    python: pathlib.Path
    node: pathlib.Path
    rust: pathlib.Path


def ready(here: pathlib.Path, chosen, allowed: bool) -> Tools:
    """Checks and, where allowed, installs what the chosen clients need."""
    needs = {"openssl"} | {need for client in chosen for need in client.needs}
    if any(client.wants_node for client in chosen):
        needs |= {"node", "npm"}
    debian(sorted(need for need in needs if not found(need)), allowed)
    python = virtual_environment(here / ".work" / "venv", here / "python" / "requirements.txt", allowed)
    if any(client.wants_node for client in chosen):
        node_packages(here / "node", here / ".work" / "node.stamp", allowed)
    rust = rust_client(here, allowed) if any(client.is_rust for client in chosen) else pathlib.Path("none")
    return Tools(python, pathlib.Path(shutil.which("node") or "node"), rust)


def found(command: str) -> bool:
    """Whether the command is there."""
    place = PLACES.get(command)
    return pathlib.Path(place).exists() if place else shutil.which(command) is not None


def debian(missing: list[str], allowed: bool) -> None:
    """Installs missing commands with apt-get, or says which packages to install."""
    if not missing:
        return
    packages = [PACKAGES[command] for command in missing]
    if not allowed or os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"missing: {', '.join(missing)}. Install with: sudo apt-get install {' '.join(packages)}")
    print(f"installing {' '.join(packages)}", flush=True)
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL, "check": True}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], **quiet)


def virtual_environment(folder: pathlib.Path, requirements: pathlib.Path, allowed: bool) -> pathlib.Path:
    """A virtual environment that holds exactly the pinned packages."""
    python, stamp, pins = folder / "bin" / "python", folder / "pins.stamp", fingerprint(requirements)
    if stamp.is_file() and stamp.read_text() == pins and python.exists():
        return python
    if not allowed:
        raise SystemExit(f"{folder} does not match {requirements}: run without --no-install")
    print("installing the Python clients", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(folder)])
    if made.returncode:
        raise SystemExit("python3 cannot make a virtual environment: sudo apt-get install python3-venv")
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "-r", str(requirements)], check=True)
    stamp.write_text(pins)
    return python


def node_packages(folder: pathlib.Path, stamp: pathlib.Path, allowed: bool) -> None:
    """`node_modules` as the lock file says."""
    pins = fingerprint(folder / "package-lock.json")
    if stamp.is_file() and stamp.read_text() == pins and (folder / "node_modules").is_dir():
        return
    if not allowed:
        raise SystemExit(f"{folder}/node_modules does not match its lock file: run without --no-install")
    print("installing the Node clients", flush=True)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                   cwd=folder, check=True, stdout=subprocess.DEVNULL)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(pins)


def rust_client(here: pathlib.Path, allowed: bool) -> pathlib.Path:
    """The program of `rust/`, built in a folder of its own: nothing of it is shared with the server's build."""
    target = here / ".work" / "rust"
    cargo = os.environ.get("CARGO") or shutil.which("cargo") or "cargo"
    quiet = ["--quiet", "--locked"] + ([] if allowed else ["--offline"])
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CARGO_", "RUSTFLAGS"))}
    home = {name: os.environ[name] for name in ("CARGO_HOME",) if name in os.environ}
    print("building the Rust client", flush=True)
    subprocess.run([cargo, "build", *quiet, "--manifest-path", str(here / "rust" / "Cargo.toml"),
                    "--target-dir", str(target)], env=own | home, check=True)
    return target / "debug" / "sdk-rust"


def fingerprint(file: pathlib.Path) -> str:
    """A hash of the pins, kept beside what was installed from them."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
