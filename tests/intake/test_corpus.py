"""IN-1: hundreds of malformed files: no traceback, no partial import, no table that is silently wrong."""

from datetime import date
from unicodedata import normalize

import pytest

from bcp_kit.domain.errors import BcpKitError, Severity
from bcp_kit.domain.people import Person
from bcp_kit.intake.inspection import Inspection, inspect
from bcp_kit.services.base import Context
from bcp_kit.services.importing import import_inspection, inspect_file
from bcp_kit.services.importing_report import report_lines
from tests.intake.conftest import TODAY
from tests.intake.corpus import EACH, MAKERS
from tests.intake.corpus.model import Case, Someone

SEX = {"男": "male", "女": "female"}


def _found(inspection: Inspection) -> dict[str, tuple[int, Person]]:
    """Return the people of the rows that may be imported, with their row, by register number."""
    parts = [part for part in inspection.parts if not part.is_refused]
    records = [record for part in parts for record in part.records if record.good]
    people = [(r.row, item.obj) for r in records for item in r.items if isinstance(item.obj, Person)]
    return {normalize("NFKC", person.register_no): (row, person) for row, person in people}


def _is(person: Person, truth: Someone) -> bool:
    """True when the person is as the file says, apart from how a reading and a postal code are written."""
    born = None if truth.born == date.min else truth.born
    sex = SEX.get(truth.sex, "")
    return (
        (person.name, person.address, person.birth_date, person.phone_home)
        == (truth.name, truth.address, born, truth.phone)
        and (not sex or (person.sex is not None and person.sex.value == sex))
        and person.postal_code.replace("-", "") == truth.postal.replace("-", "")
        and person.name_kana.replace("　", " ") == truth.kana.replace("　", " ")
    )


def _complaint(case: Case, inspection: Inspection) -> str:
    """Return what is wrong with the answer to a file, or nothing."""
    codes = {problem.code for _, problem in inspection.findings()}
    if case.codes - codes:
        return f"not named: {case.codes - codes}, found {codes}"
    if case.one_of and not case.one_of & codes:
        return f"none of {case.one_of}, found {codes}"
    people = _found(inspection)
    if case.refused:
        return f"{len(people)} rows of a refused file" if people or not inspection.is_refused else ""
    named = {p.row for _, p in inspection.findings() if p.row is not None}
    truth = {person.number: person for person in case.truth}
    wrong = [n for n, (row, p) in people.items() if n not in truth or not _is(p, truth[n])]
    silent = [n for n in wrong if n not in case.lost or people[n][0] not in named]
    missing = truth.keys() - people.keys() - case.bad - case.lost
    unnamed = [n for n in case.bad if n in people]
    return (
        f"wrong {silent}, missing {missing}, taken {unnamed}, {codes}" if silent or missing or unnamed else ""
    )


def test_the_corpus_is_large_and_repeatable() -> None:
    """There are at least 300 files of at least 20 kinds, 12 of each, and a seed always gives the same."""
    assert len(MAKERS) >= 20 and len(MAKERS) * EACH >= 300
    for kind in ("encoding", "shifted_columns", "garbled", "broken_json"):
        first, again, other = (
            [MAKERS[kind](kind, seed, n).content for n in range(EACH)] for seed in (1, 1, 2)
        )
        assert first == again and len(set(first)) == EACH and first != other


@pytest.mark.parametrize("kind", sorted(MAKERS))
@pytest.mark.parametrize("seed", [1])
def test_every_malformed_file_is_answered(kind: str, seed: int) -> None:
    """Each file is refused or read as its maker says; what cannot be read is named with a remedy."""
    complaints = []
    for number in range(EACH):
        case = MAKERS[kind](kind, seed, number)
        inspection = inspect(case.content, case.name, TODAY)
        complaint = _complaint(case, inspection)
        if complaint:
            complaints.append(f"{kind} {number} ({case.name}): {complaint}")
        lines = report_lines(inspection)
        assert all(len(line.what) > 5 and len(line.remedy) > 5 and "{" not in line.what for line in lines)
        assert not case.refused or any(line.severity is Severity.ERROR for line in lines)
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_no_malformed_file_comes_in_by_half(kind: str, ctx: Context) -> None:
    """A file with an error stores nothing unless its good rows are accepted."""
    case = MAKERS[kind](kind, 2, 0)
    inspection = inspect_file(ctx, case.content, case.name)
    errors = any(p.severity is Severity.ERROR for _, p in inspection.findings())
    if errors:
        with pytest.raises(BcpKitError):
            import_inspection(ctx, inspection)
    else:
        import_inspection(ctx, inspection)
    with ctx.open_store() as uow:
        assert uow.people.count() == (0 if errors else inspection.good_rows)
