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
# The file of Gemma is of a base model and has none: what Google publishes for its chats, without the parts for pictures.
GEMMA_CHAT = (
    "{{ bos_token }}{% for message in messages %}{% set role = 'model' if message['role'] == 'assistant' else message['role'] %}"
    "{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)
CHATS = ["What is 17 + 25? Answer with the number only.", "Name three colours."]


@torch.no_grad()
def continued(model, prompts):
    """All at once, filled up on the left; `described` makes sure that each is what the model goes on with alone."""
    longest = max(map(len, prompts))
    filled = torch.tensor([[0] * (longest - len(ids)) + ids for ids in prompts])
    mask = torch.tensor([[0] * (longest - len(ids)) + [1] * len(ids) for ids in prompts])
    found = model.generate(filled, attention_mask=mask, max_new_tokens=NEW_TOKENS, do_sample=False)[:, longest:].tolist()
    stops = model.generation_config.eos_token_id
    stops = stops if isinstance(stops, list) else [stops]
    ends = [next((t + 1 for t, token in enumerate(text) if token in stops), len(text)) for text in found]
    return [text[:end] for text, end in zip(found, ends)]


@torch.no_grad()
def described(model, tokenizer, ids, greedy, with_logits):
    logits = model(torch.tensor([ids + greedy])).logits[0].double()
    own, after = logits[: len(ids)], logits[len(ids) - 1 : -1]
    assert after.argmax(-1).tolist() == greedy, tokenizer.decode(ids)
    logprobs = after.log_softmax(-1).gather(1, torch.tensor(greedy)[:, None])[:, 0]
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
    own_template = tokenizer.chat_template
    tokenizer.chat_template = own_template or GEMMA_CHAT
    chats = [{"text": text, "isChat": True} for text in CHATS]
    prompts = plain + chats
    for prompt in prompts:
        text = prompt["text"]
        if prompt["isChat"]:
            text = tokenizer.apply_chat_template([{"role": "user", "content": text}], tokenize=False, add_generation_prompt=True)
        prompt["ids"] = tokenizer(text, add_special_tokens=not prompt["isChat"]).input_ids
    texts = continued(model, [prompt["ids"] for prompt in prompts])
    for i, (prompt, greedy) in enumerate(zip(prompts, texts)):
        with_logits = i < WITH_LOGITS or prompt["isChat"]
        prompt.update(described(model, tokenizer, prompt["ids"], greedy, with_logits))
    template = {} if own_template else {"chatTemplate": tokenizer.chat_template}
    golden = {"file": file.name, "stride": STRIDE, **template, "prompts": prompts}
    (HERE / f"gguf-{name}.golden.json").write_text(json.dumps(golden, separators=(",", ":"), ensure_ascii=False) + "\n")
