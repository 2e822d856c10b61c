"""Which resources of a FHIR record are the same, where a reference leads, and whose they are."""

from __future__ import annotations

import time
from typing import Any

import pytest

from safetykb import InvalidQuestion
from safetykb.interchange.fhir_patient import Note, counted, read_orders, read_record
from tests.answer.helpers import sample
from tests.interchange.records import (
    DEMO_DISEASE,
    TODAY,
    WHO,
    Resource,
    allergy,
    bundle,
    concept,
    condition,
    notes,
    patient,
    person,
    read,
    request,
)

EXAMPLAMINE = {"text": "examplamine"}
CALMAZEPINE = {"text": "calmazepine"}


def entry(url: str | None, resource: Resource, **more: Any) -> Resource:
    return {**({"fullUrl": url} if url else {}), "resource": resource, **more}


def record(*entries: Resource, **more: Any) -> Resource:
    """A Bundle of one person and these entries."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [entry(WHO, person(id="p")), *entries], **more}


# --- what there is ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entries", [{"resource": person()}, "x", 3, True])
def test_entries_that_are_no_list_are_refused(entries: Any):
    """A Bundle whose entry is no list is refused: it is not an empty record."""
    with pytest.raises(InvalidQuestion, match="no list"):
        read({"resourceType": "Bundle", "entry": entries})


def test_a_bundle_that_counts_more_than_it_holds_is_told():
    """A search that counts more than it gives says so, and one that gives all says nothing."""
    assert "counts more than it holds" in notes(record(total=5, type="searchset"))
    assert "counts more" not in notes(record(total=1, type="searchset"))


def test_an_object_in_the_place_of_a_list_is_its_only_part():
    """A part that stands alone where FHIR has a list is read, as converters from XML write it."""
    alone = condition({"coding": {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "Z99.9"}})
    assert patient(alone).conditions == ("demo disease",)


def test_bundles_inside_one_another_have_a_limit():
    """Bundles may stand inside one another, and not without end, however many there are."""

    def nested(times: int) -> Resource:
        value = record(entry(None, condition(DEMO_DISEASE)))
        for _ in range(times):
            value = {"resourceType": "Bundle", "entry": [{"resource": value}]}
        return value

    assert patient(nested(19)).conditions == ("demo disease",)
    for times in (20, 5000):
        with pytest.raises(InvalidQuestion, match="too deeply"):
            read(nested(times))


@pytest.mark.parametrize("value", [{"resource": request(EXAMPLAMINE)}, {"fullUrl": "https://a/MedicationRequest/1"}])
def test_what_is_deleted_is_left_out(value: Resource):
    """An entry that deletes is told, with or without the resource, and is not read."""
    gone = {**value, "request": {"method": "DELETE", "url": "MedicationRequest/1"}}
    found = read(record(gone))
    assert found.patient.medications is None
    assert "entry 2: it tells that a resource was deleted; left out" in map(str, found.notes)


def test_what_another_entry_deletes_is_told():
    """A resource that another entry deletes is read, which hides nothing, and that is told."""
    gone = {"request": {"method": "DELETE", "url": "MedicationRequest/1"}}
    found = read(record(gone, entry("https://a/MedicationRequest/1", {**request(EXAMPLAMINE), "id": "1"})))
    assert found.patient.medications == ("examplamine",)
    assert "it was deleted; read all the same" in "\n".join(map(str, found.notes))


# --- which are the same -----------------------------------------------------------------------------------------------


def test_the_full_url_is_the_identity():
    """Resources of one type and id and of two addresses are two, and each is read."""
    one, two = ({**request(medicine), "id": "1"} for medicine in (EXAMPLAMINE, CALMAZEPINE))
    found = record(entry("https://a/MedicationRequest/1", one), entry("https://b/MedicationRequest/1", two))
    assert patient(found).medications == ("examplamine", "calmazepine")


def versions(*metas: Resource, url: str | None = "https://a/MedicationRequest/1") -> Resource:
    """A request in several versions: stopped, then active, with these metas."""
    requests = [{**request(EXAMPLAMINE, status), "id": "1"} for status in ("stopped", "active")]
    return record(*(entry(url, {**one, "meta": meta}) for one, meta in zip(requests, metas, strict=True)))


@pytest.mark.parametrize("url", ["https://a/MedicationRequest/1", None])
@pytest.mark.parametrize(
    ("first", "second", "taken", "told"),
    [
        ({"versionId": "1"}, {"versionId": "2"}, True, "a newer version"),
        ({"versionId": "2"}, {"versionId": "1"}, False, "a newer version"),
        ({"versionId": "9"}, {"versionId": "10"}, True, "a newer version"),
        ({"lastUpdated": "2026-02-01T00:00:00Z"}, {"lastUpdated": "2026-01-01T00:00:00Z"}, False, "a newer version"),
        (
            {"lastUpdated": "2026-01-01T23:00:00-05:00"},
            {"lastUpdated": "2026-01-02T00:00:00Z"},
            False,
            "a newer version",
        ),
        ({}, {}, True, "none says that it is newest"),
        ({"versionId": "1"}, {"versionId": "1"}, True, "none says that it is newest"),
        ({"versionId": "x"}, {"versionId": "y"}, True, "none says that it is newest"),
        ({"lastUpdated": "2026-01-01"}, {"lastUpdated": "soon"}, True, "none says that it is newest"),
        (
            {"versionId": "2", "lastUpdated": "2026-01-01T00:00:00Z"},
            {"versionId": "1", "lastUpdated": "2026-02-01T00:00:00Z"},
            True,
            "none says that it is newest",
        ),
    ],
)
def test_of_versions_the_newest_counts(first: Resource, second: Resource, taken: Any, told: str, url: str | None):
    """Of versions of a resource the newest counts, wherever it stands; where none is, each does; both are told."""
    found = read(versions(first, second, url=url))
    assert found.patient.medications == (("examplamine",) if taken else None)
    assert told in "".join(note.text for note in found.notes)


def test_a_resource_with_and_without_an_address_is_one():
    """A resource that stands in a Bundle by its address, and alone, is one, and its versions are compared."""
    old = {**request(EXAMPLAMINE), "id": "1", "meta": {"versionId": "1"}}
    new = {**request(EXAMPLAMINE, "stopped"), "id": "1", "meta": {"versionId": "2"}}
    assert patient(record(entry("https://a/MedicationRequest/1", old)), new).medications is None


def test_a_resource_that_cannot_be_written_is_compared_with_none():
    """Resources that are nested without end, or hold what JSON has not, are each read."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    odd = [{**condition(DEMO_DISEASE), "id": "1", "note": note} for note in (deep, {1, 2})]
    found = read(record(*(entry("https://a/Condition/1", one) for one in odd)))
    assert found.patient.conditions == ("demo disease",)
    assert sum("none says that it is newest" in note.text for note in found.notes) == 2


