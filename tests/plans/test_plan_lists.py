"""Lists about several people: only who may be disclosed, each copy numbered, stale when wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.plans import app
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.devices import Device
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.paper_copies import CopyState, HolderKind
from bcp_kit.services import plan_lists_print, print_files
from bcp_kit.services.base import Context
from bcp_kit.services.copies import CopyQuery, HandOut, close_copies, hand_out, list_copies, stale_copies
from bcp_kit.services.copies_lost import loss_sheet, report_lost
from bcp_kit.services.disclosure_rules import begin_emergency, end_emergency
from bcp_kit.services.plan_lists_print import (
    ListKind,
    ListOrder,
    ListOutcome,
    Recipient,
    open_list_runs,
    print_lists,
    resume_lists,
    subjects_to_choose,
)
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.services.plans_print import PrintOrder, open_runs, print_plans
from tests.render.paper_checks import failed_rules, fonts_not_embedded, page_texts

DISTRICT, OTHER = "﨑町３班", "西町１班"
IN_DISTRICT = ("full", "alone", "hidden", "nowhere")


@pytest.fixture
def town(ctx: Context) -> Context:
    """The officer with plans drafted; four people live in one district, two in another.

    Register entries of `full`, `alone` and `hidden` may be disclosed, plans of `full` and `hidden`.
    """
    draft_plans(ctx, latest_run_ids(ctx))
    with ctx.open_store() as uow:
        for person in uow.people.list():
            district = DISTRICT if person.id in IN_DISTRICT else OTHER
            devices = (Device(kind="oxygen_concentrator", power_w=300, battery_h=2),)
            more = {"devices": devices, "never_do": "火を近づけない"} if person.id == "full" else {}
            uow.people.save(person.model_copy(update={"district": district, **more}))
        for number, giver in enumerate(("full", "alone", "hidden")):
            uow.consents.add(
                Consent(
                    id=f"r{number}",
                    kind=ConsentKind.SHARE_REGISTER,
                    giver_id=giver,
                    answer=ConsentAnswer.GIVEN,
                    given_on=ctx.today(),
                )
            )
        uow.commit()
    return ctx


def _words(outcome: ListOutcome, place: int = 0) -> str:
    return "".join(page_texts(outcome.files[place].read_bytes()))


def _print(ctx: Context, folder: Path, kind: ListKind, **changes: object) -> ListOutcome:
    return print_lists(ctx, ListOrder(kind, folder, **changes))  # type: ignore[arg-type]


def test_a_district_list_holds_only_who_may_be_disclosed(town: Context, tmp_path: Path) -> None:
    """Register entries with consent; supporters and destination only where everybody agreed."""
    outcome = _print(town, tmp_path, ListKind.DISTRICT, subjects=(DISTRICT,))
    words = _words(outcome)
    assert "𠮷田葛子" in words and "見本独歩" in words and "見本市西町２" in words
    assert "見本行先" not in words and "見本市東町６" not in words  # no consent
    assert "髙橋一郎" in words and "見本小学校" in words and "火を近づけない" in words
    assert "答えぬ人" not in words and "計画は、同意がそろっていないため" in words
    assert outcome.left_out == {"disclose.person_missing": 1}


def test_a_protected_address_stands_on_no_list_of_districts(town: Context, tmp_path: Path) -> None:
    """Neither name nor address: the district alone would tell where. An emergency changes nothing."""
    begin_emergency(town, "市長", "洪水", 24)
    for kind in (ListKind.DISTRICT, ListKind.SEALED):
        outcome = _print(town, tmp_path / kind.value, kind, second_person="課長")
        for place in range(len(outcome.files)):
            assert "見本秘匿" not in _words(outcome, place) and "秘密の町" not in _words(outcome, place)


def test_several_districts_on_one_paper_have_an_index(town: Context, tmp_path: Path) -> None:
    """Each district with the page it begins on; supporters with the numbers of the people they help."""
    begin_emergency(town, "市長", "洪水", 24)  # so that both districts have people
    outcome = _print(town, tmp_path, ListKind.DISTRICT, subjects=(DISTRICT, OTHER), together=True)
    pages = page_texts(outcome.files[0].read_bytes())
    assert len(outcome.files) == 1 and f"{DISTRICT}31" in pages[0]
    starts = [n for n, page in enumerate(pages, start=1) if OTHER in page and "見本未答" in page]
    assert f"{OTHER}2{starts[0]}" in pages[0]
    assert "髙橋一郎090-13" in "".join(pages)  # name, phone, number of the person on the list


def test_every_copy_has_its_own_number_on_every_page(town: Context, tmp_path: Path) -> None:
    """Three copies are three entries of the ledger, and each page says which one it is."""
    outcome = _print(town, tmp_path, ListKind.DISTRICT, subjects=(DISTRICT,), copies=3, purpose="訓練")
    numbers = [copy.number for copy, _ in outcome.printed]
    assert len(set(numbers)) == 3
    for number, path in zip(numbers, outcome.files, strict=True):
        assert all(number in page for page in page_texts(path.read_bytes()))
    kept = list_copies(town, CopyQuery(state=CopyState.PRINTED))
    assert [(c.edition, c.subject, c.purpose) for c in kept] == [("district_list", DISTRICT, "訓練")] * 3
    assert set(kept[0].people) == {"full", "alone"} and kept[0].plans_shown == ("full",)


def test_an_arrival_list_says_who_comes_with_what(town: Context, tmp_path: Path) -> None:
    """Name, class, devices, what to mind; those who may not be named are counted; rows for walk-ins."""
    outcome = _print(town, tmp_path, ListKind.ARRIVALS, subjects=("school",))
    words = _words(outcome)
    assert "𠮷田葛子" in words and "酸素濃縮器300W電池2時間" in words and "火を近づけない" in words
    assert "見本独歩" not in words and "見本秘匿" not in words
    assert "（名前は秘密。計画番号で受け付ける）" in words
    assert "機器の消費電力の合計300W" in words and "名簿にない人" in words
    assert outcome.left_out == {"disclose.supporter_missing": 1}
    assert "3人" in words  # the one who may not be named is counted


def test_an_arrival_list_of_one_hazard(town: Context, tmp_path: Path) -> None:
    """Only those whom that hazard brings here; a tsunami brings nobody, and no paper is made."""
    quake = _print(town, tmp_path, ListKind.ARRIVALS, subjects=("school",), hazard=HazardKind.EARTHQUAKE)
    assert "地震：まず来る" in _words(quake) and "洪水" not in _words(quake)
    assert _print(town, tmp_path, ListKind.ARRIVALS, hazard=HazardKind.TSUNAMI).printed == []


def test_the_town_hall_may_read_without_consent(town: Context, tmp_path: Path) -> None:
    """Art. 49-15(1): within the office; no case worker prints it, nobody hands it out of the house."""
    outcome = _print(town, tmp_path, ListKind.ARRIVALS, subjects=("school",), recipient=Recipient.OFFICE)
    assert "見本独歩" in _words(outcome)
    number = outcome.printed[0][0].number
    with pytest.raises(BcpKitError) as refused:
        hand_out(town, [number], HandOut(HolderKind.ORGANISATION, "見本福祉会"))
    assert refused.value.code is ErrorCode.COPY_NOT_ALLOWED
    hand_out(town, [number], HandOut(HolderKind.OFFICE, "本部"))
    worker = replace(town, actor=Actor(name="相談員", role=Role.CASE_WORKER))
    with pytest.raises(BcpKitError):
        _print(worker, tmp_path, ListKind.ARRIVALS, recipient=Recipient.OFFICE)


def test_a_sealed_set_holds_who_may_not_be_disclosed_by_why(town: Context, tmp_path: Path) -> None:
    """Cover: who may open it and when, with the articles; inside, parts by reason; two people seal it."""
    outcome = _print(town, tmp_path, ListKind.SEALED, subjects=(DISTRICT,), second_person="課長 見本")
    pages = page_texts(outcome.files[0].read_bytes())
    cover, inside = pages[0], "".join(pages[1:])
    assert "49条の15第3項" in cover and "市町村長" in cover and "ふだんは開けてはいけません" in cover
    assert "防災担当、課長見本" in cover and "見本独歩" not in cover
    assert "支援者の同意がそろっていない人" in inside and "見本独歩" in inside
    assert "平常時に渡す同意がない人" in inside and "見本行先" in inside
    assert "𠮷田葛子" not in inside  # may be disclosed anyway


def test_who_has_no_plan_is_in_the_sealed_set_too(town: Context, tmp_path: Path) -> None:
    """Art. 49-15(4): support must reach people without a plan; their register entry is enclosed."""
    outcome = _print(town, tmp_path, ListKind.SEALED, subjects=(OTHER,), second_person="課長")
    words = _words(outcome)
    assert "計画がない人" in words and "見本未答" in words and "見本不同意" in words


@pytest.mark.parametrize("second", ["", "防災担当"])
def test_nobody_seals_alone(town: Context, tmp_path: Path, second: str) -> None:
    """Without another person there is no sealed set, and no number is taken."""
    with pytest.raises(BcpKitError) as refused:
        _print(town, tmp_path, ListKind.SEALED, second_person=second)
    assert refused.value.code is ErrorCode.SECOND_PERSON_MISSING
    assert list_copies(town, CopyQuery()) == ()


def test_a_sealed_set_leaves_the_town_hall_in_an_emergency_only(town: Context, tmp_path: Path) -> None:
    """Refused with the article in peacetime; allowed while a recorded emergency runs."""
    outcome = _print(town, tmp_path, ListKind.SEALED, subjects=(DISTRICT,), second_person="課長")
    number, to = outcome.printed[0][0].number, HandOut(HolderKind.ORGANISATION, "自治会")
    with pytest.raises(BcpKitError) as refused:
        hand_out(town, [number], to)
    assert refused.value.code is ErrorCode.COPY_NOT_ALLOWED
    begin_emergency(town, "市長", "洪水のおそれ", 24)
    assert hand_out(town, [number], to)[0].holder == "自治会"
    end_emergency(town)


def test_a_list_is_stale_when_it_would_say_something_else(town: Context, tmp_path: Path) -> None:
    """A new telephone number, a withdrawn consent; another day alone changes nothing."""
    _print(town, tmp_path, ListKind.DISTRICT, subjects=(DISTRICT,))
    _print(town, tmp_path, ListKind.ARRIVALS, subjects=("school",))
    assert stale_copies(town) == ()
    with town.open_store() as uow:
        uow.people.save(uow.people.need("alone").model_copy(update={"phone_home": "000-999"}))
        uow.commit()
    assert [each.copy.edition for each in stale_copies(town)] == ["district_list"]


def test_a_withdrawn_consent_stops_the_handing_out(town: Context, tmp_path: Path) -> None:
    """Between printing and handing out somebody says no: the list stays in the house."""
    outcome = _print(town, tmp_path, ListKind.DISTRICT, subjects=(DISTRICT,))
    with town.open_store() as uow:
        consent = uow.consents.need("r1")
        uow.consents.save(consent.model_copy(update={"withdrawn_on": town.today()}))
        uow.commit()
    with pytest.raises(BcpKitError) as refused:
        hand_out(town, [outcome.printed[0][0].number], HandOut(HolderKind.ORGANISATION, "自治会"))
    assert refused.value.code is ErrorCode.COPY_NOT_ALLOWED


def test_a_lost_list_tells_whom_to_tell(town: Context, tmp_path: Path) -> None:
    """Everybody on it and their supporters, with telephone numbers."""
    outcome = _print(town, tmp_path, ListKind.DISTRICT, subjects=(DISTRICT,))
    number = outcome.printed[0][0].number
    hand_out(town, [number], HandOut(HolderKind.ORGANISATION, "自治会"))
    sheet = report_lost(town, number)
    words = "".join(page_texts(sheet.pdf_bytes))
    for expected in ("地区の名簿", "𠮷田葛子", "000-1", "見本独歩", "髙橋一郎", "自治会"):
        assert expected in words
    assert failed_rules(sheet.pdf_bytes) == [] and loss_sheet(town, number).pages == sheet.pages
    close_copies(town, [number], CopyState.RETURNED)


def test_a_foreign_name_keeps_a_list_back(
    town: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that names somebody who is not on this list: no file, the number becomes void."""
    whole = plan_lists_print.paper_of

    def spoilt(found, facts):  # type: ignore[no-untyped-def]
        paper = whole(found, facts)
        return replace(paper, lead=(*paper.lead, "見本 行先"))

    monkeypatch.setattr(plan_lists_print, "paper_of", spoilt)
    with pytest.raises(BcpKitError) as failure:
        _print(town, tmp_path / "out", ListKind.DISTRICT, subjects=(DISTRICT,))
    assert failure.value.code is ErrorCode.COPIES_MIXED_UP
    assert not list(tmp_path.glob("out/*")) and list_copies(town, CopyQuery())[0].state is CopyState.VOID


