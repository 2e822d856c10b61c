"""Write the kept answers anew: ``python tests/golden/regenerate.py``. Read the difference before it is committed."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

golden = runpy.run_path(str(Path(__file__).with_name("golden.py")))

for kept in golden["ANSWERS"]:
    golden["file_of"](kept).write_text(golden["answer"](kept), encoding="utf-8")
    sys.stdout.write(f"{golden['file_of'](kept)}\n")
