"""What the tests read back out of printed plans and Word files."""

import ctypes
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from docx import Document
from docx.oxml.ns import qn

from tests.render.paper_checks import squeezed


def _marked_texts(sheet: pypdfium2.PdfPage) -> dict[int, str]:
    """The text of each piece of marked content on a page, by its number."""
    found: dict[int, str] = {}
    words = sheet.get_textpage()
    for piece in sheet.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        number = pdfium.FPDFPageObj_GetMarkedContentID(piece.raw)
        size = pdfium.FPDFTextObj_GetText(piece.raw, words.raw, None, 0)
        buffer = ctypes.create_string_buffer(size)
        target = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
        pdfium.FPDFTextObj_GetText(piece.raw, words.raw, target, size)
        found[number] = found.get(number, "") + buffer.raw[: size - 2].decode("utf-16-le", "replace")
    return found


def _in_order(element: Any, page: int, pages: dict[Any, int]) -> Iterator[tuple[int, int]]:
    """Page and number of the marked content below a structure element, in reading order."""
    if isinstance(element, pikepdf.Array):
        for kid in element:
            yield from _in_order(kid, page, pages)
    elif isinstance(element, pikepdf.Dictionary):
        if "/Pg" in element:
            page = pages[element.Pg.objgen]
        if "/MCID" in element:
            yield page, int(element.MCID)
        elif "/K" in element:
            yield from _in_order(element.K, page, pages)
    else:
        yield page, int(element)


def spoken_text(pdf_bytes: bytes) -> str:
    """Return the words of a tagged PDF as a screen reader goes through them, without blanks.

    Heads and feet of pages are decoration and left out, so a cell that runs over a page reads on.
    """
    document = pypdfium2.PdfDocument(pdf_bytes)
    texts = [_marked_texts(sheet) for sheet in document]
    with pikepdf.open(io.BytesIO(pdf_bytes)) as pdf:
        pages = {sheet.objgen: index for index, sheet in enumerate(pdf.pages)}
        order = list(_in_order(pdf.Root.StructTreeRoot.K, 0, pages))
    return squeezed("".join(texts[page].get(number, "") for page, number in order))


def word_part(content: bytes, name: str = "word/document.xml") -> str:
    """Return one part of a Word file as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode()


def word_text(content: bytes) -> str:
    """Return all words of a Word file in order, those in tables among them, without blanks."""
    body = Document(io.BytesIO(content)).element.body
    return squeezed("".join(piece.text or "" for piece in body.iter(qn("w:t"))))
