"""The ordered scales on which a statement of safety stands, each with its definition and public mappings.

Sources of the mappings: GRADE (BMC Medicine 2012;10:33), OCEBM 2011 levels for harms, CIOMS frequency bands,
FHIR R5 DetectedIssue severity, CDS Hooks card indicator. Where no public scale says the same, the mapping is
this project's judgement.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

import attrs

_Word = TypeVar("_Word", bound=enum.Enum)


def _member(cls: type[_Word], word: str | _Word) -> _Word:
    try:
        return cls(word)
    except ValueError:
        words = ", ".join(str(member.value) for member in cls)
        raise ValueError(f"{word!r} is none of: {words}") from None


class Choice(enum.Enum):
    """A closed set of words; each member carries its definition."""

    definition: str

    def __new__(cls, value: str, definition: str) -> Self:
        """Make the member whose JSON form is ``value``."""
        member = object.__new__(cls)
        member._value_ = value
        member.definition = definition
        return member

    @classmethod
    def of(cls, word: str | Self) -> Self:
        """Return the member that ``word`` names; raise ValueError with the words there are."""
        return _member(cls, word)

    def __str__(self) -> str:
        """Return the word itself."""
        return str(self.value)


class Scale(enum.Enum):
    """A closed set of words in an order: a later rank says more. Comparing with another type raises TypeError."""

    rank: int
    definition: str
    mapping: Mapping[str, str]

    def __new__(cls, value: str, rank: int, definition: str, mapping: Mapping[str, str] | None = None) -> Self:
        """Make the member whose JSON form is ``value``."""
        member = object.__new__(cls)
        member._value_ = value
        member.rank = rank
        member.definition = definition
        member.mapping = dict(mapping or {})
        return member

    @classmethod
    def of(cls, word: str | Self) -> Self:
        """Return the member that ``word`` names; raise ValueError with the words there are."""
        return _member(cls, word)

    def __str__(self) -> str:
        """Return the word itself."""
        return str(self.value)

    def __lt__(self, other: object) -> bool:
        """Tell whether this member says less than ``other`` of the same scale."""
        return self.rank < other.rank if isinstance(other, type(self)) else NotImplemented

    def __le__(self, other: object) -> bool:
        """Tell whether this member says at most as much as ``other`` of the same scale."""
        return self.rank <= other.rank if isinstance(other, type(self)) else NotImplemented

    def __gt__(self, other: object) -> bool:
        """Tell whether this member says more than ``other`` of the same scale."""
        return self.rank > other.rank if isinstance(other, type(self)) else NotImplemented

    def __ge__(self, other: object) -> bool:
        """Tell whether this member says at least as much as ``other`` of the same scale."""
        return self.rank >= other.rank if isinstance(other, type(self)) else NotImplemented


class Concern(Scale):
    """How much a statement asks of the reader. Silence is no member: what nobody knows is ``undetermined``."""

    INFORM = (
        "inform",
        1,
        "Real and sourced; nothing to do but know.",
        {"fhir-detected-issue": "low", "cds-hooks": "info", "orca": "4", "fhir-type": "undesirable-effect"},
    )
    MONITOR = (
        "monitor",
        2,
        "Possible, with a named test at a named time.",
        {"fhir-detected-issue": "moderate", "cds-hooks": "info", "orca": "3", "fhir-type": "warning"},
    )
    CAUTION = (
        "caution",
        3,
        "Possible with a dose change, a precaution or a specialist.",
        {"fhir-detected-issue": "moderate", "cds-hooks": "warning", "orca": "3", "fhir-type": "warning"},
    )
    AVOID = (
        "avoid",
        4,
        "The risk usually outweighs the benefit; look for another way.",
        {"fhir-detected-issue": "high", "cds-hooks": "warning", "orca": "2", "fhir-type": "warning"},
    )
    CONTRAINDICATED = (
        "contraindicated",
        5,
        "An authority says that it must not be used.",
        {"fhir-detected-issue": "high", "cds-hooks": "critical", "orca": "1", "fhir-type": "contraindication"},
    )


@attrs.frozen(order=True)
class EvidenceLevel:
    """How certain the evidence is (GRADE certainty; for a claim of authority a convention of this project).

    Ordered: ``HIGH > MODERATE > LOW > VERY_LOW``. ``value`` is its JSON form.
    """

    rank: int
    value: str = attrs.field(eq=False, order=False)
    definition: str = attrs.field(eq=False, order=False, repr=False)
    mapping: Mapping[str, str] = attrs.field(eq=False, order=False, repr=False, hash=False)

    HIGH: ClassVar[EvidenceLevel]
    MODERATE: ClassVar[EvidenceLevel]
    LOW: ClassVar[EvidenceLevel]
    VERY_LOW: ClassVar[EvidenceLevel]

    @classmethod
    def members(cls) -> tuple[EvidenceLevel, ...]:
        """Return every level, the highest first."""
        return (cls.HIGH, cls.MODERATE, cls.LOW, cls.VERY_LOW)

    @classmethod
    def of(cls, value: str) -> EvidenceLevel:
        """Return the level named ``value``; raise ValueError for another word."""
        for member in cls.members():
            if member.value == value:
                return member
        words = ", ".join(member.value for member in cls.members())
        raise ValueError(f"no evidence level is named {value!r}; the levels are {words}")

    def moved(self, steps: int) -> EvidenceLevel:
        """Return the level ``steps`` higher (negative: lower), kept within the scale."""
        ladder = self.members()[::-1]
        return ladder[min(max(self.rank + steps, 0), len(ladder) - 1)]

    def __str__(self) -> str:
        """Return the word itself."""
        return self.value

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by name, so that a level stays one object."""
        return (EvidenceLevel.of, (self.value,))


