"""The numbers of staff cover: from the catalogues, with what a facility knows better put over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bcp_kit.access.policy import Action
from bcp_kit.catalogues import load
from bcp_kit.catalogues.load import Row
from bcp_kit.cores.staff_cover.attendance_factors import AttendanceSettings, CountMode, HealthMode
from bcp_kit.cores.staff_cover.capacity import CapacitySettings
from bcp_kit.cores.staff_cover.instance import WorkLimits
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.base import Context

LAYER = "cover_settings"
SOURCES = ("cover_defaults", "staff_attendance", "capacity_formula", "stockpile", "wave_measures")


@dataclass(frozen=True)
class CoverSettings:
    """All numbers of one facility, by the name of their row; each field of the cores is filled from here."""

    numbers: Mapping[str, float]
    count_mode: CountMode = CountMode.EXPECTED
    health_mode: HealthMode = HealthMode.EXPECTED

    def number(self, key: str) -> float:
        """Return one number in the unit of its row."""
        return self.numbers[key]

    @property
    def attendance(self) -> AttendanceSettings:
        """Coefficients of attendance."""
        modes = {"count_mode": self.count_mode, "health_mode": self.health_mode}
        return AttendanceSettings.model_validate(self._fields(AttendanceSettings.model_fields) | modes)

    @property
    def capacity(self) -> CapacitySettings:
        """Coefficients of capacity."""
        return CapacitySettings.model_validate(self._fields(CapacitySettings.model_fields))

    @property
    def limits(self) -> WorkLimits:
        """Limits of working time."""
        return WorkLimits(
            rest_min=round(60 * self.number("rest_h")),
            consecutive_days=round(self.number("consecutive_days")),
            consecutive_nights=round(self.number("consecutive_nights")),
            overtime_week_min=round(60 * self.number("emergency_overtime_h")),
            overtime_month_min=round(60 * self.number("overtime_month_h")),
            newcomer_pair=self.number("newcomer_pair") > 0,
            night_hour_weight=round(self.number("night_hour_weight")),
        )

    def _fields(self, names: Mapping[str, object]) -> dict[str, object]:
        return {name: self.numbers[name] for name in names if name in self.numbers}


@cache
def setting_rows() -> Mapping[str, Row]:
    """Return every row whose number a facility may replace, by key; the first catalogue that has it wins."""
    rows: dict[str, Row] = {}
    for name in SOURCES:
        for key, row in load.catalogue(name).rows.items():
            if row.value is not None:
                rows.setdefault(key, row)
    return rows


def settings_of(
    overrides: Mapping[str, float],
    count_mode: CountMode = CountMode.EXPECTED,
    health_mode: HealthMode = HealthMode.EXPECTED,
) -> CoverSettings:
    """Return the catalogue's numbers with a facility's own over them."""
    numbers = {key: float(row.value or 0) for key, row in setting_rows().items()}
    return CoverSettings({**numbers, **overrides}, count_mode, health_mode)


def overrides_of(document: object, facility_id: str) -> dict[str, float]:
    """Return one facility's own numbers from the stored layer (None: nobody stored any)."""
    if not isinstance(document, dict):
        return {}
    own = document.get(facility_id, {})
    return {key: float(value) for key, value in own.items() if key in setting_rows()}


def override_setting(ctx: Context, facility_id: str, key: str, value: float | None) -> None:
    """Store a facility's own number for the row `key`; None goes back to the catalogue's.

    Raises: BcpKitError C-002 for a row that staff cover does not know, or a value below 0.
    """
    ctx.demand(Action.EDIT_FACILITY, facility_id)
    if key not in setting_rows() or (value is not None and value < 0):
        raise BcpKitError(ErrorCode.COVER_SETTING_WRONG, key=key)
    with ctx.open_store() as uow:
        document = dict(uow.layers.get(LAYER) or {})
        own = dict(document.get(facility_id, {}))
        own.pop(key, None)
        document[facility_id] = own if value is None else {**own, key: value}
        uow.layers.put(LAYER, document)
        uow.commit()
