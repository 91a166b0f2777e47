"""
What PEFT writes into adapter_config.json, for plain LoRA and for its variants: writes `peft-configs.golden.json` beside this file.

    python tests/parity/peft_configs.py            writes the file
    python tests/parity/peft_configs.py --check    compares its keys with those of the installed library
"""

import json
import sys
import tempfile
from pathlib import Path

from peft import LoraConfig

GOLDEN = Path(__file__).parent / "peft-configs.golden.json"

PLAIN = {
    "plain": {},
    "scaled": {"lora_alpha": 32, "lora_dropout": 0.1, "use_rslora": True},
    "gaussian": {"init_lora_weights": "gaussian"},
    "not initialised": {"init_lora_weights": False},
    "orthogonal": {"init_lora_weights": "orthogonal"},
}

VARIANTS = {
    "use_dora": {"use_dora": True},
    "alora_invocation_tokens": {"alora_invocation_tokens": [5, 6], "task_type": "CAUSAL_LM"},
    "use_qalora": {"use_qalora": True},
    "lora_bias": {"lora_bias": True, "init_lora_weights": True},
    "bias": {"bias": "all"},
    "modules_to_save": {"modules_to_save": ["lm_head"]},
    "trainable_token_indices": {"trainable_token_indices": [1, 2]},
    "rank_pattern": {"rank_pattern": {"q_proj": 2}},
    "alpha_pattern": {"alpha_pattern": {"q_proj": 2}},
    "layers_to_transform": {"layers_to_transform": [0], "layers_pattern": "layers"},
    "layer_replication": {"layer_replication": [[0, 2], [1, 2]]},
    "exclude_modules": {"exclude_modules": ["v_proj"]},
    "target_parameters": {"target_parameters": ["mlp.experts.gate_up_proj"]},
    "fan_in_fan_out": {"fan_in_fan_out": True},
    "init_lora_weights": {"init_lora_weights": "pissa"},
}


def saved(changes):
    config = LoraConfig(**{"r": 4, "target_modules": ["q_proj", "v_proj"], **changes})
    config.base_model_name_or_path = "base"
    with tempfile.TemporaryDirectory() as folder:
        config.save_pretrained(folder)
        content = json.loads((Path(folder) / "adapter_config.json").read_text())
    content["target_modules"] = sorted(content["target_modules"])
    return content


def computed():
    return {
        "plain": {name: saved(changes) for name, changes in PLAIN.items()},
        "variants": {name: saved(changes) for name, changes in VARIANTS.items()},
    }


if __name__ == "__main__":
    if "--check" in sys.argv:
        golden, now = json.loads(GOLDEN.read_text()), computed()
        for kind, configs in golden.items():
            for name, config in configs.items():
                if unknown := now[kind][name].keys() - config.keys():
                    sys.exit(f"{name}: the installed PEFT writes keys that the golden file lacks: {sorted(unknown)}")
        print("no key is new")
    else:
        GOLDEN.write_text(json.dumps(computed(), separators=(",", ":")) + "\n")
