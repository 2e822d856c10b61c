"""The real answer about ketamine in multiple sclerosis, as a person sees it, hears it and prints it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

import safetykb
from safetykb import SafetyReview
from safetykb.answer.document import badge_of
from safetykb.model.scales import Concern
from safetykb.rendering.html import to_html
from safetykb.rendering.outline import Document, Section, paragraph

from .browsing import Watched, watched

SCHEMES: Final = ("light", "dark")
NARROW: Final = {"width": 360, "height": 740}
WIDE: Final = {"width": 1100, "height": 900}

# The last lines are those of JupyterLab that reach into an output.
HOST_STYLE: Final = """body{margin:0;font:16px sans-serif}.dark{background:#111;color:#eee}
.out dl{width:100%;overflow:hidden;padding:0;margin:0}
.out dt{font-weight:bold;float:left;width:20%}
.out dd{float:left;width:80%}
.out table{table-layout:fixed;font-size:12px;margin:auto}
.out td,.out th,.out tr{vertical-align:middle;padding:.5em;border:none}
:not(.markdown).out td,:not(.markdown).out th{text-align:right}
.out tbody tr:nth-child(even){background:#ff0}
.out a:link{text-decoration:none;color:#0f0}
.out :not(pre)>code{background-color:#0ff;padding:1px 5px}
.out p{margin-bottom:1em}
"""
STYLES: Final = ["border-left-style", "border-left-width", "border-top-style", "border-top-width"]


@functools.cache
def review() -> SafetyReview:
    return safetykb.review("ketamine", "multiple sclerosis")


def page_of_it() -> str:
    return review().to_html()


def notebook(theme: str) -> str:
    """The fragment between others, as a notebook of this theme lays it out."""
    light = str(theme == "light").lower()
    return (
        f'<!doctype html><html lang="en"><head><title>Notebook</title>'
        f'<meta name="viewport" content="width=device-width"><style>{HOST_STYLE}</style></head>'
        f'<body class="{theme}" data-jp-theme-light="{light}"><main><h1>Notebook</h1>'
        f'<div class="out">{review().to_html(standalone=False)}</div></main></body></html>'
    )


@pytest.fixture
def narrow(browser: Browser) -> Iterator[Watched]:
    with watched(browser, viewport=NARROW) as found:
        yield found


@pytest.fixture
def wide(browser: Browser) -> Iterator[Watched]:
    with watched(browser, viewport=WIDE) as found:
        yield found


def overflowing(page: Page) -> Any:
    """What reaches past the right edge of the window, and cannot be scrolled by itself."""
    return page.evaluate("""() => document.documentElement.scrollWidth <= innerWidth ? [] :
      [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 0.5)
        .slice(0, 5).map(e => e.outerHTML.slice(0, 200))""")


@pytest.mark.parametrize("make", [page_of_it, functools.partial(notebook, "light")], ids=["page", "notebook"])
def test_narrow(narrow: Watched, make: Any):
    """On a telephone 360 pixels wide nothing has to be scrolled sideways, no table either."""
    page = narrow.show(make())
    assert overflowing(page) == []
    assert (
        page.evaluate("""() => [...document.querySelectorAll(".table")].filter(e => e.scrollWidth > e.clientWidth)
      .map(e => e.getAttribute("aria-label"))""")
        == []
    )
    assert narrow.done() == []


def test_a_stacked_table_is_announced_as_one(narrow: Watched):
    """A narrow screen stacks the cells of a table, and who listens is told of rows, headings and cells all the same."""
    page = narrow.show(page_of_it())
    assert page.locator(".table tbody tr").first.evaluate("e => getComputedStyle(e).display") == "block"
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    told = [node["role"]["value"] for node in tree["nodes"] if not node["ignored"]]
    for role, element in (("row", "tr"), ("rowheader", "tbody th"), ("columnheader", "thead th"), ("cell", "td")):
        assert told.count(role) == page.locator(f".table {element}").count() > 0
    assert told.count("table") == page.locator("table").count()


def test_wide(wide: Watched):
    """On a screen the sections stand beside the text, and neither table nor page has to be scrolled sideways."""
    page = wide.show(page_of_it())
    assert overflowing(page) == []
    nav, main = (page.locator(name).bounding_box() for name in ("nav", "main"))
    assert nav and main
    assert nav["x"] + nav["width"] <= main["x"]
    assert main["width"] <= 720  # lines longer than that are hard to follow


def test_headings(wide: Watched):
    """One h1, and no heading more than one level below the one before it."""
    page = wide.show(page_of_it())
    levels = page.evaluate("""() => [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map(e => +e.localName[1])""")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
    titles = page.locator("main > section > h2").all_inner_texts()
    assert titles == page.locator("nav a").all_inner_texts()


def test_landmarks(wide: Watched):
    """Header, navigation, main part and footer are there once each, and the footer says what it is not for."""
    page = wide.show(page_of_it())
    for name in ("header", "nav", "main", "footer"):
        assert page.locator(f"body > {name}").count() == 1
    assert page.locator("header h1").inner_text() == "Ketamine in multiple sclerosis"
    assert "Not for emergencies" in page.locator("footer").inner_text()
    assert page.locator("html").get_attribute("lang") == "en"


def test_skip_link(browser: Browser):
    """The first stop of the keyboard is a link past the header, seen once it is reached, that goes to the main part."""
    with watched(browser, viewport=WIDE, reduced_motion="reduce") as view:
        page = view.show(page_of_it())
        place = "document.querySelector('.skip').getBoundingClientRect().top"
        assert page.evaluate(place) < 0
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate(place) >= 0
        page.keyboard.press("Enter")
        page.wait_for_timeout(100)
        assert abs(page.evaluate("document.querySelector('main').getBoundingClientRect().top")) < 40
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_references(wide: Watched):
    """Each citation and each number of a finding is a link to its place on the page."""
    page = wide.show(page_of_it())
    broken = page.evaluate("""() => [...document.querySelectorAll("a[href^='#']")]
      .filter(e => !document.getElementById(e.hash.slice(1))).map(e => e.outerHTML)""")
    assert broken == []
    assert page.locator("span.reference").all_inner_texts() == []
    citation = page.locator("#first a.reference").first
    key = citation.inner_text().split()[0]
    citation.click()
    assert page.evaluate("document.querySelector(':target').textContent") == key


@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_follow_the_system(browser: Browser, scheme: Any):
    """The page is light on a light system and dark on a dark one."""
    with watched(browser, viewport=WIDE, color_scheme=scheme) as view:
        page = view.show(page_of_it())
        back, ink = (
            page.evaluate(f"getComputedStyle(document.body).{name}.match(/\\d+/g).map(Number)")
            for name in ("backgroundColor", "color")
        )
        assert (sum(back) > sum(ink)) == (scheme == "light")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_notebook_follows_its_theme(browser: Browser, scheme: Any):
    """In a notebook the fragment is dark when the notebook is, whatever the system is."""
    other: Any = "dark" if scheme == "light" else "light"
    with watched(browser, viewport=WIDE, color_scheme=other) as view:
        page = view.show(notebook(scheme))
        back = page.evaluate("getComputedStyle(document.querySelector('.safetykb')).backgroundColor.match(/\\d+/g)")
        assert (sum(map(int, back[:3])) > 380) == (scheme == "light")
        assert page.evaluate("getComputedStyle(document.body).fontFamily") == "sans-serif"


def test_notebook_keeps_its_look(wide: Watched):
    """What a notebook does to lists, tables and links of an output does not reach this one."""
    page = wide.show(notebook("light"))
    style = """([of, name]) => [...new Set([...document.querySelectorAll(`.safetykb ${of}`)]
      .map(e => getComputedStyle(e).getPropertyValue(name)))]"""
    assert page.evaluate(style, ["table :is(th, td)", "text-align"]) == ["left"]
    assert page.evaluate(style, ["table", "table-layout"]) == ["auto"]
    assert page.evaluate(style, ["tr", "background-color"]) == ["rgba(0, 0, 0, 0)"]
    assert page.evaluate(style, [":is(dt, dd)", "float"]) == ["none"]
    assert page.evaluate(style, ["a", "text-decoration-line"]) == ["underline"]
    assert page.evaluate(style, ["code", "background-color"]) == ["rgba(0, 0, 0, 0)"]
    narrowest = "Math.min(...[...document.querySelectorAll('dt')].map(e => e.getBoundingClientRect().width))"
    assert page.evaluate(narrowest) > 100


def test_print(browser: Browser):
    """On paper it is black on white whatever the system is, without navigation, with the addresses of links."""
    with watched(browser, viewport=WIDE, color_scheme="dark") as view:
        page = view.show(page_of_it())
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not page.locator("nav").is_visible()
        assert not page.locator(".skip").is_visible()
        after = "getComputedStyle(document.querySelector('#not-known a[href^=https]'), '::after').content"
        assert "https://" in page.evaluate(after)
        assert len(page.pdf(format="A4")) > 50_000


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("make", [lambda _: page_of_it(), notebook], ids=["page", "notebook"])
def test_axe(browser: Browser, make: Any, scheme: Any):
    """Axe finds no serious and no critical fault of accessibility, light or dark, as a page or in a notebook."""
    with watched(browser, viewport=WIDE, color_scheme=scheme) as view:
        found = Axe().run(view.show(make(scheme))).response
        heavy = [
            (fault["id"], fault["impact"], fault["help"], [node["html"][:200] for node in fault["nodes"][:3]])
            for fault in found["violations"]
            if fault["impact"] in {"serious", "critical"}
        ]
        assert heavy == []
        assert len(found["passes"]) > 20


def badges(page: Page) -> dict[str, tuple[str, ...]]:
    """The words of each badge with how its border is drawn."""
    found: dict[str, list[str]] = page.evaluate(
        """names => Object.fromEntries([...document.querySelectorAll("#every .badge")].map(
          e => [e.textContent, names.map(name => getComputedStyle(e).getPropertyValue(name))]))""",
        STYLES,
    )
    return {text: tuple(styles) for text, styles in found.items()}


def every_badge() -> str:
    marks = [badge_of(concern) for concern in (*Concern, None)]
    section = Section(anchor="every", title="Every badge", blocks=tuple(paragraph(mark, " said") for mark in marks))
    return to_html(Document(title="Badges", blocks=(section,)))


@pytest.mark.parametrize(
    "media", [{}, {"forced_colors": "active"}, {"color_scheme": "dark"}], ids=["plain", "forced", "dark"]
)
def test_badges_without_colour(browser: Browser, media: Any):
    """Each concern, and undetermined, has words and a border of its own, with and without colours."""
    with watched(browser, viewport=WIDE, **media) as view:
        found = badges(view.show(every_badge()))
        assert set(found) == {*(str(concern).upper() for concern in Concern), "UNDETERMINED"}
        assert len(set(found.values())) == len(found)
        assert found["UNDETERMINED"] != found["INFORM"]


def test_every_badge_of_the_answer_speaks(wide: Watched):
    """No badge is a colour alone: each of them has its word."""
    page = wide.show(page_of_it())
    words = set(page.locator(".badge").all_inner_texts())
    assert words <= {*(str(concern).upper() for concern in Concern), "UNDETERMINED", "NO INCREASE SEEN"}
    assert {"CONTRAINDICATED", "AVOID", "CAUTION", "MONITOR", "INFORM"} <= words
