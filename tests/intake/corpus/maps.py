"""GeoJSON and zipped shapefiles that are broken, too deep, or no list of places."""

import json

from bcp_kit.domain.errors import ErrorCode
from tests.intake.corpus.hostile import repacked
from tests.intake.corpus.model import Case, Maker, Someone, dice, people
from tests.intake.test_shapefile import layer_parts, zipped


def _features(listed: list[Someone]) -> dict[str, object]:
    names = ("名簿番号", "氏名", "生年月日", "住所")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": dict(
                    zip(names, (p.number, p.name, p.born.isoformat(), p.address), strict=True)
                ),
                "geometry": {"type": "Point", "coordinates": [139.6 + i * 0.00123, 35.2 + i * 0.00123]},
            }
            for i, p in enumerate(listed)
        ],
    }


def broken_json(kind: str, seed: int, number: int) -> Case:
    """JSON that is cut, too deep, of another kind, or has no numbers for coordinates."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    whole = json.dumps(_features(listed), ensure_ascii=False)
    depth = rng.randint(5_000, 90_000)
    text = (
        whole[: rng.randrange(60, len(whole) - 2)],
        "[" * depth,
        '{"type":"FeatureCollection","features":' + "[" * depth + "]" * depth + "}",
        '{"a":' * depth,
        whole.replace("FeatureCollection", "Topology"),
        whole.replace("139.6", "NaN", 1),
        whole.replace("[139.6", '["東経139.6"', 1).replace('"東経139.6"', '"東経", 139.6'),
        whole.replace('"features"', '"rows"'),
        json.dumps([1, 2, 3]),
        '{"type":"FeatureCollection","features":{}}',
        '{"type":"FeatureCollection","features":[1, 2]}',
        whole.replace('"Point"', "7", 1),
    )[number % 12]
    codes = frozenset({ErrorCode.GEOJSON_FAULTY, ErrorCode.FILE_IS_BOMB})
    return Case(kind, number, "a.geojson", text.encode(), refused=True, one_of=codes)


def sound_json(kind: str, seed: int, number: int) -> Case:
    """GeoJSON of people in every encoding, with a mark or without."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    text = json.dumps(_features(listed), ensure_ascii=False, indent=rng.choice((None, 2)))
    codec = ("utf-8", "utf-8-sig", "cp932")[number % 3]
    truth = tuple(p.but(kana="", sex="", postal="", phone="") for p in listed)
    return Case(kind, number, "a.geojson", text.encode(codec), truth)


def broken_layers(kind: str, seed: int, number: int) -> Case:
    """Shapefiles whose parts are missing, cut or of another layer; zips of tables; names that leave."""
    rng = dice(kind, seed, number)
    parts = layer_parts(rng.choice(("cp932", "utf-8")))
    way = number % 6
    code = ErrorCode.FILE_DAMAGED
    if way == 0:
        del parts[".dbf"]
        code = ErrorCode.SHAPEFILE_PART_MISSING
    elif way == 1:
        del parts[".shp"]
        code = ErrorCode.SHAPEFILE_PART_MISSING
    elif way == 2:
        parts[".shp"] = parts[".shp"][: rng.randrange(len(parts[".shp"]) - 1)]
    elif way == 3:
        parts[".dbf"] = parts[".dbf"][: rng.randrange(len(parts[".dbf"]) - 60)]
    elif way == 4:
        content = repacked(zipped({"a": parts}), lambda p: p.update({"../a.shp": b""}))
        return Case(
            kind, number, "a.zip", content, refused=True, codes=frozenset({ErrorCode.ARCHIVE_NAMES_UNSAFE})
        )
    else:
        content = zipped({"名簿": {".csv": b"a,b\n1,2\n"}})
        return Case(
            kind, number, "a.zip", content, refused=True, codes=frozenset({ErrorCode.ARCHIVE_OF_TABLES})
        )
    return Case(kind, number, "a.zip", zipped({"a": parts}), refused=True, codes=frozenset({code}))


MAKERS: dict[str, Maker] = {
    "broken_json": broken_json,
    "sound_json": sound_json,
    "broken_layers": broken_layers,
}
