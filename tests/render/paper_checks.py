"""What the tests read back out of a PDF: text, fonts, tags, codes."""

import io
import unicodedata

import page
import pikepdf
import pypdfium2
import zxingcpp


def page_texts(pdf_bytes: bytes) -> list[str]:
    """Return the text of each page, without line ends and blanks, so that broken lines read on."""
    document = pypdfium2.PdfDocument(pdf_bytes)
    return [squeezed(document[i].get_textpage().get_text_range()) for i in range(len(document))]


def squeezed(words: str) -> str:
    """Return words without blanks, line ends and invisible characters, composed as the paper prints them."""
    kept = (c for c in words if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))
    return "".join(kept)


def fonts_not_embedded(pdf_bytes: bytes) -> list[str]:
    """Return the names of fonts whose outlines are not in the file."""
    found = []
    with pikepdf.open(io.BytesIO(pdf_bytes)) as pdf:
        for sheet in pdf.pages:
            for font in sheet.resources.get("/Font", {}).values():
                if "/FontFile2" not in font.get("/FontDescriptor", {}):
                    found.append(str(font.BaseFont))
    return found


def failed_rules(pdf_bytes: bytes) -> list[str]:
    """Return what a validator says against the file as PDF/UA-1."""
    report = page.validate_pdf_bytes(pdf_bytes, profile=page.ValidationProfile.PDF_UA_1)
    return [] if report.is_compliant else [str(failure) for failure in report.failures]


def codes_on(pdf_bytes: bytes, number: int = 0) -> list[str]:
    """Return what the two-dimensional codes on one page say, read from its picture."""
    picture = pypdfium2.PdfDocument(pdf_bytes)[number].render(scale=3).to_pil()
    return [found.text for found in zxingcpp.read_barcodes(picture)]
