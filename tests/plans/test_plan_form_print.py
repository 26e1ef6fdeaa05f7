"""The form to fill in by hand: row numbers of the screen, empty or with what is known."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.cli.plans import app
from bcp_kit.domain.devices import Device
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.paper_copies import HolderKind
from bcp_kit.forms.plan_form import named_form, standard_form
from bcp_kit.services.base import Context
from bcp_kit.services.copies import CopyQuery, HandOut, hand_out, list_copies, stale_copies
from bcp_kit.services.plan_form_print import blank_form, filled_form
from bcp_kit.services.plan_forms import FORM_LAYER, named_document
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.services.plans_print import Variant
from tests.render.paper_checks import failed_rules, fonts_not_embedded, page_texts, squeezed

NOT_BY_HAND = ("paper", "ledger", "history")
SIZES = (Variant.STANDARD, Variant.LARGE)


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The officer with plans drafted."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


@pytest.mark.parametrize("variant", SIZES)
def test_an_empty_form_asks_every_field_by_its_row_number(ctx: Context, variant: Variant) -> None:
    """Row and title of each field that a hand can fill; nobody's details, no number; PDF/UA-1."""
    made = blank_form(ctx, variant)
    words = "".join(page_texts(made.pdf_bytes))
    asked = [
        f for f in standard_form().fields if not f.within and f.home not in ("paper", "ledger", "history")
    ]
    for field in asked:
        if not field.item.input.computed:
            assert squeezed(f"{field.row}{field.item.title_ja}") in words, field.id
    assert "□男" in words and "■男" not in words
    assert not made.missing_glyphs and list_copies(ctx, CopyQuery()) == ()
    assert failed_rules(made.pdf_bytes) == [] and fonts_not_embedded(made.pdf_bytes) == []


def test_a_municipalitys_form_keeps_the_row_numbers(ctx: Context) -> None:
    """The town's own choice and order of fields; a field has the same number as in the standard form."""
    with ctx.open_store() as uow:
        uow.layers.put(FORM_LAYER, named_document("aoba_city"))
        uow.commit()
    words = "".join(page_texts(blank_form(ctx).pdf_bytes))
    form = named_form("aoba_city")
    assert squeezed(form.title_ja) in words
    for field in form.fields:
        if not field.within and field.home not in NOT_BY_HAND:
            assert squeezed(f"{field.row}{field.item.title_ja}") in words or field.item.input.computed


@pytest.mark.parametrize("variant", SIZES)
def test_what_is_known_stands_in_the_form(drafted: Context, variant: Variant) -> None:
    """Name, address, ticked choices, rows of tables; the number of the copy on each page; in the ledger."""
    with drafted.open_store() as uow:
        person = uow.people.need("full")
        known = {"devices": (Device(kind="oxygen_concentrator", power_w=300),), "never_do": "火を近づけない"}
        uow.people.save(person.model_copy(update=known))
        uow.commit()
    made = filled_form(drafted, "full", variant)
    pages = page_texts(made.pdf_bytes)
    words = "".join(pages)
    for expected in ("𠮷田葛子", "見本市﨑町１", "000-1", "火を近づけない", "髙橋一郎", "■要介護3"):
        assert expected in words, expected
    (copy,) = list_copies(drafted, CopyQuery())
    assert all(copy.number in page for page in pages)
    assert copy.variant == ("form" if variant is Variant.STANDARD else "form_large")
    assert failed_rules(made.pdf_bytes) == [] and stale_copies(drafted) == ()
    hand_out(drafted, [copy.number], HandOut(HolderKind.PERSON, ""))


def test_a_protected_address_stands_on_no_form(drafted: Context) -> None:
    """H16: neither the address nor that of the supporters; the name does, it is the person's own."""
    words = "".join(page_texts(filled_form(drafted, "hidden").pdf_bytes))
    assert "見本秘匿" in words and "秘密の町" not in words and "見本市会館" not in words


def test_a_form_needs_the_consent_to_a_plan(drafted: Context) -> None:
    """Without a plan or with the consent withdrawn there is no form with details."""
    with pytest.raises(BcpKitError) as refused:
        filled_form(drafted, "refused")
    assert refused.value.code is ErrorCode.PLAN_MISSING
    with drafted.open_store() as uow:
        consent = next(c for c in uow.consents.list(giver_id="full") if c.kind == "make_plan")
        uow.consents.save(consent.model_copy(update={"withdrawn_on": drafted.today()}))
        uow.commit()
    with pytest.raises(BcpKitError) as refused:
        filled_form(drafted, "full")
    assert refused.value.code is ErrorCode.COPY_NOT_ALLOWED


def test_the_command_makes_forms(drafted: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By command: an empty one in large type, one with a person's details."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    told = ["form", "--data", str(tmp_path / "data"), "-o", str(tmp_path / "form.pdf")]
    assert CliRunner().invoke(app, [*told, "--large"]).exit_code == 0
    done = CliRunner().invoke(app, [*told, "--person", "alone"])
    assert done.exit_code == 0 and "用紙を" in done.output
    assert "見本独歩" in "".join(page_texts((tmp_path / "form.pdf").read_bytes()))
