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

GEMMA3_270M_LAYERS = (["sliding_attention"] * 5 + ["full_attention"]) * 3

# What config files of published models say of their shape, keys beside it included.
PUBLISHED = {
    "Qwen2ForCausalLM": {  # Qwen2.5-0.5B
        **{"vocab_size": 151936, "hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24},
        **{"num_attention_heads": 14, "num_key_value_heads": 2, "max_position_embeddings": 32768},
        **{"max_window_layers": 24, "use_sliding_window": False, "sliding_window": 32768, "use_mrope": False},
        **{"rope_theta": 1000000.0, "rms_norm_eps": 1e-6, "tie_word_embeddings": True, "hidden_act": "silu"},
        **{"bos_token_id": 151643, "eos_token_id": 151643, "attention_dropout": 0.0},
    },
    "Qwen3ForCausalLM": {  # Qwen3-0.6B
        **{"vocab_size": 151936, "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28},
        **{"num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "max_position_embeddings": 40960},
        **{"max_window_layers": 28, "use_sliding_window": False, "sliding_window": None, "attention_bias": False},
        **{"rope_theta": 1000000, "rope_scaling": None, "rms_norm_eps": 1e-6, "tie_word_embeddings": True},
        **{"bos_token_id": 151643, "eos_token_id": 151645, "attention_dropout": 0.0, "hidden_act": "silu"},
    },
    "Gemma2ForCausalLM": {  # gemma-2-2b
        **{"vocab_size": 256000, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26},
        **{"num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "max_position_embeddings": 8192},
        **{"attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0, "query_pre_attn_scalar": 256},
        **{"hidden_act": "gelu_pytorch_tanh", "hidden_activation": "gelu_pytorch_tanh", "sliding_window": 4096},
        **{"rope_theta": 10000.0, "rms_norm_eps": 1e-6, "bos_token_id": 2, "eos_token_id": 1, "pad_token_id": 0},
    },
    "Gemma3ForCausalLM": {  # gemma-3-270m
        **{"vocab_size": 262144, "hidden_size": 640, "intermediate_size": 2048, "num_hidden_layers": 18},
        **{"num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 256, "max_position_embeddings": 32768},
        **{"_sliding_window_pattern": 6, "layer_types": GEMMA3_270M_LAYERS, "sliding_window": 512},
        **{"attn_logit_softcapping": None, "final_logit_softcapping": None, "query_pre_attn_scalar": 256},
        **{"rope_theta": 1000000.0, "rope_local_base_freq": 10000.0, "rope_scaling": None, "rms_norm_eps": 1e-6},
        **{"hidden_activation": "gelu_pytorch_tanh", "use_bidirectional_attention": False, "attention_bias": False},
        **{"bos_token_id": 2, "eos_token_id": 1, "pad_token_id": 0},
    },
    "GraniteForCausalLM": {  # granite-3.1-2b
        **{"vocab_size": 49152, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 40},
        **{"num_attention_heads": 32, "num_key_value_heads": 8, "max_position_embeddings": 131072},
        **{"attention_multiplier": 0.015625, "embedding_multiplier": 12.0, "residual_multiplier": 0.22},
        **{"logits_scaling": 8.0, "rope_theta": 5000000.0, "rms_norm_eps": 1e-5, "tie_word_embeddings": True},
        **{"attention_dropout": 0.1, "attention_bias": False, "mlp_bias": False, "rope_scaling": None},
        **{"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0},
    },
    "Olmo2ForCausalLM": {  # OLMo-2-0425-1B
        **{"vocab_size": 100352, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16},
        **{"num_attention_heads": 16, "num_key_value_heads": 16, "max_position_embeddings": 4096},
        **{"rope_theta": 500000, "rope_scaling": None, "rms_norm_eps": 1e-6, "tie_word_embeddings": False},
        **{"attention_bias": False, "attention_dropout": 0.0, "eos_token_id": 100257, "pad_token_id": 100277},
    },
    "Phi3ForCausalLM": {  # Phi-4-mini, its factors shortened to two kinds
        **{"vocab_size": 200064, "hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 32},
        **{"num_attention_heads": 24, "num_key_value_heads": 8, "max_position_embeddings": 131072},
        **{"original_max_position_embeddings": 4096, "partial_rotary_factor": 0.75, "sliding_window": 262144},
        "rope_scaling": {"type": "longrope", "short_factor": [1.0] * 48, "long_factor": [1.0, 8.5] * 24},
        **{"rope_theta": 10000.0, "rms_norm_eps": 1e-5, "tie_word_embeddings": True, "attention_bias": False},
        **{"embd_pdrop": 0.0, "resid_pdrop": 0.0, "full_attn_mod": 1, "lm_head_bias": False, "mlp_bias": False},
        **{"bos_token_id": 199999, "eos_token_id": 199999, "pad_token_id": 199999},
    },
}
for architecture, published in PUBLISHED.items():
    OWN_CHANGES.setdefault(architecture, []).append(published)


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
