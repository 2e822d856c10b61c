"""The review as it is read: its parts, its numbers, and the words that it never uses."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import attrs
import pytest

import safetykb
from safetykb import Concern, SafetyReview
from safetykb.answer.document import badge_of, tone_of
from safetykb.answer.notices import DISCLAIMER, INTENDED_USE
from safetykb.model.choices import Kind
from safetykb.model.evidence import Author
from safetykb.model.scales import Frequency, Seriousness
from safetykb.reasoning.findings import Place
from safetykb.rendering.outline import Entry, Section, Tone
from safetykb.rendering.wrapping import display_width
from tests.reasoning.building_blocks import World

from .helpers import FORMATS, SHOWN, WIDE, ask, blocks, changed, cites, entries, forms, only, plain, sample, words

PACKAGED = safetykb.knowledge_base()

PARTS = (
    "First",
    "{compound} in general",
    "In people with {condition}",
    "What the studies show",
    "Bottom line",
    "Not known",
    "Questions",
    "Sources",
)
"""What follows the headline, and comes before what the text says of itself: nine parts with it, and the note."""

REASSURING = re.compile(
    r"\b(safe(ly)?|harmless|risk[- ]free|(well|better)[- ]tolerated|tolerable|benign|innocuous|reassur\w*"
    r"|fine|ok(ay)? to"
    r"|no (known |relevant |significant |major |added |increased )?(risks?|harms?|danger|side[- ]effects?|problems?)"
    r"|nothing to (worry|fear)|without (any )?risk|not (dangerous|harmful)|can be (safely )?(taken|used|combined)"
    r"|unlikely to (harm|cause|interact)|expected to be without)\b",
    re.IGNORECASE,
)

ALLOWED = (
    "None of these means safe:",
    "No finding is not safety.",
    "(this is not reassurance)",
    "is not reassurance",
    "in a one-year open-label study no harm to cognition was seen; beyond one year",
)
"""Where such a word says that it does not reassure, or a source is quoted with its limit."""

BLOCKS = {place.value: place for place in Place}


def reassurances(told: str, titles: tuple[str, ...]) -> list[str]:
    """Reassuring words, each with what stands around it; titles of sources and what is allowed apart."""
    for allowed in (*ALLOWED, *(title for title in titles if REASSURING.search(title))):
        told = told.replace(allowed, "")
    return [told[max(0, found.start() - 60) : found.end() + 60] for found in REASSURING.finditer(told)]


def titles_of(review: SafetyReview) -> tuple[str, ...]:
    return tuple(" ".join(source.title.split()).rstrip(".") for source in review.sources)


@attrs.frozen(eq=False)
class Rendered:
    """A review in every form, as it is written and as it is read."""

    review: SafetyReview
    written: dict[str, str]
    read: dict[str, str]

    @classmethod
    def of(cls, review: SafetyReview) -> Rendered:
        written = forms(review)
        return cls(review, written, {form: plain(form, text) for form, text in written.items()})


Reviews = list[Rendered]


@pytest.fixture(scope="module", params=[*PACKAGED.compounds])
def reviews(request: pytest.FixtureRequest) -> Reviews:
    """Every packaged review of one compound, in every form."""
    return [Rendered.of(safetykb.review(request.param, condition)) for condition in PACKAGED.conditions]


@pytest.mark.every_pair
class TestEveryPackagedPair:
    def test_no_rendering_reassures(self, reviews: Reviews):
        """No renderer turns undetermined, not-assessed or a gap into a reassuring word."""
        for rendered in reviews:
            review = rendered.review
            for form in FORMATS:
                assert reassurances(rendered.read[form], titles_of(review)) == [], (review, form)

    def test_the_headline_is_shown_as_it_is(self, reviews: Reviews):
        """Every rendering opens with the badge of the concern; nobody knows is UNDETERMINED, never a blank."""
        for rendered in reviews:
            review = rendered.review
            concern = review.headline.concern
            word = "UNDETERMINED" if concern is None else str(concern).upper()
            for form in SHOWN:
                told = rendered.read[form]
                assert word in told[: told.index("Direct evidence:")], (review, form)
            assert review.to_dict()["headline"]["concern"] == (str(concern) if concern else "undetermined")

    def test_every_rendering_carries_the_intended_use(self, reviews: Reviews):
        """Every rendering says what it is for, what it is not, how it was made, and from which knowledge."""
        for rendered in reviews:
            review = rendered.review
            for form in FORMATS:
                told = rendered.read[form]
                for needed in (INTENDED_USE, DISCLAIMER, "Compiled by software", review.knowledge.version):
                    assert needed in told, (review, form, needed)
                assert review.knowledge.digest[:16] in told

    def test_every_rendering_carries_each_source(self, reviews: Reviews):
        """Every rendering names each source by its key, and nothing that it cites is missing from its sources."""
        for rendered in reviews:
            review = rendered.review
            keys = {source.id for source in review.sources}
            for form in FORMATS:
                told = rendered.read[form]
                assert [key for key in keys if key not in told] == [], (review, form)
            cited = {
                key
                for inside in re.findall(r"\[([^\[\]]+ [^\[\]]+)\]", rendered.read["text"])
                for key in re.findall(r"(?:^|; )([a-z0-9][a-z0-9-]+) ", inside)
            }
            assert cited & PACKAGED.sources.keys() <= keys

    def test_every_rendering_carries_each_level(self, reviews: Reviews):
        """Each finding is shown with its basis and level, in every rendering."""
        for rendered in reviews:
            review = rendered.review
            for form in SHOWN:
                told = rendered.read[form]
                for finding in review.findings:
                    assert f"explain: {finding.id}" in told, (review, form)
                    grade = f"{finding.evidence.basis}, {finding.evidence.level}"
                    assert grade in told, (review, form, finding.id)
            for number, entry in entries(review).items():
                finding = next(f for f in review.findings if entry.anchor == f"finding-{f.id.replace('/', '-')}")
                meta = "".join(span.text for span in entry.meta)
                assert meta.startswith(f"{finding.evidence.basis}, {finding.evidence.level} · "), number

    def test_what_can_wait_comes_last_of_the_first(self, reviews: Reviews):
        """In the first part nothing at monitor or below stands before a warning at caution or above."""
        for rendered in reviews:
            first = rendered.review.outline().blocks[0]
            assert isinstance(first, Section)
            tones = [entry.badge.tone for entry in first.blocks if isinstance(entry, Entry) and entry.badge]
            waiting = [tone in (Tone.MONITOR, Tone.INFORM, Tone.NEUTRAL) for tone in tones]
            assert waiting == sorted(waiting), rendered.review

    def test_numbers_point_at_entries(self, reviews: Reviews):
        """Each `see 7` points at an entry that is there, and entries are numbered from 1 in the order of reading."""
        for rendered in reviews:
            review = rendered.review
            found = entries(review)
            assert [*found] == [str(place) for place in range(1, len(found) + 1)]
            seen = re.findall(r"\bsee ((?:\d+(?:, )?)+)", rendered.read["text"])
            for numbers in seen:
                assert set(re.findall(r"\d+", numbers)) <= found.keys(), (review, numbers)
            assert "(see )" not in rendered.written["text"]

    def test_no_line_of_text_is_too_long(self, reviews: Reviews):
        """No line is wider than 80 columns, save one that holds an address in one piece."""
        for rendered in reviews:
            review = rendered.review
            for line in review.to_text().splitlines():
                assert display_width(line) <= 80 or "https://" in line, (review, line)

    def test_parts_stand_in_order(self, reviews: Reviews):
        """The nine parts stand in one order in every rendering."""
        for rendered in reviews:
            assert_parts_in_order(rendered)


def assert_parts_in_order(rendered: Rendered) -> None:
    review = rendered.review
    names = {"compound": capital(review.compound.name), "condition": review.condition.name}
    titles = [part.format(**names) for part in PARTS]
    assert [block.title for block in review.outline().blocks if isinstance(block, Section)] == titles
    heads: dict[str, Callable[[str], str]] = {
        "text": lambda title: f"\n{title.upper()}\n",
        "markdown": lambda title: f"\n## {title}\n",
        "html": lambda title: f">{html.escape(title)}</h2>",
    }
    for form, head in heads.items():
        places = [rendered.written[form].find(head(title)) for title in titles]
        assert -1 not in places, (review, form, titles)
        assert places == sorted(places)
        told = rendered.read[form]
        assert told.rindex(INTENDED_USE) > told.rindex(titles[-1] if form != "text" else titles[-1].upper())


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@pytest.mark.parametrize("condition", ["demo disease", "relapsing demo disease", "low mood disorder"])
@pytest.mark.parametrize("compound", [*sample().compounds])
def test_the_made_up_tree_is_shown_by_the_same_code(compound: str, condition: str):
    """Invented substances and diseases give a review with all parts, its intended use and its sources."""
    review = ask(compound, condition)
    rendered = Rendered.of(review)
    assert_parts_in_order(rendered)
    for form in FORMATS:
        told = rendered.read[form]
        assert INTENDED_USE in told
        assert DISCLAIMER in told
        assert reassurances(told, titles_of(review)) == []
        assert [source.id for source in review.sources if source.id not in told] == []


@pytest.mark.parametrize(
    "told",
    [
        "It is safe to combine them.",
        "This is fine.",
        "No known risk.",
        "It was well tolerated.",
        "It is ok to take it.",
    ],
)
def test_a_reassuring_word_would_be_found(told: str):
    """The list of reassuring words finds what it is for, and lets pass what denies it."""
    assert reassurances(told, ()) != []
    assert reassurances("None of these means safe: each is a gap. No finding is not safety.", ()) == []


# --- words and badges -------------------------------------------------------------------------------------------------


def test_a_concern_has_a_look_of_its_own():
    """Each concern, and what nobody knows, looks different from every other."""
    tones = {tone_of(concern) for concern in (*Concern, None)}
    assert len(tones) == len(Concern) + 1
    assert tone_of(None) is Tone.UNDETERMINED


def test_badges():
    """A badge says the concern, that nobody knows, or that no increase was seen."""
    assert badge_of(Concern.AVOID).text == "AVOID"
    assert badge_of(None).text == badge_of(None, Kind.WARNING).text == "UNDETERMINED"
    assert (badge_of(None, Kind.NO_INCREASE).text, badge_of(None, Kind.NO_INCREASE).tone) == (
        "NO INCREASE SEEN",
        Tone.NEUTRAL,
    )


def test_an_undetermined_answer_shows_the_most_that_may_hold():
    """Where only what nobody said would settle it, the badge of the most that may hold stands beside UNDETERMINED."""
    made = World().compound("drug").condition("disease", treatments="one:pain")
    made.claim("drug/a", "contraindicated", taking="one").claim("drug/b", "avoid", having="pregnancy")
    opening = words(made.review())
    assert "UNDETERMINED or, if what is named below holds, CONTRAINDICATED. No statement that was read" in opening
    made = World().compound("drug").condition("disease").claim("drug/b", "avoid", having="pregnancy")
    assert "UNDETERMINED No statement that was read holds" in words(made.review())


def test_an_undetermined_answer_says_so_first():
    """With nothing known the answer opens with UNDETERMINED and what that means; each section says what it lacks."""
    review = ask("inhibizole", "low mood disorder", knowledge=only())
    told = words(review)
    assert "UNDETERMINED No statement that was read holds for these people as the question stands." in told
    for absent in (
        "Direct evidence: Not verified (this is not reassurance).",
        "No source read names anything at avoid or above, or speaks of these people.",
        "None entered; this is not the same as none.",
        "No source read here asks for a test; this is not the same as none needed.",
        "Regulatory status ───",
        "Not entered.",
        "Findings by basis, level and directness (0): none",
        "monitoring: not-assessed",
    ):
        assert absent in told, absent


def test_a_condition_without_anything():
    """A condition without treatments and without anything that it brings says so."""
    bare = attrs.evolve(sample().conditions["low-mood-disorder"], treatments=(), specialist=None)
    told = words(ask("inhibizole", "low mood disorder", knowledge=changed(conditions={bare.id: bare})))
    assert "No treatment of low mood disorder has been entered." in told
    assert "What low mood disorder brings ───" in told.replace("─" * 26, "───")
    assert "The specialist for" not in told


def test_a_treatment_is_no_reassurance():
    """A compound that is a treatment of the condition says that its label speaks of these people."""
    told = words(ask("pausamine", "low mood disorder"))
    assert "Pausamine is approved for or a treatment of low mood disorder: its label speaks about these people." in told


def test_no_increase_is_shown_as_such():
    """A claim of no increase has a badge in words, and is no concern."""
    review = ask("modulumab")
    finding = review.finding("modulumab/pregnancy-outcomes")
    assert finding.concern is None
    assert "NO INCREASE SEEN if pregnancy" in words(review)


def test_a_serious_hazard_is_named():
    """What makes a hazard serious stands beside its grade, in words."""
    id = "examplamine/severe-demo-pressure"
    expected = {
        Seriousness.FATAL: "can be fatal",
        Seriousness.LIFE_THREATENING: "can be life-threatening",
        Seriousness.DISABLING: "can be disabling",
        Seriousness.HOSPITAL: "can need a hospital",
        Seriousness.BIRTH_DEFECT: "can cause a birth defect",
    }
    for serious in Seriousness:
        claim = attrs.evolve(sample().considerations[id], serious=serious)
        assert f" · {expected[serious]} · " in words(ask(knowledge=changed(considerations={id: claim})))


def test_a_relatives_finding_names_the_relative():
    """What a relative carries stands apart, under its name."""
    review = ask("esexamplamine")
    told = words(review)
    related = [finding for finding in review.findings if finding.block is Place.RELATED]
    assert related
    assert "Of a relative, not of what was asked; it enters no headline, no row and no schedule." in told
    for finding in related:
        assert f"examplamine: if {' and '.join(finding.if_having)}" in told


def test_folded_findings_stand_under_another():
    """What is inferred about a hazard that a source states too is told there, with its level."""
    review = ask()
    folded = [finding for finding in review.findings if finding.folded_under]
    assert folded
    for finding in folded:
        assert finding.folded_under in {other.id for other in review.findings}
        assert f"By inference as well ({finding.evidence.level}): {finding.statement}" in words(review)


def test_many_partners_are_counted():
    """A rule that meets many treatments names a few and counts many."""
    review = safetykb.review("ketamine", "multiple sclerosis")
    told = words(review)
    many = [finding for finding in review.findings if len(finding.partners) > 5 and not finding.folded_under]
    few = [finding for finding in review.findings if 1 < len(finding.partners) <= 5 and not finding.folded_under]
    assert many
    assert few
    for finding in many:
        assert f"{finding.other_name} ({len(finding.partners)} treatments, see the table)" in told
    for finding in few:
        assert " or ".join(partner.name for partner in finding.partners) in told


def test_a_row_that_is_an_alternative():
    """A treatment with the purpose of the compound is an alternative: what follows is for switching."""
    told = words(ask("modulumab"))
    assert "Same purpose, so not normally combined; when switching, mind what follows." in told
    assert "Modulumab is one of them." in told


def test_frequency_is_named_where_it_is_known():
    """A frequency stands in words; one that cannot be estimated is not a frequency."""
    known = sample().assertions["examplamine/has/drowsiness"]
    assert "drowsiness (very common)" in words(ask())
    unknown = attrs.evolve(known, frequency=Frequency.NOT_KNOWN)
    told = words(ask(knowledge=changed(assertions={known.id: unknown})))
    assert "drowsiness (very common)" not in told
    assert "(not known)" not in told


def test_a_fact_of_a_class_names_the_class():
    """What is asserted of a class is said to be of every member."""
    assert "slowed breathing (of every sedative)" in words(ask("calmazepine"))


def test_a_source_is_told_in_full():
    """A reference names authors, place, identifiers, how far it was read, and whether a newer version is known."""
    told = words(ask())
    assert "exampler2021 Exampler E, Demo Study Group. Examplamine for fatigue in demo disease: a made-up pilot" in told
    assert "DOI 10.5555/example.2021.1, PMID 99999991, PMC99999991." in told
    assert "in a copy" in told
    assert "newer version: examplamine-us-2026" in told
    assert "2026-02. NCT99999999." in ask().to_text(WIDE)


def test_many_authors_are_cut():
    """From the fourth author on the rest are others."""
    source = attrs.evolve(
        sample().sources["exampler2021"], author=tuple(Author(family=name) for name in ("Abel", "Bea", "Cis", "Dora"))
    )
    told = words(ask(knowledge=changed(sources={source.id: source})))
    assert "Abel, Bea, Cis and others. " in told
    assert "Dora" not in told


def test_a_study_is_told_in_full():
    """A study shows design, numbers, arms, outcomes with their reading, harms, who was left out, and its limits."""
    told = words(ask())
    for part in (
        "Examplamine as solution for fatigue randomised trial, double-blind, 18 allocated, 12 given it",
        "Status: published (2021).",
        "Arms: examplamine 0.5 mg/kg, one infusion (n = 12); placebo (n = 6).",
        "Primary outcome, daily fatigue, 7 days: no difference shown: -0.10 (95% CI -0.32 to 0.12).",
        "Secondary outcome, fatigue scale, day 28: better: -13.5 (95% CI -25.0 to -1.98).",
        "Harms seen: dizziness (5 of 12); numbness.",
        "Left out: severe demo pressure.",
        "Limits: counts per arm not visible.",
        "registry, phase 2, 60 planned",
    ):
        assert part in told, part


def test_a_study_with_little():
    """A study without arms, counts or results shows what it has, and makes nothing up."""
    id = "examplamine/demo-disease--fatigue-pilot"
    study = sample().studies[id]
    arms = tuple(attrs.evolve(arm, n=None) for arm in study.arms)
    outcomes = tuple(attrs.evolve(outcome, result=None) for outcome in study.outcomes)
    harms = tuple(attrs.evolve(harm, of=None) for harm in study.harms)
    bare = attrs.evolve(study, arms=arms, outcomes=outcomes, harms=harms, excluded=(), limits=(), form=None)
    told = words(ask(knowledge=changed(studies={id: bare})))
    assert "Examplamine for fatigue randomised trial" in told
    assert "Arms: examplamine 0.5 mg/kg, one infusion; placebo." in told
    assert "Primary outcome, daily fatigue, 7 days: no difference shown." in told
    assert "Harms seen: dizziness (5); numbness." in told
    assert "Left out:" not in told


def test_animals_stand_apart():
    """Studies of animals stand under their own title, and are no study of people."""
    without = changed(studies={id: None for id in sample().studies if not id.endswith("--mice")})
    told = words(ask(knowledge=without))
    people = told[told.index("WHAT THE STUDIES SHOW") : told.index("Animals and cells, no evidence in people")]
    assert "Not verified in people with demo disease." in people
    assert "mice" not in people


def test_wider_and_related_studies_are_counted_nowhere():
    """Studies in a broader condition and of relatives stand under titles that say that they are not counted."""
    narrow, relative = words(ask(condition="RDD")), words(ask("esexamplamine"))
    assert "counted nowhere" in narrow
    assert "counted nowhere" in relative


def test_facts_that_would_change_the_answer():
    """The bottom line lists each fact that would change it, of whom it is, and with which concern."""
    review = ask()
    told = words(review)
    for need in review.headline.depends_on:
        assert f"{need.fact}{f', {need.taken}' if need.taken else ''} ({need.concern})" in told
    for entry in review.headline.if_taking:
        assert f"taking {entry.name} ({entry.concern})" in told
    assert "Facts that would change this answer:" not in words(ask(knowledge=only("oldamine/demo-disease")))


def test_gaps_are_told_with_their_searches():
    """Each gap stands under its phrase with what was searched and a link to look further."""
    review = ask()
    told = words(review)
    for gap in review.gaps:
        assert gap.topic in told
        assert gap.search is None or gap.search in told
        assert gap.links
    titles = [block.title for block in blocks(review.outline()) if isinstance(block, Section)]
    assert {gap.phrase for gap in review.gaps} <= set(titles)


def test_interaction_studies_are_named():
    """A study of the two together stands in the row in place of the phrase of absence."""
    id = "examplamine/calmazepine"
    claim = attrs.evolve(
        sample().considerations["examplamine/inhibizole"],
        id=id,
        context=attrs.evolve(sample().considerations["examplamine/inhibizole"].context, taking="calmazepine"),
        cites=cites("kinetic2018#results"),
    )
    told = words(ask(knowledge=changed(considerations={id: claim})))
    assert "Yes: kinetic2018" in told


def test_a_narrower_partner_stands_under_its_own_name():
    """What speaks of a member of a class treatment names the member in the row of the class."""
    review = ask("pausamine")
    told = words(review)
    narrower = [p for finding in review.findings for p in finding.partners if p.narrower]
    for partner in narrower:
        assert f" with {partner.name}" in told
