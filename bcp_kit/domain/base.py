"""The one base of all domain objects: frozen, strict about unknown fields."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class DomainModel(BaseModel):
    """A value that never changes; `model_copy(update=…)` makes the changed one."""

    # "constants": an infinite bound stays infinite in JSON; as null no field would read it back.
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=False, ser_json_inf_nan="constants"
    )


class Known(StrEnum):
    """Yes, no, or nobody has confirmed it. Unknown is neither yes nor no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> "Known":
        """Return YES, NO or UNKNOWN for True, False or None."""
        if value is None:
            return cls.UNKNOWN
        return cls.YES if value else cls.NO
