"""Tagged PDF (PDF/UA-1) out of ReportLab: marks on the canvas, the structure tree by pikepdf.

The open edition of ReportLab draws untagged pages. A `TaggedCanvas` carries a `Tagger`; whatever is drawn
stands between `marked` (content) or `artifact` (rules, fills, page foot); `finish` writes the tree, the
title, the language and the conformance marks. Nothing here reads a clock.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

from bcp_kit.render.safe_text import xml

_PDFUA_SCHEMA = (
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    "<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>PDF/UA part</pdfaProperty:description></rdf:li></rdf:Seq>"
    "</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
)
_PDFA_2A = "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" + _PDFUA_SCHEMA
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" '
    'xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" '
    'xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
    "<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>"
    "<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>"
    "<xmp:CreateDate>{made_at}</xmp:CreateDate><pdfuaid:part>1</pdfuaid:part>{archive}"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
_ICC_DATE = slice(24, 36)  # six 16-bit numbers in the header of a colour profile
_ICC_FIXED_DATE = bytes.fromhex("07ea00010001000000000000")
_REPORTLAB_ENTRIES = ("Creator", "Producer", "Keywords", "Subject", "Trapped", "CreationDate", "ModDate")


@dataclass(frozen=True)
class DocumentFacts:
    """What a PDF says about itself. No personal data: the title names the kind of paper, not the person.

    `archive` asks for PDF/A-2a; `password` encrypts (AES-256), and such a file is not PDF/A.
    """

    title: str
    made_at: datetime
    author: str = ""
    language: str = "ja-JP"
    archive: bool = False
    password: str | None = None


@dataclass(slots=True)
class Node:
    """One element of the structure tree; `kids` are nodes and (page index, mark number) pairs."""

    tag: str
    scope: str = ""
    alt: str = ""
    kids: "list[Node | tuple[int, int]]" = field(default_factory=list)


def _write(canvas: Canvas, operator: str) -> None:
    """Put an operator into the page's content; ReportLab has no public door for it."""
    canvas._code.append(operator)  # type: ignore[attr-defined, unused-ignore]


def _take_back(canvas: Canvas, operator: str) -> bool:
    """Remove the operator when it is the last one of the page's content, and say whether it was."""
    code: list[str] = canvas._code  # type: ignore[attr-defined, unused-ignore]
    if not code or code[-1] != operator:
        return False
    code.pop()
    return True


class Tagger:
    """The structure of one document while it is drawn."""

    def __init__(self) -> None:
        self.root = Node("Document")
        self.stack = [self.root]
        self.marks: dict[int, int] = {}
        self._artifacts = 0
        self._open = self._ended = (-1, 0)  # page and node of the mark that is open, that ended last

    @property
    def in_artifact(self) -> bool:
        """True while something is drawn that a reader's voice should leave out."""
        return self._artifacts > 0

    def add(self, tag: str, *, scope: str = "", alt: str = "") -> Node:
        """Return a new node below the one that is open."""
        node = Node(tag, scope, alt)
        self.stack[-1].kids.append(node)
        return node

    def push(self, tag: str, *, scope: str = "", alt: str = "") -> Node:
        """Open a new node; what follows stands below it until `pop`."""
        node = self.add(tag, scope=scope, alt=alt)
        self.stack.append(node)
        return node

    def pop(self) -> None:
        """Close the open node."""
        self.stack.pop()

    def begin(self, canvas: Canvas, node: Node) -> None:
        """Begin marked content of `node` (inside an artifact: nothing)."""
        if self._artifacts:
            return
        page = canvas.getPageNumber() - 1
        if self._ended == (page, id(node)) and _take_back(canvas, "EMC"):
            return  # the next line of the same paragraph goes on under the same mark
        mark = self.marks.get(page, 0)
        self.marks[page] = mark + 1
        node.kids.append((page, mark))
        self._open = (page, id(node))
        _write(canvas, f"/{node.tag} <</MCID {mark}>> BDC")

    def end(self, canvas: Canvas) -> None:
        """End marked content."""
        if not self._artifacts:
            _write(canvas, "EMC")
            self._ended = self._open

    def begin_artifact(self, canvas: Canvas) -> None:
        """Begin what is only decoration."""
        self._ended = (-1, 0)
        if not self._artifacts:
            _write(canvas, "/Artifact BMC")
        self._artifacts += 1

    def end_artifact(self, canvas: Canvas) -> None:
        """End decoration."""
        self._artifacts -= 1
        if not self._artifacts:
            _write(canvas, "EMC")