EvidenceLevel.HIGH = EvidenceLevel(
    3,
    "high",
    "Very confident that the true effect lies close to the estimate.",
    {"grade": "High", "ocebm-harms": "1"},
)
EvidenceLevel.MODERATE = EvidenceLevel(
    2,
    "moderate",
    "The true effect is likely close to the estimate, but may be substantially different.",
    {"grade": "Moderate", "ocebm-harms": "2"},
)
EvidenceLevel.LOW = EvidenceLevel(
    1,
    "low",
    "Confidence is limited: the true effect may be substantially different.",
    {"grade": "Low", "ocebm-harms": "3"},
)
EvidenceLevel.VERY_LOW = EvidenceLevel(
    0,
    "very-low",
    "The true effect is likely substantially different from the estimate.",
    {"grade": "Very low", "ocebm-harms": "4"},
)


class Basis(Scale):
    """What kind of ground a statement stands on; shown before the level, and ranked before it."""

    INFERENCE = ("inference", 1, "Put together here, or seen in animals or cells: nobody reported it in people.")
    REPORT = ("report", 2, "Cases, uncontrolled trials, spontaneous reports or a narrative review.")
    STUDY = ("study", 3, "A controlled study, a cohort, a kinetic study, or a systematic review of such.")
    AUTHORITY = ("authority", 4, "A label, a regulator, a guideline or an expert monograph says it.")


class Directness(Scale):
    """How near a finding is to the question asked."""

    RELATED = ("related", 1, "Of a relative (an enantiomer, a metabolite), not of the compound itself.")
    INFERRED = ("inferred", 2, "Joined here from facts about each side, or seen in animals only.")
    GENERAL = ("general", 3, "Of the compound in everybody, or in people with something else.")
    CLASS = ("class", 4, "Of a class to which the compound belongs, or a signal in another member of it.")
    DIRECT = ("direct", 5, "Of these people: the condition, one of its treatments, or a fact of the patient.")


class Coverage(Scale):
    """What a section holds at best; ``not-assessed`` is not reassurance."""

    NOT_ASSESSED = ("not-assessed", 1, "Nobody has recorded having looked.")
    SEARCHED_NONE_FOUND = ("searched-none-found", 2, "Somebody looked, where and when is recorded, and found nothing.")
    INFERRED_ONLY = ("inferred-only", 3, "Only statements that were joined here.")
    DOCUMENTED = ("documented", 4, "At least one statement that a source makes itself.")


class Frequency(Scale):
    """How often (CIOMS bands, as in section 4.8 of the EU label)."""

    NOT_KNOWN = ("not-known", 0, "Cannot be estimated from the available data.")
    VERY_RARE = ("very-rare", 1, "Fewer than 1 in 10,000.", {"at-least": "0", "below": "0.0001"})
    RARE = ("rare", 2, "1 in 10,000 to 1 in 1,000.", {"at-least": "0.0001", "below": "0.001"})
    UNCOMMON = ("uncommon", 3, "1 in 1,000 to 1 in 100.", {"at-least": "0.001", "below": "0.01"})
    COMMON = ("common", 4, "1 in 100 to 1 in 10.", {"at-least": "0.01", "below": "0.1"})
    VERY_COMMON = ("very-common", 5, "At least 1 in 10.", {"at-least": "0.1", "below": "1"})


class Seriousness(Scale):
    """The outcome that makes a hazard serious (the criteria of ICH E2A); absent means not known."""

    HOSPITAL = ("hospital", 1, "Leads to or prolongs a stay in hospital.")
    DISABLING = ("disabling", 2, "Persistent or significant disability.")
    BIRTH_DEFECT = ("birth-defect", 3, "A congenital anomaly.")
    LIFE_THREATENING = ("life-threatening", 4, "At risk of death at the time of the event.")
    FATAL = ("fatal", 5, "Death.")


class ReadDepth(Scale):
    """How much of a source was read."""

    HEADER = ("header", 1, "Known to exist; its text was not read.")
    EXCERPT = ("excerpt", 2, "Parts of the text.")
    ABSTRACT = ("abstract", 3, "The whole abstract.")
    FULL = ("full", 4, "The whole text.")
