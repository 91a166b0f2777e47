"""
What transformers and PEFT compute for small random models of every architecture. Reads cases from standard input (config.json as the model's folder has
it, weights by name, ids, LoRA adapters) and prints logits, a greedy continuation, the gradients of the adapters of the mean next-token loss, and of
every weight's gradient two numbers: its length and its product with a fixed direction.
"""

import json
import os
import sys

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch
import transformers
from peft import LoraConfig, get_peft_model

# A second thread costs more than it saves on models this small.
torch.set_num_threads(1)

NEW_TOKENS = 12
PROMPT = 5


def tensor(stored):
    return torch.tensor(stored["data"]).reshape(stored["shape"])


def built(case):
    architecture = getattr(transformers, case["config"]["architectures"][0])
    config = architecture.config_class.from_dict(case["config"])
    config._attn_implementation = "eager"
    model = architecture(config).eval()
    missing, extra = model.load_state_dict({name: tensor(t) for name, t in case["weights"].items()}, strict=False)
    tied = ["lm_head.weight"] if config.tie_word_embeddings else []
    assert (missing, extra) == (tied, []), (case["name"], missing, extra)
    return model


def loss_of(model, ids):
    logits = model(input_ids=ids, use_cache=False).logits
    return torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())


def shortened(values, digits):
    return [float(f"{x:.{digits}g}") for x in values]


def weight_gradients(model, ids):
    loss_of(model, ids).backward()
    answers = {}
    for name, weight in model.named_parameters():
        own = weight.grad.double().flatten()
        direction = torch.cos(torch.arange(len(own), dtype=torch.float64))
        answers[name] = shortened([own.norm().item(), (own @ direction).item()], 6)
    return answers


def adapter_gradients(model, case, ids):
    targets = [name.removesuffix(".lora_A.weight") for name in case["lora"] if name.endswith(".lora_A.weight")]
    rank = next(iter(case["lora"].values()))["shape"][0]
    adapted = get_peft_model(model, LoraConfig(r=rank, lora_alpha=rank * case["scale"], target_modules=targets))
    prefix, own = "base_model.model.", {}
    for name, weight in adapted.named_parameters():
        if ".lora_" in name:
            own[name.removeprefix(prefix).replace(".default", "")] = weight
    assert sorted(own) == sorted(case["lora"]), sorted(own)
    for name, weight in own.items():
        weight.data = tensor(case["lora"][name])
    loss = loss_of(adapted, ids)
    loss.backward()
    return loss.item(), {name: shortened(own[name].grad.flatten().tolist(), 6) for name in case["lora"]}


@torch.no_grad()
def continued(model, start):
    ids = start
    for _ in range(NEW_TOKENS):
        ids = torch.cat([ids, model(input_ids=ids, use_cache=False).logits[:, -1:].argmax(-1)], 1)
    return ids[:, start.shape[1] :].tolist()


answers = {}
for case in json.load(sys.stdin):
    ids = torch.tensor(case["ids"])
    model = built(case)
    with torch.no_grad():
        logits = model(input_ids=ids, use_cache=False).logits
    greedy = continued(model, ids[:, :PROMPT])
    weights = weight_gradients(model, ids)
    loss, gradients = adapter_gradients(model, case, ids)
    answers[case["name"]] = {
        "logits": shortened(logits.flatten().tolist(), 6),
        "greedy": greedy,
        "weights": weights,
        "loss": loss,
        "gradients": gradients,
    }
print(json.dumps(answers, separators=(",", ":")))
