"""Care levels, disability handbooks and certificates of intractable disease, as a person holds them."""

from datetime import date
from enum import StrEnum

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.devices import Device


class CertificateKind(StrEnum):
    """What was certified. Which grades each kind has stands in the catalogue `certificate_grades`."""

    CARE = "care"
    PHYSICAL = "physical"
    INTELLECTUAL = "intellectual"
    MENTAL = "mental"
    INTRACTABLE = "intractable"


class Certificate(DomainModel):
    """One certificate. `grade` is a key of the catalogue `certificate_grades` (empty where there are none).

    `part` is a key of the catalogue `physical_grades`; `name` is the disease as written in the certificate.
    """

    kind: CertificateKind
    grade: str = ""
    part: str = ""
    name: str = ""
    issued_on: date | None = None
    valid_until: date | None = None


class Insured(StrEnum):
    """Class of the insured under the Long-Term Care Insurance Act, Art. 9."""

    FIRST = "first"
    SECOND = "second"


class CertificateEntry(DomainModel):
    """One row of a list of certificates, before it is known whose it is."""

    row: int
    resident_no: str = ""
    register_no: str = ""
    name: str = ""
    name_kana: str = ""
    birth_date: date | None = None
    address: str = ""
    certificates: tuple[Certificate, ...] = ()
    insured: Insured | None = None
    devices: tuple[Device, ...] = ()
