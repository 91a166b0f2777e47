"""A plain decoder in PyTorch, float64, written from the papers and the checkpoints' layout. Reads cases from standard input (config.json as the
model's folder has it, weights by name, ids, LoRA adapters) and prints logits, and the gradients of the adapters of the mean next-token loss."""
import json
import math
import sys

import torch

torch.set_default_dtype(torch.float64)


def rms(x, w, eps):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * w


def frequencies(c, dim):
    nested = c.get("rope_parameters") or c.get("rope_scaling") or {}
    theta = nested.get("rope_theta", c.get("rope_theta", 10000.0))
    inv = 1.0 / theta ** (torch.arange(0, dim, 2) / dim)
    kind = nested.get("rope_type", nested.get("type", "default"))
    if kind == "linear":
        return inv / nested["factor"]
    if kind == "llama3":
        factor, low, high = nested["factor"], nested["low_freq_factor"], nested["high_freq_factor"]
        old = nested["original_max_position_embeddings"]
        out = []
        for f in inv.tolist():
            wave = 2 * math.pi / f
            if wave < old / high:
                out.append(f)
            elif wave > old / low:
                out.append(f / factor)
            else:
                s = (old / wave - low) / (high - low)
                out.append((1 - s) * f / factor + s * f)
        return torch.tensor(out)
    return inv


def rotate(x, inv):
    angle = torch.arange(x.shape[2])[:, None] * inv
    cos, sin = torch.cat([angle, angle], -1).cos(), torch.cat([angle, angle], -1).sin()
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


def forward(c, w, lora, scale, ids):
    B, T = ids.shape
    H = c["num_attention_heads"]
    KV = c.get("num_key_value_heads", H)
    D = c.get("head_dim") or c["hidden_size"] // H
    eps = c["rms_norm_eps"]
    inv = frequencies(c, D)

    def linear(x, name):
        y = x @ w[f"{name}.weight"].T
        if f"{name}.bias" in w:
            y = y + w[f"{name}.bias"]
        if f"{name}.lora_A.weight" in lora:
            y = y + scale * (x @ lora[f"{name}.lora_A.weight"].T @ lora[f"{name}.lora_B.weight"].T)
        return y

    x = w["model.embed_tokens.weight"][ids]
    causal = torch.full((T, T), float("-inf")).triu(1)
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}"
        h = rms(x, w[f"{p}.input_layernorm.weight"], eps)
        q, k, v = (
            linear(h, f"{p}.self_attn.{n}_proj").view(B, T, m, D).transpose(1, 2)
            for n, m in (("q", H), ("k", KV), ("v", KV))
        )
        if f"{p}.self_attn.q_norm.weight" in w:
            q = rms(q, w[f"{p}.self_attn.q_norm.weight"], eps)
            k = rms(k, w[f"{p}.self_attn.k_norm.weight"], eps)
        layers = c.get("no_rope_layers")
        if layers is None or layers[i] == 1:
            q, k = rotate(q, inv), rotate(k, inv)
        k, v = k.repeat_interleave(H // KV, 1), v.repeat_interleave(H // KV, 1)
        scores = q @ k.transpose(2, 3) / math.sqrt(D) + causal
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(B, T, H * D)
        x = x + linear(mixed, f"{p}.self_attn.o_proj")
        h = rms(x, w[f"{p}.post_attention_layernorm.weight"], eps)
        gate = linear(h, f"{p}.mlp.gate_proj")
        x = x + linear(gate * torch.sigmoid(gate) * linear(h, f"{p}.mlp.up_proj"), f"{p}.mlp.down_proj")
    x = rms(x, w["model.norm.weight"], eps)
    return x @ w["model.embed_tokens.weight" if c["tie_word_embeddings"] else "lm_head.weight"].T


answers = {}
for case in json.load(sys.stdin):
    tensor = lambda t: torch.tensor(t["data"]).reshape(t["shape"])
    weights = {name: tensor(t) for name, t in case["weights"].items()}
    lora = {name: tensor(t).requires_grad_(True) for name, t in case["lora"].items()}
    ids = torch.tensor(case["ids"])
    logits = forward(case["config"], weights, {}, 0, ids)
    adapted = forward(case["config"], weights, lora, case["scale"], ids)
    loss = torch.nn.functional.cross_entropy(adapted[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
    loss.backward()
    answers[case["name"]] = {
        "logits": [round(x, 7) for x in logits.flatten().tolist()],
        "loss": loss.item(),
        "gradients": {name: [float(f"{x:.7g}") for x in t.grad.flatten().tolist()] for name, t in lora.items()},
    }
print(json.dumps(answers))
