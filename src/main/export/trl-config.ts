/**
 * From a run's plan to the command line of TRL 1.16: DPO and KTO on exported records. A setting without a counterpart is named in a comment,
 * never left out silently. Pure.
 */
import { isGuided } from '@shared/method/guided'
import { passesOf } from '@shared/method/optimiser-steps'
import type { Plan } from '@shared/schemas/plan'
import { shellWord } from '@shared/shell-word'
import { comment, type Entry, yamlOf } from './commented-yaml'
import { type ConfigSource, header, type TrainerConfig, targetModules } from './trainer-config'

const SCHEDULERS = { constant: 'constant', linear: 'linear', cosine: 'cosine' } as const

/** Sequences per device that fit on any current graphics card; the rest of a batch is accumulated. */
const PER_DEVICE = 8

/** How long training is. SFT takes one step per iteration, so its passes over the data follow from the budget. */
function durationEntries({ objective, budget }: Plan): Entry[] {
  if (objective.kind !== 'sft') return [{ num_train_epochs: passesOf({ objective }) }]
  const { iterations, promptsPerIteration } = budget
  return [
    comment(
      `The run took ${iterations} optimiser steps of ${promptsPerIteration} rows: ${iterations * promptsPerIteration} / rows passes over its data.`,
    ),
    { max_steps: iterations },
  ]
}

const minibatchesOf = ({ objective }: Plan) => ('minibatches' in objective ? objective.minibatches : 1)
const unitsPerStep = (plan: Plan) => {
  const { promptsPerIteration, trainedPerPrompt } = plan.budget
  const perPrompt = plan.objective.kind === 'sft' ? 1 : trainedPerPrompt
  return Math.max(1, Math.ceil((promptsPerIteration * perPrompt) / minibatchesOf(plan)))
}

function modelEntries(source: ConfigSource): Entry[] {
  const { plan, base } = source
  const { adaptation } = plan
  const entries: Entry[] = [
    comment(
      'The model that the run started from. To continue from its result, put the folder of the exported model here.',
    ),
    ...(/\.gguf$/i.test(base)
      ? [comment('A GGUF file is loaded by train.py of `gpo export --format trl`, not by the command `trl`.')]
      : []),
    { model_name_or_path: base },
  ]
  if (adaptation.kind === 'full') return entries
  const { r, alpha, dropout, rslora, targets, from, base: precision } = adaptation
  return [
    ...entries,
    { use_peft: true, lora_r: r },
    ...(Number.isInteger(alpha) ? [] : [comment(`The plan has ${alpha}; TRL accepts whole numbers only.`)]),
    {
      lora_alpha: Math.max(1, Math.round(alpha)),
      lora_dropout: dropout,
      use_rslora: rslora,
      lora_target_modules: targetModules(targets, source),
    },
    ...(dropout > 0 ? [comment('TRL switches dropout off by default.'), { disable_dropout: false }] : []),
    ...(from === undefined
      ? []
      : [comment(`The run started from the adapter in ${from}: merge it into the model first.`)]),
    ...(precision === 'int8'
      ? [comment("The run stored the base in 8 bits with one scale per row. TRL's load_in_8bit rounds differently.")]
      : []),
  ]
}

/** Records of an optimiser step: on a device at once, and in all. */
interface Batch {
  readonly perDevice: number
  readonly perStep: number
}

function batchOf(plan: Plan): Batch {
  const perStep = unitsPerStep(plan)
  return { perDevice: Math.min(PER_DEVICE, perStep), perStep }
}

/** How long training is, and its longest sequence, where the records are given. */
const passEntries = ({ plan, context }: ConfigSource): Entry[] => [
  ...durationEntries(plan),
  { max_length: context ?? undefined },
]

function optimiserEntries({ plan }: ConfigSource, { perDevice, perStep } = batchOf(plan)): Entry[] {
  const { learningRate, weightDecay, beta1, beta2, epsilon, maxGradNorm, schedule, warmupSteps } = plan.optimiser
  const scheduler = schedule === 'constant' && warmupSteps > 0 ? 'constant_with_warmup' : SCHEDULERS[schedule]
  return [
    { learning_rate: learningRate, lr_scheduler_type: scheduler, warmup_steps: warmupSteps },
    {
      weight_decay: weightDecay,
      adam_beta1: beta1,
      adam_beta2: beta2,
      adam_epsilon: epsilon,
      max_grad_norm: maxGradNorm,
    },
    ...(maxGradNorm === 0 ? [comment('0 switches clipping off.')] : []),
    comment(`${perStep} records per optimiser step, as in the run; divide by the number of devices.`),
    { per_device_train_batch_size: perDevice, gradient_accumulation_steps: Math.ceil(perStep / perDevice) },
    { seed: plan.seed },
    { gradient_checkpointing: plan.budget.recomputeLayers, logging_steps: 1 },
    comment("The run computed in float32; TRL's default is bfloat16."),
    { bf16: false },
  ]
}

const noCounterpart = ({ plan }: ConfigSource): Entry[] => [
  comment('Settings of the run without a counterpart in TRL:'),
  comment('- In the run, the current policy made new records in every iteration. Here the records are fixed.'),
  ...(!isGuided(plan)
    ? []
    : [comment(`- gpo.*: critical steps (${plan.gpo.criticalStep}) are in the data: a prompt ends where they begin.`)]),
  comment(
    `- rollout.temperature ${plan.rollout.temperature}, verifier ${plan.verifier.kind}: they made the data; TRL samples and judges nothing.`,
  ),
]

