"""A continuity plan as a Word file (.docx): cover, contents field, chapters, wide sheets, what is open."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as DocumentType
from docx.oxml.parser import parse_xml
from docx.shared import Pt
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from bcp_kit.render.continuity_plan import headings_of
from bcp_kit.render.plan_blocks import Facts, Figure, PlanPages, paper, say
from bcp_kit.render.plan_look import look
from bcp_kit.render.safe_text import xml
from bcp_kit.render.word.body import BodyWriter, bookmark_of, field, paragraph, run
from bcp_kit.render.word.styles import LANGUAGE, NAMESPACE, styles_xml

_TWENTIETHS = 20
_PICTURE_HEIGHT_PT = {True: 600.0, False: 360.0}
_FIXED_DATE = (2000, 1, 1, 0, 0, 0)
_CONTENTS_LEVELS = 3
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPEN = f'<w:root xmlns:w="{NAMESPACE}" xmlns:r="{_RELATIONSHIPS}">'
_EMPTY = paragraph("")


@dataclass
class _Segment:
    """A run of pages of one shape."""

    upright: bool
    parts: list[str]


def _width(upright: bool) -> float:
    """Return the width of text on an upright or a lying page, in points."""
    return float((A4[0] if upright else A4[1]) - 2 * look().page.margin_side_mm * mm)


def render_word(shown: PlanPages, made_at: datetime) -> bytes:
    """Return composed pages as a Word file; the same pages and moment give the same bytes."""
    document = Document()
    document.part._styles_part._element = parse_xml(styles_xml(_width(True)))
    references = _edges(document, shown)
    _settings(document)
    _properties(document, shown, made_at)
    parts: list[str] = []
    segments = _segments(document, shown)
    for number, segment in enumerate(segments):
        shape = _shape(segment.upright, references if not number else "")
        parts += segment.parts
        if segment is segments[-1]:
            parts.append(shape)
        else:
            parts.append(f"<w:p><w:pPr>{shape}</w:pPr></w:p>")
    return _saved(document, parts)


def _segments(document: DocumentType, shown: PlanPages) -> list[_Segment]:
    """Return the pages in runs of one shape, in the order of the paper."""
    writer = BodyWriter(lambda figure, width: _picture(document, figure, width))
    found = [_Segment(True, [*_cover(shown, writer), *_contents(shown, writer)])]

    def add(upright: bool, parts: Iterator[str]) -> None:
        if found[-1].upright != upright:
            if found[-1].parts[-1] == _EMPTY:  # what ends the run of pages takes its place
                found[-1].parts.pop()
            found.append(_Segment(upright, []))
        found[-1].parts += parts

    for blocks in shown.chapters:
        add(True, writer.blocks(blocks, _width(True)))
    for annex in shown.annexes:
        add(annex.upright, writer.blocks((annex.heading, *annex.blocks), _width(annex.upright)))
    add(True, writer.blocks(shown.still_open, _width(True)))
    return found


def _cover(shown: PlanPages, writer: BodyWriter) -> Iterator[str]:
    yield paragraph(run(shown.title), "Title")
    for words in (shown.operator, shown.facility):
        if words:
            yield paragraph(run(words), "Subtitle")
    yield from writer.blocks((Facts(shown.cover, shown.cover_room_mm),), _width(True))


def _contents(shown: PlanPages, writer: BodyWriter) -> Iterator[str]:
    """Yield the contents: a field that Word works out anew, filled with the headings beforehand."""
    yield paragraph(run(say("contents")), "TOCHeading")
    instruction = f'TOC \\o "1-{_CONTENTS_LEVELS}" \\h \\z \\u'
    opening = (
        '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {xml(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    for heading in headings_of(shown):
        anchor = bookmark_of(heading.key)
        page = field(f"PAGEREF {anchor} \\h")
        line = f"{run(heading.words)}<w:r><w:tab/></w:r>{page}"
        yield paragraph(
            f'{opening}<w:hyperlink w:anchor="{anchor}" w:history="1">{line}</w:hyperlink>',
            f"TOC{heading.depth}",
        )
        opening = ""
    yield paragraph('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    yield paragraph(run(paper("word.contents_hint")), "PlanNote")
    yield from writer.blocks(shown.how_to_read, _width(True))


def _shape(upright: bool, references: str) -> str:
    """Return the shape of a run of pages; `references` are head and foot, which later runs take over."""
    page = look().page
    wide, high = A4 if upright else (A4[1], A4[0])
    lying = "" if upright else ' w:orient="landscape"'
    side, top, bottom = (
        round(length * mm * _TWENTIETHS)
        for length in (page.margin_side_mm, page.margin_top_mm, page.margin_bottom_mm)
    )
    edge = round(8 * mm * _TWENTIETHS)
    return (
        f'<w:sectPr>{references}<w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{round(wide * _TWENTIETHS)}" w:h="{round(high * _TWENTIETHS)}"{lying}/>'
        f'<w:pgMar w:top="{top}" w:right="{side}" w:bottom="{bottom}" w:left="{side}" w:header="{edge}"'
        f' w:footer="{edge}" w:gutter="0"/>{"<w:titlePg/>" if references else ""}</w:sectPr>'
    )


def _edges(document: DocumentType, shown: PlanPages) -> str:
    """Write head and foot, and return the references to them."""
    section = document.sections[0]
    stamp = f"{shown.edge}　　" if shown.edge else ""
    foot = run(stamp) + field("PAGE", "1") + run(" / ") + field("NUMPAGES", "1")
    for part, inside, style in (
        (section.header, run(f"{shown.facility}　{shown.title}"), "Header"),
        (section.footer, foot, "Footer"),
    ):
        part.is_linked_to_previous = False
        element = part._element  # type: ignore[attr-defined, unused-ignore]
        for child in list(element):
            element.remove(child)
        element.append(_parsed([paragraph(inside, style)])[0])
    found = []
    for kind in ("header", "footer"):
        reference = section._sectPr.find(f"{{{NAMESPACE}}}{kind}Reference")
        number = reference.get(f"{{{_RELATIONSHIPS}}}id") if reference is not None else ""
        found.append(f'<w:{kind}Reference w:type="default" r:id="{number}"/>')
    return "".join(found)


def _settings(document: DocumentType) -> None:
    """Say that the text is Japanese, and let Word read the file as its newest kind."""
    settings = document.settings.element
    for language in settings.findall(f"{{{NAMESPACE}}}themeFontLang"):
        language.set(f"{{{NAMESPACE}}}val", LANGUAGE)
        language.set(f"{{{NAMESPACE}}}eastAsia", LANGUAGE)
    for setting in settings.iter(f"{{{NAMESPACE}}}compatSetting"):
        if setting.get(f"{{{NAMESPACE}}}name") == "compatibilityMode":
            setting.set(f"{{{NAMESPACE}}}val", "15")
    for zoom in settings.findall(f"{{{NAMESPACE}}}zoom"):
        zoom.set(f"{{{NAMESPACE}}}percent", "100")


def _properties(document: DocumentType, shown: PlanPages, made_at: datetime) -> None:
    """Fill the properties: kind of paper and version; no name of a person."""
    moment = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0) if made_at.tzinfo else made_at
    told = document.core_properties
    told.title, told.subject, told.language = shown.title, shown.short_stamp, LANGUAGE
    told.author = told.last_modified_by = told.comments = told.keywords = told.category = ""
    told.created = told.modified = moment
    told.revision = 1


def _picture(document: DocumentType, figure: Figure, width_pt: float) -> str:
    """Put a picture into the package and return the run that shows it, with its title read aloud."""
    picture = figure.picture
    most_high = _PICTURE_HEIGHT_PT[width_pt <= _width(True)]
    scale = min(width_pt / picture.width_px, most_high / picture.height_px)
    inline = document.part.new_pic_inline(
        io.BytesIO(picture.content), Pt(picture.width_px * scale), Pt(picture.height_px * scale)
    )
    inline.docPr.set("descr", picture.title)
    inline.docPr.set("title", picture.title)
    return f"<w:r><w:drawing>{inline.xml}</w:drawing></w:r>"


def _parsed(parts: Sequence[str]) -> list[object]:
    return list(parse_xml(f"{_OPEN}{''.join(parts)}</w:root>"))


def _saved(document: DocumentType, parts: Sequence[str]) -> bytes:
    body = document.element.body
    for child in list(body):
        body.remove(child)
    for element in _parsed(parts):
        body.append(element)
    out = io.BytesIO()
    document.save(out)
    return _without_clock(out.getvalue())


def _without_clock(package: bytes) -> bytes:
    """Return the package with one fixed date at all its parts, so that equal plans are equal files."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed,
    ):
        for part in made.infolist():
            fixed.writestr(zipfile.ZipInfo(part.filename, _FIXED_DATE), made.read(part), zipfile.ZIP_DEFLATED)
    return out.getvalue()
