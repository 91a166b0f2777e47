/** How much is sampled, trained, evaluated and saved. */
import { z } from 'zod'
import { positiveInt, settingIn } from './setting'

/** Most prompts that are followed. */
export const MAX_PROBES = 16
/** Numbers of rows from 1, with commas between them; or nothing. */
const ROW_LIST = /^\s*(?:[1-9]\d{0,8}\s*(?:,\s*[1-9]\d{0,8}\s*)*)?$/

const budget = settingIn('Budget')
const memory = settingIn('Speed and memory')
const evaluation = settingIn('Evaluation')
const checkpoint = settingIn('Checkpoints')

export const budgetSchema = z.strictObject({
  iterations: budget(positiveInt(1e6).default(100), {
    label: 'Iterations',
    isSimple: true,
    aliases: ['max_steps', 'total_training_steps', 'num_train_steps', 'total_episodes', 'num_train_epochs'],
    what: 'Rounds of sampling and training. For SFT: optimiser steps.',
    advice: '20 to 50 show whether it works; 100 to 500 for a result.',
  }),
  promptsPerIteration: budget(positiveInt(65536).default(32), {
    label: 'Prompts per iteration',
    isSimple: true,
    unit: 'prompts',
    aliases: ['batch_size', 'train_batch_size', 'rollout_batch_size', 'generation_batch_size', 'num_prompts'],
    what: 'Prompts sampled in each iteration. For SFT: rows per optimiser step.',
    advice: '32 to 128. More gives steadier gradients, at proportional cost.',
  }),
  trainedPerPrompt: budget(positiveInt(1024).default(4), {
    label: 'Trained per prompt',
    symbol: 'G',
    isSimple: true,
    aliases: ['num_generations', 'group size', 'n_samples', 'rollout.n', 'num_return_sequences', 'samples per prompt'],
    what: 'Rollouts (PPO, KTO; the group of GRPO) or pairs (DPO, SimPO, ORPO) trained for each prompt, with or without GPO. Collect: rollouts from each critical state.',
    advice: '4 to 16 for GRPO, 2 to 8 for PPO and KTO, 1 or 2 pairs.',
  }),
  skipDecided: budget(z.boolean().default(false), {
    label: 'Skip decided groups',
    aliases: ['dynamic sampling', 'filter_groups', 'dapo', 'zero variance', 'drop groups'],
    what: 'Groups whose rollouts all got the same reward are left out, and further prompts are sampled until the iteration is full, four times at most.',
    advice:
      'On when many groups agree: every trained group then teaches, for more sampling. Off to spend the same on every iteration.',
  }),
  microbatchTokens: memory(positiveInt(1 << 22).default(4096), {
    label: 'Tokens per pass',
    unit: 'tokens',
    aliases: [
      'per_device_train_batch_size',
      'micro_batch_size',
      'gradient_accumulation_steps',
      'ppo_micro_batch_size',
      'max_token_len',
    ],
    what: 'Padded tokens per forward and backward pass; gradients are added up over passes. The result is the same.',
    advice: 'Halve it when memory is short; more is faster until memory runs out.',
  }),
  recomputeLayers: memory(z.boolean().default(false), {
    label: 'Recompute layers',
    aliases: ['gradient_checkpointing', 'activation checkpointing', 'enable_gradient_checkpointing'],
    what: 'Keeps only each layer’s input and computes the rest again for the gradient: less memory, about a third more time per update.',
    advice: 'On for long sequences or large models, after tokens per pass has been lowered.',
  }),
})

export const evaluationSchema = z.strictObject({
  everyIterations: evaluation(z.number().int().min(0).max(1e6).default(10), {
    label: 'Evaluate every',
    unit: 'iterations',
    isSimple: true,
    aliases: ['eval_steps', 'eval_strategy', 'test_freq'],
    what: 'Evaluate every N iterations, and before and after. 0: only before and after.',
    advice: 'A tenth of the iterations.',
  }),
  limit: evaluation(positiveInt(1e6).default(256), {
    label: 'Rows per evaluation',
    unit: 'rows',
    aliases: ['max_eval_samples', 'val_batch_size'],
    what: 'Rows of the evaluation data used in each evaluation.',
    advice: '200 to 500: with 256 rows accuracy is known to about ± 5 points.',
  }),
  probes: evaluation(z.number().int().min(0).max(MAX_PROBES).default(4), {
    label: 'Probe prompts',
    unit: 'prompts',
    aliases: ['log_completions', 'num_completions_to_print', 'sample prompts', 'generate samples', 'probe'],
    what: 'A few fixed prompts that the model answers greedily before training and after every iteration, so that one sees how its answers change. A run that samples nothing, such as SFT, answers them with every evaluation. The rows are the same for all runs on the same data.',
    advice:
      'Four is enough to see a change. Beside 256 rollouts per iteration they took 1 % of the time at most; beside few, as much as the same number of rollouts.',
  }),
  probeRows: evaluation(
    z.string().max(200).regex(ROW_LIST, { error: 'expected row numbers with commas: 3, 17' }).default(''),
    {
      label: 'Rows of the probe prompts',
      aliases: ['probe rows', 'fixed prompts', 'prompts to watch'],
      what: 'Numbers of rows, as the page Datasets shows them, with commas between them: 3, 17. Of the evaluation data, or of the training data if there are none. Empty: chosen evenly at random.',
      advice: 'Empty, unless there are rows you want to watch.',
    },
  ),
  patience: evaluation(z.number().int().min(0).max(1000).default(0), {
    label: 'Stop early after',
    unit: 'evaluations',
    aliases: ['early_stopping_patience', 'EarlyStoppingCallback', 'patience'],
    what: 'The run ends when the held-out accuracy has not risen above its best for this many evaluations in a row. 0: never. The best checkpoint is kept.',
    advice:
      '0 to compare runs; 3 to 5 to save time. Evaluate often and on enough rows: a lucky evaluation is hard to beat.',
  }),
})

export const checkpointSchema = z.strictObject({
  everyIterations: checkpoint(positiveInt(1e6).default(10), {
    label: 'Save every',
    unit: 'iterations',
    aliases: ['save_steps', 'save_freq', 'save_strategy'],
    what: 'Iterations between checkpoints. After a crash the run resumes from the newest one.',
    advice: 'Often enough to go back to; against losing work there is the time below.',
  }),
  everyMinutes: checkpoint(z.number().min(0).max(100_000).default(10), {
    label: 'And after',
    unit: 'minutes',
    aliases: ['save_interval', 'checkpoint interval', 'time'],
    what: 'Also saves at the end of an iteration when the last checkpoint is older than this. 0: by iterations alone.',
    advice: '10: a crash costs no more than that and one iteration.',
  }),
  keepLast: checkpoint(positiveInt(1000).default(2), {
    label: 'Keep the newest',
    unit: 'checkpoints',
    aliases: ['save_total_limit', 'max_actor_ckpt_to_keep'],
    what: 'Older checkpoints are removed.',
    advice: '2. Each holds the trained parameters and two optimiser values for each of them.',
  }),
  keepBest: checkpoint(z.boolean().default(true), {
    label: 'Keep the best',
    aliases: ['load_best_model_at_end', 'save_best'],
    what: 'Also keeps the checkpoint with the best evaluation.',
    advice: 'On.',
  }),
})
