"""
What llama.cpp's `gguf` package makes of blocks of every type that is read, random ones and extreme ones: writes `gguf-blocks.golden.json` beside
this file.

    python tests/parity/gguf_blocks.py           writes the file
    python tests/parity/gguf_blocks.py SEED N    prints N other blocks a type, in the same form

A NaN has many spellings: all become 0x7fc00000 before values are hashed.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

import gguf
import numpy

GOLDEN = Path(__file__).parent / "gguf-blocks.golden.json"

# Where the half-precision scales of each type lie in its block.
SCALES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
    "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
    "IQ4_NL": [0], "IQ4_XS": [0],
    "F32": [], "F16": [0], "BF16": [], "F64": [],
}  # fmt: skip
# 0, -0, the smallest and largest subnormals, 1, the largest, ±infinity, NaN.
EXTREMES = [0x0000, 0x8000, 0x0001, 0x83FF, 0x3C00, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E00, 0xFE01]


def dequantised(blocks, kind):
    if kind == gguf.GGMLQuantizationType.F64:
        with numpy.errstate(all="ignore"):
            return blocks.view(numpy.float64).astype(numpy.float32)
    return gguf.quants.dequantize(blocks, kind)


def computed(seed, random_blocks):
    generator = numpy.random.default_rng(seed)
    result = {}
    for name, scales in SCALES.items():
        kind = gguf.GGMLQuantizationType[name]
        size = gguf.GGML_QUANT_SIZES[kind][1]
        blocks = generator.integers(0, 256, (random_blocks + len(EXTREMES), size), dtype=numpy.uint8)
        for row, bits in enumerate(EXTREMES):
            for at in scales:
                blocks[row, at : at + 2] = [bits & 255, bits >> 8]
        with numpy.errstate(all="ignore"):
            values = dequantised(blocks, kind).astype(numpy.float32).reshape(len(blocks), -1)
        spelled = numpy.where(numpy.isnan(values), numpy.uint32(0x7FC00000), values.view(numpy.uint32))
        result[name] = {
            "blocks": base64.b64encode(blocks.tobytes()).decode(),
            "last": [int(bits) for bits in spelled[-1][:8]],
            "sha256": hashlib.sha256(spelled.astype("<u4").tobytes()).hexdigest(),
        }
    return result


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(computed(int(sys.argv[1]), int(sys.argv[2]))))
    else:
        GOLDEN.write_text(json.dumps(computed(1, 12), separators=(",", ":")) + "\n")
