"""`identity_guide.py AWS COGNATE`: follows docs/identity-pools.md, block by block, with the command line as it comes."""

import os
import pathlib
import sys

from checks import Checks
from guide import follow

check = Checks("identity_guide")
SETTINGS = pathlib.Path(os.environ["E2E_WORK"]) / "cognate.toml"
follow(check, "identity-pools.md", least=22, OPERATOR=os.environ["E2E_OPERATOR"],
       links={"bin/aws": sys.argv[1], "bin/cognate": sys.argv[2], "cognate.toml": str(SETTINGS)})
check.close()
