"""What can be shown: anything that builds an outline of itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safetykb.rendering.outline import Document


class Shown:
    """A value that shows itself as text, Markdown, HTML, and in a notebook."""

    __slots__ = ()

    @abstractmethod
    def outline(self) -> Document:
        """Return what is shown, as an outline."""

    def to_text(self, width: int = 80) -> str:
        """Return plain text, at most ``width`` columns wide (addresses apart)."""
        from safetykb.rendering.text import to_text

        return to_text(self.outline(), width)

    def to_markdown(self) -> str:
        """Return Markdown in which no text of a record can become anything but text."""
        from safetykb.rendering.markdown import to_markdown

        return to_markdown(self.outline())

    def to_html(self, *, standalone: bool = True) -> str:
        """Return a page that asks nothing of the network, or with ``standalone=False`` a fragment of one."""
        from safetykb.rendering.html import to_html

        return to_html(self.outline(), standalone=standalone, data=self._data() if standalone else None)

    def _data(self) -> Mapping[str, Any] | None:
        """Return what a page tells machines about itself, as JSON-LD; None when it tells them nothing."""
        return None

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": self.to_text(), "text/html": self.to_html(standalone=False)}
