"""Math-Verify's verdicts on verdicts.json, one JSON list of booleans on standard output: math_verify_verdicts.py > verdicts.golden.json

Both sides are parsed as Math-Verify's own reward functions do: the reference between dollars, the completion as it stands.
"""

import json
import logging
from pathlib import Path

from math_verify import parse, verify

logging.disable(logging.CRITICAL)


def is_equal(completion: str, reference: str) -> bool:
    gold = parse(f"${reference}$")
    if not gold:
        gold = parse(reference)
    return bool(verify(gold, parse(completion)))


table = json.loads((Path(__file__).parent / "verdicts.json").read_text())
verdicts = [is_equal(row["completion"], row["reference"]) for row in table]
print("[\n" + ",\n".join(f"  {json.dumps(verdict)}" for verdict in verdicts) + "\n]")
