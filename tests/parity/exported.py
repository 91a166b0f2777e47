"""
What transformers and PEFT make of folders that were exported: reads cases from standard input (architecture, folders of the model and of its adapter, ids)
and prints logits of the model, and of the model with the adapter.
"""

import json
import os
import sys

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch
import transformers
from peft import PeftModel

torch.set_num_threads(1)


@torch.no_grad()
def logits(model, ids):
    return model(input_ids=ids, use_cache=False).logits.flatten().tolist()


answers = {}
for case in json.load(sys.stdin):
    ids = torch.tensor(case["ids"])
    loader = getattr(transformers, case["architecture"])
    model, report = loader.from_pretrained(case["model"], attn_implementation="eager", output_loading_info=True)
    assert not any(report.values()), (case["name"], report)
    plain = logits(model.eval(), ids)
    adapted = PeftModel.from_pretrained(model, case["adapter"]).eval()
    answers[case["name"]] = {"model": plain, "adapted": logits(adapted, ids)}
print(json.dumps(answers))
