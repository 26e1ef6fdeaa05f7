"""What certificates change on a person's record, and the needs that follow from them."""

from collections.abc import Iterable

from bcp_kit.catalogues import load
from bcp_kit.domain.certificates import Certificate, CertificateEntry, CertificateKind
from bcp_kit.domain.devices import Device
from bcp_kit.domain.people import Person


def certified(person: Person, entries: Iterable[CertificateEntry]) -> Person:
    """Return the person with what the rows certify: newer certificates in place of older ones."""
    for entry in entries:
        for certificate in entry.certificates:
            person = _with_certificate(person, certificate)
        for device in entry.devices:
            person = _with_device(person, device)
        number = entry.resident_no
        if number and not person.resident_no:
            person = person.model_copy(update={"resident_no": number})
    return person


def _with_certificate(person: Person, new: Certificate) -> Person:
    older = [c for c in person.certificates if _place(c) == _place(new)]
    if older and _is_newer(older[0], new):
        return person
    kept = [c for c in person.certificates if _place(c) != _place(new)]
    gone = {need for certificate in older for need in needs_of(certificate)}
    if new.kind is CertificateKind.CARE:
        gone |= _care_needs()
    wanted = needs_of(new)
    still = {need for certificate in kept for need in needs_of(certificate)}
    needs = [need for need in person.needs if need not in gone - still or need in wanted]
    needs += [need for need in wanted if need not in needs]
    return person.model_copy(update={"certificates": (*kept, new), "needs": tuple(needs)})


def _place(certificate: Certificate) -> tuple[str, str, str]:
    """Return what a newer certificate takes the place of: its kind, and its part or disease."""
    return certificate.kind.value, certificate.part, certificate.name


def _is_newer(stored: Certificate, new: Certificate) -> bool:
    """True when the stored certificate was issued or ends later than the one in the file."""
    for name in ("issued_on", "valid_until"):
        mine, theirs = getattr(stored, name), getattr(new, name)
        if mine is not None and theirs is not None and mine != theirs:
            return bool(mine > theirs)
    return False


def _with_device(person: Person, device: Device) -> Person:
    if all(known.kind != device.kind for known in person.devices):
        return person.model_copy(update={"devices": (*person.devices, device)})
    devices = (_filled(known, device) if known.kind == device.kind else known for known in person.devices)
    return person.model_copy(update={"devices": tuple(devices)})


def _filled(known: Device, new: Device) -> Device:
    values = {name: getattr(new, name) for name in Device.model_fields}
    return known.model_copy(update={n: value for n, value in values.items() if value not in (None, False)})


def needs_of(certificate: Certificate) -> tuple[str, ...]:
    """Return the needs of the register that follow from a certificate (catalogues; they only propose)."""
    if certificate.kind is CertificateKind.INTELLECTUAL:
        rows = load.catalogue("intellectual_grades").rows.values()
        severe = any(certificate.grade in row.data["severe"] for row in rows)
        return ("intellectual_severe",) if severe else ()
    if certificate.kind is CertificateKind.INTRACTABLE:
        rows = load.catalogue("intractable_needs").rows.values()
        found = [row.data["need"] for row in rows if row.label_ja in certificate.name]
        return tuple(dict.fromkeys(found))
    if certificate.kind is CertificateKind.PHYSICAL:
        row = load.catalogue("certificate_needs").rows.get(certificate.part)
        number = certificate.grade.removeprefix("physical_")
        known = row is not None and number.isdigit() and int(number) in row.data["grades"]
        return (row.data["need"],) if row is not None and known else ()
    row = load.catalogue("certificate_grades").rows.get(certificate.grade)
    return () if row is None else tuple(row.data["needs"])


def _care_needs() -> set[str]:
    rows = load.catalogue("certificate_grades").rows.values()
    return {need for row in rows if row.data["kind"] == CertificateKind.CARE for need in row.data["needs"]}