def fill_cells(canvas: Canvas, cells: Iterable[tuple[int, int, int]], size: float) -> None:
    """Fill (column, row, width) in units of `size` points, upwards from the origin, in one path.

    Whole numbers under one scaling are a fraction of the work of as many rectangles.
    """
    canvas.saveState()
    canvas.scale(size, size)
    _write(canvas, " ".join(f"{column} {row} {width} 1 re" for column, row, width in cells) + " f")
    canvas.restoreState()


class TaggedCanvas(Canvas):  # type: ignore[misc, unused-ignore]
    """A canvas that carries the structure of its document and writes no clock into the file.

    `counting` is True while pages are only counted: what stands on them is then left undrawn.
    """

    counting = False

    def __init__(self, target: Any, **settings: Any) -> None:
        self.tagger = Tagger()
        settings |= {"invariant": 1, "pageCompression": 1, "lang": "ja-JP"}
        super().__init__(target, **settings)


def tagged(canvas: Canvas) -> TaggedCanvas:
    """Return the canvas as the tagged one that all our documents use.

    Raises: TypeError for a canvas of another make, whose pages would be untagged.
    """
    if not isinstance(canvas, TaggedCanvas):
        raise TypeError("printed pages need a TaggedCanvas")
    return canvas


@contextmanager
def section(canvas: TaggedCanvas, tag: str, *, alt: str = "") -> Iterator[Node]:
    """Put what is drawn inside below a new node."""
    yield canvas.tagger.push(tag, alt=alt)
    canvas.tagger.pop()


@contextmanager
def marked(canvas: TaggedCanvas, tag: str, *, alt: str = "") -> Iterator[None]:
    """Draw the content of one new node."""
    tagger = canvas.tagger
    if tagger.in_artifact:
        yield
        return
    tagger.begin(canvas, tagger.add(tag, alt=alt))
    yield
    tagger.end(canvas)


@contextmanager
def artifact(canvas: TaggedCanvas) -> Iterator[None]:
    """Draw decoration: rules, fills, page heads and feet."""
    canvas.tagger.begin_artifact(canvas)
    yield
    canvas.tagger.end_artifact(canvas)


class TableTags:
    """Hook for `Table(renderCB=…)`: rows and cells become TR, TH and TD.

    One object serves all parts of a table that runs over pages; head rows repeated there are artifacts.
    """

    def __init__(self, head_rows: int = 1, head_columns: int = 0) -> None:
        self._head_rows, self._head_columns = head_rows, head_columns
        self._node: Node | None = None
        self._continued = self._repeated = self._text_cell = False

    def __call__(self, table: Any, event: str, *details: Any) -> None:
        """Called by ReportLab with the event's name and its details."""
        tagger, canvas = table.canv.tagger, table.canv
        if canvas.counting:
            return
        if event in ("startBG", "startLines"):
            tagger.begin_artifact(canvas)
        elif event in ("endBG", "endLines"):
            tagger.end_artifact(canvas)
        else:
            self._walk(tagger, canvas, event, details)

    def _walk(self, tagger: Tagger, canvas: Canvas, event: str, details: Sequence[Any]) -> None:
        if event == "startTable":
            self._continued = self._node is not None
            self._node = self._node or tagger.add("Table")
            tagger.stack.append(self._node)
        elif event == "endTable":
            tagger.pop()
        elif event == "startRow":
            self._start_row(tagger, canvas, details[0])
        elif event == "endRow":
            tagger.end_artifact(canvas) if self._repeated else tagger.pop()
        elif event == "startCell" and not self._repeated:
            self._start_cell(tagger, canvas, details)
        elif event == "endCell" and not self._repeated:
            if self._text_cell:
                tagger.end(canvas)
            tagger.pop()

    def _start_row(self, tagger: Tagger, canvas: Canvas, row: int) -> None:
        self._repeated = self._continued and row < self._head_rows
        tagger.begin_artifact(canvas) if self._repeated else tagger.push("TR")

    def _start_cell(self, tagger: Tagger, canvas: Canvas, details: Sequence[Any]) -> None:
        row, column, cell = details[0], details[1], details[2]
        if row < self._head_rows and not self._continued:
            node = tagger.push("TH", scope="Column")
        elif column < self._head_columns:
            node = tagger.push("TH", scope="Row")
        else:
            node = tagger.push("TD")
        self._text_cell = not hasattr(cell, "draw") and not isinstance(cell, list | tuple)
        if self._text_cell:
            tagger.begin(canvas, node)