def test_two_versions_of_a_person_leave_open_what_they_differ_in():
    """What two versions of one Patient say differently is not known; two Patients of one id elsewhere are refused."""
    one, two = person(id="p"), person(id="p", birthDate="1980-01-01")
    found = read(record(entry(WHO, two)))
    assert (found.patient.age, str(found.patient.sex)) == (None, "female")
    assert "age: two versions of the Patient differ" in "\n".join(map(str, found.notes))
    assert read(record(), one).patient.age == 69
    with pytest.raises(InvalidQuestion, match="more than one"):
        read(record(entry("https://b/Patient/p", two)))


def test_drafts_of_one_id_are_each_an_order():
    """Two drafts of one id are two orders, and the doubt is told."""
    drafts = bundle(*({**request(medicine, "draft"), "id": "1"} for medicine in (EXAMPLAMINE, CALMAZEPINE)))
    for one in drafts["entry"]:
        del one["fullUrl"]
    orders = read_orders(drafts, record(), knowledge=sample())
    assert [(order.address, order.names) for order in orders] == [
        ("MedicationRequest/1", ("examplamine",)),
        ("MedicationRequest/1", ("calmazepine",)),
    ]
    assert "none says that it is newest" in orders[0].notes[0].text


def test_an_order_with_a_modifier_is_not_read():
    """An order that has a modifier that is not known here names nothing, and says why."""
    drafts = bundle({**request(EXAMPLAMINE, "draft"), "modifierExtension": [{"url": "https://example.org/not"}]})
    (order,) = read_orders(drafts, knowledge=sample())
    assert order.names == () and "a modifier" in order.notes[0].text


