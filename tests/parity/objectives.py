"""The objectives, GAE and AdamW in plain PyTorch (float64), for comparison. JSON on stdin, JSON on stdout; needs torch only."""

import json
import sys

import torch
import torch.nn.functional as F


def masked_mean(x, mask, denominator):
    return (x * mask).sum() / denominator


def mean_logps(t):
    one = torch.tensor(1.0)
    return t["logpChosen"] / t["lengthChosen"].max(one), t["logpRejected"] / t["lengthRejected"].max(one)


def sft(t, h, n):
    return -masked_mean(t["logp"], t["mask"], n)


def dpo(t, h, n):
    chosen = t["logpChosen"] - t["refLogpChosen"]
    rejected = t["logpRejected"] - t["refLogpRejected"]
    return masked_mean(-F.logsigmoid(h["beta"] * (chosen - rejected)), t["weight"], n)


def simpo(t, h, n):
    chosen, rejected = mean_logps(t)
    return masked_mean(-F.logsigmoid(h["beta"] * (chosen - rejected - h["gammaRatio"])), t["weight"], n)


def orpo(t, h, n):
    real = t["weight"] > 0
    chosen, rejected = (x[real] for x in mean_logps(t))
    log_odds = (chosen - rejected) - (torch.log1p(-chosen.exp()) - torch.log1p(-rejected.exp()))
    return (-chosen - h["lambda"] * F.logsigmoid(log_odds)).sum() / n


def kto(t, h, n):
    delta = t["logp"] - t["refLogp"]
    desirable = h["desirableWeight"] * (1 - torch.sigmoid(h["beta"] * (delta - h["klBaseline"])))
    undesirable = h["undesirableWeight"] * (1 - torch.sigmoid(h["beta"] * (h["klBaseline"] - delta)))
    return masked_mean(torch.where(t["label"] > 0, desirable, undesirable), t["weight"], n)


def policy(t, h, n):
    ratio = torch.exp(t["logp"] - t["oldLogp"])
    unclipped = t["advantages"] * ratio
    clipped = t["advantages"] * ratio.clamp(1 - h["clip"], 1 + h["clip"])
    return -masked_mean(torch.min(unclipped, clipped), t["mask"], n)


def importance(t, h, n):
    """The same where another program sampled: the expectation is corrected by min(pi / pi_sampler, C), which has no gradient."""
    weight = torch.exp(t["oldLogp"] - t["sampledLogp"]).clamp(max=h["limit"]).detach()
    ratio = torch.exp(t["logp"] - t["oldLogp"])
    worse = torch.min(t["advantages"] * ratio, t["advantages"] * ratio.clamp(1 - h["clip"], 1 + h["clip"]))
    return -masked_mean(weight * worse, t["mask"], n)


def sequence_importance(t, h, n):
    """By rollout: the ratio of its whole probability, 0 beyond C."""
    whole = torch.exp(((t["oldLogp"] - t["sampledLogp"]) * t["mask"]).sum(dim=1, keepdim=True))
    weight = torch.where(whole > h["limit"], torch.zeros_like(whole), whole).detach()
    ratio = torch.exp(t["logp"] - t["oldLogp"])
    worse = torch.min(t["advantages"] * ratio, t["advantages"] * ratio.clamp(1 - h["clip"], 1 + h["clip"]))
    return -masked_mean(weight * worse, t["mask"], n)


def value(t, h, n):
    old = t["oldValues"]
    clipped = torch.max(torch.min(t["values"], old + h["clip"]), old - h["clip"])
    worse = torch.max((t["values"] - t["returns"]) ** 2, (clipped - t["returns"]) ** 2)
    return 0.5 * masked_mean(worse, t["mask"], n)


def k3(t, h, n):
    d = t["refLogp"] - t["logp"]
    return masked_mean(d.exp() - d - 1, t["mask"], n)


OBJECTIVES = {f.__name__: f for f in (sft, dpo, simpo, orpo, kto, policy, importance, sequence_importance, value, k3)}


def objective(case):
    tensors = {name: torch.tensor(rows, dtype=torch.float64) for name, rows in case["inputs"].items()}
    for name in case["wrt"]:
        tensors[name].requires_grad_()
    loss = OBJECTIVES[case["name"]](tensors, case["hyper"], case["denominator"])
    loss.backward()
    return {"loss": loss.item(), "grads": {name: tensors[name].grad.flatten().tolist() for name in case["wrt"]}}


def gae(case):
    """Each advantage as the discounted sum of all later surprises, written out (not the recursion)."""
    rewards, values = (torch.tensor(case[name], dtype=torch.float64) for name in ("rewards", "values"))
    following = torch.cat([values[1:], torch.zeros(1, dtype=torch.float64)])
    deltas = rewards + case["gamma"] * following - values
    decay = case["gamma"] * case["lambda"]
    length = len(rewards)
    advantages = [sum(deltas[t + k].item() * decay**k for k in range(length - t)) for t in range(length)]
    return {"advantages": advantages, "returns": [a + v for a, v in zip(advantages, values.tolist())]}


def whiten(values):
    x = torch.tensor(values, dtype=torch.float64)
    return ((x - x.mean()) * torch.rsqrt(x.var() + 1e-8)).tolist()


def adamw(case):
    params = {name: torch.tensor(rows, dtype=torch.float64, requires_grad=True) for name, rows in case["params"].items()}
    groups = [
        {"params": [p for p in params.values() if p.dim() >= 2], "weight_decay": case["weightDecay"]},
        {"params": [p for p in params.values() if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=0.0, betas=(case["beta1"], case["beta2"]), eps=case["epsilon"])
    norms = []
    for grads, rate in zip(case["grads"], case["learningRates"]):
        for name, p in params.items():
            p.grad = torch.tensor(grads[name], dtype=torch.float64)
        norms.append(torch.nn.utils.clip_grad_norm_(list(params.values()), case["maxGradNorm"]).item())
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.step()
    return {"params": {name: p.flatten().tolist() for name, p in params.items()}, "norms": norms}


if __name__ == "__main__":
    request = json.load(sys.stdin)
    answer = {
        "objectives": {case["name"]: objective(case) for case in request["objectives"]},
        "gae": gae(request["gae"]),
        "whiten": whiten(request["whiten"]),
        "adamw": adamw(request["adamw"]),
    }
    json.dump(answer, sys.stdout)
