"""From a notified text (受入対象者) to a proposal of who is accepted; a person confirms it."""

from bcp_kit.forms.sheets import accepts_words
from bcp_kit.intake.parsed import folded

EVERYBODY = "all"


def propose_accepts(text: str) -> tuple[str, ...]:
    """Return the need groups that a notified text speaks of, in the order of the vocabulary.

    Empty when the text names nobody by kind (市が特定した者): it then awaits confirmation.
    """
    plain = folded(text)
    named = {
        key for key, pieces in accepts_words().items() if any(folded(piece) in plain for piece in pieces)
    }
    groups = [key for key in accepts_words() if key != EVERYBODY]
    return tuple(groups if EVERYBODY in named else (key for key in groups if key in named))
