"""
Losses and gradients of TRL's own trainers on small random models. Reads a request from standard input: config.json, the weights of the policy and of
the reference, and cases with rows of token ids and settings. Each case is a trainer's own path from texts to the loss (its tokenisation, masks, shifts
and means); the gradients are those of `compute_loss`. Where TRL differs from the paper on purpose, a second answer, `corrected`, is made of the same
trainer's own parts. Prints for each case the loss, of every weight's gradient its length and its product with cos(0), cos(1), …, and one gradient whole.
"""

import json
import os
import sys
import tempfile

os.environ.update(
    HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TRL_EXPERIMENTAL_SILENCE="1", HF_DATASETS_DISABLE_PROGRESS_BARS="1"
)

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import DPOConfig, DPOTrainer, GRPOConfig, GRPOTrainer, KTOConfig, KTOTrainer
from trl.experimental.cpo import CPOConfig, CPOTrainer
from trl.experimental.orpo import ORPOConfig, ORPOTrainer

torch.set_num_threads(1)

request = json.load(sys.stdin)
sys.stdout = sys.stderr  # trainers print
PAD, EOS = request["pad"], request["eos"]
WHOLE = request["whole"]


def tokenizer():
    """Token i is the word `<i>`; no token is added by itself."""
    plain = Tokenizer(models.WordLevel({f"<{i}>": i for i in range(request["config"]["vocab_size"])}, unk_token=f"<{PAD}>"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=plain, pad_token=f"<{PAD}>", eos_token=f"<{EOS}>")


def text(ids):
    return "".join(f" <{i}>" for i in ids)


def model(weights):
    config = LlamaConfig.from_dict(request["config"])
    config._attn_implementation = "eager"
    made = LlamaForCausalLM(config)
    tensors = {name: torch.tensor(t["data"]).reshape(t["shape"]) for name, t in weights.items()}
    missing, extra = made.load_state_dict(tensors, strict=False)
    assert (missing, extra) == (["lm_head.weight"], []), (missing, extra)
    return made


def arguments(config, rows, **settings):
    return config(
        output_dir=tempfile.mkdtemp(),
        per_device_train_batch_size=rows,
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        report_to="none",
        remove_unused_columns=False,
        disable_tqdm=True,
        **settings,
    )


def shortened(values, digits=7):
    return [float(f"{x:.{digits}g}") for x in values]


def answer(trained, loss):
    trained.zero_grad()
    loss.backward()
    lengths, whole = {}, None
    for name, weight in trained.named_parameters():
        own = weight.grad.double().flatten()
        direction = torch.cos(torch.arange(len(own), dtype=torch.float64))
        lengths[name] = shortened([own.norm().item(), (own @ direction).item()])
        if name == WHOLE:
            whole = shortened(own.tolist())
    return {"loss": loss.item(), "weights": lengths, "whole": whole}


def only_batch(trainer):
    rows = [trainer.train_dataset[i] for i in range(len(trainer.train_dataset))]
    return trainer._prepare_inputs(trainer.data_collator(rows))


def policy():
    return model(request["policy"])


def reference():
    return model(request["reference"])


def prompts_of(case, *columns):
    return Dataset.from_list(
        [{name: text(row[name]) if name in columns else row[name] for name in row} for row in case["rows"]]
    )


def pairs(case):
    return prompts_of(case, "prompt", "chosen", "rejected")


def dpo(case):
    args = arguments(DPOConfig, len(case["rows"]), max_length=None, **case["settings"])
    trainer = DPOTrainer(policy(), reference(), args, train_dataset=pairs(case), processing_class=tokenizer())
    return {"trl": answer(trainer.model, trainer.compute_loss(trainer.model, only_batch(trainer)))}


def kto(case):
    args = arguments(KTOConfig, len(case["rows"]), max_length=None, train_sampling_strategy="sequential", **case["settings"])
    rows = prompts_of(case, "prompt", "completion")
    trainer = KTOTrainer(policy(), reference(), args, train_dataset=rows, processing_class=tokenizer())
    found = {"trl": answer(trainer.model, trainer.compute_loss(trainer.model, only_batch(trainer)))}
    return found | {"kl": trainer._metrics["train"]["kl"][-1]}


def simpo(case):
    args = arguments(CPOConfig, len(case["rows"]), loss_type="simpo", **case["settings"])
    trainer = CPOTrainer(policy(), args, train_dataset=pairs(case), processing_class=tokenizer())
    return {"trl": answer(trainer.model, trainer.compute_loss(trainer.model, only_batch(trainer)))}


def orpo(case):
    """`corrected`: the supervised term is a mean of the responses' means, of the response's tokens only."""
    args = arguments(ORPOConfig, len(case["rows"]), **case["settings"])
    trainer = ORPOTrainer(policy(), args, train_dataset=pairs(case), processing_class=tokenizer())
    batch = only_batch(trainer)
    found = {"trl": answer(trainer.model, trainer.compute_loss(trainer.model, batch))}
    chosen, rejected = trainer.concatenated_forward(trainer.model, batch)[:2]
    odds = trainer.odds_ratio_loss(chosen, rejected)[0]
    return found | {"corrected": answer(trainer.model, -chosen.mean() - odds.mean())}


def grpo(case):
    """
    Its rollouts are given, sampled from the reference at the temperature: the log-probabilities of the ratio are the reference's. With `advantages`
    these replace TRL's, one for each rollout.
    """
    rollouts = case["rows"]
    answers = {(text(row["prompt"]), text(row["completion"])): row["reward"] for row in rollouts}
    settings = {"num_generations": case["group"], "max_completion_length": 64, **case["settings"]}
    args = arguments(GRPOConfig, len(rollouts), **settings)

    def sampled(prompts, _):
        ids = [row["completion"] for row in rollouts]
        return {"prompt_ids": [row["prompt"] for row in rollouts], "completion_ids": ids, "logprobs": [[0.0] * len(i) for i in ids]}

    def reward(prompts, completion_ids, **_):
        return [answers[prompt, text(ids)] for prompt, ids in zip(prompts, completion_ids)]

    rows = Dataset.from_list([{"prompt": text(row["prompt"])} for row in rollouts])
    start = policy()
    with tempfile.TemporaryDirectory() as folder:
        reference().save_pretrained(folder)
        start.config._name_or_path = folder  # where TRL loads the reference from
        trainer = GRPOTrainer(start, reward, args, train_dataset=rows, processing_class=tokenizer(), rollout_func=sampled)
    trainer.current_gradient_accumulation_steps = 1
    trainer.model.train()
    inputs = trainer._generate_and_score_completions([dict(row) for row in rows])
    ids = torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], 1)
    mask = torch.cat([inputs["prompt_mask"], inputs["completion_mask"]], 1)
    trained = {name: weight.detach().clone() for name, weight in trainer.model.state_dict().items()}
    with torch.no_grad():
        trainer.model.load_state_dict(reference().state_dict())
        old = trainer._get_per_token_logps_and_entropies(trainer.model, ids, mask, inputs["completion_ids"].size(1))[0]
        trainer.model.load_state_dict(trained)
    inputs["old_per_token_logps"] = old
    if "advantages" in case:
        inputs["advantages"] = torch.tensor(case["advantages"])
    found = answer(trainer.model, trainer.compute_loss(trainer.model, inputs))
    metrics = trainer._metrics["train"]
    clipped = {side: metrics[f"clip_ratio/{side}_mean"][-1] for side in ("low", "high")}
    return {"trl": found, "clipped": clipped}


KINDS = {f.__name__: f for f in (dpo, kto, simpo, orpo, grpo)}
answers = {case["name"]: KINDS[case["kind"]](case) for case in request["cases"]}
sys.stdout = sys.__stdout__
print(json.dumps(answers, separators=(",", ":")))
