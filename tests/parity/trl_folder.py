"""
What an exported folder for TRL is to TRL and PEFT. Reads from standard input the folder, the arguments of its train.py, and an adapter that it trained;
prints the ids of every pair as TRL's trainer has them, and log-probabilities of the chosen answers under the base with the adapter, without the end.
"""

import json
import os
import sys

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch
from peft import PeftModel

request = json.load(sys.stdin)
sys.stdout = sys.stderr  # trainers print
sys.path.insert(0, request["folder"])
import train

trainer = train.trainer_of(request["arguments"])
pairs = [{key: row[key] for key in ("prompt_ids", "chosen_ids", "rejected_ids")} for row in trainer.train_dataset]
base = trainer.model.peft_config["default"].base_model_name_or_path
model, _ = train.loaded(base, "float32")
adapted = PeftModel.from_pretrained(model, request["adapter"]).eval()


@torch.no_grad()
def scored(model, prompt, answer):
    ids = torch.tensor([prompt + answer])
    logps = model(input_ids=ids).logits[0, :-1].double().log_softmax(-1)
    return logps.gather(-1, ids[0, 1:, None])[len(prompt) - 1 :, 0].tolist()


answers = [(pair["prompt_ids"], pair["chosen_ids"][:-1]) for pair in pairs[: request["count"]]]
adapter = [scored(adapted, *answer) for answer in answers]
with adapted.disable_adapter():
    plain = [scored(adapted, *answer) for answer in answers]
sys.stdout = sys.__stdout__
print(json.dumps({"pairs": pairs, "adapter": adapter, "plain": plain, "base": base}))
