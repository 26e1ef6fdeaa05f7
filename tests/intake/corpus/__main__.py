"""Write the corpus into a folder: python -m tests.intake.corpus FOLDER [SEED]."""

import json
import sys
from pathlib import Path

from tests.intake.corpus import cases


def main() -> None:
    """Write each file and, beside them, what must follow from each (expected.json)."""
    folder, seed = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    folder.mkdir(parents=True, exist_ok=True)
    expected = {}
    for case in cases(seed):
        name = f"{case.kind}_{case.number:03d}{Path(case.name).suffix}"
        (folder / name).write_bytes(case.content)
        expected[name] = {
            "refused": case.refused,
            "codes": sorted(code.value for code in case.codes),
            "one_of": sorted(code.value for code in case.one_of),
            "rows": [person.cells() for person in case.truth],
        }
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(expected)} files in {folder}\n")


if __name__ == "__main__":
    main()
