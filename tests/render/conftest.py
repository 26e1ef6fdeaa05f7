"""What the files of these tests say about themselves."""

from datetime import datetime

import pytest

from bcp_kit.render.tagpdf import DocumentFacts


@pytest.fixture
def facts(noon: datetime) -> DocumentFacts:
    """What the files of these tests say about themselves."""
    return DocumentFacts(title="試験の計画", made_at=noon)
