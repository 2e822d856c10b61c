"""The errors that safetykb raises: values that hold the facts, each also the builtin that a caller expects."""

from __future__ import annotations

import attrs


@attrs.frozen
class Problem:
    """One thing wrong with one file, and how to mend it.

    ``code`` names the rule (``REC:002``), ``file`` is relative to the tree, ``path`` is a JSON path (``$`` is the
    whole file).
    """

    code: str
    file: str
    path: str
    message: str
    cure: str

    def __str__(self) -> str:
        """Return the problem on one line, its cure included."""
        return f"{self.file} {self.path}: {self.code} {self.message}; {self.cure}"


@attrs.frozen
class SafetyKBError(Exception):
    """The base of every error that this library raises on purpose."""


@attrs.frozen
class DataError(SafetyKBError, ValueError):
    """A tree of records cannot be used. ``problems`` lists everything that is wrong; nothing was loaded."""

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        """Return every problem, one a line."""
        count = len(self.problems)
        head = f"{count} problem{'' if count == 1 else 's'}; nothing was loaded"
        return "\n".join([head, *(str(problem) for problem in self.problems)])


@attrs.frozen
class UnknownName(SafetyKBError, LookupError):
    """Nothing of that kind has that name. ``suggestions`` (at most three) are never taken by themselves."""

    kind: str
    name: str
    suggestions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say what is not known, what may have been meant, and that this says nothing about harm."""
        text = f"no {self.kind} is named {self.name!r}"
        if self.suggestions:
            text += "; did you mean " + " or ".join(repr(name) for name in self.suggestions) + "?"
        return text + " (not known here says nothing about its safety)"


@attrs.frozen
class AmbiguousName(SafetyKBError, LookupError):
    """Several records have that name; ``candidates`` are their identifiers."""

    kind: str
    name: str
    candidates: tuple[str, ...]

    def __str__(self) -> str:
        """Say which records share the name."""
        return f"{self.name!r} names more than one {self.kind}: {', '.join(self.candidates)}; ask for one of them"


@attrs.frozen
class NoSuchRecord(SafetyKBError, KeyError):
    """A collection holds no record with that identifier."""

    kind: str
    id: str
    suggestions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say which identifier is missing from which collection."""
        text = f"no {self.kind} has the id {self.id!r}"
        if self.suggestions:
            text += "; did you mean " + " or ".join(repr(name) for name in self.suggestions) + "?"
        return text


@attrs.frozen
class InvalidQuestion(SafetyKBError, ValueError):
    """A question cannot be asked as it stands: ``what`` is wrong and ``cure`` mends it."""

    what: str
    cure: str

    def __str__(self) -> str:
        """Say what is wrong and what would mend it."""
        return f"{self.what}; {self.cure}"


@attrs.frozen
class NotAVerdict(SafetyKBError, TypeError):
    """A review was used as a yes or no, or put in an order with another; it is neither."""

    what: str

    def __str__(self) -> str:
        """Say why, and what to read instead."""
        return (
            f"{self.what}: a review is not a verdict; read review.headline "
            "(concern, highest, if_taking, depends_on) and review.findings"
        )
