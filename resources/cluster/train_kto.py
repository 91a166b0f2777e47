"""
Trains with KTO in TRL on the labelled completions in data/unpaired.jsonl, with the settings in kto.yaml. Every setting can be given as an argument:

    python train_kto.py --max_steps 5 --model_name_or_path ORGANISATION/NAME --output_dir result
"""

import sys
from pathlib import Path

from datasets import load_dataset
from trl import DatasetMixtureConfig, KTOConfig, KTOTrainer, ModelConfig, TrlParser, get_peft_config

from train import loaded

HERE = Path(__file__).resolve().parent


def main():
    parser = TrlParser((KTOConfig, ModelConfig, DatasetMixtureConfig))
    args, model_args, _ = parser.parse_args_and_config(["--config", str(HERE / "kto.yaml"), *sys.argv[1:]])
    model, tokenizer = loaded(model_args.model_name_or_path, model_args.dtype)
    rows = load_dataset("json", data_files=str(HERE / "data" / "unpaired.jsonl"), split="train")
    trainer = KTOTrainer(
        model, args=args, train_dataset=rows, processing_class=tokenizer, peft_config=get_peft_config(model_args)
    )
    trainer.train()
    trainer.save_model()
    print(f"Written: {trainer.args.output_dir}")


if __name__ == "__main__":
    main()
