"""The hook of PyInstaller: every module, since most are imported at their first use, and the knowledge.

What only an extra brings goes into a program that imports it itself (or names it by ``--hidden-import``), and else not.
"""

from __future__ import annotations

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

hiddenimports: list[str] = collect_submodules("safetykb", filter=lambda name: "__pyinstaller" not in name)
datas: list[tuple[str, str]] = collect_data_files("safetykb")
excludedimports: list[str] = ["duckdb", "ibis", "nanoarrow", "pyarrow", "pybtex", "pyspark"]
