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
    GraniteConfig,
    LlamaConfig,
    MistralConfig,
    Olmo2Config,
    Phi3Config,
    Qwen2Config,
    Qwen3Config,
    SmolLM3Config,
)
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

GOLDEN = Path(__file__).parent / "configs.golden.json"

CLASSES = {
    "LlamaForCausalLM": LlamaConfig,
    "MistralForCausalLM": MistralConfig,
    "Qwen2ForCausalLM": Qwen2Config,
    "Qwen3ForCausalLM": Qwen3Config,
    "SmolLM3ForCausalLM": SmolLM3Config,
    "Gemma2ForCausalLM": Gemma2Config,
    "Gemma3ForCausalLM": Gemma3TextConfig,
    "GraniteForCausalLM": GraniteConfig,
    "Olmo2ForCausalLM": Olmo2Config,
    "Phi3ForCausalLM": Phi3Config,
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

LONGROPE = {"type": "longrope", "short_factor": [1.0, 1.5], "long_factor": [2.0, 3.5]}

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
    "GraniteForCausalLM": [
        {
            "embedding_multiplier": 12.0,
            "attention_multiplier": 0.015625,
            "residual_multiplier": 0.22,
            "logits_scaling": 8.0,
        },
    ],
    "Phi3ForCausalLM": [
        {"partial_rotary_factor": 0.5},
        {"rope_scaling": LONGROPE, "max_position_embeddings": 131072},
        {"rope_scaling": {**LONGROPE, "type": "yarn"}, "original_max_position_embeddings": 2048},
        {
            "rope_parameters": {**LONGROPE, "rope_type": "longrope", "rope_theta": 2e4, "partial_rotary_factor": 1.0},
            "partial_rotary_factor": 0.5,
        },
    ],
}


def positions(config, rope):
    """Beyond what a model was trained with first, longrope has other frequencies, which this program does not compute."""
    original = rope.get("original_max_position_embeddings") if rope["rope_type"] == "longrope" else None
    return min(config.max_position_embeddings, original or config.max_position_embeddings)


def window(name, config):
    """The layers that see the last tokens only."""
    size = getattr(config, "sliding_window", None)
    everywhere = ["sliding_attention"] * config.num_hidden_layers
    kinds = everywhere if name in ("MistralForCausalLM", "Phi3ForCausalLM") else getattr(config, "layer_types", None) or []
    layers = [i for i, kind in enumerate(kinds) if kind == "sliding_attention"]
    return {"size": size, "layers": layers} if size is not None and layers else None


def scaling(config, rope):
    if rope["rope_type"] == "default":
        return None
    original = rope.get("original_max_position_embeddings")
    if rope["rope_type"] == "longrope":
        _, factor = ROPE_INIT_FUNCTIONS["longrope"](config)
        own = {"shortFactor": rope["short_factor"], "longFactor": rope["long_factor"]}
        return {"kind": "longrope", **own, "attentionFactor": factor, "originalMaxPositions": original}
    return {"kind": rope["rope_type"], "factor": rope["factor"], "originalMaxPositions": original}


def rotary_dim(config):
    """Numbers of a head that are rotated, where they are not all."""
    part = config.rope_parameters.get("partial_rotary_factor", 1.0)
    return None if part == 1.0 else int(config.hidden_size // config.num_attention_heads * part)


def unless_one(value):
    return None if value == 1 else value


def features(config):
    """What the families do differently; null where they do not."""
    query = getattr(config, "query_pre_attn_scalar", None)
    width = config.hidden_size**0.5 if query else getattr(config, "embedding_multiplier", 1)
    return {
        "attentionScale": query**-0.5 if query else getattr(config, "attention_multiplier", None),
        "embeddingScale": unless_one(width),
        "residualScale": unless_one(getattr(config, "residual_multiplier", 1)),
        "logitDivisor": unless_one(getattr(config, "logits_scaling", 1)),
        "rotaryDim": rotary_dim(config),
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
        "maxPositions": positions(config, rope),
        "window": window(name, config),
        "ropeTheta": rope["rope_theta"],
        "slidingTheta": sliding and sliding["rope_theta"],
        "scaling": scaling(config, rope),
        **features(config),
        "rmsNormEps": config.rms_norm_eps,
        "tieWordEmbeddings": config.tie_word_embeddings,
        "bosTokenId": config.bos_token_id,
        "eosTokenIds": eos if isinstance(eos, list) else [] if eos is None else [eos],
        "padTokenId": config.pad_token_id,
    }


# What a class does not take, and what this program refuses: rotations that Gemma 3 would leave out, windows without a size.
GEMMA_REFUSED = [{"num_key_value_heads": None}, {"sliding_window": None}]
REFUSED = {
    "MistralForCausalLM": [{"num_key_value_heads": None}],
    "Gemma2ForCausalLM": GEMMA_REFUSED,
    "Gemma3ForCausalLM": GEMMA_REFUSED
    + [change for change in CHANGES if "rope_parameters" in change or "type" in change.get("rope_scaling", {})],
    "Phi3ForCausalLM": [change for change in CHANGES if "rope_scaling" in change],
}


def computed():
    """Sizes once; of the values, those that are not null."""
    lines = [
        {"architecture": name, "changes": changes, "values": values(name, changes)}
        for name in CLASSES
        for changes in CHANGES + OWN_CHANGES.get(name, [])
        if changes not in REFUSED.get(name, [])
    ]
    for line in lines:
        line["values"] = {key: value for key, value in line["values"].items() if value is not None}
    return {"sizes": SIZES, "lines": lines}


if __name__ == "__main__":
    if "--check" in sys.argv:
        if json.loads(GOLDEN.read_text()) != json.loads(json.dumps(computed())):
            sys.exit("the installed transformers reads other values than the golden file has")
        print("all configs agree")
    else:
        GOLDEN.write_text(json.dumps(computed(), separators=(",", ":")) + "\n")
