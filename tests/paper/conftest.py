"""Invented facilities of all categories with finished plans in one store, and LibreOffice where it is."""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.resources import font_path
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.sample_plans import SamplePlans, load_sample_plans
from bcp_kit.services.store import StoreSettings, open_store
from tests.conftest import NOON, skip_or_fail


def new_context(folder: Path, moment: datetime = NOON) -> Context:
    """Return a manager over a plain store in `folder`, with ids that count up."""
    store = open_store(StoreSettings(data_dir=folder, plain=True), clock=FixedClock(moment))
    numbers = count(1)
    return Context(
        actor=Actor(name="管理者", role=Role.FACILITY_MANAGER),
        open_store=store.open,
        clock=FixedClock(moment),
        new_id=lambda: f"id-{next(numbers)}",
    )


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """A manager over an empty store."""
    return new_context(tmp_path / "data")


@pytest.fixture
def sample(ctx: Context) -> SamplePlans:
    """An invented home for the elderly with both plans."""
    return load_sample_plans(ctx, ServiceCategory.CARE_RESIDENTIAL)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """A function that turns an office file into PDF with LibreOffice and the project's own fonts."""
    program = shutil.which("soffice")
    if program is None:
        skip_or_fail("LibreOffice Writer (Debian: libreoffice-writer-nogui) is not installed")
    place = tmp_path_factory.mktemp("office")
    fonts = place / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{font_path('BIZUDPGothic-Regular.ttf').parent}</dir><cachedir>{place / 'cache'}</cachedir>"
        "</fontconfig>",
        encoding="utf-8",
    )

    def to_pdf(path: Path) -> Path:
        done = subprocess.run(
            [
                str(program),
                f"-env:UserInstallation=file://{place / 'profile'}",
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                str(place),
                str(path),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env={**os.environ, "FONTCONFIG_FILE": str(fonts), "HOME": str(place)},
        )
        made = place / f"{path.stem}.pdf"
        if not made.is_file():
            pytest.fail(f"LibreOffice did not open {path.name}: {done.stdout}{done.stderr}")
        assert "rror" not in done.stdout + done.stderr, done.stdout + done.stderr
        return made

    return to_pdf
