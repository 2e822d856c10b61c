"""The review as an outline, in the order in which it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from safetykb.answer.evidence_shown import aged, reference, study_entry
from safetykb.answer.general import Fact, of_kinds
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE, how_made
from safetykb.ids import is_day
from safetykb.model.choices import Design, Kind, TermKind
from safetykb.model.evidence import Source
from safetykb.model.outlines import cited, source_anchor
from safetykb.model.scales import Basis, Concern, Directness, EvidenceLevel, Frequency, Seriousness
from safetykb.model.studies import Study
from safetykb.reasoning.absence import direct_absence
from safetykb.reasoning.building import another
from safetykb.reasoning.findings import Finding, Place
from safetykb.reasoning.headline import NOT_CHECKED, DependsOn, direct_text, headline_sentences
from safetykb.reasoning.matching import form_name
from safetykb.reasoning.treatments import TreatmentRow, partner_in
from safetykb.rendering.outline import (
    Badge,
    Block,
    Code,
    Definitions,
    Document,
    Entry,
    Items,
    Link,
    Note,
    Paragraph,
    Reference,
    Section,
    Span,
    Spans,
    Strong,
    Table,
    Tone,
    between,
    capital,
    items,
    paragraph,
    spans,
)

if TYPE_CHECKING:
    from safetykb.answer.assembly import SafetyReview

_NAMED: Final = 5
"""The largest number of treatments that the title of a finding names."""

_KEYS: Final = 6
"""The largest number of sources that an answer to a question names; the rest stand in the list."""

_LEAD: Final = re.compile(r"By inference only|Direct evidence|\w+")
"""What stands out in a sentence of the headline: how heavy it is, or that it is inferred."""

_FIRST: Final = (Place.KNOWN, Place.NOT_IF, Place.TAKEN)
_CAN: Final = {
    Seriousness.HOSPITAL: "can need a hospital",
    Seriousness.DISABLING: "can be disabling",
    Seriousness.BIRTH_DEFECT: "can cause a birth defect",
    Seriousness.LIFE_THREATENING: "can be life-threatening",
    Seriousness.FATAL: "can be fatal",
}


def document_of(review: SafetyReview) -> Document:
    """Return ``review`` as an outline."""
    return _Writer(review).document()


def tone_of(concern: Concern | None) -> Tone:
    """Return how a concern looks; what nobody knows has a look of its own."""
    return Tone.UNDETERMINED if concern is None else Tone(concern.value)


def badge_of(concern: Concern | None, kind: Kind | None = None) -> Badge:
    """Return the badge of a concern; a claim of no increase says so in words."""
    if concern is None and kind is Kind.NO_INCREASE:
        return Badge(text="NO INCREASE SEEN", tone=Tone.NEUTRAL)
    return Badge(text=str(concern).upper() if concern else "UNDETERMINED", tone=tone_of(concern))


def anchor_of(id: str) -> str:
    """Return the anchor of the finding ``id``."""
    return f"finding-{id.replace('/', '-')}"


def _placed(findings: Sequence[Finding], places: Iterable[Place]) -> list[Finding]:
    """Return the findings of ``places`` in order; what is known of these people and can wait comes last of them."""
    found = [finding for place in places for finding in findings if finding.block is place]
    return sorted(found, key=_can_wait)


def _can_wait(finding: Finding) -> bool:
    return finding.block is Place.KNOWN and (finding.concern or Concern.INFORM) < Concern.CAUTION


class _Writer:
    """Writes one review; findings are numbered in the order in which they are shown."""

    def __init__(self, review: SafetyReview) -> None:
        self.review = review
        shown = [finding for finding in review.findings if finding.folded_under is None]
        self.numbers = {finding.id: str(place) for place, finding in enumerate(self._ordered(shown), 1)}

    @staticmethod
    def _ordered(findings: Sequence[Finding]) -> Iterable[Finding]:
        yield from _placed(findings, _FIRST)
        later = (Place.EVERYBODY, Place.TREATMENTS, Place.NOT_WITH, Place.CONDITION, Place.MONITORING)
        yield from _placed(findings, later)

    @property
    def title(self) -> str:
        return f"{self.review.compound.name} in {self.review.condition.name}"

    def document(self) -> Document:
        sections = (
            self.first(),
            self.general(),
            self.in_condition(),
            self.studies(),
            self.bottom_line(),
            self.not_known(),
            self.questions(),
            self.sources(),
            self.about(),
        )
        return Document(title=capital(self.title), language="en", summary=self.summary(), blocks=sections)

    # --- 1: the headline ------------------------------------------------------------------------------------------

    def summary(self) -> tuple[Block, ...]:
        review = self.review
        blocks: list[Block] = [*self.headline_blocks()]
        blocks.append(paragraph(self.treatments_text()))
        if review.headline.not_checked:
            blocks.insert(
                0, paragraph(f"NOT CHECKED, nothing here knows it: {'; '.join(review.headline.not_checked)}.")
            )
        if review.policy:
            blocks.append(Note(blocks=tuple(paragraph(applied.text) for applied in review.policy)))
        if review.facts:
            blocks.append(self.patient())
        asked = self.exposure_text()
        if asked:
            blocks.append(paragraph(asked))
        if review.see_also:
            blocks.append(paragraph(self.see_also_text()))
        blocks.append(paragraph(DISCLAIMER))
        return tuple(blocks)

    def headline_blocks(self) -> Iterable[Block]:
        """Yield the badge, with what it means where nothing is known, then each further sentence on its own."""
        headline = self.review.headline
        first, *rest = headline_sentences(headline)
        told = self.because() if headline.concern else self.undetermined(first.partition(": ")[2].capitalize())
        yield paragraph(badge_of(headline.concern), *told)
        yield items(*(self.led(sentence) for sentence in rest if not sentence.startswith(NOT_CHECKED)))

    def undetermined(self, meaning: str) -> Spans:
        """Say what undetermined means, after the badge of the most that may hold."""
        highest = self.review.headline.highest
        if highest is None:
            return spans(f" {meaning}")
        return spans(" or, if what is named below holds, ", badge_of(highest), f". {meaning}")

    def patient(self) -> Block:
        lines = (f"{line.text}: {line.told}{self.seen(line.findings)}" for line in self.review.facts)
        return Section(anchor="patient", title="This patient", blocks=(items(*lines),))

    def seen(self, ids: Iterable[str]) -> str:
        numbers = [self.numbers[id] for id in ids if id in self.numbers]
        return f" (see {', '.join(numbers)})" if numbers else ""

    @staticmethod
    def led(sentence: str) -> Spans:
        """Return a sentence with its first word standing out."""
        end = found.end() if (found := _LEAD.match(sentence)) else 0
        return spans(Strong(text=sentence[:end]), sentence[end:])

    def because(self) -> Spans:
        """Say which findings set the concern, by number and hazard."""
        found = [finding for finding in self.review.findings if finding.id in self.review.headline.because]
        hazards = ", ".join(dict.fromkeys(finding.hazard_name for finding in found))
        shown = dict.fromkeys(finding.folded_under or finding.id for finding in found)
        return spans(f" {hazards} (see ", *self.places(shown), ")")

    def places(self, ids: Iterable[str]) -> Spans:
        """Return the numbers of findings, or the id of one that has none, each leading to its finding.

        What a medicine that is taken asks for is no finding here: its id leads nowhere.
        """
        here = {finding.id for finding in self.review.findings}
        places = (Reference(text=self.numbers.get(id, id), to=anchor_of(id)) if id in here else id for id in ids)
        return between(", ", places)

    def treatments_text(self) -> str:
        rows = self.review.treatments
        if not rows:
            return f"No treatment of {self.review.condition.name} has been entered."
        stated = sum(row.concern is not None for row in rows)
        inferred = sum(row.concern is None and bool(row.findings) for row in rows)
        counts: dict[str, int] = {}
        for row in rows:
            if row.phrase is not None:
                counts[row.phrase.value] = counts.get(row.phrase.value, 0) + 1
        absent = ", ".join(f"{phrase.lower()} for {count}" for phrase, count in counts.items())
        known = (
            f"sources state something about {stated}, {inferred} more by inference only; " if stated or inferred else ""
        )
        one = f"1 treatment of {self.review.condition.name}"
        many = f"{len(rows)} treatments of {self.review.condition.name}"
        return f"{one if len(rows) == 1 else many}: {known}{absent}."

    def exposure_text(self) -> str:
        exposure, compound = self.review.exposure, self.review.compound
        if exposure is not None and exposure.form is not None:
            return f"Asked about {compound.name} as {form_name(compound, exposure.form)}."
        if len(compound.forms) > 1:
            forms = "; ".join(f"{form_name(compound, form.id)} ({form.id})" for form in compound.forms)
            return f"Nobody said how it is taken, which leaves statements open. Its forms are: {forms}."
        return ""

    def see_also_text(self) -> str:
        named = "; ".join(f"{other.name} ({other.how.replace('-', ' ')})" for other in self.review.see_also)
        return f"These have an answer of their own, ask for them by name: {named}."

    # --- findings -------------------------------------------------------------------------------------------------

    def first(self) -> Section:
        entries = self.entries(_FIRST)
        if not entries:
            entries = (paragraph("No source read names anything at avoid or above, or speaks of these people."),)
        return Section(anchor="first", title="First", blocks=entries)

    def entries(self, places: Iterable[Place]) -> tuple[Block, ...]:
        shown = [finding for finding in self.review.findings if finding.folded_under is None]
        return tuple(self.entry(finding) for finding in _placed(shown, places))

    def entry(self, finding: Finding) -> Entry:
        return Entry(
            number=self.numbers[finding.id],
            badge=badge_of(finding.concern, finding.kind),
            title=spans(self.heading(finding)),
            meta=spans(self.meta(finding)),
            body=tuple(self.body(finding)),
            anchor=anchor_of(finding.id),
        )

    def heading(self, finding: Finding) -> str:
        conditions = [*finding.if_having]
        if finding.if_taking:
            conditions.append(f"taking {self.partners_text(finding)}")
        text = f"if {' and '.join(conditions)}: {finding.hazard_name}" if conditions else finding.hazard_name
        if finding.if_form:
            text += f", {' and '.join(finding.if_form)}"
        if finding.relative is not None:
            text = f"{self.review.situation.knowledge.compounds[finding.relative].name}: {text}"
        return text

    def partners_text(self, finding: Finding) -> str:
        names = list(dict.fromkeys(partner.name for partner in finding.partners))
        if not names:
            return finding.other_name
        if len(names) > _NAMED:
            return f"{finding.other_name} ({len(names)} treatments, see the table)"
        rest = [another(finding.other_name)] if finding.is_of_a_class else []
        return " or ".join([*names, *rest])

    def meta(self, finding: Finding) -> str:
        evidence = finding.evidence
        parts = [f"{evidence.basis}, {evidence.level}", str(evidence.directness)]
        if finding.serious:
            parts.append(_CAN[finding.serious])
        named = dict.fromkeys(self.source(cite.key).short_name for cite in finding.cites)
        parts += list(named)[:3]
        return " · ".join(parts)

    def body(self, finding: Finding) -> Iterable[Block]:
        yield paragraph(" ".join(part for part in (finding.statement, finding.rationale, finding.action) if part))
        for other in self.review.findings:
            if other.folded_under == finding.id:
                yield paragraph(
                    f"By inference as well ({other.evidence.level}): {other.statement} ", self.explain(other)
                )
        marks = f"Note: {'; '.join(finding.marks)}. " if finding.marks else ""
        yield paragraph(marks, *cited(finding.shown_cites), " ", self.explain(finding))

    def explain(self, finding: Finding) -> Span:
        return Code(text=f"explain: {finding.id}")

    def source(self, key: str) -> Source:
        return self.review.situation.knowledge.sources[key]

    # --- 2: the compound in general -------------------------------------------------------------------------------

    def general(self) -> Section:
        compound = self.review.compound
        told = (*compound.description, *compound.mechanism)
        blocks: list[Block] = [paragraph(f"{said.text} ", *cited(said.cites)) for said in told]
        facts = self.review.compound_facts
        classes = [fact.term_name for fact in of_kinds(facts, TermKind.DRUG_CLASS) if fact.entity == compound.id]
        if classes:
            blocks.append(paragraph(f"Class: {', '.join(classes)}."))
        hazards = list(of_kinds(facts, TermKind.EFFECT))
        if hazards:
            blocks.append(Section(anchor="hazards", title="Hazards", blocks=(self.facts(hazards),)))
        kinetics = list(of_kinds(facts, TermKind.ENZYME, TermKind.TRANSPORTER, TermKind.EXPOSURE))
        if kinetics:
            blocks.append(Section(anchor="kinetics", title="Metabolism", blocks=(self.facts(kinetics),)))
        blocks.append(Section(anchor="status", title="Regulatory status", blocks=(self.uses(),)))
        return Section(anchor="general", title=capital(f"{compound.name} in general"), blocks=tuple(blocks))

    def facts(self, facts: Iterable[Fact]) -> Block:
        return Definitions(pairs=tuple((spans(self.fact_name(fact)), self.fact_body(fact)) for fact in facts))

    def fact_name(self, fact: Fact) -> str:
        told = []
        if fact.frequency is not None and fact.frequency is not Frequency.NOT_KNOWN:
            told.append(str(fact.frequency).replace("-", " "))
        if fact.entity not in (self.review.compound.id, self.review.condition.id):
            told.append(f"of every {fact.entity_name}")
        return f"{fact.term_name} ({', '.join(told)})" if told else fact.term_name

    def fact_body(self, fact: Fact) -> tuple[Block, ...]:
        return tuple(paragraph(f"{text} ", *cited(cites)) for text, cites in fact.sentences)

    def uses(self) -> Block:
        knowledge, compound = self.review.situation.knowledge, self.review.compound
        lines = []
        for use in compound.uses:
            form = f" as {form_name(compound, use.form)}" if use.form else ""
            place = ", ".join(part for part in (use.jurisdiction, use.phase, use.date) if part)
            status = str(use.status).replace("-", " ")
            name = knowledge.entity(use.condition).name
            told = f"{name}{form}: {status}{f' ({place})' if place else ''} "
            lines.append(spans(told, *cited(use.cites)))
        return items(*lines) if lines else paragraph("Not entered.")

    # --- 3: in this condition -------------------------------------------------------------------------------------

    def in_condition(self) -> Section:
        review = self.review
        blocks = [Section(anchor="warnings", title="Other contraindications and warnings", blocks=self.warnings())]
        related = [finding for finding in review.findings if finding.block is Place.RELATED]
        if related:
            lead = paragraph("Of a relative, not of what was asked; it enters no headline, no row and no schedule.")
            listed = Items(entries=tuple((Paragraph(spans=self.brief(finding)),) for finding in related))
            blocks.append(Section(anchor="related", title="What its relatives carry", blocks=(lead, listed)))
        blocks.append(self.with_treatments())
        blocks.append(self.what_it_brings())
        blocks.append(self.monitoring())
        blocks.append(self.evidence_quality())
        title = f"In people with {review.condition.name}"
        extra: tuple[Block, ...] = ()
        if review.situation.is_treatment:
            text = f"{review.compound.name} is approved for or a treatment of {review.condition.name}: its label speaks"
            extra = (paragraph(capital(f"{text} about these people.")),)
        return Section(anchor="in-condition", title=title, blocks=(*extra, *blocks))

    def brief(self, finding: Finding) -> Spans:
        badge = badge_of(finding.concern, finding.kind)
        return spans(badge, f" {self.heading(finding)} ({self.meta(finding)}) ", self.explain(finding))

    def warnings(self) -> tuple[Block, ...]:
        return self.entries((Place.EVERYBODY,)) or (paragraph("None entered; this is not the same as none."),)

    def with_treatments(self) -> Section:
        review = self.review
        entries = self.entries((Place.TREATMENTS, Place.NOT_WITH))
        rows = tuple(self.row(row) for row in review.treatments)
        columns = ("Treatment", "What is known", "Studied together?")
        caption = f"Each treatment of {review.condition.name}, with what is known of it beside {review.compound.name}"
        table: tuple[Block, ...] = (Table(caption=caption, columns=columns, rows=rows),) if rows else ()
        if not rows:
            table = (paragraph(f"No treatment of {review.condition.name} has been entered."),)
        title = f"With the treatments of {review.condition.name}"
        return Section(anchor="treatments", title=title, blocks=(*table, *entries))

    def row(self, row: TreatmentRow) -> tuple[Spans, ...]:
        usual = "taken" if row.taken else "usual" if row.usual else "not usual"
        name = f"{row.name} ({row.purpose.replace('-', ' ')}, {usual})"
        return spans(name), self.known(row), spans(self.studied(row))

    def known(self, row: TreatmentRow) -> Spans:
        parts: list[str | Span] = []
        if row.alternative:
            parts.append("Same purpose, so not normally combined; when switching, mind what follows. ")
        if row.holds_asked:
            parts.append(capital(f"{self.review.compound.name} is one of them. "))
        by_id = {finding.id: finding for finding in self.review.findings}
        found = [by_id[id] for id in row.findings]
        stated = [f for f in found if not f.inferred]
        inferred = [f for f in found if f.inferred and f.folded_under is None]
        if stated:
            parts += [badge_of(row.concern), " ", *self.pointers(stated, row), ". "]
        if inferred:
            parts += ["By inference: ", *self.pointers(inferred, row)]
        return spans(*parts) if parts else spans("Nothing entered.")

    def pointers(self, findings: Iterable[Finding], row: TreatmentRow) -> Spans:
        """Return what a row knows by each finding, in one line."""
        return spans(*(piece for finding in findings for piece in ("; ", *self.pointer(finding, row))))[1:]

    def pointer(self, finding: Finding, row: TreatmentRow) -> Iterable[str | Span]:
        """Yield the hazard, the number of the finding, and of an inferred one the sentence on the treatment's side."""
        partner = partner_in(finding, row.id)
        narrower = f" with {partner.name}" if partner and partner.narrower else ""
        level = f" ({finding.evidence.level})" if finding.inferred else ""
        yield Strong(text=finding.hazard_name)
        yield f"{narrower}{level}"
        yield ", see "
        yield from self.places((finding.id,))
        said = partner.said if partner and finding.inferred else ()
        for place, sentence in enumerate(said):
            yield f"{' ' if place else ': '}{sentence.text} "
            yield from cited(sentence.cites)

    def studied(self, row: TreatmentRow) -> str:
        if row.interaction_study:
            return f"Yes: {', '.join(row.interaction_study)}"
        date = row.absence.dates[0] if row.absence.dates else ""
        return f"{row.absence.phrase.value}{f' ({date}{aged(date, self.review.today)})' if date else ''}"

    def what_it_brings(self) -> Section:
        review = self.review
        facts = list(review.condition_facts)
        blocks: list[Block] = [*self.entries((Place.CONDITION,))]
        if facts:
            blocks.append(paragraph(f"What is known of people with {review.condition.name}, whatever they take:"))
            blocks.append(self.facts(facts))
        if not blocks:
            blocks.append(paragraph("Not entered."))
        return Section(anchor="brings", title=f"What {review.condition.name} brings", blocks=tuple(blocks))

    def monitoring(self) -> Section:
        review = self.review
        rows = tuple(
            (
                spans(row.test),
                spans("; ".join(row.when)),
                spans("; ".join((*row.threshold, *row.then)) or "not stated"),
                spans(*self.places(row.asked_by)),
            )
            for row in review.monitoring
        )
        if not rows:
            block: Block = paragraph("No source read here asks for a test; this is not the same as none needed.")
        else:
            block = Table(
                caption="Every test that a source asks for, once",
                columns=("Test", "When", "Act when", "Asked by number"),
                rows=rows,
            )
        entries = self.entries((Place.MONITORING,))
        return Section(anchor="monitoring", title="Monitoring", blocks=(block, *entries))

    def age(self) -> str:
        review = self.review
        older = f"are older than 24 months on {review.today}, or may be, or are undated"
        looks = f"{len(review.stale_looks)} searches, or studies without a result, were last looked at as long ago"
        return f"{len(review.stale)} of {len(review.sources)} sources {older}; {looks}."

    def evidence_quality(self) -> Section:
        own = [finding for finding in self.review.findings if finding.relative is None]
        counts: dict[str, int] = {}
        for finding in own:
            evidence = finding.evidence
            key = f"{evidence.basis}, {evidence.level}, {evidence.directness}"
            counts[key] = counts.get(key, 0) + 1
        lines = [f"{count} x {key}" for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
        coverage = ", ".join(f"{name}: {value}" for name, value in self.review.coverage.items())
        blocks = (
            paragraph(f"Direct evidence: {direct_text(self.review.headline)}."),
            paragraph(f"Findings by basis, level and directness ({len(own)}):"),
            items(*lines) if lines else paragraph("none"),
            paragraph(f"Coverage: {coverage}."),
            *((paragraph(self.age()),) if self.review.today else ()),
            *((self.words(own),) if own else ()),
        )
        return Section(anchor="evidence", title="How good the evidence is", blocks=blocks)

    @staticmethod
    def words(findings: Sequence[Finding]) -> Section:
        """Return what each word beside a finding means, the heaviest and surest first."""
        evidence = [finding.evidence for finding in findings]
        used: tuple[set[Concern | Basis | EvidenceLevel | Directness], ...] = (
            {finding.concern for finding in findings if finding.concern},
            {each.basis for each in evidence},
            {each.level for each in evidence},
            {each.directness for each in evidence},
        )
        words = [word for kind in used for word in sorted(kind, key=lambda word: -word.rank)]
        pairs = tuple((spans(str(word)), (paragraph(word.definition),)) for word in words)
        return Section(anchor="words", title="What the words mean", blocks=(Definitions(pairs=pairs),))

    # --- 4 to 9 ---------------------------------------------------------------------------------------------------

    def studies(self) -> Section:
        review = self.review
        shown = (*review.studies, *review.wider_studies, *review.related_studies)
        animals = [study for study in shown if study.design is Design.PRECLINICAL]
        groups = (
            ("wider-studies", "In a broader condition, counted nowhere above", review.wider_studies),
            ("related-studies", "Of relatives, counted nowhere above", review.related_studies),
        )
        blocks: list[Block] = [self.study(study) for study in review.studies if study not in animals]
        if not blocks:
            phrase = direct_absence(review.situation).phrase.value
            blocks.append(paragraph(f"{phrase} in people with {review.condition.name}."))
        for anchor, title, studies in groups:
            people = tuple(self.study(study) for study in studies if study not in animals)
            if people:
                blocks.append(Section(anchor=anchor, title=title, blocks=people))
        if animals:
            title = "Animals and cells, no evidence in people"
            blocks.append(Section(anchor="preclinical", title=title, blocks=tuple(map(self.study, animals))))
        return Section(anchor="studies", title="What the studies show", blocks=tuple(blocks))

    def study(self, study: Study) -> Block:
        compound = self.review.situation.knowledge.compounds[study.compound]
        return study_entry(study, compound, self.review.today)

    def bottom_line(self) -> Section:
        headline = self.review.headline
        blocks: list[Block] = [*self.headline_blocks()]
        changes = [f"{self.dependence(need)} ({need.concern})" for need in headline.depends_on]
        changes += [f"taking {entry.name} ({entry.concern})" for entry in headline.if_taking]
        if changes:
            blocks += [paragraph("Facts that would change this answer:"), items(*changes)]
        specialist = self.review.situation.specialist
        if specialist:
            blocks.append(paragraph(f"The specialist for {self.review.condition.name}: {specialist}."))
        return Section(anchor="bottom-line", title="Bottom line", blocks=tuple(blocks))

    @staticmethod
    def dependence(need: DependsOn) -> str:
        of = {"condition": "of the condition", "patient": "of the person", "exposure": "how it is taken"}[need.of]
        return f"{of}: {need.fact}" + (f", {need.taken}" if need.taken else "")

    def not_known(self) -> Section:
        grouped: dict[str, list[Block]] = {}
        for gap in self.review.gaps:
            where: list[str | Span] = [Strong(text=gap.topic)]
            if gap.search:
                dates = [part[:10] for part in gap.search.split(" | ") if is_day(part[:10])]
                where.append(f" ({gap.search}{''.join(aged(date, self.review.today) for date in sorted(dates)[:1])})")
            for name, url in gap.links[:1] if gap.topic.startswith("interaction of") else gap.links:
                where += [" · ", Link(text=name, url=url)]
            grouped.setdefault(gap.phrase, []).append(paragraph(*where))
        sections = tuple(
            Section(
                anchor=f"gap-{phrase.lower().replace(' ', '-').replace(',', '')}",
                title=phrase,
                blocks=(Items(entries=tuple((block,) for block in blocks)),),
            )
            for phrase, blocks in grouped.items()
        )
        lead = paragraph("None of these means safe: each is something that nobody has shown here.")
        return Section(anchor="not-known", title="Not known", blocks=(lead, *sections))

    def questions(self) -> Section:
        pairs = []
        for question in self.review.questions:
            parts: list[str | Span] = [question.answer]
            for name, url in question.links:
                parts += [" · ", Link(text=name, url=url)]
            if question.sources:
                parts += [" [", *self.keys(question.sources), "]"]
            pairs.append((spans(question.question), (paragraph(*parts),)))
        return Section(anchor="questions", title="Questions", blocks=(Definitions(pairs=tuple(pairs)),))

    @staticmethod
    def keys(keys: Sequence[str]) -> Spans:
        """Return the first few keys of sources, each leading to its source, and how many more there are."""
        found = between("; ", (Reference(text=key, to=source_anchor(key)) for key in keys[:_KEYS]))
        more = len(keys) - _KEYS
        return (*found, *spans(f"; and {more} more, under Sources")) if more > 0 else found

    def sources(self) -> Section:
        entries = tuple((Paragraph(spans=reference(source, self.review.today)),) for source in self.review.sources)
        block: Block = Items(entries=entries, ordered=True) if entries else paragraph("None.")
        return Section(anchor="sources", title="Sources", blocks=(block,))

    def about(self) -> Note:
        review = self.review
        note = review.knowledge
        return Note(
            blocks=(
                paragraph(INTENDED_USE),
                paragraph(DISCLAIMER),
                paragraph(how_made(note, review.sources)),
                paragraph(f"Knowledge {note.version} (sha256 {note.digest[:16]})."),
            )
        )
