"""Records on their own, as outlines: what stands in the file, with its citations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from safetykb.model.evidence import Citation, Statement
from safetykb.rendering.outline import Block, Document, Reference, Section, Spans, between, items, paragraph, spans

if TYPE_CHECKING:
    from safetykb.model.entities import Compound, Condition, Synonym


def source_anchor(key: str) -> str:
    """Return where the source ``key`` stands on a page that lists it."""
    return f"source-{key}"


def cited(cites: Iterable[Citation]) -> Spans:
    """Return citations in brackets, each leading to its source where the page lists it."""
    found = [Reference(text=f"{cite.key} {cite.locator}", to=source_anchor(cite.key)) for cite in dict.fromkeys(cites)]
    return spans("[", *between("; ", found), "]")


def _names(synonyms: Iterable[Synonym], xrefs: Iterable[str]) -> Iterable[Block]:
    named = ", ".join(f"{synonym.text} ({synonym.type})" for synonym in synonyms)
    if named:
        yield paragraph(f"Also: {named}.")
    if codes := ", ".join(xrefs):
        yield paragraph(f"Identifiers: {codes}.")


def _said(statements: Iterable[Statement]) -> Iterable[Block]:
    return (paragraph(f"{statement.text} ", *cited(statement.cites)) for statement in statements)


def compound_outline(compound: Compound) -> Document:
    """Return a compound: names, identifiers, forms, what it is, how it works, and its uses."""
    blocks: list[Block] = [*_names(compound.synonyms, compound.xrefs), *_said(compound.description)]
    blocks += _said(compound.mechanism)
    if compound.forms:
        forms = (
            f"{form.id}: {form.formulation or form.id.replace('-', ' ')} ({form.route})" for form in compound.forms
        )
        blocks.append(Section(anchor="forms", title="Forms", blocks=(items(*forms),)))
    if compound.uses:
        uses = []
        for use in compound.uses:
            where = ", ".join(part for part in (str(use.status), use.form, use.jurisdiction, use.date) if part)
            uses.append(spans(f"{use.condition} ({where}) ", *cited(use.cites)))
        blocks.append(Section(anchor="uses", title="Uses", blocks=(items(*uses),)))
    blocks.append(_ask(compound.name))
    return Document(title=compound.name, summary=(), blocks=tuple(blocks))


def condition_outline(condition: Condition) -> Document:
    """Return a condition: names, identifiers, specialist, and its treatments."""
    blocks: list[Block] = [*_names(condition.synonyms, condition.xrefs)]
    if condition.broader:
        blocks.append(paragraph(f"A kind of: {', '.join(condition.broader)}."))
    if condition.specialist:
        blocks.append(paragraph(f"Specialist: {condition.specialist}."))
    if condition.treatments:
        rows = (
            spans(f"{record.treatment}: {record.purpose}{'' if record.usual else ', not usual'} ", *cited(record.cites))
            for record in condition.treatments
        )
        blocks.append(Section(anchor="treatments", title="Treatments", blocks=(items(*rows),)))
    blocks.append(_ask(condition.name))
    return Document(title=condition.name, summary=(), blocks=tuple(blocks))


def _ask(name: str) -> Block:
    return paragraph(f"A record alone says nothing about safety; ask for a review of {name}.")
