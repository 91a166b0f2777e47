"""What the scripts beside this file share: a model and a trainer from a file of settings and the arguments, trained and saved."""

import sys
from pathlib import Path

from trl import DatasetMixtureConfig, ModelConfig, TrlParser, get_peft_config

from train import loaded

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"


def train(settings, config_class, trainer_class, dataset, options=lambda args: {}):
    """
    @param settings: name of a file beside this one; arguments replace what it says
    @param options: further arguments of the trainer, from its settings
    """
    parser = TrlParser((config_class, ModelConfig, DatasetMixtureConfig))
    args, model_args, _ = parser.parse_args_and_config(["--config", str(HERE / settings), *sys.argv[1:]])
    model, tokenizer = loaded(model_args.model_name_or_path, model_args.dtype)
    given = {"train_dataset": dataset, "processing_class": tokenizer, "peft_config": get_peft_config(model_args)}
    trainer = trainer_class(model, args=args, **given, **options(args))
    trainer.train()
    trainer.save_model()
    print(f"Written: {args.output_dir}")