# --- where a reference leads ------------------------------------------------------------------------------------------


def pointing(reference: str) -> Resource:
    return request(None, medicationReference={"reference": reference})


def medication(id: str, medicine: Resource) -> Resource:
    return {"resourceType": "Medication", "id": id, "code": medicine}


def test_a_reference_to_a_version_is_followed():
    """A reference that names a version leads to the resource."""
    assert patient(medication("m1", EXAMPLAMINE), pointing("Medication/m1/_history/2")).medications == ("examplamine",)


def test_a_relative_reference_stays_on_its_server():
    """A relative reference leads to the resource beside the one that it stands in; without one there, to each."""
    made = [
        entry(f"https://{server}/Medication/1", medication("1", medicine))
        for server, medicine in (("a", EXAMPLAMINE), ("b", CALMAZEPINE))
    ]
    beside = record(*made, entry("https://b/MedicationRequest/1", pointing("Medication/1")))
    assert patient(beside).medications == ("calmazepine",)
    found = read(record(*made, entry("urn:uuid:1", pointing("Medication/1"))))
    assert found.patient.medications == ("examplamine", "calmazepine")
    assert "several resources have the address" in "".join(note.text for note in found.notes)


def test_a_resource_inside_needs_an_id():
    """What stands inside without an id, or is no resource, is led to by no reference."""
    inside = [{"resourceType": "Medication", "code": EXAMPLAMINE}, "None", 3]
    asked = request(None, medicationReference={"reference": "#None"}, contained=inside)
    assert patient(asked).medications is None


def test_references_to_nothing_are_quick():
    """Each reference to nothing costs a lookup: ten times as many do not take a hundred times as long."""

    def seconds(number: int) -> float:
        many = [
            request(None, medicationReference={"reference": f"https://a/Medication/{n}", "display": "examplamine"})
            for n in range(number)
        ]
        made = bundle(person(), *many)
        start = time.process_time()
        assert patient(made).medications == ("examplamine",)
        return time.process_time() - start

    seconds(10)
    assert seconds(4000) < 50 * seconds(400)


# --- whose they are ---------------------------------------------------------------------------------------------------

IDENTIFIER = {"system": "https://example.org/mrn", "value": "1"}


@pytest.mark.parametrize(
    ("subject", "is_theirs"),
    [
        ({"reference": "Patient/p"}, True),
        ({"reference": "Patient/p/_history/3"}, True),
        ({"reference": "p"}, True),
        ({"identifier": IDENTIFIER}, True),
        ({"extension": []}, True),
        ({}, True),
        (None, True),
        ({"identifier": {**IDENTIFIER, "value": "2"}}, False),
        ({"identifier": {**IDENTIFIER, "system": "https://example.org/other"}}, False),
        ({"identifier": {"system": "x"}}, False),
        ({"display": "Somebody Else"}, False),
        ({"reference": 3}, False),
        ("Patient/p", False),
        ({"reference": f"https://example.org/{'x' * 200}/Patient/other"}, False),
        ({"reference": "Patient/pp"}, False),
        ({"reference": "Group/p"}, False),
        ({"reference": "#inside"}, False),
    ],
)
def test_a_subject_is_the_person_or_not(subject: Any, is_theirs: Any):
    """A resource is of the person by address, by id, by identifier, or when it names nobody; else it is left out."""
    of_them = {**condition(DEMO_DISEASE), "subject": subject}
    whole = record(entry("urn:uuid:1", of_them))
    whole["entry"][0]["resource"]["identifier"] = [IDENTIFIER]
    found = read(whole)
    assert found.patient.conditions == (("demo disease",) if is_theirs else ())
    assert is_theirs or "of another person, or of nobody named here" in found.notes[-1].text


