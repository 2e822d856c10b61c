"""The proof of a finding as an outline."""

from __future__ import annotations

from safetykb.model.outlines import cited
from safetykb.reasoning.findings import Explanation, Step
from safetykb.rendering.outline import (
    Badge,
    Block,
    Definitions,
    Document,
    Note,
    Paragraph,
    Section,
    Tone,
    items,
    paragraph,
    spans,
)


def explanation_outline(explanation: Explanation) -> Document:
    """Return the proof of a finding: what it says, why it is here, the path and the grade."""
    finding, evidence = explanation.finding, explanation.finding.evidence
    tone = Tone(str(finding.concern)) if finding.concern else Tone.NEUTRAL
    badge = Badge(text=str(finding.concern or finding.kind).upper(), tone=tone)
    lead = Paragraph(spans=spans(badge, f" {finding.hazard_name}"))
    marks = (paragraph(f"Note: {'; '.join(finding.marks)}."),) if finding.marks else ()
    facts = (paragraph(f"Known of the patient: {'; '.join(finding.facts)}."),) if finding.facts else ()
    says = (paragraph(finding.statement), *facts, *marks, paragraph(*cited(finding.shown_cites)))
    path = Definitions(pairs=tuple((spans(_step_name(step)), _step_body(step)) for step in explanation.steps))
    steps = (
        (path,) if explanation.steps else (paragraph("Nothing lies between: the claim is about the compound itself."),)
    )
    result = paragraph(f"Result: {evidence.basis}, {evidence.level}, {evidence.directness}.")
    return Document(
        title=finding.id,
        summary=(lead,),
        blocks=(
            Section(anchor="says", title="What it says", blocks=says),
            Section(anchor="rule", title="Why it is here", blocks=(paragraph(explanation.rule),)),
            Section(anchor="path", title="The path", blocks=steps),
            Section(anchor="grade", title="The grade", blocks=(items(*evidence.steps), result)),
            Note(blocks=(paragraph("Part of a review: it is not a verdict, and no finding is not safety."),)),
        ),
    )


def _step_name(step: Step) -> str:
    level = f" ({step.level})" if step.level else ""
    return f"{step.start_name} {step.verb} {step.end_name}{level}"


def _step_body(step: Step) -> tuple[Block, ...]:
    said = tuple(paragraph(f"{sentence.text} ", *cited(sentence.cites)) for sentence in step.sentences)
    return said or (paragraph("By the hierarchy of terms."),)
