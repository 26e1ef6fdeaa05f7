"""Which form of the individual plan the town uses: chosen from those that travel along, or its own YAML."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.plan_form import (
    STANDARD,
    FormFault,
    PlanForm,
    check_form,
    example_forms,
    form_of,
    named_document,
    named_form,
    standard_form,
)
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

FORM_LAYER = "plan_form"
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class FormChoice:
    """One form that can be used; `chosen` marks the one in use."""

    form: PlanForm
    chosen: bool


def chosen_form(uow: UnitOfWork) -> PlanForm:
    """Return the form that the town uses, the standard one until another was chosen."""
    document = uow.layers.get(FORM_LAYER)
    return form_of(document) if document else standard_form()


def read_chosen_form(ctx: Context) -> PlanForm:
    """Return the form that the town uses."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        return chosen_form(uow)


def list_forms(ctx: Context) -> tuple[FormChoice, ...]:
    """Return the standard form, those that travel along, and the town's own where it is another one."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        chosen = chosen_form(uow)
    known = [standard_form(), *(named_form(form_id) for form_id in example_forms())]
    if all(form.id != chosen.id for form in known):
        known.append(chosen)
    return tuple(FormChoice(chosen if form.id == chosen.id else form, form.id == chosen.id) for form in known)


def read_document(path: Path) -> Any:
    """Return what a municipality's file says.

    Raises: BcpKitError P-040 (no such file), P-041 (not YAML, or larger than a form can be).
    """
    if not path.is_file():
        raise BcpKitError(ErrorCode.PLAN_FORM_MISSING, form=str(path))
    return document_of(path.read_bytes(), path.name)


def document_of(content: bytes, name: str) -> Any:
    """Return what the bytes of a municipality's file say.

    Raises: BcpKitError P-041 (not YAML in UTF-8, or larger than a form can be).
    """
    if len(content) > MOST_BYTES:
        raise BcpKitError(ErrorCode.PLAN_FORM_UNREADABLE, form=name, where=f"> {MOST_BYTES} bytes")
    try:
        return yaml.safe_load(content.decode("utf-8"))
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "YAML"
        raise BcpKitError(ErrorCode.PLAN_FORM_UNREADABLE, form=name, where=where) from None
    except (ValueError, RecursionError):
        raise BcpKitError(ErrorCode.PLAN_FORM_UNREADABLE, form=name, where="UTF-8") from None


def check_document(path: Path) -> tuple[FormFault, ...]:
    """Return everything that is wrong with a municipality's file; nothing for a good one.

    Raises: BcpKitError P-040, P-041.
    """
    return check_form(read_document(path), path.name)


def choose_form(ctx: Context, name: str) -> PlanForm:
    """Use a form from now on: the name of one that travels along, or the path of the town's own YAML.

    What stands in fields that the form leaves out is kept. Raises: BcpKitError P-040 – P-045.
    """
    if name == STANDARD:
        return use_document(ctx, None)
    return use_document(ctx, named_document(name) if name in example_forms() else read_document(Path(name)))


def use_document(ctx: Context, document: Any) -> PlanForm:
    """Use the form that a document describes from now on, the standard one for None.

    Raises: BcpKitError P-041 – P-045.
    """
    ctx.demand(Action.KEEP_RULES)
    form = standard_form() if document is None else form_of(document)
    with ctx.open_store() as uow:
        uow.lock()
        if document is not None:
            uow.layers.put(FORM_LAYER, document, why="plan_form")
        elif FORM_LAYER in uow.layers.names():
            uow.layers.remove(FORM_LAYER, why="plan_form")
        uow.commit()
    return form
