"""`access.py AWS`: follows docs/access.md, block by block, with the command line as it comes."""

import sys

from checks import Checks
from guide import follow

check = Checks("access")
follow(check, "access.md", least=11, links={"bin/aws": sys.argv[1]})
check.close()
