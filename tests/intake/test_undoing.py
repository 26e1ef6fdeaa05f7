"""An import can be taken back: exactly, in one transaction, and never over somebody's later work."""

import pytest

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person, SupportLink
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.intake.people import person_id
from bcp_kit.services.base import Context
from bcp_kit.services.importing import import_inspection, inspect_file
from bcp_kit.services.undoing import last_batches, plan_undo, undo_last
from bcp_kit.storage.audit import verify_chain
from tests.intake.conftest import HEADINGS, ROW, TODAY, csv_bytes, xlsx_bytes

OTHER = ("00102", "若葉　次郎", "", "みどり町中央2")
SUPPORTED = (*HEADINGS, "支援者1の番号", "支援者1の同意", "計画を作ることの同意")


def _bring(ctx: Context, content: bytes, name: str = "a.csv") -> None:
    import_inspection(ctx, inspect_file(ctx, content, name))


def _with_supporter() -> bytes:
    def add(book: object) -> None:
        tab = book.create_sheet("支援者")  # type: ignore[attr-defined]
        tab.append(["支援者番号", "氏名又は名称"])
        tab.append(["S001", "若葉　三郎"])

    return xlsx_bytes([SUPPORTED, (*ROW, "S001", "同意", "同意")], add, "要支援者")


def _state(ctx: Context) -> dict[str, list[object]]:
    """Everything stored but the batches, without versions (they only ever rise)."""
    with ctx.open_store() as uow:
        return {
            r.kind.table: [record.model_copy(update={"version": 0}) for record in r.list()]
            for r in uow.repositories
            if r.kind.table != "import_batches"
        }


def test_undoing_gives_back_what_was_there(ctx: Context) -> None:
    """Added people, supporters, links and consents go; changed fields are as before; the chain is whole."""
    _bring(ctx, csv_bytes([HEADINGS, ROW, OTHER]))
    before = _state(ctx)
    _bring(
        ctx,
        csv_bytes(
            [HEADINGS, ("00101", "青葉　花子", "S12.3.4", "みどり町南9"), ("00103", "新緑", "", "港1")]
        ),
    )
    plan = plan_undo(ctx)
    assert (plan.to_remove, plan.to_restore, plan.staying) == (1, 1, ())
    undo_last(ctx)
    assert _state(ctx) == before
    with ctx.open_store() as uow:
        assert verify_chain(uow.audit) == []
        assert [e.action for e in uow.audit.newest(kind="import_batches", limit=1)] == ["undo"]


def test_undoing_goes_back_step_by_step(ctx: Context) -> None:
    """After the last import the one before it is the last; with none left it says so."""
    _bring(ctx, csv_bytes([HEADINGS, ROW]))
    _bring(ctx, _with_supporter(), "b.xlsx")
    undo_last(ctx)
    with ctx.open_store() as uow:
        assert uow.supporters.count() == uow.links.count() == uow.consents.count() == 0
        assert uow.people.count() == 1
    undo_last(ctx)
    assert not any(_state(ctx).values())
    with pytest.raises(BcpKitError) as refused:
        undo_last(ctx)
    assert refused.value.code is ErrorCode.UNDO_NOTHING
    assert [bool(batch.undone_at) for batch in last_batches(ctx)] == [True, True]


def test_many_steps_back_over_the_same_records(ctx: Context) -> None:
    """Five imports that each change the same person are undone one by one, each to the state before it."""
    states = [_state(ctx)]
    for number in range(5):
        _bring(ctx, csv_bytes([HEADINGS, (*ROW[:3], f"みどり町{number}"), OTHER]))
        states.append(_state(ctx))
    while states.pop() and states:
        undo_last(ctx)
        assert _state(ctx) == states[-1]


def test_what_somebody_changed_since_is_named_and_stays(ctx: Context) -> None:
    """A record edited after the import refuses the undoing by name; the rest goes only when told so."""
    _bring(ctx, csv_bytes([HEADINGS, ROW, OTHER]))
    with ctx.open_store() as uow:
        person = uow.people.need(person_id("00101"))
        uow.people.save(person.model_copy(update={"phone_home": "0000-00-0001"}))
        uow.commit()
    assert [changed.label for changed in plan_undo(ctx).staying] == ["青葉　花子 00101"]
    with pytest.raises(BcpKitError) as refused:
        undo_last(ctx)
    assert (refused.value.code, refused.value.values["count"]) == (ErrorCode.UNDO_CHANGED_SINCE, 1)
    undo_last(ctx, keep_changed=True)
    with ctx.open_store() as uow:
        assert [p.register_no for p in uow.people.list()] == ["00101"]


@pytest.mark.parametrize("what", ["plan", "consent", "link"])
def test_a_person_on_whom_later_work_rests_stays_whole(ctx: Context, what: str) -> None:
    """A plan made since, a changed consent or a new link keeps person, consents, links and supporter."""
    _bring(ctx, _with_supporter(), "a.xlsx")
    own = person_id("00101")
    with ctx.open_store() as uow:
        if what == "plan":
            uow.evacuation_plans.add(
                EvacuationPlan(id="e", person_id=own, created_on=TODAY, updated_on=TODAY)
            )
        elif what == "consent":
            consent = uow.consents.list(giver_id=own)[0]
            uow.consents.save(consent.model_copy(update={"way": "電話"}))
        else:
            uow.links.add(SupportLink(person_id=own, supporter_id="S002"))
        uow.commit()
    before = _state(ctx)
    assert own in {changed.key for changed in plan_undo(ctx).staying}
    undo_last(ctx, keep_changed=True)
    assert _state(ctx) == before


def test_emergency_sites_are_taken_back(ctx: Context) -> None:
    """The named document of emergency sites is as before, or stays when it was replaced since."""
    heads = ("施設・場所名", "住所", "洪水", "地震", "津波", "緯度", "経度", "共通ID")
    rows = [heads, ("公園", "みどり町1", "1", "1", "", "35.1", "139.1", "E0000000000001")]
    _bring(ctx, csv_bytes(rows))
    with ctx.open_store() as uow:
        assert len(uow.layers.get("emergency_sites")) == 1
    undo_last(ctx)
    with ctx.open_store() as uow:
        assert uow.layers.get("emergency_sites") is None


def test_an_import_that_changes_nothing_leaves_nothing_to_undo(ctx: Context) -> None:
    """The same file twice makes one batch."""
    for _ in range(2):
        _bring(ctx, csv_bytes([HEADINGS, ROW]))
    assert len(last_batches(ctx)) == 1


def test_a_stored_person_without_the_new_fields_can_be_read() -> None:
    """Records of the version before read as people who are on the register."""
    old = Person(id="p", name="青葉", address="みどり町").model_dump(
        exclude={"register_status", "certificates"}
    )
    assert Person.model_validate(old).register_status.value == "listed"
