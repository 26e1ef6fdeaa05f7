"""Mapping profiles as one named document of the store."""

from collections.abc import Iterable

from bcp_kit.intake.profiles import Profile
from bcp_kit.storage.unit_of_work import UnitOfWork

PROFILE_LAYER = "mapping_profiles"


def stored_profiles(uow: UnitOfWork) -> tuple[Profile, ...]:
    """Return the stored profiles; those made last stand first and are tried first."""
    document = uow.layers.get(PROFILE_LAYER) or []
    return tuple(Profile.model_validate(entry) for entry in document)


def put_profiles(uow: UnitOfWork, profiles: Iterable[Profile], why: str) -> None:
    """Store the profiles in place of those before."""
    document = [profile.model_dump(mode="json") for profile in profiles]
    uow.layers.put(PROFILE_LAYER, document, why)
