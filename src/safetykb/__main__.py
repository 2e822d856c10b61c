"""``python -m safetykb`` is the command ``safetykb``."""

import sys

from safetykb.cli import main

sys.exit(main())
