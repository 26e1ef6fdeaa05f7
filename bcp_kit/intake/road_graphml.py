"""Road nets in GraphML, such as OSMnx writes: nodes with x and y, edges with length, highway and geometry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

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
    try:
        rows = _rows(content)
    except DefusedXmlException:
        raise BcpKitError(ErrorCode.FILE_HAS_ENTITIES) from None
    except (ParseError, ValueError, LookupError):
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None
    if not rows.nodes:
        raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail="node")
    return rows


def _events(content: bytes) -> Iterator[tuple[str, Any]]:
    parsed: Iterator[tuple[str, Any]] = iterparse(
        BytesIO(content), events=("start", "end"), forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    return parsed


def _rows(content: bytes) -> GraphRows:
    rows, names, parent = GraphRows(), {}, None
    for event, element in _events(content):
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            parent = element if tag == "graph" else parent
            continue
        if tag == "key":
            names[element.get("id", "")] = element.get("attr.name", element.get("id", ""))
        elif tag == "node":
            rows.nodes[element.get("id", "")] = _attributes(element, names)
        elif tag == "edge":
            ends = element.get("source", ""), element.get("target", "")
            rows.edges.append((*ends, _attributes(element, names)))
        elif tag == "graph":
            rows.graph = _attributes(element, names)
        if tag in ("node", "edge") and parent is not None:
            parent.remove(element)
    return rows


def _attributes(element: Any, names: Mapping[str, str]) -> Attributes:
    found = {}
    for data in element:
        if data.tag.rpartition("}")[2] == "data":
            key = data.get("key", "")
            found[names.get(key, key)] = (data.text or "").strip()
    return found
