"""One building in two lists: the school as 指定避難所 and as 指定緊急避難場所 is one site in the store."""

from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.services.base import Context
from bcp_kit.services.importing import import_inspection, inspect_file
from tests.intake.conftest import csv_bytes

SITES = csv_bytes(
    [
        ("共通ID", "施設・場所名", "住所", "洪水", "地震", "緯度", "経度"),
        ("E9999900001201", "みどり小学校", "みどり町1", "1", "1", "35.1", "139.1"),
        ("E9999900002201", "みどり公園", "みどり町2", "1", "", "35.2", "139.2"),
    ]
)
SHELTERS = csv_bytes(
    [
        ("共通ID", "施設・場所名", "住所", "受入対象者", "緯度", "経度"),
        ("E9999900001111", "みどり小学校", "みどり町1", "", "35.1", "139.1"),
        ("E9999900003111", "わかば会館", "みどり町3", "", "35.3", "139.3"),
    ]
)


def _store(ctx: Context, *files: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Import the files and return name to building of the shelters and of the emergency sites."""
    for number, content in enumerate(files):
        import_inspection(ctx, inspect_file(ctx, content, f"{number}.csv"))
    with ctx.open_store() as uow:
        sites = [EmergencySite.model_validate(s) for s in uow.layers.get("emergency_sites").values()]
        shelters = uow.shelters.list()
    return {s.name: s.building for s in shelters}, {s.name: s.site_id or s.id for s in sites}


def test_the_school_of_two_lists_is_one_site(ctx: Context) -> None:
    """Whichever list comes first, the school is one building and the others stay alone."""
    shelters, sites = _store(ctx, SITES, SHELTERS)
    assert shelters["みどり小学校"] == sites["みどり小学校"]
    assert len({*shelters.values(), *sites.values()}) == 3


def test_the_order_of_the_lists_does_not_matter(ctx: Context) -> None:
    """Shelters first, then sites, then the shelters again: the building stays the same."""
    shelters, sites = _store(ctx, SHELTERS, SITES, SHELTERS)
    assert shelters["みどり小学校"] == sites["みどり小学校"]
    assert len({*shelters.values(), *sites.values()}) == 3


def test_another_way_of_writing_the_address_is_the_same_building(ctx: Context) -> None:
    """A list without prefecture, with 丁目 and full width, and without points, names the same school."""
    sites = csv_bytes(
        [
            ("共通ID", "施設・場所名", "住所", "洪水", "地震"),
            ("E9999900001201", "髙砂小学校", "東京都みどり市本町1-2-3", "1", "1"),
        ]
    )
    shelters = csv_bytes(
        [("避難所名", "所在地", "収容人数"), ("高砂小学校", "みどり市本町１丁目２番３号", "300")]
    )
    found, emergency = _store(ctx, sites, shelters)
    assert found["高砂小学校"] == emergency["髙砂小学校"]
