"""From a match to a finding: its words, its grade, its directness and its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from safetykb.knowledge.base import KnowledgeBase
from safetykb.model.choices import Design, Kind, Origin, TermKind
from safetykb.model.considerations import SafetyConsideration
from safetykb.model.evidence import Citation, Source, Statement
from safetykb.model.scales import Basis, Concern, Directness, EvidenceLevel, ReadDepth
from safetykb.reasoning import grading
from safetykb.reasoning.findings import Evidence, Finding, Need, Part, Partner, Place, Sentence, Step
from safetykb.reasoning.grading import Grade
from safetykb.reasoning.graph import BROADER, Link, Path
from safetykb.reasoning.matching import Bearing, Match, PartnerPart, Role, duration_text
from safetykb.reasoning.situation import Situation
from safetykb.rendering.characters import capital


def finding_of(situation: Situation, match: Match) -> Finding:
    """Return the finding that ``match`` is in ``situation``."""
    return _Builder(situation, match, relative=False).build()


def related_finding(situation: Situation, match: Match) -> Finding | None:
    """Return the finding that ``match`` is for a relative, the compound of ``situation``.

    None for what is not shown of a relative: what is below avoid and does not speak of the condition.
    """
    builder = _Builder(situation, match, relative=True)
    concern = builder.concern(builder.origin())
    if builder.speaks or (concern is not None and concern >= Concern.AVOID):
        return builder.build()
    return None


@attrs.frozen
class _Builder:
    situation: Situation
    match: Match
    relative: bool

    @property
    def claim(self) -> SafetyConsideration:
        return self.match.consideration

    @property
    def own_label(self) -> bool:
        """Whether the compound is a treatment here and its own label speaks (these are the people it speaks about)."""
        sources = self.situation.knowledge.sources
        labels = any(sources[cite.key].details.design is Design.LABEL for cite in self.claim.cites)
        return self.situation.is_treatment and labels and self.claim.subject == self.situation.compound.id

    @property
    def speaks(self) -> bool:
        return self.match.speaks_of_condition or self.own_label

    def build(self) -> Finding:
        match, claim = self.match, self.claim
        origin = self.origin()
        grade = self.grade(origin)
        concern = self.concern(origin)
        needs = tuple(self.needs())
        path, person = self.steps(match.own_path), self.person_steps()
        inferred = origin is Origin.JOINED or grade.basis is Basis.INFERENCE
        partners = tuple(self.partner(part, concern, inferred=inferred) for part in match.partners)
        directness = self.directness(inferred=inferred)
        speaks = self.speaks
        is_open = bool(needs) or match.is_if_taking
        block = self.block(concern, inferred=inferred, is_open=is_open, speaks=speaks)
        return Finding(
            id=claim.id,
            compound=self.situation.compound.id,
            block=block,
            section=self.section(block),
            kind=claim.kind,
            origin=origin,
            hazard=claim.hazard,
            hazard_name=self.name(claim.hazard),
            concern=concern,
            serious=claim.serious,
            statement=self.statement(origin, path, person),
            rationale=self.filled(claim.rationale),
            action=self.filled(claim.action),
            needs=needs,
            if_taking=self.if_taking(partners),
            other_name=self.medicine(match.other) if match.other else "",
            other_class=match.other if self.is_class(match.other) else None,
            partners=partners,
            evidence=Evidence(
                basis=grade.basis,
                level=grade.level,
                design=grade.design,
                directness=directness,
                steps=grade.steps,
            ),
            path=path,
            person_path=person,
            cites=claim.cites,
            premise_cites=self.premise_cites(path, person, partners),
            monitoring=claim.monitoring,
            marks=self.marks(),
            speaks=speaks,
            personal=match.is_personal,
            facts=self.facts(),
            record_statement=claim.statement,
            relative=self.situation.compound.id if self.relative else None,
        )

    def name(self, entity: str) -> str:
        return self.situation.knowledge.entity(entity).name

    # --- how sure -------------------------------------------------------------------------------------------------

    @property
    def unbanded(self) -> bool:
        """Whether a band that the claim asks for is known of nothing that it meets."""
        return self.match.unbanded

    def origin(self) -> Origin:
        return Origin.JOINED if self.claim.origin is Origin.JOINED or self.unbanded else Origin.STATED

    def grade(self, origin: Origin) -> Grade:
        knowledge = self.situation.knowledge
        own = grading.own_grades(knowledge)[self.claim.id]
        levels = [*self.path_levels()]
        if own is None:
            levels += self.premise_levels()
            own = Grade(basis=Basis.INFERENCE, level=EvidenceLevel.HIGH, design=None, steps=("joined: no own source",))
        for level, why in sorted(levels):
            own = own.lowered_to(level, why)
        if self.match.signal:
            own = own.stepped(-1, "a signal in another member of the class")
        if origin is Origin.JOINED:
            own = attrs.evolve(own, basis=Basis.INFERENCE).stepped(-1, "joined: one lower than the weakest premise")
        return own

    def path_levels(self) -> Iterable[tuple[EvidenceLevel, str]]:
        links = [*self.match.own_path.links]
        if self.claim.origin is Origin.JOINED:
            links += [link for part in self.match.states for link in part.path.links]
        for link in links:
            if link.level is not None:
                yield link.level, f"{link.assertion} is {link.level}"
        best = self.best_partner()
        for link in best.path.links if best else ():
            if link.level is not None:
                yield link.level, f"{link.assertion} is {link.level}"

    def best_partner(self) -> PartnerPart | None:
        """Return the partner with the best path, of those that stand as the match does; a known band goes first.

        Where the patient takes one of them, the finding is about that one: the others lend it nothing.
        """
        taken = [part for part in self.match.met if not part.swapped]
        shown = taken or [part for part in self.match.partners if not part.swapped]
        return min(shown, key=lambda part: (part.unbanded, part.path.order), default=None)

    def premise_levels(self) -> Iterable[tuple[EvidenceLevel, str]]:
        knowledge = self.situation.knowledge
        for premise in self.claim.premises:
            if premise in knowledge.assertions:
                level = grading.assertion_grades(knowledge)[premise].level
            else:
                grade = grading.own_grades(knowledge)[premise]
                level = grade.level if grade else EvidenceLevel.VERY_LOW
            yield level, f"{premise} is {level}"

    def concern(self, origin: Origin) -> Concern | None:
        concern = self.claim.concern
        if concern is None:
            return None
        if self.match.signal:
            concern = min(concern, Concern.MONITOR if self.situation.is_treatment else Concern.CAUTION)
        return min(concern, Concern.CAUTION) if origin is Origin.JOINED else concern

    def directness(self, *, inferred: bool) -> Directness:
        if self.relative:
            return Directness.RELATED
        if inferred:
            return Directness.INFERRED
        if self.match.own_path.links or self.match.signal:
            return Directness.CLASS
        if self.match.speaks_of_condition or self.match.partners or self.match.is_personal or self.own_label:
            return Directness.DIRECT
        return Directness.GENERAL

    # --- what is open ---------------------------------------------------------------------------------------------

    def needs(self) -> Iterable[Need]:
        if self.claim.origin is Origin.STATED:
            for part in self.match.open_states:
                of = "condition" if part.bearing is Bearing.NARROWER else "patient"
                yield Need(fact=self.name(part.state), of=of, id=part.state)
        for exposure in self.match.open_exposures:
            yield Need(fact=exposure.text, of="exposure")

    def if_taking(self, partners: tuple[Partner, ...]) -> tuple[str, ...]:
        """Return the ids of what must be taken as well: the treatments met, else the claim's own term."""
        if not self.match.is_if_taking or self.match.other is None:
            return ()
        named = tuple(p.treatment for p in partners if not (p.narrower or p.status == "met"))
        return named or (self.match.other,)

    def facts(self) -> tuple[str, ...]:
        """Return the facts of the patient that meet a part of the claim, in words."""
        states = [fact for part in self.match.states for fact in part.facts]
        taken = [f"takes {self.name(id)}" for part in self.match.partners for id in part.members]
        return tuple(dict.fromkeys([*states, *taken]))

    # --- words ----------------------------------------------------------------------------------------------------

    def statement(self, origin: Origin, path: tuple[Step, ...], person: tuple[Step, ...]) -> str:
        text = self.filled(self.claim.statement) or ""
        if self.match.signal:
            member = self.name(self.claim.subject)
            text = f"{text} Seen with {member}, not with {self.situation.compound.name}."
        if swapped := [part.view.name for part in self.match.partners if part.swapped]:
            text = f"{text} The two stand the other way round with {either(swapped)}."
        if self.unbanded:
            text = f"By inference, since the strength is not stated: {text}"
        narrower = [self.name(part.state) for part in self.match.states if part.bearing is Bearing.NARROWER]
        if narrower:
            text = f"In {' and '.join(narrower)}: {text}"
        if origin is Origin.JOINED and self.claim.origin is Origin.JOINED:
            premises = [sentence for step in path for sentence in step.statements[:1]]
            premises += [sentence for step in person for sentence in step.statements]
            together = ("Not studied together.",) if self.match.other is not None else ()
            text = " ".join([*dict.fromkeys(premises), *self.premise_texts(), text, *together])
        return text

    def premise_texts(self) -> list[str]:
        knowledge = self.situation.knowledge
        texts: list[str] = []
        for premise in self.claim.premises:
            if premise in knowledge.assertions:
                texts += [sentence_of(knowledge, statement) for statement in knowledge.assertions[premise].statements]
            else:
                texts.append(knowledge.considerations[premise].statement)
        return texts

    def filled(self, text: str | None) -> str | None:
        if text is None or "{" not in text:
            return text and capital(text)
        mine = self.situation.compound.name
        others = self.other_names()
        subject, taking = (mine, others) if self.match.role is Role.SUBJECT else (others, mine)
        if self.match.signal:
            subject = self.name(self.claim.subject)
        slots = {"{subject}": subject, "{taking}": taking, "{condition}": self.situation.condition.name}
        for slot, name in slots.items():
            text = text.replace(slot, name)
        return capital(text)

    def other_names(self) -> str:
        """Return the names of the other side: one partner or a few, else the claim's own term."""
        if self.match.other is None:
            return ""
        shown = self.match.met or tuple(part for part in self.match.partners if not part.taken)
        names = [part.view.name for part in shown if part.narrower is None and not part.swapped]
        whole = self.medicine(self.match.other)
        if not names or len(names) > _FEW:
            return whole
        known = any(part.taken or part.view.id == self.match.other for part in shown)
        stated = self.claim.origin is Origin.STATED and not self.match.unbanded
        more = stated and not known and self.is_class(self.match.other)
        return either(names) + (f" or {another(whole)}" if more else "")

    def is_class(self, entity: str | None) -> bool:
        """Tell whether the other side is a class of medicines, or a role at an enzyme: not a compound or an effect."""
        term = self.situation.knowledge.terms.get(entity) if entity else None
        return term is not None and term.kind is not TermKind.EFFECT

    def medicine(self, entity: str) -> str:
        """Return the other side of a claim as a medicine: its name, or what it does."""
        term = self.situation.knowledge.terms.get(entity)
        if term is None or term.kind is TermKind.DRUG_CLASS:
            return self.name(entity)
        if term.kind is TermKind.EFFECT:
            return f"a medicine that may cause {term.label}"
        return f"a {term.label}"

    # --- the path -------------------------------------------------------------------------------------------------

    def steps(self, path: Path) -> tuple[Step, ...]:
        return tuple(self.step(link) for link in path.links)

    def step(self, link: Link) -> Step:
        """Return ``link`` as it is shown; made once, as many findings stand on the same link."""
        asked = self.situation.form if link.start == self.situation.compound.id else None
        known: dict[tuple[str, str, str, str | None], Step] = self.situation.knowledge.derived("steps", dict)
        key = (link.start, link.how, link.end, asked)
        if key not in known:
            known[key] = self.step_in(link, asked)
        return known[key]

    def step_in(self, link: Link, asked: str | None) -> Step:
        knowledge = self.situation.knowledge
        statements: tuple[Statement, ...] = ()
        if link.assertion is not None:
            statements = knowledge.assertions[link.assertion].statements
            if asked is not None:
                statements = tuple(s for s in statements if s.form in (None, asked))
        return Step(
            start=link.start,
            start_name=self.name(link.start),
            link=link.how,
            verb=self.verb(link),
            end=link.end,
            end_name=self.name(link.end),
            sentences=tuple(Sentence(sentence_of(knowledge, statement), statement.cites) for statement in statements),
            level=link.level,
        )

    def verb(self, link: Link) -> str:
        """Return a link in words: a member is its class, everything else is had."""
        if link.how == BROADER:
            return "is a kind of"
        term = self.situation.knowledge.terms.get(link.end)
        return "has" if term is None or term.kind in (TermKind.EFFECT, TermKind.STATE) else "is"

    def person_steps(self) -> tuple[Step, ...]:
        return tuple(step for part in self.match.states for step in self.steps(part.path))

    def partner(self, part: PartnerPart, concern: Concern | None, *, inferred: bool) -> Partner:
        return Partner(
            treatment=part.view.id,
            substance=part.narrower or part.view.id,
            name=self.name(part.narrower) if part.narrower else part.view.name,
            status="met" if part.taken else "open",
            concern=min(concern, Concern.CAUTION) if part.unbanded and concern else concern,
            usual=part.view.record.usual,
            alternative=part.view.alternative,
            narrower=part.narrower is not None,
            inferred=inferred or part.unbanded,
            members=part.members,
            path=self.steps(part.path),
        )

    def premise_cites(
        self, path: tuple[Step, ...], person: tuple[Step, ...], partners: tuple[Partner, ...]
    ) -> tuple[Citation, ...]:
        knowledge = self.situation.knowledge
        found = [cite for step in (*path, *person) for cite in step.cites]
        for premise in self.claim.premises:
            if premise in knowledge.assertions:
                found += [c for s in knowledge.assertions[premise].statements for c in s.cites]
            else:
                found += knowledge.considerations[premise].cites
        found += [cite for partner in partners for step in partner.path for cite in step.cites]
        return tuple(dict.fromkeys(found))

    # --- its place ------------------------------------------------------------------------------------------------

    def block(self, concern: Concern | None, *, inferred: bool, is_open: bool, speaks: bool) -> Place:
        heavy = concern is not None and concern >= Concern.AVOID
        if self.relative:
            return Place.RELATED
        if not inferred and not is_open and (speaks or heavy or self.match.is_personal):
            return Place.KNOWN
        if not inferred and is_open and heavy:
            return Place.NOT_IF
        if any(part.taken for part in self.match.partners):
            return Place.TAKEN
        if self.claim.kind is Kind.MONITORING:
            return Place.MONITORING
        if self.claim.origin is Origin.JOINED and self.match.states:
            return Place.CONDITION
        if self.match.other is not None:
            return Place.TREATMENTS if self.match.partners else Place.NOT_WITH
        return Place.EVERYBODY

    def section(self, block: Place) -> Part:
        if self.claim.kind is Kind.MONITORING:
            return Part.MONITORING
        if self.match.other is not None:
            return Part.TREATMENTS
        if block is Place.CONDITION or self.match.speaks_of_condition:
            return Part.CONDITION
        return Part.CONTRAINDICATIONS

    def marks(self) -> tuple[str, ...]:
        """Return what a reader must know about the sources: copies, versions that are not the newest, a window."""
        sources = self.situation.knowledge.sources
        cited = [sources[key] for key in dict.fromkeys(cite.key for cite in self.claim.cites)]
        found: list[str] = []
        copies = [source.short_name for source in cited if source.is_copy and source.details.design is Design.LABEL]
        if copies:
            found.append(f"read in a copy of the label: {', '.join(dict.fromkeys(copies))}")
        newest = {self.newest(source).id: self.newest(source) for source in cited if source.details.superseded_by}
        for source in newest.values():
            if source not in cited:
                unread = ", not read" if source.details.read is ReadDepth.HEADER else ""
                found.append(f"a newer version is known ({source.date or source.title}{unread})")
        found += [
            a.text.rstrip(".") for a in self.situation.knowledge.policies if a.policy.consideration == self.claim.id
        ]
        if self.claim.context.window is not None:
            found.append(window_text(self.claim.context.window))
        if self.situation.patient is not None:
            notes = self.situation.patient.notes
            found += [notes[part.state] for part in self.match.states if part.state in notes and part.facts]
        return tuple(dict.fromkeys(found))

    def newest(self, source: Source) -> Source:
        """Follow ``superseded_by`` to its end."""
        seen = {source.id}
        while source.details.superseded_by is not None and source.details.superseded_by not in seen:
            source = self.situation.knowledge.sources[source.details.superseded_by]
            seen.add(source.id)
        return source


_FEW = 4


def another(medicine: str) -> str:
    """Return the name of a class for any member of it that was not named."""
    return f"another {medicine.removeprefix('a ')}"


def either(names: Sequence[str]) -> str:
    """Return names as alternatives in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def window_text(window: str) -> str:
    """Return the time window of a context in words."""
    fixed = {"first-dose": "at the first dose", "ever": "taken at any time, past use included"}
    return fixed.get(window) or f"within {duration_text(window)} of the last dose"


def sentence_of(knowledge: KnowledgeBase, statement: Statement) -> str:
    """Return a statement with what limits it: its population, its form, and the state it holds in."""
    form = statement.form.replace("-", " ") if statement.form else None
    during = f"during {knowledge.entity(statement.during).name}" if statement.during else None
    limits = [limit for limit in (statement.population, form, during) if limit]
    return f"{statement.text.rstrip('.')} ({'; '.join(limits)})." if limits else statement.text
