"""``python -m isocost``."""

import sys

from isocost.cli import main

if __name__ == "__main__":
    sys.exit(main())