export function trlDpo(source: ConfigSource): TrainerConfig {
  const { plan, data } = source
  const { objective } = plan
  const beta = objective.kind === 'dpo' ? objective.beta : 0.1
  const other = `The run trained with ${objective.kind.toUpperCase()}, so its plan has no β of DPO: this is TRL's default.`
  const variants: Entry[] =
    objective.kind === 'simpo'
      ? [
          comment(
            `For SimPO: CPOTrainer of trl.experimental.cpo, loss_type simpo, beta ${objective.beta}, simpo_gamma ${objective.gammaRatio * objective.beta}, cpo_alpha 0.`,
          ),
        ]
      : objective.kind === 'orpo'
        ? [comment(`For ORPO: ORPOTrainer of trl.experimental.orpo, beta ${objective.lambda}.`)]
        : []
  return {
    suffix: '.trl-dpo.yaml',
    text: 'Continue with DPO in TRL, with the settings of this run',
    command: (file) => `trl dpo --config ${shellWord(file)}`,
    content: yamlOf([
      ...header(source, 'DPO with TRL'),
      ...modelEntries(source),
      { datasets: [{ path: 'json', data_files: data, split: 'train' }] },
      ...(objective.kind === 'dpo' ? [] : [comment(other), ...variants]),
      { loss_type: ['sigmoid'], beta },
      ...optimiserEntries(source),
      ...passEntries(source),
      { output_dir: `gpo-${source.run}-dpo` },
      ...noCounterpart(source),
    ]),
  }
}

/** SFT on what the run judged correct. */
export function trlSft(source: ConfigSource): TrainerConfig {
  return {
    suffix: '.trl-sft.yaml',
    text: 'Imitate the correct completions with SFT in TRL',
    command: (file) => `trl sft --config ${shellWord(file)}`,
    content: yamlOf([
      ...header(source, 'SFT with TRL'),
      ...modelEntries(source),
      { datasets: [{ path: 'json', data_files: source.data, split: 'train' }] },
      comment('The loss is that of the completion alone, as in the run.'),
      { completion_only_loss: true, packing: false },
      ...optimiserEntries(source),
      ...passEntries(source),
      { output_dir: `gpo-${source.run}-sft` },
      ...noCounterpart(source),
    ]),
  }
}

/** GRPO, for which TRL samples its own rollouts. */
export function trlGrpo(source: ConfigSource): TrainerConfig {
  const { plan, context } = source
  const { objective, rollout, budget } = plan
  const own = objective.kind === 'grpo' ? objective : null
  const loss = own === null ? 'dapo' : { rollout: 'grpo', token: 'dapo', constant: 'dr_grpo' }[own.average]
  const { trainedPerPrompt: group } = budget
  const perStep = unitsPerStep(plan)
  const perDevice = group * Math.max(1, Math.floor(Math.min(PER_DEVICE, perStep) / group))
  return {
    suffix: '.trl-grpo.yaml',
    text: 'Continue with GRPO in TRL, which samples its own rollouts',
    command: (file) => `trl grpo --config ${shellWord(file)}`,
    content: yamlOf([
      ...header(source, 'GRPO with TRL'),
      ...modelEntries(source),
      ...(own === null
        ? [
            comment(
              `The run trained with ${objective.kind.toUpperCase()}: these are TRL's defaults for GRPO's own settings.`,
            ),
          ]
        : [{ beta: own.kl, epsilon: own.clip, epsilon_high: own.clipHigh, scale_rewards: own.scaleRewards }]),
      { loss_type: loss },
      { num_generations: group, temperature: rollout.temperature, top_p: rollout.topP, top_k: rollout.topK },
      { max_completion_length: rollout.maxNewTokens, num_iterations: own?.epochs ?? 1 },
      ...(context === null ? [] : [comment(`The base model's context is ${context} tokens.`)]),
      ...optimiserEntries(source, { perDevice, perStep }),
      { max_steps: budget.iterations * minibatchesOf(plan), output_dir: `gpo-${source.run}-grpo` },
      ...(isGuided(plan)
        ? [comment('gpo.* has no counterpart: TRL samples every rollout from the prompt and knows no critical steps.')]
        : []),
    ]),
  }
}

export function trlKto(source: ConfigSource): TrainerConfig {
  const { plan, data } = source
  const { objective } = plan
  const own =
    objective.kind === 'kto'
      ? {
          beta: objective.beta,
          desirable_weight: objective.desirableWeight,
          undesirable_weight: objective.undesirableWeight,
        }
      : { beta: 0.1, desirable_weight: 1, undesirable_weight: 1 }
  const other = `The run trained with ${objective.kind.toUpperCase()}, so its plan has no settings of KTO: these are TRL's defaults.`
  return {
    suffix: '.trl-kto.yaml',
    text: 'Continue with KTO in TRL, with the settings of this run',
    command: (file) => `trl kto --config ${shellWord(file)}`,
    content: yamlOf([
      ...header(source, 'KTO with TRL'),
      ...modelEntries(source),
      { datasets: [{ path: 'json', data_files: data, split: 'train' }] },
      ...(objective.kind === 'kto' ? [] : [comment(other)]),
      { loss_type: 'kto', ...own },
      ...optimiserEntries(source),
      ...passEntries(source),
      { output_dir: `gpo-${source.run}-kto` },
      ...noCounterpart(source),
    ]),
  }
}
