"""How these pages are built: ``python3 dev.py docs``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import live

import safetykb

project = "safetykb"
author = "safetykb contributors"
project_copyright = author
version = release = safetykb.__version__
language = "en-GB"

extensions = ["myst_nb", "sphinx.ext.autodoc"]
exclude_patterns = ["_build", "examples"]
nitpicky = True

html_theme = "furo"
html_title = "safetykb"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": False, "top_of_page_buttons": []}

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True, "undoc-members": True, "exclude-members": "__init__"}
autodoc_class_signature = "separated"  # the fields below say the same
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
add_module_names = False

# No inventory is fetched: what Python, its libraries, or a module that is not public defines is named, not linked.
nitpick_ignore_regex = [
    ("py:.*", r"(?!safetykb\.[A-Za-z]+$).*"),
]


def make_live_parts(_app: Any, docname: str, content: list[str]) -> None:
    """Replace the live parts of a page before it is parsed."""
    if not docname.endswith("-notebook"):
        content[0] = live.expand(content[0])


def link_public_name(_app: Any, env: Any, node: Any, shown: Any) -> Any:
    """Link a name of an inner module to the public name that stands for it."""
    name = node.get("reftarget", "").rpartition(".")[2]
    if node.get("refdomain") != "py" or name not in safetykb.__all__:
        return None
    domain = env.get_domain("py")
    return domain.resolve_xref(env, node["refdoc"], _app.builder, node["reftype"], f"safetykb.{name}", node, shown)


def setup(app: Any) -> None:
    """Tie the two in."""
    app.connect("source-read", make_live_parts)
    app.connect("missing-reference", link_public_name)
