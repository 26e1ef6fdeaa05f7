"""The words that stand in a finished PDF, page by page, as a reader's program finds them."""

import unicodedata

import pypdfium2

_SELECTORS = dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))


def page_words(pdf_bytes: bytes) -> tuple[str, ...]:
    """Return the text of each page in the order of reading, as `without_spaces` levels it."""
    document = pypdfium2.PdfDocument(pdf_bytes)
    try:
        return tuple(_words(document, number) for number in range(len(document)))
    finally:
        document.close()


def _words(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    text = page.get_textpage()
    try:
        return without_spaces(text.get_text_range())
    finally:
        text.close()
        page.close()


def without_spaces(words: str) -> str:
    """Return the words without spaces, breaks and variation selectors, with width levelled (NFKC).

    A name that was broken over two lines, set in full width or in a variant form is then still found.
    """
    if words.isascii():  # nothing to level: half of what is searched are numbers
        return "".join(words.split())
    return "".join(unicodedata.normalize("NFKC", words).translate(_SELECTORS).split())
