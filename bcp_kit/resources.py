"""Where the data files lie that travel with the program: templates, sample data, fonts."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def locate(name: str) -> Path:
    """Return the folder or file `name` (templates, sample_data, app.py) of the wheel, else of the checkout.

    Raises: FileNotFoundError when neither place holds it.
    """
    for root in (_PACKAGE, _PACKAGE.parent):
        candidate = root / name
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"{name} is neither in the installed package nor in the checkout")


def font_path(file_name: str) -> Path:
    """Return the path of a font file in assets/fonts."""
    return _PACKAGE / "assets" / "fonts" / file_name