class _TreeWriter:
    """Turns nodes into structure elements of an open PDF."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.pages = [page.obj for page in pdf.pages]
        self.parents: dict[int, dict[int, Any]] = {}

    def element(self, node: Node, parent: Any) -> Any:
        """Return the element of `node` with everything below it."""
        made = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{node.tag}"), P=parent))
        if node.scope:
            made.A = Dictionary(O=Name.Table, Scope=Name(f"/{node.scope}"))
        if node.alt:
            made.Alt = String(node.alt)
        kids = [self._kid(kid, made) for kid in node.kids]
        made.K = kids[0] if len(kids) == 1 else Array(kids)
        return made

    def _kid(self, kid: Node | tuple[int, int], parent: Any) -> Any:
        if isinstance(kid, Node):
            return self.element(kid, parent)
        page, mark = kid
        self.parents.setdefault(page, {})[mark] = parent
        if "/Pg" not in parent:
            parent.Pg = self.pages[page]
            return mark  # on the element's own page the number says enough
        return Dictionary(Type=Name.MCR, Pg=self.pages[page], MCID=mark)

    def write(self, tagger: Tagger) -> None:
        """Write the whole tree and the way back from each page's marks."""
        root = self.pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        root.K = Array([self.element(tagger.root, root)])
        numbers = Array()
        for index, page in enumerate(self.pages):
            page.StructParents = index
            page.Tabs = Name.S
            found = self.parents.get(index, {})
            marks = [found.get(mark) for mark in range(tagger.marks.get(index, 0))]
            numbers.append(index)
            numbers.append(self.pdf.make_indirect(Array(marks)))
        root.ParentTree = self.pdf.make_indirect(Dictionary(Nums=numbers))
        root.ParentTreeNextKey = len(self.pages)
        self.pdf.Root.StructTreeRoot = root


def _describe(pdf: pikepdf.Pdf, facts: DocumentFacts) -> None:
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.Lang = String(facts.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    packet = _XMP.format(
        title=xml(facts.title),
        author=xml(facts.author),
        language=xml(facts.language),
        made_at=facts.made_at.replace(microsecond=0).isoformat(),
        archive=_PDFA_2A if facts.archive else "",
    )
    pdf.Root.Metadata = pdf.make_stream(packet.encode(), Type=Name.Metadata, Subtype=Name.XML)
    pdf.docinfo["/Title"] = facts.title
    pdf.docinfo["/Author"] = facts.author
    for entry in _REPORTLAB_ENTRIES:
        if f"/{entry}" in pdf.docinfo:
            del pdf.docinfo[f"/{entry}"]
    if facts.archive:
        _declare_colours(pdf)


def _declare_colours(pdf: pikepdf.Pdf) -> None:
    from PIL import ImageCms  # noqa: PLC0415 - only archive copies need it

    colours = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    colours[_ICC_DATE] = _ICC_FIXED_DATE  # the library writes its own clock there
    profile = pdf.make_stream(bytes(colours))
    profile.N = 3
    intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1)
    intent.OutputConditionIdentifier = String("sRGB")
    intent.DestOutputProfile = profile
    pdf.Root.OutputIntents = Array([intent])


def finish(drawn: bytes, tagger: Tagger, facts: DocumentFacts) -> bytes:
    """Return the drawn PDF with structure, language and title. Same input, same bytes (unless encrypted)."""
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        _TreeWriter(pdf).write(tagger)
        _describe(pdf, facts)
        target = io.BytesIO()
        settings: dict[str, Any] = {"deterministic_id": True}
        if facts.password:
            allow = pikepdf.Permissions(accessibility=True)
            lock = pikepdf.Encryption(owner=facts.password, user=facts.password, R=6, allow=allow)
            settings = {"encryption": lock}
        streams = pikepdf.ObjectStreamMode.generate
        pdf.save(target, compress_streams=True, object_stream_mode=streams, **settings)
        return target.getvalue()
