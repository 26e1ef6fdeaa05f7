"""Two invented destinations."""

from datetime import date

from bcp_kit.domain.base import Known
from bcp_kit.domain.shelters import DestinationKind, Shelter

HOME = Shelter(
    id="W1",
    name="ひだまり苑",
    kind=DestinationKind.DESIGNATED_WELFARE,
    address="見本市東町1",
    municipality="見本市",
    district="東町",
    toilets=4,
    features={"elevator": Known.NO},
    confirmed_on=date(2023, 1, 10),
    source="協定書",
)
SCHOOL = Shelter(
    id="G1", name="東小学校", kind=DestinationKind.GENERAL, address="見本市東町2", municipality="見本市"
)
