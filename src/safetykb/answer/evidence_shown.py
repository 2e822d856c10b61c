"""How a study and a source are shown in an answer, with a mark on what is old on the day of the answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from safetykb.model.entities import Compound
from safetykb.model.evidence import Source, age_on
from safetykb.model.outlines import cited, source_anchor
from safetykb.model.scales import ReadDepth
from safetykb.model.studies import Outcome, Study
from safetykb.reasoning.matching import form_name
from safetykb.rendering.outline import Block, Code, Entry, Link, Span, Spans, capital, paragraph, spans

_READ: Final = {
    ReadDepth.HEADER: "known by its header alone, looked at on",
    ReadDepth.EXCERPT: "excerpts read on",
    ReadDepth.ABSTRACT: "abstract read on",
    ReadDepth.FULL: "read in full on",
}


def aged(date: str, today: str | None) -> str:
    """Return a mark for what is older than 24 months on the day of the answer; nothing without a day."""
    age = age_on(date, today) if today else ""
    return f"; {age}" if age else ""


def study_entry(study: Study, compound: Compound, today: str | None) -> Block:
    """Return a study of ``compound``: what it was, its outcomes, its harms, its limits."""
    form = f" as {form_name(compound, study.form)}" if study.form else ""
    parts = [str(study.design).replace("-", " ")]
    parts += [str(study.masking)] if study.masking else []
    parts += [f"phase {study.phase}"] if study.phase else []
    counts = (("planned", study.planned), ("allocated", study.allocated), ("given it", study.exposed))
    parts += [f"{number} {word}" for word, number in counts if number is not None]
    age = "" if study.has_result else aged(study.as_of, today)
    lines = [f"Status: {study.status} ({study.as_of}{age})."]
    if study.arms:
        arms = "; ".join(f"{arm.label}{f' (n = {arm.n})' if arm.n is not None else ''}" for arm in study.arms)
        lines.append(f"Arms: {arms}.")
    lines += [_outcome(outcome) for outcome in study.outcomes]
    if study.harms:
        lines.append(f"Harms seen: {'; '.join(_harms(study))}.")
    if study.excluded:
        lines.append(f"Left out: {'; '.join(study.excluded)}.")
    if study.limits:
        lines.append(f"Limits: {'; '.join(study.limits)}.")
    name = f"{study.registry_id}, " if study.registry_id else ""
    return Entry(
        number="-",
        title=spans(capital(f"{compound.name}{form} for {study.topic}")),
        meta=spans(f"{name}{', '.join(parts)}"),
        body=(*map(paragraph, lines), paragraph(*cited(study.cites), " ", Code(text=study.id))),
        anchor=f"study-{study.id.replace('/', '-')}",
    )


def _outcome(outcome: Outcome) -> str:
    result = f": {outcome.result}" if outcome.result else ""
    reading = {
        "negative": "no difference shown",
        "better": "better",
        "worse": "worse",
        "not-reported": "no result visible",
    }[outcome.reading.value]
    return f"{outcome.role.value.capitalize()} outcome, {outcome.name}: {reading}{result}."


def _harms(study: Study) -> Iterable[str]:
    for harm in study.harms:
        of = f" of {harm.of}" if harm.of is not None else ""
        yield f"{harm.text}{f' ({harm.n}{of})' if harm.n is not None else ''}"


def reference(source: Source, today: str | None) -> Spans:
    """Return a source in one paragraph: what it is, its identifiers and link, and how much of it was read."""
    authors = ", ".join(str(author) for author in source.author[:3]) + (" and others" if source.author[3:] else "")
    details = source.details
    place = " ".join(part for part in (source.container_title, source.volume, source.page) if part)
    parts = [authors, source.title, place or source.publisher, source.date, details.jurisdiction, source.number]
    design = str(details.design).replace("-", " ")
    read = f"{design}; {_READ[details.read]} {details.read_on}" + (", in a copy" if source.is_copy else "")
    read += aged(source.date, today)
    if details.superseded_by:
        read += f"; newer version: {details.superseded_by}"
    text = ". ".join(part.rstrip(".") for part in parts if part)
    found: list[str | Span] = [Code(text=source.id, anchor=source_anchor(source.id)), f" {text}. "]
    ids = [f"{name} {value}".strip() for name, value in _identifiers(source) if value]
    if ids:
        found.append(f"{', '.join(ids)}. ")
    if source.url:
        found += [Link(text=source.url, url=source.url), " "]
    return spans(*found, f"({read})")


def _identifiers(source: Source) -> Iterable[tuple[str, str | None]]:
    yield "DOI", source.doi
    yield "PMID", source.pmid
    yield "", source.pmcid
    yield "", source.details.nct
    yield "set id", source.details.setid