def test_a_full_disk_leaves_nothing_and_voids_the_number(
    town: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder refuses: no file, no printed copy; going on takes the next number."""
    monkeypatch.setattr(print_files.os, "fsync", lambda _n: (_ for _ in ()).throw(OSError(28)))
    with pytest.raises(BcpKitError) as failure:
        _print(town, tmp_path / "out", ListKind.DISTRICT, subjects=(DISTRICT,))
    assert failure.value.code is ErrorCode.PRINT_FOLDER_REFUSED and not list(tmp_path.glob("out/*"))
    monkeypatch.undo()
    (run,) = open_list_runs(town)
    outcome = resume_lists(town, run.id)
    states = [copy.state for copy in list_copies(town, CopyQuery())]
    assert states == [CopyState.VOID, CopyState.PRINTED] and outcome.files[0].exists()
    assert open_list_runs(town) == () and open_runs(town) == ()


def test_lists_and_plans_share_one_row_of_numbers(town: Context, tmp_path: Path) -> None:
    """No number is given twice, whatever is printed in between; plans of before are still found stale."""
    plans = print_plans(town, PrintOrder(tmp_path / "p"))
    lists = _print(town, tmp_path / "l", ListKind.DISTRICT, subjects=(DISTRICT,))
    more = print_plans(town, PrintOrder(tmp_path / "q"))
    assert plans.last_number < lists.printed[0][0].number < more.first_number
    assert stale_copies(town) == ()


@pytest.mark.parametrize("kind", list(ListKind))
def test_every_list_is_accessible_with_hard_text(town: Context, tmp_path: Path, kind: ListKind) -> None:
    """PDF/UA-1, fonts embedded; markup, rare kanji, 20,000 characters and a long name stand whole."""
    long = "\n".join(f"第{number:04}文です。" for number in range(2000))
    name = "𠮷﨑葛\U000e0100" * 30
    with town.open_store() as uow:
        for key in ("full", "alone"):
            person = uow.people.need(key)
            typed = {"never_do": f"<b>{{page}}&amp;{long}", "name": name}
            uow.people.save(person.model_copy(update=typed))
        uow.commit()
    outcome = _print(town, tmp_path, kind, second_person="課長")
    for path in outcome.files:
        content = path.read_bytes()
        assert failed_rules(content) == [] and fonts_not_embedded(content) == []
    words = "".join(_words(outcome, place) for place in range(len(outcome.files)))
    assert "<b>{page}&amp;" in words and "第1999文です。" in words
    assert words.count("𠮷﨑葛\U000e0100") >= 30


def test_every_list_is_in_the_audit_log_without_names(town: Context, tmp_path: Path) -> None:
    """Who printed what under which number; no name of a person on it."""
    _print(town, tmp_path, ListKind.DISTRICT, subjects=(DISTRICT,))
    with town.open_store() as uow:
        entry = uow.audit.newest("paper_copies", limit=1)[0]
    assert entry.action == "print" and "district_list copy=0000001-8 people=2" in entry.why
    assert "見本" not in entry.why and "葛子" not in entry.why


def test_subjects_are_offered_by_name(town: Context) -> None:
    """Districts in order, shelters to which a plan leads."""
    assert list(subjects_to_choose(town, ListKind.DISTRICT)) == sorted((DISTRICT, OTHER))
    assert subjects_to_choose(town, ListKind.ARRIVALS)["school"] == "見本小学校"


def test_the_command_prints_lists(town: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By command: a district list, an unknown district refused, a sealed set with its second person."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    told = ["--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]
    run = CliRunner()
    done = run.invoke(app, ["lists", "district_list", *told, "--about", DISTRICT, "--copies", "2"])
    assert done.exit_code == 0 and "2枚の名簿" in done.output and "のせていない人 1人" in done.output
    assert isinstance(
        run.invoke(app, ["lists", "district_list", *told, "--about", "ない"]).exception, BcpKitError
    )
    sealed = run.invoke(app, ["lists", "sealed_set", *told, "--second", "課長", "--json", "-"])
    assert sealed.exit_code == 0 and '"sealed_set"' in sealed.output
