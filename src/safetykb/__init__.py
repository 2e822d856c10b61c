"""What is known about the safety of a compound for people with a condition, with every source shown.

    import safetykb
    review = safetykb.review("COMPOUND", "CONDITION")
    print(review.headline.text)
    print(review)

It says what is known, how well, and what nobody has looked at. It never says that something is safe. Importing it
reads no data; the first question does.
"""

TYPE_CHECKING = False  # type checkers take it as true; importing typing would double the time of this import

__version__ = "0.1.0"

__all__ = [
    "AmbiguousName",
    "Assertion",
    "Basis",
    "Compound",
    "Concern",
    "Condition",
    "Context",
    "Coverage",
    "DataError",
    "Directness",
    "EvidenceLevel",
    "Exposure",
    "Finding",
    "Frequency",
    "InvalidQuestion",
    "KnowledgeBase",
    "Match",
    "NoSuchRecord",
    "NotAVerdict",
    "Patient",
    "PersonalReport",
    "Problem",
    "SafetyConsideration",
    "SafetyKBError",
    "SafetyReview",
    "SearchRecord",
    "Seriousness",
    "Source",
    "Study",
    "Term",
    "UnknownName",
    "compound",
    "condition",
    "considerations",
    "diff",
    "interactions",
    "knowledge_base",
    "review",
    "search",
]

if TYPE_CHECKING:
    from safetykb.answer.assembly import SafetyReview as SafetyReview
    from safetykb.answer.assembly import review as review
    from safetykb.answer.personal import PersonalReport as PersonalReport
    from safetykb.answer.queries import compound as compound
    from safetykb.answer.queries import condition as condition
    from safetykb.answer.queries import considerations as considerations
    from safetykb.answer.queries import interactions as interactions
    from safetykb.answer.queries import search as search
    from safetykb.changes import diff as diff
    from safetykb.errors import AmbiguousName as AmbiguousName
    from safetykb.errors import DataError as DataError
    from safetykb.errors import InvalidQuestion as InvalidQuestion
    from safetykb.errors import NoSuchRecord as NoSuchRecord
    from safetykb.errors import NotAVerdict as NotAVerdict
    from safetykb.errors import Problem as Problem
    from safetykb.errors import SafetyKBError as SafetyKBError
    from safetykb.errors import UnknownName as UnknownName
    from safetykb.knowledge.base import KnowledgeBase as KnowledgeBase
    from safetykb.knowledge.loading import knowledge_base as knowledge_base
    from safetykb.knowledge.lookup import Match as Match
    from safetykb.model.considerations import Context as Context
    from safetykb.model.considerations import Exposure as Exposure
    from safetykb.model.considerations import SafetyConsideration as SafetyConsideration
    from safetykb.model.entities import Assertion as Assertion
    from safetykb.model.entities import Compound as Compound
    from safetykb.model.entities import Condition as Condition
    from safetykb.model.entities import Term as Term
    from safetykb.model.evidence import Source as Source
    from safetykb.model.patient import Patient as Patient
    from safetykb.model.scales import Basis as Basis
    from safetykb.model.scales import Concern as Concern
    from safetykb.model.scales import Coverage as Coverage
    from safetykb.model.scales import Directness as Directness
    from safetykb.model.scales import EvidenceLevel as EvidenceLevel
    from safetykb.model.scales import Frequency as Frequency
    from safetykb.model.scales import Seriousness as Seriousness
    from safetykb.model.studies import SearchRecord as SearchRecord
    from safetykb.model.studies import Study as Study
    from safetykb.reasoning.findings import Finding as Finding
else:
    _HOMES = {
        "answer.assembly": ("SafetyReview", "review"),
        "answer.personal": ("PersonalReport",),
        "answer.queries": ("compound", "condition", "considerations", "interactions", "search"),
        "changes": ("diff",),
        "errors": (
            "AmbiguousName",
            "DataError",
            "InvalidQuestion",
            "NoSuchRecord",
            "NotAVerdict",
            "Problem",
            "SafetyKBError",
            "UnknownName",
        ),
        "knowledge.base": ("KnowledgeBase",),
        "knowledge.loading": ("knowledge_base",),
        "knowledge.lookup": ("Match",),
        "model.considerations": ("Context", "Exposure", "SafetyConsideration"),
        "model.entities": ("Assertion", "Compound", "Condition", "Term"),
        "model.evidence": ("Source",),
        "model.patient": ("Patient",),
        "model.scales": (
            "Basis",
            "Concern",
            "Coverage",
            "Directness",
            "EvidenceLevel",
            "Frequency",
            "Seriousness",
        ),
        "model.studies": ("SearchRecord", "Study"),
        "reasoning.findings": ("Finding",),
    }

    def __getattr__(name: str) -> object:
        """Import a public name at its first use."""
        from importlib import import_module

        for home, names in _HOMES.items():
            if name in names:
                found = getattr(import_module(f"safetykb.{home}"), name)
                globals()[name] = found
                return found
        raise AttributeError(f"module 'safetykb' has no attribute {name!r}")

    def __dir__() -> list[str]:
        """List the public names."""
        return sorted([*__all__, "__version__"])
