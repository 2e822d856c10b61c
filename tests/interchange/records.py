"""FHIR records of made-up people, in the shape in which Synthea writes them (R4), and in that of R5."""

from __future__ import annotations

from typing import Any, Final

from safetykb import Patient
from safetykb.interchange.fhir_patient import Record, read_record
from tests.answer.helpers import sample

TODAY: Final = "2026-11-25"
RXNORM: Final = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD: Final = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED: Final = "http://snomed.info/sct"
LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
WHO: Final = "urn:uuid:5cbc121b-cd71-4428-b8b7-31e53eba8184"

Resource = dict[str, Any]


def concept(system: str, code: str, display: str | None = None) -> Resource:
    shown = {"display": display} if display else {}
    return {"coding": [{"system": system, "code": code, **shown}], **({"text": display} if display else {})}


def bundle(*resources: Resource, type: str = "transaction") -> Resource:  # noqa: A002
    """A Bundle; each resource without an id gets one, and an address made of it."""
    entries = []
    for number, resource in enumerate(resources):
        id = resource.get("id", f"made-up-{number}")
        url = WHO if resource["resourceType"] == "Patient" else f"urn:uuid:{id}"
        request = {"method": "POST", "url": resource["resourceType"]}
        entries.append({"fullUrl": url, "resource": {"id": id, **resource}, "request": request})
    return {"resourceType": "Bundle", "type": type, "entry": entries}


def person(**more: Any) -> Resource:
    sex = {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "F"}
    given = {"extension": [sex], "gender": "female", "birthDate": "1956-11-26"}
    return {"resourceType": "Patient", **given, **more}


def condition(
    code: Resource, clinical: str | None = "active", verified: str | None = "confirmed", **more: Any
) -> Resource:
    found: Resource = {"resourceType": "Condition", "code": code, "subject": {"reference": WHO}}
    if clinical is not None:
        found["clinicalStatus"] = concept("http://terminology.hl7.org/CodeSystem/condition-clinical", clinical)
    if verified is not None:
        found["verificationStatus"] = concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", verified)
    return {**found, **more}


def request(medicine: Resource | None, status: str | None = "active", **more: Any) -> Resource:
    """A MedicationRequest as R4 has it."""
    of = {"medicationCodeableConcept": medicine} if medicine is not None else {}
    said = {"status": status} if status is not None else {}
    return {"resourceType": "MedicationRequest", "intent": "order", "subject": {"reference": WHO}, **of, **said, **more}


def statement(medicine: Resource, status: str = "active", **more: Any) -> Resource:
    """A MedicationStatement as R5 has it."""
    of = {"medication": {"concept": medicine}, "subject": {"reference": WHO}}
    return {"resourceType": "MedicationStatement", "status": status, **of, **more}


def quantity(value: Any, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def observation(
    code: str, value: Resource | None, when: str | None = "2026-10-01T09:00:00+02:00", **more: Any
) -> Resource:
    found: Resource = {"resourceType": "Observation", "status": "final", "code": concept(LOINC, code)}
    if value is not None:
        found["valueQuantity" if "value" in value else "valueCodeableConcept"] = value
    if when is not None:
        found["effectiveDateTime"] = when
    return {**found, "subject": {"reference": WHO}, **more}


def allergy(code: Resource, clinical: str = "active", verified: str = "confirmed", **more: Any) -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", clinical),
        "verificationStatus": concept(
            "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", verified
        ),
        "code": code,
        "patient": {"reference": WHO},
        **more,
    }


EXAMPLAMINE: Final = concept(RXNORM, "99999901", "examplamine 10 MG Oral Tablet")
DEMO_DISEASE: Final = concept(ICD, "Z99.9", "Some words of another system")
EGFR: Final = "33914-3"
PER_BODY: Final = "mL/min/{1.73_m2}"

SYNTHEA: Final = bundle(
    person(),
    {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": {"reference": WHO}},
    condition(DEMO_DISEASE),
    condition(concept(SNOMED, "444814009", "Viral sinusitis (disorder)"), "resolved", abatementDateTime="2019-01-01"),
    condition(concept(SNOMED, "1", "Severe demo pressure (disorder)"), verified="refuted"),
    request(EXAMPLAMINE),
    request(concept(RXNORM, "1", "24 HR calmazepine 500 MG Extended Release Oral Tablet")),
    request(concept(RXNORM, "2", "pausamine 5 MG Oral Tablet"), "stopped"),
    {"resourceType": "Medication", "id": "m1", "code": concept(RXNORM, "3", "Moduva")},
    request(None, medicationReference={"reference": "urn:uuid:m1"}),
    observation(EGFR, quantity(24.5, PER_BODY)),
    observation(EGFR, quantity(80, PER_BODY), "2026-01-02"),
    observation("8302-2", quantity(170, "cm")),
    allergy(concept(RXNORM, "4", "oldamine")),
)
"""One person as Synthea would write them, of the made-up knowledge."""

R5: Final = bundle(
    person(extension=[], gender="unknown", birthDate="1956-11"),
    condition(DEMO_DISEASE),
    statement(EXAMPLAMINE, "recorded", adherence={"code": concept("http://hl7.org/fhir/CodeSystem/x", "taking")}),
    statement(concept(RXNORM, "5", "calmazepine"), "recorded", adherence={"code": concept("x", "not-taking")}),
    {**request(None, "active"), "medication": {"reference": {"reference": "Medication/m2"}}},
    {
        "resourceType": "Medication",
        "id": "m2",
        "ingredient": [{"item": {"concept": {"text": "inhibizole"}}}, {"item": {"concept": {"text": "unobtainium"}}}],
    },
    {
        "resourceType": "Observation",
        "status": "final",
        "code": concept(LOINC, "85354-9"),
        "effectivePeriod": {"end": "2026-11-01"},
        "component": [
            {"code": concept(LOINC, "8480-6"), "valueQuantity": quantity(150, "mm[Hg]")},
            {"code": concept(LOINC, "8462-4"), "valueQuantity": quantity(90, "mm[Hg]")},
        ],
    },
    type="collection",
)
"""One person as R5 has them."""


def read(*resources: Any, today: str = TODAY) -> Record:
    """The record of what is given, beside a person when no Bundle is."""
    given = resources if any(r["resourceType"] == "Bundle" for r in resources) else (bundle(person(), *resources),)
    return read_record(*given, today=today, knowledge=sample())


def patient(*resources: Any) -> Patient:
    return read(*resources).patient


def notes(*resources: Any) -> str:
    return "\n".join(map(str, read(*resources).notes))
