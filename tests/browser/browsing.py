"""A browser that may reach nothing, and a watch on what a page does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Route, sync_playwright

CHROMIUM: Final = Path("/usr/bin/chromium")
HOST: Final = "https://pages.example/"
"""Where the pages under test lie; nothing answers there but the test."""

_OPTIONS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# What a script would call; each call is kept instead, so that a test sees it even if the page catches errors.
_CANARY: Final = """
window.canary = [];
for (const name of ["alert", "confirm", "prompt", "print", "open", "msgbox"])
  window[name] = (...what) => { window.canary.push(name + ": " + what.join()); };
"""


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """Chromium, as Debian ships it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_OPTIONS))
        yield browser
        browser.close()


@attrs.define(slots=False)  # playwright keeps its wrapper of a method on the object
class Watch:
    """Everything that a page does and must not do."""

    happened: list[str] = attrs.Factory(list)

    def dialog(self, dialog: Dialog) -> None:
        self.happened.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def console(self, message: ConsoleMessage) -> None:
        self.happened.append(f"console {message.type}: {message.text}")

    def error(self, error: Any) -> None:
        self.happened.append(f"error: {error}")

    def window(self, page: Page) -> None:
        self.happened.append(f"window: {page.url}")


@attrs.define(slots=False)  # playwright keeps its wrapper of a method on the object
class Watched:
    """A page that is watched, with nothing of the network within its reach."""

    page: Page
    watch: Watch
    bodies: dict[str, str] = attrs.Factory(dict)

    def show(self, html: str, name: str = "page") -> Page:
        """Open a page of this text and return it; what the page before did is forgotten."""
        self.watch.happened.clear()
        self.bodies = {HOST + name: html}
        self.page.goto(HOST + name)
        return self.page

    def answer(self, route: Route) -> None:
        """Give the page under test, and refuse and record whatever else is asked for."""
        if (body := self.bodies.get(route.request.url)) is not None:
            route.fulfill(body=body, content_type="text/html; charset=utf-8")
        else:
            self.watch.happened.append(f"request: {route.request.url}")
            route.abort()

    def done(self) -> list[str]:
        """Everything that happened, once the page had time to do it."""
        calls: list[str] = self.page.evaluate("async () => { await new Promise(requestAnimationFrame); return canary }")
        return [*self.watch.happened, *(f"script: {call}" for call in calls)]


@contextlib.contextmanager
def watched(browser: Browser, **options: Any) -> Iterator[Watched]:
    """A new watched page with options of a browser context."""
    context = browser.new_context(**options)
    context.add_init_script(_CANARY)
    page = context.new_page()
    watch = Watch()
    found = Watched(page, watch)
    context.route("**/*", found.answer)
    context.on("page", watch.window)
    page.on("dialog", watch.dialog)
    page.on("console", watch.console)
    page.on("pageerror", watch.error)
    yield found
    context.close()
