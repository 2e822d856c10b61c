"""What a screen needs beside the core: an extra, and names for types that only an extra brings."""

from __future__ import annotations

import importlib.util
from typing import Any, TypeAlias

ArrowTable: TypeAlias = Any
"""A ``pyarrow.Table``."""

ArrowSchema: TypeAlias = Any
"""A ``pyarrow.Schema``."""

Expression: TypeAlias = Any
"""A table of ``ibis``: an expression, until an engine runs it."""

Column: TypeAlias = Any
"""A value of ``ibis``, one a row."""

SparkFrame: TypeAlias = Any
"""A ``pyspark.sql.DataFrame``."""

SparkSession: TypeAlias = Any
"""A ``pyspark.sql.SparkSession``."""

Engine: TypeAlias = Any
"""A ``duckdb.DuckDBPyConnection``."""


def needed(extra: str, *modules: str) -> None:
    """Raise an ImportError that names the extra, when one of ``modules`` is not installed."""
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        raise ImportError(f"{', '.join(missing)} not installed; run: pip install 'safetykb[{extra}]'")
