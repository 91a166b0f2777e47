"""
Trains with KTO in TRL on the labelled completions in data/unpaired.jsonl, with the settings in kto.yaml. Every setting can be given as an argument:

    python train_kto.py --max_steps 5 --model_name_or_path ORGANISATION/NAME --output_dir result
"""

from datasets import load_dataset
from trl import KTOConfig, KTOTrainer

from common import DATA, train

if __name__ == "__main__":
    rows = load_dataset("json", data_files=str(DATA / "unpaired.jsonl"), split="train")
    train("kto.yaml", KTOConfig, KTOTrainer, rows)
