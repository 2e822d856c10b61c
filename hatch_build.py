"""The build hook: a wheel holds the records as one bundle, made from a tree that passes every check."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface[Any]):
    """Puts the bundle into a wheel in the place of the tree; an editable installation reads the tree."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundle, unless the wheel only points to the checkout."""
        if version == "editable":
            return
        source = Path(self.root) / "src"
        sys.path.insert(0, str(source))
        from safetykb.knowledge.bundle import NAME
        from safetykb.packing import compiled

        self.folder = tempfile.TemporaryDirectory()  # it goes with the hook, when the wheel is written
        bundle = Path(self.folder.name) / NAME
        bundle.write_bytes(compiled(source / "safetykb" / "data"))
        build_data["force_include"][str(bundle)] = f"safetykb/data/{NAME}"