@pytest.mark.parametrize("make", [condition, request, allergy])
def test_a_patient_of_older_fhir_is_a_subject(make: Any):
    """The element ``patient``, which STU3 has in the place of ``subject``, is looked at in every resource."""
    other = {**make(EXAMPLAMINE), "patient": {"reference": "Patient/other"}}
    found = patient(other)
    assert (found.conditions, found.medications, found.allergies) == ((), None, None)


def test_a_person_without_an_address_is_nobody_named():
    """Where the Patient has neither id nor address, what names a subject cannot be told to be theirs."""
    nameless = {"resourceType": "Bundle", "entry": [{"resource": person()}]}
    found = read(nameless, condition(DEMO_DISEASE), {**condition({"text": "RDD"}), "subject": {}})
    assert found.patient.conditions == ("RDD",)


def test_a_person_inside_a_resource_is_told_apart():
    """Without a Patient the subject may be one inside the resources: the same one is one, another is another."""

    def of(born: str, code: Resource) -> Resource:
        inside = {"resourceType": "Patient", "id": "pat", "birthDate": born}
        return {**condition(code), "contained": [inside], "subject": {"reference": "#pat"}}

    asked = [of("1990", DEMO_DISEASE), of("1990", {"text": "RDD"}), of("1980", {"text": "drowsiness"})]
    found = read_record(*asked, today=TODAY, knowledge=sample())
    assert found.patient.conditions == ("demo disease", "RDD")


def test_a_modifier_leaves_a_resource_unread():
    """What has a modifier extension, in itself or in a part, is not read, as FHIR asks; that is told."""
    modifier = {"modifierExtension": [{"url": "https://example.org/negated", "valueBoolean": True}]}
    made = [
        {**condition(DEMO_DISEASE), **modifier},
        {**request(EXAMPLAMINE), "dosageInstruction": [modifier]},
        {**allergy(EXAMPLAMINE), **modifier},
    ]
    found = read(record(*(entry(None, one) for one in made)))
    assert (found.patient.conditions, found.patient.medications, found.patient.allergies) == ((), None, None)
    assert sum("a modifier that is not known here; not read" in note.text for note in found.notes) == 3
    modified = read(bundle(person(**modifier), condition(DEMO_DISEASE)))
    assert (modified.patient.age, modified.patient.sex) == (None, None)
    assert modified.patient.conditions == ("demo disease",)


# --- notes ------------------------------------------------------------------------------------------------------------


def test_counted_notes_say_where():
    """Notes that are counted say where each stands, the first few by name and the rest by number."""
    made = [Note("prefetch Condition", "it was not given"), Note("prefetch Observation", "it was not given")]
    made += [Note(f"entry {number}", "it holds no resource") for number in (1, 2, 3, 4, 5, 6)]
    made += [Note("entry 1", "it holds no resource")]
    assert counted(made) == [
        "7 x it holds no resource (entry 1; entry 2; entry 3; entry 4; and 2 more)",
        "2 x it was not given (prefetch Condition; prefetch Observation)",
    ]


def test_every_reading_of_a_concept_keeps_its_place():
    """A note says in which entry the doubt stands."""
    assert "entry 3, Condition: nothing here knows it" in notes(
        condition(DEMO_DISEASE), condition(concept("x", "1", "Unheard-of"))
    )
