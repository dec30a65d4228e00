"""Entry point of the frozen app."""

import multiprocessing
import sys

from isocost.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
