"""`access.py AWS`: follows docs/access.md, block by block, with the command line as it comes."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

from checks import Checks, true
from world import ENDPOINT

AWS = sys.argv[1]
PAGE = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text()
# What follows the language says what becomes of the block: `run`, or `refused CODE sentence's end`.
BLOCKS = re.compile(r"^```sh (run|refused) ?(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

check = Checks("access")


class Shell:
    """One shell for the whole page: what a block sets, the next one finds."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="access-"))
        binaries = self.home / "bin"
        binaries.mkdir()
        (binaries / "aws").symlink_to(AWS)
        environment = os.environ | {"HOME": str(self.home), "AWS_ENDPOINT_URL": ENDPOINT, "AWS_PAGER": "",
                                    "AWS_MAX_ATTEMPTS": "1", "PATH": f"{binaries}:{os.environ['PATH']}"}
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE"):
            environment.pop(name, None)
        self.process = subprocess.Popen(["bash"], cwd=self.home, env=environment, text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, block: str) -> tuple[int, str]:
        """Runs a block up to its first failing line; its exit code and what it printed."""
        self.process.stdin.write("trap 'failed=$?' ERR; failed=0\n" + block + "\necho; echo \"=== $failed\"\n")
        self.process.stdin.flush()
        printed = []
        for line in self.process.stdout:
            if line.startswith("=== "):
                return int(line[4:]), "".join(printed)
            printed.append(line)
        raise AssertionError("the shell ended: " + "".join(printed))


SHELL = Shell()
FOUND = BLOCKS.findall(PAGE)
true(len(FOUND) > 10, "the page has blocks to run")
for number, (kind, expected, block) in enumerate(FOUND, 1):
    title = block.strip().splitlines()[0]

    @check(f"docs/access.md {number}: {kind}: {title[:70]}")
    def _(kind=kind, expected=expected, block=block):
        code, printed = SHELL.run(block)
        if kind == "run":
            true(code == 0, f"{block}\n{printed}")
        else:
            told, sentence = expected.split(" ", 1)
            true(code != 0 and f"({told})" in printed and sentence in printed, f"expected {expected}\n{printed}")


SHELL.process.stdin.close()
check.close()
