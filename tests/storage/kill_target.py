"""Run by test_storage_safety: saves one record again and again and says so after each commit."""

import sys
from pathlib import Path

from bcp_kit.services.store import StoreSettings, open_store

handle = open_store(StoreSettings(data_dir=Path(sys.argv[1]), plain=True))
while True:
    with handle.open() as uow:
        saved = uow.people.save(uow.people.need("p1"))
        uow.layers.put("twin", saved.version)
        uow.commit()
    sys.stdout.write(f"{saved.version}\n")
    sys.stdout.flush()
