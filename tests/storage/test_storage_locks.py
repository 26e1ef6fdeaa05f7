"""A store that several sessions of one program hold open stays safe from other programs that come and go."""

import subprocess
import sys
from pathlib import Path

from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.services.store import StoreHandle, StoreSettings, open_store

COUNT = """
import sys
from pathlib import Path
from bcp_kit.services.store import StoreSettings, open_store
handle = open_store(StoreSettings(data_dir=Path(sys.argv[1]), plain=True), create=False)
with handle.open() as uow:
    print(uow.facilities.count())
handle.close()
"""


def counted_elsewhere(folder: Path) -> int:
    """Another program opens the store, counts the facilities, and ends."""
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(folder)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def add_facility(handle: StoreHandle, number: int) -> None:
    """Add a facility through an open store."""
    with handle.open() as uow:
        made = Facility(id=f"F{number}", name=f"施設{number}", category=ServiceCategory.CARE_DAY)
        uow.facilities.add(made)
        uow.commit()


def test_what_is_saved_after_another_program_came_and_went_is_there(plain: StoreSettings) -> None:
    """Two sessions of the app, a command that opens and ends, a save: the next program finds all of it.

    POSIX drops every lock that a program holds on a file when it closes any descriptor of it. A second
    session that looked into the file freed it; the command then took away the log under the app's hands.
    """
    first = open_store(plain)
    add_facility(first, 1)
    second = open_store(plain)
    assert counted_elsewhere(plain.data_dir) == 1
    add_facility(first, 2)
    add_facility(second, 3)
    assert counted_elsewhere(plain.data_dir) == 3
    third = open_store(plain)
    assert counted_elsewhere(plain.data_dir) == 3
    add_facility(third, 4)
    for handle in (first, second, third):
        handle.close()
    assert counted_elsewhere(plain.data_dir) == 4
