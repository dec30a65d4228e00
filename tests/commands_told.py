"""What commands tell in a language: run by test_language_figures as ``commands_told.py LANGUAGE < LINES``.

Lines are commands as they are typed; prints a JSON object of what each wrote.
"""

import io
import json
import shlex
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from tests.speaking import speak

speak(sys.argv[1])

from isocost.cli import main  # noqa: E402

told = {}
for line in sys.stdin.read().splitlines():
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(shlex.split(line))
    told[line] = {"code": code, "out": out.getvalue(), "err": err.getvalue()}
print(json.dumps(told))
