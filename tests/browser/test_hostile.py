"""Hostile text in every text field of every record does nothing in a browser or on a terminal, in any form."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from safetykb import links
from safetykb.links import is_safe_link
from safetykb.rendering.characters import single_line
from safetykb.rendering.stylesheet import PART

from .browsing import Watched, watched
from .poisoning import HOSTILE, changed, everything, poisoned, reviews, text_fields

NEVER_SHOWN: Final = {
    "Monitoring.loinc",
    "SafetyConsideration.comparator",
    "Source.issue",
    "Source.note",
    "Source.type",
    "SourceDetails.read_at",
    "Stamp.by",
    "Stamp.on",
    "StateTest.unit",
    "StateTest.value",
    "Term.definition",
    "Term.xrefs",
    "Treatment.jurisdiction",
    "Treatment.line",
    "Withdrawal.date",
    "Withdrawal.reason",
}
"""Text fields that no page shows today."""

MARKDOWN: Final = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(
    ["table", "linkify", "strikethrough"]
)
"""A reader that does with Markdown whatever it can."""

READ_PAGE: Final = """() => ({
  hrefs: [...document.querySelectorAll("[href]")].map(e => e.getAttribute("href")),
  tags: [...new Set([...document.querySelectorAll("body, body *")].map(e => e.localName))],
  handlers: [...document.querySelectorAll("*")].flatMap(e => e.getAttributeNames()).filter(n => n.startsWith("on")),
  attributes: [...new Set([...document.querySelectorAll("body *")].flatMap(e => e.getAttributeNames()))],
  last: document.body.lastElementChild && document.body.lastElementChild.localName,
  shown: document.documentElement.textContent,
})"""

STYLE: Final = f"<style>{PART}</style>"

QUIET: Final = {
    "a", "article", "blockquote", "body", "caption", "code", "dd", "div", "dl", "dt", "em", "footer", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "li", "main", "nav", "ol", "p", "section", "span", "strong", "style", "table", "tbody",
    "td", "th", "thead", "tr", "ul",
}  # fmt: skip
"""Elements that only show."""

ATTRIBUTES: Final = {
    "aria-label", "class", "data-label", "href", "id", "rel", "role", "scope", "style", "tabindex",
}  # fmt: skip


@functools.cache
def allowed_hosts() -> frozenset[str]:
    """The hosts that the library itself links to."""
    found = set()
    for name in set(links.__all__) - {"is_safe_link"}:
        make: Any = getattr(links, name)
        found.add(urlsplit(make(*["x"] * sum(1 for p in inspect.signature(make).parameters))).hostname or "")
    return frozenset(found)


def host_page(*parts: str) -> str:
    """A page of somebody else's around parts, with no policy of its own to stop a script."""
    body = "\n".join(f"<div>{part}</div>" for part in parts)
    return f'<!doctype html><html lang="en"><head><title>Host</title></head><body>{body}<p>the end</p></body></html>'


def check(view: Watched, html: str, last: str, text: str, sources: frozenset[str] = frozenset()) -> None:
    """Open a page and hold that it only shows."""
    page = view.show(html)
    assert view.done() == []
    found = page.evaluate(READ_PAGE)
    assert found["last"] == last, "the text closed an element around it"
    assert set(found["tags"]) <= QUIET
    assert found["handlers"] == []
    assert set(found["attributes"]) <= ATTRIBUTES
    for href in set(found["hrefs"]):
        if not href.startswith("#"):
            assert is_safe_link(href)
            assert urlsplit(href).hostname in allowed_hosts() | sources, href
    assert " ".join(single_line(text).split()) in " ".join(found["shown"].split())


@pytest.fixture(scope="module")
def view(browser: Browser) -> Iterator[Watched]:
    with watched(browser) as found:
        yield found


def test_there_is_enough_hostile_text():
    """At least fifty different texts are tried."""
    assert len(set(HOSTILE)) >= 50


@pytest.mark.parametrize(
    ("html", "sign"),
    [
        ("<script>alert(1)</script>", "script: alert: 1"),
        ("<svg onload=alert(1)></svg>", "script: alert: 1"),
        ("<img src=https://evil.example/x.png>", "request: https://evil.example/x.png"),
        ("<link rel=stylesheet href=//evil.example/x.css>", "request: https://evil.example/x.css"),
        ("<iframe srcdoc='<script>parent.canary.push(2)</script>'></iframe>", "script: 2"),
        ("<script>window.constructor.constructor('throw 1')()</script>", "error: 1"),
        ("<script>console.log('here')</script>", "console log: here"),
        ("<a target=_blank href=/other>x</a><script>document.querySelector('a').click()</script>", "request: "),
    ],
)
def test_the_watch_sees(browser: Browser, html: str, sign: str):
    """What a page must not do is seen when a page does it."""
    with watched(browser) as view:
        view.show(host_page(html))
        view.page.wait_for_timeout(200)
        assert any(happened.startswith(sign) for happened in view.done())


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_does_nothing(view: Watched, text: str):
    """A hostile text in every text field at once runs, asks for, opens and links to nothing in any form."""
    knowledge = poisoned(text)
    shown = list(everything(knowledge))
    first, *others = (each.to_html(standalone=False) for each in shown)
    # Fifty copies of one style are what a page is slow with.
    parts = [first, *(part.replace(STYLE, "", 1) for part in others)]
    parts += [MARKDOWN.render(each.to_markdown()) for each in shown]
    check(view, host_page(*parts), "p", text)
    check(view, reviews(knowledge)[0].to_html(), "footer", text)


def test_no_text_field_is_left_out():
    """Every text field of every record class is filled, and each that is ever shown is shown."""
    filled: set[str] = set()

    def mark(cls: type, field: str, old: str) -> str:
        filled.add(f"{cls.__name__}.{field}")
        return f"{old} zq{cls.__name__}zq{field}qz".strip()

    knowledge = changed(mark)
    assert filled == text_fields()
    shown = "\n".join(each.to_html() for each in everything(knowledge))
    assert {name for name in filled if f"zq{name.replace('.', 'zq')}qz" not in shown} == NEVER_SHOWN
