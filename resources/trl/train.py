"""
Trains with DPO in TRL on pairs.jsonl, with the settings in dpo.yaml; both are beside this file. Every setting can be given as an argument:

    python train.py --max_steps 5 --model_name_or_path ORGANISATION/NAME --output_dir result

The base model is a folder, a .gguf file or a name on the Hugging Face Hub.
"""

import sys
from pathlib import Path

from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DatasetMixtureConfig, DPOConfig, DPOTrainer, ModelConfig, TrlParser, get_peft_config

HERE = Path(__file__).resolve().parent


def is_gguf(base):
    return base.lower().endswith(".gguf")


def loaded(base, dtype):
    """The model, with a GGUF file's blocks as plain numbers, and its tokenizer."""
    place = (Path(base).parent, {"gguf_file": Path(base).name}) if is_gguf(base) else (base, {})
    tokenizer = AutoTokenizer.from_pretrained(place[0], **place[1])
    return AutoModelForCausalLM.from_pretrained(place[0], dtype=dtype or "float32", **place[1]), tokenizer


def trainer_of(arguments):
    """
    TRL reads each prompt, and each prompt with an answer, as plain text, and ends every answer with the tokenizer's end token: the ids are
    those that GPO Studio trains on. The prompts of chat models have their template's text in them.
    """
    parser = TrlParser((DPOConfig, ModelConfig, DatasetMixtureConfig))
    args, model_args, _ = parser.parse_args_and_config(["--config", str(HERE / "dpo.yaml"), *arguments])
    base = model_args.model_name_or_path
    model, tokenizer = loaded(base, model_args.dtype)
    pairs = load_dataset("json", data_files=str(HERE / "pairs.jsonl"), split="train")
    trainer = DPOTrainer(
        model, args=args, train_dataset=pairs, processing_class=tokenizer, peft_config=get_peft_config(model_args)
    )
    # An adapter names its base model: the file, where it is one.
    for config in getattr(trainer.model, "peft_config", {}).values():
        config.base_model_name_or_path = str(Path(base).resolve()) if Path(base).exists() else base
    return trainer


def main():
    trainer = trainer_of(sys.argv[1:])
    trainer.train()
    trainer.save_model()
    print(f"Written: {trainer.args.output_dir}")


if __name__ == "__main__":
    main()
