"""
Imitates the completions in data/unpaired.jsonl that were judged correct (SFT in TRL), with the settings in sft.yaml. Every setting can be given as an
argument:

    python train_sft.py --max_steps 5 --model_name_or_path ORGANISATION/NAME --output_dir result
"""

from datasets import load_dataset
from trl import SFTConfig, SFTTrainer

from common import DATA, train

if __name__ == "__main__":
    rows = load_dataset("json", data_files=str(DATA / "unpaired.jsonl"), split="train")
    train("sft.yaml", SFTConfig, SFTTrainer, rows.filter(lambda row: row["label"]).remove_columns("label"))
