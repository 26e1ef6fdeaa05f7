"""The styles of a Word plan: every look of text and tables stands here, none at the text itself.

Sizes and colours are those of the printed plan (templates/print/continuity_plan.yaml). The font is named
for both scripts, because Word takes Japanese text from the East Asian entry alone.
"""

from dataclasses import dataclass

from bcp_kit.render.plan_look import look

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FONT = "BIZ UDPGothic"
LANGUAGE = "ja-JP"
TABLE_STYLE = "PlanTable"
_TWENTIETHS = 20  # Word counts lengths in twentieths of a point, type in halves


@dataclass(frozen=True)
class _Style:
    """One paragraph style: `shape` and `letters` are the insides of w:pPr and w:rPr."""

    key: str
    name: str
    shape: str = ""
    letters: str = ""
    based_on: str = "Normal"
    following: str = "Normal"

    def xml(self) -> str:
        default = ' w:default="1"' if self.key == "Normal" else ""
        based = "" if self.key == "Normal" else f'<w:basedOn w:val="{self.based_on}"/>'
        following = "" if self.following == self.key else f'<w:next w:val="{self.following}"/>'
        return (
            f'<w:style w:type="paragraph"{default} w:styleId="{self.key}"><w:name w:val="{self.name}"/>'
            f"{based}{following}<w:qFormat/><w:pPr>{self.shape}</w:pPr><w:rPr>{self.letters}</w:rPr></w:style>"
        )


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _colour(rgb: str) -> str:
    return f'<w:color w:val="{rgb.lstrip("#")}"/>'


def _letters(points: float, rgb: str = "", bold: bool = False) -> str:
    heavy = "<w:b/><w:bCs/>" if bold else ""
    return f"{heavy}{_colour(rgb) if rgb else ''}{_size(points)}"


def _space(before: float, after: float, leading: float = 0.0) -> str:
    line = f' w:line="{round(leading * 240)}" w:lineRule="auto"' if leading else ""
    return (
        f'<w:spacing w:before="{round(before * _TWENTIETHS)}" w:after="{round(after * _TWENTIETHS)}"{line}/>'
    )


def _headings() -> list[_Style]:
    words, colours = look().type, look().colour
    rule = (
        f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="2" w:color="{colours.chapter[1:]}"/></w:pBdr>'
    )
    looks = (
        (words.chapter_pt, colours.chapter, f"<w:keepNext/><w:keepLines/><w:pageBreakBefore/>{rule}", 0, 8),
        (words.section_pt, colours.chapter, "<w:keepNext/><w:keepLines/>", 12, 4),
        (words.item_pt, colours.ink, "<w:keepNext/><w:keepLines/>", 10, 2),
        (words.body_pt, colours.ink, "<w:keepNext/><w:keepLines/>", 8, 2),
    )
    return [
        _Style(
            f"Heading{level}",
            f"heading {level}",
            f'{shape}{_space(before, after)}<w:outlineLvl w:val="{level - 1}"/>',
            _letters(size, colour, bold=True),
        )
        for level, (size, colour, shape, before, after) in enumerate(looks, start=1)
    ]


def _contents(text_width_pt: float) -> list[_Style]:
    stop = round(text_width_pt * _TWENTIETHS)
    tab = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{stop}"/></w:tabs>'
    return [
        _Style(
            f"TOC{level}",
            f"toc {level}",
            f'{tab}{_space(0, 2)}<w:ind w:left="{(level - 1) * 240}"/>',
        )
        for level in (1, 2, 3)
    ]


def _paragraphs(text_width_pt: float) -> list[_Style]:
    words, colours = look().type, look().colour
    centre = '<w:jc w:val="center"/>'
    edge = _letters(words.edge_pt, colours.muted)
    return [
        _Style("Normal", "Normal", _space(0, 4, words.leading * 0.8), _letters(words.body_pt, colours.ink)),
        *_headings(),
        _Style("Title", "Title", _space(150, 40) + centre, _letters(words.title_pt, colours.chapter, True)),
        _Style("Subtitle", "Subtitle", _space(0, 6) + centre, _letters(words.facility_pt, colours.ink)),
        *_contents(text_width_pt),
        _Style(
            "TOCHeading",
            "TOC Heading",
            f"<w:keepNext/><w:pageBreakBefore/>{_space(0, 8)}",
            _letters(words.chapter_pt, colours.chapter, True),
        ),
        _Style("Header", "header", _space(0, 0), edge, following="Header"),
        _Style("Footer", "footer", _space(0, 0) + centre, edge, following="Footer"),
        _Style("List", "List", _space(0, 2) + '<w:ind w:left="315" w:hanging="315"/>', following="List"),
        _Style(
            "PlanMark", "区分と印", f"<w:keepNext/>{_space(0, 2)}", _letters(words.note_pt, colours.muted)
        ),
        _Style("PlanNote", "注", _space(0, 4), _letters(words.note_pt, colours.muted)),
        _Style("PlanMuted", "対象外", "", _colour(colours.muted)),
        _Style("PlanOpen", "未記入", "", _colour(colours.open)),
        _Style("PlanCell", "表の文字", _space(0, 0, 1.1), _size(9.5), following="PlanCell"),
        _Style("PlanCellSmall", "表の文字（小）", _space(0, 0, 1.05), _size(8), "PlanCell", "PlanCellSmall"),
        _Style("PlanFigure", "添付の図", centre),
    ]


def _table() -> str:
    colours = look().colour
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{colours.rule[1:]}"/>' for side in sides
    )
    fill = f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{colours.head_fill[1:]}"/></w:tcPr>'
    bold = "<w:rPr><w:b/><w:bCs/></w:rPr>"
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 50), ("left", 85), ("bottom", 50), ("right", 85))
    )
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{TABLE_STYLE}"><w:name w:val="計画の表"/>'
        '<w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders>{lines}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        f'<w:tblStylePr w:type="firstRow">{bold}{fill}</w:tblStylePr>'
        f'<w:tblStylePr w:type="firstCol">{bold}</w:tblStylePr></w:style>'
    )


def styles_xml(text_width_pt: float) -> str:
    """Return the styles part; `text_width_pt` is where the page numbers of the contents stand."""
    fonts = "".join(f' w:{script}="{FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts{fonts} w:hint="eastAsia"/>{_size(10.5)}'
        f'<w:lang w:val="{LANGUAGE}" w:eastAsia="{LANGUAGE}" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault><w:pPr/></w:pPrDefault></w:docDefaults>"
    )
    letters = (
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/></w:style>'
    )
    made = "".join(style.xml() for style in _paragraphs(text_width_pt))
    return f'<w:styles xmlns:w="{NAMESPACE}">{defaults}{letters}{made}{_table()}</w:styles>'
