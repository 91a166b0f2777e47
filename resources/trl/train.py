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
    place, options = (Path(base).parent, {"gguf_file": Path(base).name}) if is_gguf(base) else (base, {})
    model = AutoModelForCausalLM.from_pretrained(place, dtype=dtype or "float32", **options)
    if is_gguf(base):  # transformers goes on to call it quantised, and refuses to train
        model.is_quantized, model.hf_quantizer = False, None
        vars(model.config).pop("quantization_config", None)
    return model, AutoTokenizer.from_pretrained(place, **options)


def answer_ids(tokenizer, prompt, answer):
    """
    The tokens of an answer behind those of its prompt. Where the two would share a token, which is seldom and mostly at line breaks, the answer has its
    own, as the continuation of some text: a prompt's tokens are fixed before its answer is known.
    """

    def behind(start, whole):
        return whole[len(start) :] if start and whole[: len(start)] == start else None

    def alone(text):
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    found = behind(tokenizer(prompt)["input_ids"], tokenizer(prompt + answer)["input_ids"])
    for anchor in ("\n", ":", ")", "a"):
        found = behind(alone(anchor), alone(anchor + answer)) if found is None else found
    return alone(answer) if found is None else found


class PairTrainer(DPOTrainer):
    """Trains on the ids that GPO Studio trains on: TRL would move the end of such a prompt into the answer."""

    def _prepare_dataset(self, dataset, processing_class, args, dataset_name):
        def ids(row):
            prompt = row["prompt"]
            answers = {key: answer_ids(processing_class, prompt, row[key]) for key in ("chosen", "rejected")}
            ended = {f"{key}_ids": own + [processing_class.eos_token_id] for key, own in answers.items()}
            return {"prompt_ids": processing_class(prompt)["input_ids"], **ended}

        return dataset.map(ids, remove_columns=dataset.column_names)


def trainer_of(arguments):
    """A trainer with the settings of dpo.yaml. Prompts are plain text: those of chat models have their template's text in them."""
    parser = TrlParser((DPOConfig, ModelConfig, DatasetMixtureConfig))
    args, model_args, _ = parser.parse_args_and_config(["--config", str(HERE / "dpo.yaml"), *arguments])
    base = model_args.model_name_or_path
    model, tokenizer = loaded(base, model_args.dtype)
    pairs = load_dataset("json", data_files=str(HERE / "pairs.jsonl"), split="train")
    trainer = PairTrainer(
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
