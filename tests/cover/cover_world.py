"""Makers of an invented operator: a site and its crew."""

from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.staff import CommuteMeans, Qualification, StaffMember

TRAINED = (Qualification.CERTIFIED_CARE_WORKER, Qualification.SUCTION_TRAINED)
CREW = (  # qualifications, kilometres, means, age of the youngest child, no nights, newcomer
    ((Qualification.MANAGER, Qualification.LIFE_CONSULTANT), 4, CommuteMeans.CAR, None, True, False),
    ((Qualification.NURSE,), 6, CommuteMeans.CAR, 9, False, False),
    ((Qualification.NURSE,), 18, CommuteMeans.TRAIN, None, False, False),
    ((Qualification.COOK,), 2, CommuteMeans.BICYCLE, None, True, False),
    *(
        (
            (Qualification.CERTIFIED_CARE_WORKER, Qualification.SUCTION_TRAINED)
            if n % 3 == 0
            else (Qualification.CARE_WORKER,),
            2 + 1.5 * n,
            (CommuteMeans.CAR, CommuteMeans.FOOT, CommuteMeans.TRAIN)[n % 3],
            7 if n % 4 == 1 else None,
            n % 5 == 4,
            n == 7,
        )
        for n in range(12)
    ),
)


def facility(key: str, residents: int = 20) -> Facility:
    """An invented special nursing home."""
    return Facility(
        id=key,
        name=f"見本苑{key}",
        operator="社会福祉法人 見本会",
        category=ServiceCategory.CARE_RESIDENTIAL,
        service_key="kaigo_rojin_fukushi",
        beds=residents,
        residents=residents,
        residents_medical=1,
        free_area_m2=80,
        toilets=6,
        water_l=2000,
        lodging_places=2,
    )


def crew(key: str) -> list[StaffMember]:
    """Sixteen invented members of staff."""
    return [
        StaffMember(
            id=f"{key}{n:02}",
            facility_id=key,
            name=f"見本 {key}{n}",
            qualifications=qualifications,
            home_distance_m=1000 * km,
            commute=means,
            youngest_child_age=child,
            night_ok=not no_nights,
            newcomer=newcomer,
        )
        for n, (qualifications, km, means, child, no_nights, newcomer) in enumerate(CREW)
    ]
