"""
What transformers computes with a real GGUF file, which it dequantises to float32: token ids, logits, greedy continuations and the log-probability of
each of their tokens. Writes `gguf-NAME.golden.json` beside this file.

    python tests/parity/gguf_model.py smollm2 "$(node scripts/fetch-real-model.mjs smollm2)"
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

HERE = Path(__file__).parent
NEW_TOKENS = 64
# Of each prompt's last position: logits of every so many tokens of the vocabulary.
STRIDE = 97
# Of so many prompts and of the chats; of the others only the continuations.
WITH_LOGITS = 4

PROMPTS = [
    "The capital of France is",
    "def fibonacci(n):\n    ",
    "Q: Ann has 3 apples and buys 4 more. How many has she?\nA:",
    "Größe, 北京 and 🙂 are",
    "Once upon a time, in a small village by the sea,",
    "Water boils at 100 degrees Celsius because",
    "The three largest planets of the solar system are",
    "SELECT name, age FROM people WHERE",
    "Dear Sir or Madam,\n\nI am writing to",
    "1, 1, 2, 3, 5, 8, 13,",
    "La capitale de l'Allemagne est",
    "To make a simple tomato soup, first",
    "A prime number is a number that",
    "<html>\n  <head>\n    <title>",
    "In 1969, Neil Armstrong",
    "The opposite of hot is cold. The opposite of up is",
    "import numpy as np\n\ndef softmax(x):\n",
    "Photosynthesis is the process by which",
    "If x + 7 = 12, then x =",
    "- apples\n- pears\n- ",
]
CHATS = ["What is 17 + 25? Answer with the number only.", "Name three colours."]


@torch.no_grad()
def described(model, tokenizer, ids, with_logits):
    greedy = model.generate(
        torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        max_new_tokens=NEW_TOKENS, do_sample=False,
    )[0, len(ids) :].tolist()  # fmt: skip
    logits = model(torch.tensor([ids + greedy])).logits[0].double()
    own = logits[: len(ids)]
    logprobs = logits[len(ids) - 1 : -1].log_softmax(-1).gather(1, torch.tensor(greedy)[:, None])[:, 0]
    compared = {
        "logits": [round(value, 5) for value in own[-1, ::STRIDE].tolist()],
        # Over the whole vocabulary, at every position: what a mistake anywhere would change.
        "norms": [round(value, 4) for value in own.norm(dim=-1).tolist()],
    }
    return {
        "ids": ids,
        **(compared if with_logits else {}),
        "greedy": greedy,
        "logprobs": [round(value, 6) for value in logprobs.tolist()],
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
    for i, prompt in enumerate(plain + chats):
        text = prompt["text"]
        if prompt["isChat"]:
            text = tokenizer.apply_chat_template([{"role": "user", "content": text}], tokenize=False, add_generation_prompt=True)
        ids = tokenizer(text, add_special_tokens=not prompt["isChat"]).input_ids
        prompts.append({**prompt, **described(model, tokenizer, ids, i < WITH_LOGITS or prompt["isChat"])})
    golden = {"file": file.name, "stride": STRIDE, "prompts": prompts}
    (HERE / f"gguf-{name}.golden.json").write_text(json.dumps(golden, separators=(",", ":"), ensure_ascii=False) + "\n")
