"""
Trains with GRPO in TRL on the prompts in data/train.jsonl, judged by reward.py, with the settings in grpo.yaml. Every setting can be given as an argument:

    python train_grpo.py --max_steps 5 --model_name_or_path ORGANISATION/NAME --output_dir result
"""

import json

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from common import DATA, HERE, train
from reward import verdict


def prompts():
    """Conversations where the run used the chat template, else texts."""
    plan = json.loads((HERE / "plan.json").read_text(encoding="utf-8"))
    key = "prompt" if plan["data"]["chatTemplate"] else "text"
    rows = [json.loads(line) for line in (DATA / "train.jsonl").read_text(encoding="utf-8").split("\n") if line]
    return Dataset.from_list([{"prompt": row[key], "answer": row["reward_model"]["ground_truth"]} for row in rows])


def text_of(completion):
    return completion if isinstance(completion, str) else "".join(turn["content"] for turn in completion)


def judged(args):
    def reward(completions, answer, completion_ids, **_):
        given = zip(completions, answer, completion_ids, strict=True)
        longest = args.max_completion_length  # one that is as long was cut off
        return [float(verdict(text_of(one), right, len(ids) >= longest)["reward"]) for one, right, ids in given]

    return {"reward_funcs": reward}


if __name__ == "__main__":
    train("grpo.yaml", GRPOConfig, GRPOTrainer, prompts(), judged)
