"""Follows a page of the documentation, block by block, with the command line as it comes.

What follows the language of a block says what becomes of it: `sh run`, or `sh refused CODE sentence's end`.
"""

import os
import pathlib
import re
import subprocess
import tempfile

from checks import Checks, true
from world import ENDPOINT

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
BLOCKS = re.compile(r"^```sh (run|refused) ?(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Shell:
    """One shell for the whole page: what a block sets, the next one finds."""

    def __init__(self, links: dict[str, str], variables: dict[str, str]):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="guide-"))
        (self.home / "bin").mkdir()
        for name, place in links.items():
            (self.home / name).symlink_to(place)
        environment = os.environ | {"HOME": str(self.home), "AWS_ENDPOINT_URL": ENDPOINT, "AWS_PAGER": "",
                                    "AWS_MAX_ATTEMPTS": "1", "PATH": f"{self.home / 'bin'}:{os.environ['PATH']}"}
        environment |= variables
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE"):
            environment.pop(name, None)
        self.process = subprocess.Popen(["bash"], cwd=self.home, env=environment, text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, block: str) -> tuple[int, str]:
        """Runs a block; the exit code of its last failing line, and what it printed."""
        self.process.stdin.write("trap 'failed=$?' ERR; failed=0\n" + block + "\necho; echo \"=== $failed\"\n")
        self.process.stdin.flush()
        printed = []
        for line in self.process.stdout:
            if line.startswith("=== "):
                return int(line[4:]), "".join(printed)
            printed.append(line)
        raise AssertionError("the shell ended: " + "".join(printed))


def follow(check: Checks, page: str, least: int, links: dict[str, str], **variables: str) -> None:
    """Does what the page says, with these commands and files at hand; the page has to have so many blocks at least."""
    shell, found = Shell(links, variables), BLOCKS.findall((DOCS / page).read_text())
    true(len(found) >= least, f"{len(found)} blocks of {page} are run, {least} were expected")
    for number, (kind, expected, block) in enumerate(found, 1):
        title = block.strip().splitlines()[0]

        @check(f"docs/{page} {number}: {kind}: {title[:70]}")
        def _(kind=kind, expected=expected, block=block):
            code, printed = shell.run(block)
            if kind == "run":
                true(code == 0, f"{block}\n{printed}")
            else:
                told, sentence = expected.split(" ", 1)
                true(code != 0 and f"({told})" in printed and sentence in printed, f"expected {expected}\n{printed}")

    shell.process.stdin.close()
