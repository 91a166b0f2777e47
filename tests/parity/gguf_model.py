"""
What transformers computes with a real GGUF file, which it dequantises to float32: token ids, logits and greedy continuations. Writes
`gguf-NAME.golden.json` beside this file.

    python tests/parity/gguf_model.py smollm2 "$(node scripts/fetch-real-model.mjs smollm2)"
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

HERE = Path(__file__).parent
NEW_TOKENS = 12
# Of each prompt's last position: logits of every so many tokens of the vocabulary.
STRIDE = 97

PROMPTS = [
    "The capital of France is",
    "def fibonacci(n):\n    ",
    "Q: Ann has 3 apples and buys 4 more. How many has she?\nA:",
    "Größe, 北京 and 🙂 are",
]
CHATS = ["What is 17 + 25? Answer with the number only.", "Name three colours."]


def described(model, tokenizer, ids):
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].double()
        greedy = model.generate(
            torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long),
            max_new_tokens=NEW_TOKENS, do_sample=False,
        )[0, len(ids) :].tolist()  # fmt: skip
    top = logits[-1].topk(2).values
    return {
        "ids": ids,
        "logits": [round(value, 5) for value in logits[-1, ::STRIDE].tolist()],
        # Over the whole vocabulary, at every position: what a mistake anywhere would change.
        "norms": [round(value, 4) for value in logits.norm(dim=-1).tolist()],
        "margin": round(float(top[0] - top[1]), 4),
        "greedy": greedy,
        "continuation": tokenizer.decode(greedy),
    }


if __name__ == "__main__":
    name, file = sys.argv[1], Path(sys.argv[2])
    source = {"gguf_file": file.name}
    tokenizer = AutoTokenizer.from_pretrained(file.parent, **source)
    model = AutoModelForCausalLM.from_pretrained(file.parent, dtype=torch.float32, attn_implementation="eager", **source).eval()
    plain = [{"text": text, "isChat": False} for text in PROMPTS]
    chats = [{"text": text, "isChat": True} for text in CHATS] if tokenizer.chat_template else []
    prompts = []
    for prompt in plain + chats:
        text = prompt["text"]
        if prompt["isChat"]:
            text = tokenizer.apply_chat_template([{"role": "user", "content": text}], tokenize=False, add_generation_prompt=True)
        ids = tokenizer(text, add_special_tokens=not prompt["isChat"]).input_ids
        prompts.append({**prompt, **described(model, tokenizer, ids)})
    golden = {"file": file.name, "stride": STRIDE, "prompts": prompts}
    (HERE / f"gguf-{name}.golden.json").write_text(json.dumps(golden, separators=(",", ":"), ensure_ascii=False) + "\n")
