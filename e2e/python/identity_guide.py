"""`identity_guide.py AWS COGNATE`: follows docs/identity-pools.md, block by block, with the command line as it comes."""

import sys

from checks import Checks
from guide import follow

check = Checks("identity_guide")
follow(check, "identity-pools.md", least=20, aws=sys.argv[1], cognate=sys.argv[2])
check.close()
