"""Hostile text in every text field of every record reaches a terminal as visible characters only."""

from __future__ import annotations

import io
import json
import unicodedata

import pytest
from rich.console import Console
from rich.text import Text

from safetykb import asking, cli

from .poisoning import HOSTILE, everything, poisoned

TEXTS = pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))


def commanding(shown: str) -> set[str]:
    """The characters that a terminal might obey, or that cannot be written at all."""
    return {character for character in shown if unicodedata.category(character).startswith("C")} - {"\n", "\t"}


@TEXTS
def test_text_commands_nothing(text: str):
    """No form for people has a character that commands a terminal, hides, turns the direction or cannot be written.

    Rich prints the same text, also where it looks like markup.
    """
    for each in everything(poisoned(f"{text} [/b]")):
        shown = each.to_text()
        assert commanding(shown + each.to_markdown()) == set()
        shown.encode()
        out = io.StringIO()
        Console(file=out, color_system=None).print(Text(shown), end="", soft_wrap=True)
        assert out.getvalue() == shown


@TEXTS
def test_the_command_line_commands_nothing(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Whatever a command prints of hostile records, also as JSON, a terminal obeys none of it."""
    knowledge = poisoned(f"findme {text}")
    monkeypatch.setattr(asking, "load", lambda _: knowledge)
    pair = ["examplamine", "demo-disease", "--data", "there"]
    for form in cli.FORMATS:
        assert cli.main(["review", *pair, "--format", form]) == cli.OK
        assert commanding(capsys.readouterr().out) == set()
    for form in ("text", "json"):
        assert cli.main(["explain", *pair, "examplamine/inhibizole", "--format", form]) == cli.OK
        assert commanding(capsys.readouterr().out) == set()
    for kind in ("compounds", "conditions", "terms", "considerations", "studies", "sources"):
        assert cli.main(["list", kind, "--data", "there"]) == cli.OK
        assert commanding(capsys.readouterr().out) == set()
    assert cli.main(["search", "findme", "--data", "there"]) == cli.OK
    assert commanding(capsys.readouterr().out) == set()


@TEXTS
def test_json_holds_the_text_as_it_is(text: str):
    """What is shown of a text as JSON reads back as the same text."""
    assert json.loads(cli.dumps({"text": text})) == {"text": text}
    assert commanding(cli.dumps({text: text})) == set()


@TEXTS
def test_a_hostile_question_commands_nothing(text: str, capsys: pytest.CaptureFixture[str]):
    """A hostile name that somebody asks about is refused, and shown without what a terminal would obey."""
    for question in (["review", "--", text, "multiple sclerosis"], ["review", "ketamine", "--form", f"={text}", "MS"]):
        assert cli.main(question) == cli.BAD
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith("safetykb: ")
        assert commanding(told.err) == set()
