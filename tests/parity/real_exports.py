"""
What transformers and PEFT make of a real model that was trained here and exported: reads from standard input where things are (folder: the merged model,
adapter: PEFT's folder, base: the GGUF file it belongs to) and texts (prompt and its continuation, as ids), and prints of each token of every
continuation which one is most probable in its place, and its log-probability.
"""

import json
import os
import sys
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

OPTIONS = {"dtype": torch.float32, "attn_implementation": "eager"}


@torch.no_grad()
def opinions(model, texts):
    answers = []
    for prompt, tokens in texts:
        logits = model(torch.tensor([prompt + tokens])).logits[0, len(prompt) - 1 : -1].double()
        own = logits.log_softmax(-1).gather(1, torch.tensor(tokens)[:, None])[:, 0]
        answers.append({"best": logits.argmax(-1).tolist(), "logprobs": own.tolist()})
    return answers


case = json.load(sys.stdin)
folder, report = AutoModelForCausalLM.from_pretrained(case["folder"], output_loading_info=True, **OPTIONS)
assert not any(report.values()), report
answers = {"folder": opinions(folder.eval(), case["texts"])}
del folder
base = Path(case["base"])
model = AutoModelForCausalLM.from_pretrained(base.parent, gguf_file=base.name, **OPTIONS)
answers["adapter"] = opinions(PeftModel.from_pretrained(model, case["adapter"]).eval(), case["texts"])
print(json.dumps(answers))
