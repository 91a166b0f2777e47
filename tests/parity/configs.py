"""
What transformers reads out of config files that leave keys out: writes `configs.golden.json` beside this file.

    python tests/parity/configs.py            writes the file
    python tests/parity/configs.py --check    compares it with what the installed library reads
"""

import json
import sys
from pathlib import Path

from transformers import (
    Gemma2Config,
    Gemma3TextConfig,
    LlamaConfig,
    MistralConfig,
    Qwen2Config,
    Qwen3Config,
    SmolLM3Config,
)

GOLDEN = Path(__file__).parent / "configs.golden.json"

CLASSES = {
    "LlamaForCausalLM": LlamaConfig,
    "MistralForCausalLM": MistralConfig,
    "Qwen2ForCausalLM": Qwen2Config,
    "Qwen3ForCausalLM": Qwen3Config,
    "SmolLM3ForCausalLM": SmolLM3Config,
    "Gemma2ForCausalLM": Gemma2Config,
    "Gemma3ForCausalLM": Gemma3TextConfig,
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

BY_LAYER = {
    "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 5e5},
    "sliding_attention": {"rope_type": "default", "rope_theta": 7e3},
}

# Keys of one family.
OWN_CHANGES = {
    "Gemma2ForCausalLM": [
        {"attn_logit_softcapping": None, "final_logit_softcapping": 20.0, "query_pre_attn_scalar": 144},
        {"layer_types": ["full_attention", "sliding_attention"] * 4, "head_dim": 64},
    ],
    "Gemma3ForCausalLM": [
        {"rope_local_base_freq": 2e4, "rope_scaling": {"rope_type": "linear", "factor": 8.0}},
        {"rope_parameters": BY_LAYER, "sliding_window_pattern": 4, "final_logit_softcapping": 20.0},
        {"layer_types": ["full_attention"] * 8, "query_pre_attn_scalar": 168, "attention_bias": True},
    ],
}


def window(name, config):
    """The layers that see the last tokens only."""
    size = getattr(config, "sliding_window", None)
    everywhere = ["sliding_attention"] * config.num_hidden_layers
    kinds = everywhere if name == "MistralForCausalLM" else getattr(config, "layer_types", None) or []
    layers = [i for i, kind in enumerate(kinds) if kind == "sliding_attention"]
    return {"size": size, "layers": layers} if size is not None and layers else None


def scaling(rope):
    if rope["rope_type"] == "default":
        return None
    original = rope.get("original_max_position_embeddings")
    return {"kind": rope["rope_type"], "factor": rope["factor"], "originalMaxPositions": original}


def features(config):
    """What the families do differently; null where they do not."""
    query = getattr(config, "query_pre_attn_scalar", None)
    return {
        "attentionScale": None if query is None else query**-0.5,
        "attentionSoftcap": getattr(config, "attn_logit_softcapping", None),
        "logitSoftcap": getattr(config, "final_logit_softcapping", None),
    }


def values(name, changes):
    config = CLASSES[name].from_dict(json.loads(json.dumps({**SIZES, **changes})))
    rope = config.rope_parameters
    sliding = rope.get("sliding_attention")
    rope = rope.get("full_attention", rope)
    eos = config.eos_token_id
    return {
        "kvHeads": config.num_key_value_heads,
        "headDim": getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads,
        "maxPositions": config.max_position_embeddings,
        "window": window(name, config),
        "ropeTheta": rope["rope_theta"],
        "slidingTheta": sliding and sliding["rope_theta"],
        "scaling": scaling(rope),
        "features": features(config),
        "rmsNormEps": config.rms_norm_eps,
        "tieWordEmbeddings": config.tie_word_embeddings,
        "bosTokenId": config.bos_token_id,
        "eosTokenIds": eos if isinstance(eos, list) else [] if eos is None else [eos],
        "padTokenId": config.pad_token_id,
    }


# What a class takes no null for, and what this program refuses: rotations that Gemma 3 would leave out, windows without a size.
GEMMA_REFUSED = [{"num_key_value_heads": None}, {"sliding_window": None}]
REFUSED = {
    "MistralForCausalLM": [{"num_key_value_heads": None}],
    "Gemma2ForCausalLM": GEMMA_REFUSED,
    "Gemma3ForCausalLM": GEMMA_REFUSED
    + [change for change in CHANGES if "rope_parameters" in change or "type" in change.get("rope_scaling", {})],
}


def computed():
    return [
        {"config": {"architectures": [name], **SIZES, **changes}, "values": values(name, changes)}
        for name in CLASSES
        for changes in CHANGES + OWN_CHANGES.get(name, [])
        if changes not in REFUSED.get(name, [])
    ]


if __name__ == "__main__":
    if "--check" in sys.argv:
        if json.loads(GOLDEN.read_text()) != json.loads(json.dumps(computed())):
            sys.exit("the installed transformers reads other values than the golden file has")
        print("all configs agree")
    else:
        GOLDEN.write_text(json.dumps(computed(), separators=(",", ":")) + "\n")
