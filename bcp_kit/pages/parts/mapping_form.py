"""A table that nobody knows: what each heading is, what its words mean, how the rows will be understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath

import streamlit as st
from pydantic import ValidationError

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.mapping_values import ask_constants, ask_translations, ask_units
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.importing import inspect_file
from bcp_kit.services.mapping_profiles import (
    MAPPED_KINDS,
    Profile,
    Proposal,
    UnknownTable,
    mapped_columns,
    missing_columns,
    number_key,
    preview,
    propose_mapping,
    save_profile,
)

LEFT_OUT = ""
PREVIEW_ROWS = 5
NAME_LENGTH = 60


@dataclass(frozen=True)
class MappingQuestion:
    """Which file is mapped to which of our sheets; `key` is unique on the page."""

    key: str
    content: bytes
    file_name: str
    kinds: Sequence[SheetKind]

    def part(self, name: str) -> str:
        """Return the key of one piece of session state, a new one for each file."""
        return f"mapping.{self.key}.{sha256(self.content).hexdigest()[:12]}.{name}"

    def mapped(self) -> tuple[SheetKind, ...]:
        """Return the sheets to which a table may be mapped here."""
        return tuple(kind for kind in self.kinds if kind in MAPPED_KINDS)


def render_mapping(question: MappingQuestion, table: UnknownTable) -> bool:
    """Ask what the columns of `table` are; True when the answer has just been kept.

    The file is then to be inspected anew: the kept profile reads it, this time and the next.
    """
    if not question.mapped() or not table.headings:
        return False
    st.subheader(say("pages.mapping.title"), anchor=False)
    st.markdown(say("pages.mapping.intro", rows=table.rows))
    proposal = _proposal(question, table)
    kind = _ask_kind(question, proposal)
    if kind is not proposal.kind:
        proposal = propose_mapping(context(), table, (kind,))
    fields = _ask_fields(question, proposal)
    twice = _used_twice(fields)
    if twice:
        names = [mapped_columns(kind)[key].heading for key in twice]
        st.error(say("pages.mapping.twice", fields="、".join(names)))
        return False
    return _finish(question, table, proposal, fields)


def _proposal(question: MappingQuestion, table: UnknownTable) -> Proposal:
    key = question.part(f"{table.sheet_name}.proposal")
    if key not in st.session_state:
        st.session_state[key] = propose_mapping(context(), table, question.mapped())
    proposal: Proposal = st.session_state[key]
    return proposal


def _ask_kind(question: MappingQuestion, proposal: Proposal) -> SheetKind:
    kinds = question.mapped()
    if len(kinds) == 1:
        return kinds[0]
    return st.selectbox(
        say("pages.mapping.kind"),
        kinds,
        index=kinds.index(proposal.kind),
        format_func=lambda kind: sheet(kind).title,
        key=question.part("kind"),
    )


def _ask_fields(question: MappingQuestion, proposal: Proposal) -> dict[str, str]:
    """Ask for the column of each heading; return those that are taken in."""
    columns = mapped_columns(proposal.kind)
    options = [LEFT_OUT, *columns]
    labels = {LEFT_OUT: say("pages.mapping.left_out")} | {k: c.heading for k, c in columns.items()}
    chosen = {}
    for number, heading in enumerate(proposal.headings):
        with st.container(border=True):
            left, right = st.columns([1, 1])
            examples = "、".join(heading.examples) or say("pages.mapping.no_values")
            left.markdown(f"**{plain(heading.heading)}**")
            left.caption(say("pages.mapping.examples", examples=plain(examples)))
            key = right.selectbox(
                say("pages.mapping.field_of", heading=heading.heading),
                options,
                index=options.index(heading.key),
                format_func=labels.__getitem__,
                key=question.part(f"{proposal.kind}.{number}"),
            )
        if key != LEFT_OUT:
            chosen[heading.heading] = key
    return chosen


def _used_twice(fields: Mapping[str, str]) -> tuple[str, ...]:
    keys = list(fields.values())
    return tuple(dict.fromkeys(key for key in keys if keys.count(key) > 1))


def _finish(
    question: MappingQuestion, table: UnknownTable, proposal: Proposal, fields: Mapping[str, str]
) -> bool:
    """Ask for what the columns leave open, show the first rows, and keep the answer when told to."""
    kind = proposal.kind
    if not fields:
        st.info(say("pages.mapping.nothing_yet"))
        return False
    prefix = question.part(str(kind))
    constants = ask_constants(prefix, missing_columns(kind, list(fields.values())))
    if number_key(kind) not in fields.values():
        st.info(say("pages.mapping.made_number", number=mapped_columns(kind)[number_key(kind)].heading))
    profile = Profile(
        name=_default_name(question.file_name),
        kind=kind,
        headings=table.headings,
        fields=fields,
        constants=constants,
        units=ask_units(prefix, kind, fields),
    )
    profile = profile.model_copy(update={"values": ask_translations(prefix, table, profile)})
    missing = missing_columns(kind, [*fields.values(), *constants])
    _show_preview(question, profile)
    if missing:
        names = "、".join(column.heading for column in missing)
        st.warning(say("pages.mapping.missing", fields=names))
    return _keep(question, profile, ready=not missing)


def _default_name(file_name: str) -> str:
    return PurePath(file_name).stem[:NAME_LENGTH] or say("pages.mapping.no_name")


def _show_preview(question: MappingQuestion, profile: Profile) -> None:
    found = inspect_file(context(), question.content, question.file_name, profile)
    columns = mapped_columns(profile.kind)
    st.markdown(f"**{say('pages.mapping.preview')}**")
    rows = preview(found, profile, PREVIEW_ROWS)
    if not rows:
        st.caption(say("pages.mapping.no_preview"))
        return
    shown = [
        {
            say("intake.column.row"): str(row.row),
            **{columns[key].heading: text for key, text in row.cells.items()},
            say("pages.mapping.errors"): str(row.errors) if row.errors else "",
        }
        for row in rows
    ]
    show_table(shown, alt=say("pages.mapping.preview"))
    st.caption(say("intake.read.rows", rows=found.rows, good=found.good_rows, bad=found.bad_rows))


def _keep(question: MappingQuestion, profile: Profile, *, ready: bool) -> bool:
    name = st.text_input(
        say("pages.mapping.name"), profile.name, max_chars=NAME_LENGTH, key=question.part("name")
    ).strip()
    pressed = st.button(
        say("pages.mapping.keep"),
        type="primary",
        disabled=not (ready and name),
        key=question.part("keep"),
    )
    if not pressed:
        return False
    try:
        save_profile(context(), Profile.model_validate({**profile.model_dump(), "name": name}))
    except BcpKitError as error:
        show_error(error)
        return False
    except ValidationError:
        st.error(say("pages.mapping.unusable"))
        return False
    return True
