"""The typed vocabulary: complete, and every key that one catalogue says of another exists there."""

from bcp_kit.catalogues import load, vocabulary
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.hazards import AlertLevel


def test_counts_of_the_reference() -> None:
    """47 needs, 64 features, 21 kinds of staff, 9 ways to move, 44 rules, 5 levels, 20 kinds of points."""
    sizes = [
        len(table())
        for table in (
            vocabulary.needs,
            vocabulary.shelter_features,
            vocabulary.staff_types,
            vocabulary.transport_modes,
            vocabulary.matching_rules,
            vocabulary.alert_levels,
            vocabulary.priority_points,
        )
    ]
    assert sizes == [47, 64, 21, 9, 44, 5, 20]


def test_needs_ask_only_for_what_exists() -> None:
    """Features, staff and transport of all needs are keys of their catalogues."""
    for need in vocabulary.needs().values():
        assert set(need.required_features) | set(need.preferred_features) <= set(
            vocabulary.shelter_features()
        )
        assert set(need.required_staff) <= set(vocabulary.staff_types()), need.key
        assert set(need.transport) <= set(vocabulary.transport_modes()), need.key


def test_needs_carry_power_only_with_hours() -> None:
    """A need for watts says for how many hours of the day, and the other way round."""
    for need in vocabulary.needs().values():
        assert (need.power_w > 0) == (need.power_hours_per_day > 0), need.key


def test_alert_levels_are_the_domain_s() -> None:
    """Each level of the domain has its row; people who need time leave at level 3."""
    assert set(vocabulary.alert_levels()) == set(AlertLevel)
    assert "避難" in vocabulary.alert_levels()[AlertLevel.ELDERLY_EVACUATE].label_ja


def test_service_categories_are_the_domain_s() -> None:
    """The eight categories of the guidelines are the eight of the domain, and each service type has one."""
    assert set(load.catalogue("service_categories").rows) == {str(category) for category in ServiceCategory}
    for row in load.catalogue("service_types").rows.values():
        assert row.data["service_category"] in set(ServiceCategory), row.key


def test_staffing_and_training_name_services() -> None:
    """Staffing standards and training counts point at service types that exist."""
    services = set(load.catalogue("service_types").rows)
    for row in load.catalogue("staffing_standards").rows.values():
        assert set(row.data["service_keys"]) <= services, row.key
    for row in load.catalogue("training_frequency").rows.values():
        assert set(row.data["service_ids"]) <= services, row.key


def test_labels_fall_back_to_japanese() -> None:
    """A language without a label of its own shows the Japanese one."""
    mode = vocabulary.transport_modes()["walk"]
    assert (mode.label("en"), mode.label("ja"), mode.label("fr")) == ("Walk", "徒歩", "徒歩")
