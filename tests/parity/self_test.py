"""Loss and gradients of the backends' self-test step, by PyTorch in float64. Prints self-test.golden.json."""
import json
import math

import torch

V, D, F, L, H, KV, HD = 11, 8, 12, 2, 4, 2, 4
EPS, THETA = 1e-5, 10000.0
IDS = torch.tensor([[3, 7, 1, 9], [4, 2, 5, 10]])
TARGETS = torch.tensor([7, 1, 9, 6, 2, 5, 10, 8])

shapes = {"model.embed_tokens.weight": [V, D]}
for i in range(L):
    p = f"model.layers.{i}"
    shapes[f"{p}.self_attn.q_proj.weight"] = [H * HD, D]
    shapes[f"{p}.self_attn.k_proj.weight"] = [KV * HD, D]
    shapes[f"{p}.self_attn.v_proj.weight"] = [KV * HD, D]
    shapes[f"{p}.self_attn.o_proj.weight"] = [D, H * HD]
    shapes[f"{p}.mlp.gate_proj.weight"] = [F, D]
    shapes[f"{p}.mlp.up_proj.weight"] = [F, D]
    shapes[f"{p}.mlp.down_proj.weight"] = [D, F]
    shapes[f"{p}.input_layernorm.weight"] = [D]
    shapes[f"{p}.post_attention_layernorm.weight"] = [D]
shapes["model.norm.weight"] = [D]


def weights(order):
    tree = {}
    for s, name in enumerate(order):
        shape = shapes[name]
        n = math.prod(shape)
        wave = torch.tensor([math.sin(0.7 * i + s) / 2 for i in range(n)], dtype=torch.float64)
        values = 1 + wave / 5 if len(shape) == 1 else wave
        tree[name] = values.reshape(shape).float().double().requires_grad_(True)
    return tree


def rms(x, w):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPS) * w


def rope(x):
    T = x.shape[2]
    freq = THETA ** (-torch.arange(HD // 2, dtype=torch.float64) / (HD // 2))
    angle = torch.arange(T, dtype=torch.float64)[:, None] * freq
    a, b = x.chunk(2, -1)
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


def forward(w, ids):
    B, T = ids.shape
    x = w["model.embed_tokens.weight"][ids]
    mask = torch.triu(torch.full((T, T), -1e9, dtype=torch.float64), 1)
    for i in range(L):
        p = f"model.layers.{i}"
        h = rms(x, w[f"{p}.input_layernorm.weight"])
        q, k, v = (
            (h @ w[f"{p}.self_attn.{n}_proj.weight"].T).view(B, T, m, HD).transpose(1, 2)
            for n, m in (("q", H), ("k", KV), ("v", KV))
        )
        q, k = rope(q), rope(k)
        k, v = (t.repeat_interleave(H // KV, 1) for t in (k, v))
        a = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(HD) + mask, -1) @ v
        x = x + a.transpose(1, 2).reshape(B, T, H * HD) @ w[f"{p}.self_attn.o_proj.weight"].T
        h = rms(x, w[f"{p}.post_attention_layernorm.weight"])
        gate = torch.nn.functional.silu(h @ w[f"{p}.mlp.gate_proj.weight"].T)
        x = x + (gate * (h @ w[f"{p}.mlp.up_proj.weight"].T)) @ w[f"{p}.mlp.down_proj.weight"].T
    return rms(x, w["model.norm.weight"]) @ w["model.embed_tokens.weight"].T


if __name__ == "__main__":
    import sys

    w = weights(json.loads(sys.stdin.read()))
    loss = torch.nn.functional.cross_entropy(forward(w, IDS).reshape(-1, V), TARGETS)
    loss.backward()
    gradients = {n: {"norm": t.grad.norm().item(), "first": t.grad.flatten()[0].item()} for n, t in w.items()}
    print(json.dumps({"loss": loss.item(), "gradients": gradients}, indent=2))
