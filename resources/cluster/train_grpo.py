"""
Trains with GRPO in TRL on the prompts in data/train.jsonl, judged by reward.py, with the settings in grpo.yaml. Every setting can be given as an argument:

    python train_grpo.py --max_steps 5 --model_name_or_path ORGANISATION/NAME --output_dir result
"""

import json
import sys
from pathlib import Path

from datasets import Dataset
from trl import DatasetMixtureConfig, GRPOConfig, GRPOTrainer, ModelConfig, TrlParser, get_peft_config

from reward import verdict
from train import loaded

HERE = Path(__file__).resolve().parent
PLAN = json.loads((HERE / "plan.json").read_text(encoding="utf-8"))


def prompts():
    """Conversations where the run used the chat template, else texts."""
    key = "prompt" if PLAN["data"]["chatTemplate"] else "text"
    with open(HERE / "data" / "train.jsonl", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return Dataset.from_list(
        [{"prompt": row[key], "answer": row["reward_model"]["ground_truth"]} for row in rows]
    )


def text_of(completion):
    return completion if isinstance(completion, str) else "".join(turn["content"] for turn in completion)


def rewards_of(longest):
    """@param longest: tokens after which a completion is cut off"""

    def reward(completions, answer, completion_ids, **_):
        given = zip(completions, answer, completion_ids, strict=True)
        return [float(verdict(text_of(one), right, len(ids) >= longest)["reward"]) for one, right, ids in given]

    return reward


def main():
    parser = TrlParser((GRPOConfig, ModelConfig, DatasetMixtureConfig))
    args, model_args, _ = parser.parse_args_and_config(["--config", str(HERE / "grpo.yaml"), *sys.argv[1:]])
    model, tokenizer = loaded(model_args.model_name_or_path, model_args.dtype)
    trainer = GRPOTrainer(
        model,
        reward_funcs=rewards_of(args.max_completion_length),
        args=args,
        train_dataset=prompts(),
        processing_class=tokenizer,
        peft_config=get_peft_config(model_args),
    )
    trainer.train()
    trainer.save_model()
    print(f"Written: {trainer.args.output_dir}")


if __name__ == "__main__":
    main()
