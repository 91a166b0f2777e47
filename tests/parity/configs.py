"""
What transformers reads out of config files that leave keys out: writes `configs.golden.json` beside this file.

    python tests/parity/configs.py            writes the file
    python tests/parity/configs.py --check    compares it with what the installed library reads
"""

import json
import sys
from pathlib import Path

from transformers import LlamaConfig, MistralConfig, Qwen2Config, Qwen3Config, SmolLM3Config

GOLDEN = Path(__file__).parent / "configs.golden.json"

CLASSES = {
    "LlamaForCausalLM": LlamaConfig,
    "MistralForCausalLM": MistralConfig,
    "Qwen2ForCausalLM": Qwen2Config,
    "Qwen3ForCausalLM": Qwen3Config,
    "SmolLM3ForCausalLM": SmolLM3Config,
}

SIZES = {
    "vocab_size": 130000,
    "hidden_size": 128,
    "intermediate_size": 176,
    "num_hidden_layers": 8,
    "num_attention_heads": 32,
}

LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}

CHANGES = [
    {},
    {"num_key_value_heads": None},
    {"num_key_value_heads": 8, "tie_word_embeddings": True},
    {"tie_word_embeddings": False, "bos_token_id": None, "eos_token_id": None, "pad_token_id": None},
    {"rope_theta": 5e5, "rms_norm_eps": 1e-5},
    {"rope_parameters": {"rope_type": "default", "rope_theta": 7e5}},
    {"rope_theta": 3e5, "rope_scaling": {"type": "linear", "factor": 2.0}},
    {"rope_parameters": {"rope_type": "default", "rope_theta": 7e5}, "rope_scaling": {"type": "linear", "factor": 4.0}},
    {"rope_scaling": {**LLAMA3, "original_max_position_embeddings": 1024}, "max_position_embeddings": 8192},
    {"rope_scaling": LLAMA3, "max_position_embeddings": 8192},
    {"sliding_window": 64},
    {"sliding_window": None},
    {"sliding_window": 64, "use_sliding_window": True},
    {"sliding_window": 64, "use_sliding_window": True, "max_window_layers": 4},
    {"use_sliding_window": True, "max_window_layers": 0},
    {"max_position_embeddings": 512},
]


def positions(name, config):
    """Positions at which no layer misses anything that a window hides."""
    window = getattr(config, "sliding_window", None)
    if window is None:
        return config.max_position_embeddings
    slides = name == "MistralForCausalLM" or "sliding_attention" in (getattr(config, "layer_types", None) or [])
    return min(window, config.max_position_embeddings) if slides else config.max_position_embeddings


def values(name, changes):
    config = CLASSES[name].from_dict(json.loads(json.dumps({**SIZES, **changes})))
    rope = config.rope_parameters
    eos = config.eos_token_id
    return {
        "kvHeads": config.num_key_value_heads,
        "headDim": getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads,
        "maxPositions": positions(name, config),
        "ropeTheta": rope["rope_theta"],
        "scaling": None
        if rope["rope_type"] == "default"
        else {
            "kind": rope["rope_type"],
            "factor": rope["factor"],
            "originalMaxPositions": rope.get("original_max_position_embeddings"),
        },
        "rmsNormEps": config.rms_norm_eps,
        "tieWordEmbeddings": config.tie_word_embeddings,
        "bosTokenId": config.bos_token_id,
        "eosTokenIds": eos if isinstance(eos, list) else [] if eos is None else [eos],
        "padTokenId": config.pad_token_id,
    }


# A class that takes no null there refuses the file, so there is nothing to compare.
REFUSED = {"MistralForCausalLM": [{"num_key_value_heads": None}]}


def computed():
    return [
        {"config": {"architectures": [name], **SIZES, **changes}, "values": values(name, changes)}
        for name in CLASSES
        for changes in CHANGES
        if changes not in REFUSED.get(name, [])
    ]


if __name__ == "__main__":
    if "--check" in sys.argv:
        if json.loads(GOLDEN.read_text()) != json.loads(json.dumps(computed())):
            sys.exit("the installed transformers reads other values than the golden file has")
        print("all configs agree")
    else:
        GOLDEN.write_text(json.dumps(computed(), separators=(",", ":")) + "\n")
