"""The verbs from a shell: `python -m newswire --help`."""

from __future__ import annotations

import sys

from newswire.shell import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
