"""Road nets in GraphML, such as OSMnx writes: nodes with x and y, edges with length, highway and geometry."""

from dataclasses import dataclass, field
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from bcp_kit.domain.errors import BcpKitError, ErrorCode

Attributes = dict[str, str]


@dataclass
class GraphRows:
    """Rows of a graph: nodes by id, edges as (start, end, attributes), and the graph's own words."""

    nodes: dict[str, Attributes] = field(default_factory=dict)
    edges: list[tuple[str, str, Attributes]] = field(default_factory=list)
    graph: Attributes = field(default_factory=dict)


def is_graphml(content: bytes) -> bool:
    """Return whether the bytes begin like GraphML."""
    return b"<graphml" in content[:4096]


def read_graphml(content: bytes) -> GraphRows:
    """Return the rows of a GraphML file.

    Raises: BcpKitError I-008 for entities or a document type, I-011 for XML that is damaged, G-002 for XML
    without a graph.
    """
    reader = _Reader()
    try:
        parseString(content, reader, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise BcpKitError(ErrorCode.FILE_HAS_ENTITIES) from None
    except (SAXException, ValueError, LookupError):
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None
    if not reader.rows.nodes:
        raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail="node")
    return reader.rows


class _Reader(ContentHandler):
    """Collects rows as the parser comes by; no tree of the document is built."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = GraphRows()
        self._names: dict[str, str] = {}
        self._owner: list[Attributes] = []
        self._key = ""
        self._text: list[str] | None = None

    def startElement(self, name: str, attrs: "AttributesImpl[str]") -> None:  # noqa: N802 - the parser's own name
        """Begin a node, an edge, the graph, or one of their values."""
        tag = name.rpartition(":")[2]
        if tag == "data":
            self._key, self._text = attrs.get("key", ""), []
        elif tag == "key":
            own = attrs.get("id", "")
            self._names[own] = attrs.get("attr.name", own)
        elif tag in ("node", "edge", "graph"):
            values: Attributes = {} if tag != "graph" else self.rows.graph
            self._owner.append(values)
            if tag == "node":
                self.rows.nodes[attrs.get("id", "")] = values
            elif tag == "edge":
                self.rows.edges.append((attrs.get("source", ""), attrs.get("target", ""), values))

    def endElement(self, name: str) -> None:  # noqa: N802 - the parser's own name
        """End what was begun."""
        tag = name.rpartition(":")[2]
        if tag == "data" and self._text is not None:
            if self._owner:
                self._owner[-1][self._names.get(self._key, self._key)] = "".join(self._text).strip()
            self._text = None
        elif tag in ("node", "edge", "graph") and self._owner:
            self._owner.pop()

    def characters(self, content: str) -> None:
        """Take a piece of a value."""
        if self._text is not None:
            self._text.append(content)
