"""The paper of a run: what stands on which edition, that it is accessible, that it is noted."""

import io
from collections.abc import Callable
from dataclasses import replace

import page
import pikepdf
import pypdfium2
import pytest
from small_town import hall, person, quick

from bcp_kit.access.policy import Role
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.render.document import PrintedDocument
from bcp_kit.services.base import Context
from bcp_kit.services.matching import match
from bcp_kit.services.matching_locks import LockCommand, add_lock
from bcp_kit.services.matching_print import PrintRun, RunEdition, print_run
from bcp_kit.services.matching_read import read_run
from bcp_kit.services.matching_remedies import smallest_changes_for, try_changes

Filled = Callable[..., Context]


def words(printed: PrintedDocument) -> str:
    """All words of a paper without blanks and line ends."""
    document = pypdfium2.PdfDocument(printed.pdf_bytes)
    found = "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    return "".join(found.split())


@pytest.fixture
def crowded(filled: Filled) -> Context:
    """Four people, room for three after the reserve, one of them decided for, one with a protected home."""
    people = [
        person("p1", register_no="00001", name="𠮷田 葛子"),
        person("p2", register_no="00002", name="架空 春子", protected_address=True),
        person("p3", register_no="00003", name="架空 夏夫"),
        person("p4", register_no="00004", name="架空 秋子"),
    ]
    near = hall().location
    far = hall(
        "far",
        name="遠い体育館",
        capacity_people=2,
        location=near.model_copy(update={"latitude": near.latitude + 0.02}),
    )
    ctx = filled(people, [hall("near", name="近い公民館", capacity_people=3), far])
    add_lock(ctx, LockCommand("p2", shelter_id="far", reason="家族が近くに住む"))
    match(ctx, quick())
    return ctx


def test_the_officers_paper_holds_the_whole_answer(crowded: Context) -> None:
    """Head, proof, places with loads, who is left over, decision with reason and who, everybody by name."""
    printed = print_run(crowded, PrintRun(read_run(crowded)))
    told = words(printed)
    for part in (
        "命を守る順", "1.優先度第1段の人に行き先", "最善と証明", "近い公民館", "2/2", "行き先のない人",
        "家族が近くに住む", "係", "𠮷田葛子", "2番目", "あと最大0人",
    ):  # fmt: skip
        assert part in told, part
    assert "架空町" not in told and "33.92" not in told  # no address, no coordinates
    assert not printed.missing_glyphs


def test_the_paper_without_names_holds_nobody(crowded: Context) -> None:
    """A meeting's edition has no name, no register number and no officer's free sentence."""
    told = words(print_run(crowded, PrintRun(read_run(crowded), RunEdition.NO_NAMES)))
    for part in ("葛子", "春子", "00001", "家族が近く"):
        assert part not in told, part
    assert "1人目" in told and "遠い体育館" in told


def test_a_protected_home_has_no_length_of_a_way(crowded: Context) -> None:
    """H16: the line of a protected home names the place, not how far it is."""
    view = read_run(crowded)
    kept = replace(view, lines=tuple(x for x in view.lines if x.person.id == "p2"))
    told = words(print_run(crowded, PrintRun(kept)))
    after = told[told.index("架空春子", told.index("全員の行き先")) :]
    assert "遠い体育館" in after and "km" not in after


@pytest.mark.parametrize("edition", list(RunEdition))
def test_the_paper_is_accessible_and_repeatable(crowded: Context, edition: RunEdition) -> None:
    """Tagged PDF/UA-1, every font embedded, the same bytes for the same run and moment."""
    view = read_run(crowded)
    printed = print_run(crowded, PrintRun(view, edition))
    report = page.validate_pdf_bytes(printed.pdf_bytes, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, report.failures
    with pikepdf.open(io.BytesIO(printed.pdf_bytes)) as pdf:
        for sheet in pdf.pages:
            for font in sheet.resources.get("/Font", {}).values():
                assert "/FontFile2" in font.get("/FontDescriptor", {}), font.BaseFont
    assert print_run(crowded, PrintRun(view, edition)).pdf_bytes == printed.pdf_bytes


def test_a_print_is_noted_and_a_role_without_the_right_gets_none(crowded: Context) -> None:
    """The audit log says which edition of which run; a facility's staff may not print it."""
    view = read_run(crowded)
    print_run(crowded, PrintRun(view, RunEdition.NO_NAMES))
    with crowded.open_store() as uow:
        last = [e for e in uow.audit.entries() if e.action == "print"][-1]
    assert last.subject_id == view.run.id and "no_names" in last.why
    other = replace(crowded, actor=crowded.actor.model_copy(update={"role": Role.FACILITY_STAFF}))
    with pytest.raises(BcpKitError):
        print_run(other, PrintRun(view))


def test_a_trial_is_marked_on_paper(crowded: Context) -> None:
    """The paper of a what-if says that it is one, and what was tried."""
    run = read_run(crowded).run
    left = next(p.person_id for p in run.placements if p.stage == 1 and not p.shelter_id)
    changes = smallest_changes_for(crowded, left, run.id)[0].changes
    tried = try_changes(crowded, run.id, changes, own_process=False)
    told = words(print_run(crowded, PrintRun(replace(read_run(crowded), run=tried))))
    assert "「もしも」の試算" in told and "受け入れ人数をあと" in told


def test_an_empty_town_has_a_paper(filled: Filled) -> None:
    """Nobody on the register and no place: the paper says so in words."""
    ctx = filled([], [])
    match(ctx, quick(HazardKind.RIVER_FLOOD))
    told = words(print_run(ctx, PrintRun(read_run(ctx))))
    assert "名簿に人がいません" in told and "固定はありません" in told
