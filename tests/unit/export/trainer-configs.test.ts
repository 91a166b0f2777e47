/** Configuration files for TRL and verl: only settings known to them, the plan's values, and a comment on settings without a counterpart. */
import { execFileSync } from 'node:child_process'
import { comment, mapOf, yamlOf } from '@main/export/commented-yaml'
import type { ConfigSource } from '@main/export/trainer-config'
import { trainerConfigs } from '@main/export/trainer-configs'
import { type PlanInput, planSchema } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const sourceOf = (changes: Partial<PlanInput>): ConfigSource => ({
  plan: planSchema.parse({
    model: { path: '/models/base' },
    data: { train: { path: '/data/train.jsonl' } },
    objective: { kind: 'dpo', beta: 0.25, epochs: 2 },
    ...changes,
  }),
  ...{ run: 'abc', base: '/models/base', data: '/out/my pairs.jsonl', context: 512, isFused: false },
})

const named = (source: ConfigSource, format: 'pairs' | 'unpaired' | 'stepwise', suffix: string) => {
  const found = trainerConfigs(format, source).find((config) => config.suffix === suffix)
  if (!found) throw new Error(`there is no ${suffix}`)
  return found
}

/** The settings at the top of a file, as written. */
const settingsOf = (content: string) =>
  new Map([...content.matchAll(/^(\w+): ?(.*)$/gm)].map(([, key, value]) => [key, value] as const))

/** Of TRL 1.16's ScriptArguments, DatasetMixtureConfig, ModelConfig, DPOConfig, KTOConfig and transformers' TrainingArguments: those used. */
const TRL = [
  ...['model_name_or_path', 'use_peft', 'lora_r', 'lora_alpha', 'lora_dropout', 'lora_target_modules', 'use_rslora'],
  ...['datasets', 'disable_dropout', 'max_length', 'loss_type', 'beta', 'desirable_weight', 'undesirable_weight'],
  ...['learning_rate', 'lr_scheduler_type', 'warmup_steps', 'weight_decay', 'adam_beta1', 'adam_beta2', 'adam_epsilon'],
  ...[
    'max_grad_norm',
    'per_device_train_batch_size',
    'gradient_accumulation_steps',
    'num_train_epochs',
    'max_steps',
    'seed',
  ],
  ...['gradient_checkpointing', 'logging_steps', 'bf16', 'output_dir'],
]

describe('TRL', () => {
  it('gets a DPO run’s settings under its names', () => {
    const adaptation = { kind: 'lora', r: 8, alpha: 12, rslora: true, dropout: 0.05, targets: ['q_proj'] } as const
    const source = sourceOf({
      adaptation: { ...adaptation, targets: [...adaptation.targets] },
      optimiser: { learningRate: 1e-7, schedule: 'constant', warmupSteps: 5 },
      budget: { promptsPerIteration: 30, trainedPerPrompt: 1 },
    })
    const { content, command } = named(source, 'pairs', '.trl-dpo.yaml')
    const settings = settingsOf(content)
    for (const key of settings.keys()) expect(TRL).toContain(key)
    expect(Object.fromEntries(settings)).toMatchObject({
      ...{ beta: '0.25', num_train_epochs: '2', max_length: '512', loss_type: '["sigmoid"]' },
      ...{ lora_r: '8', lora_alpha: '12', use_rslora: 'true', lora_dropout: '0.05', disable_dropout: 'false' },
      ...{ learning_rate: '1.0e-7', lr_scheduler_type: '"constant_with_warmup"', warmup_steps: '5' },
      ...{ per_device_train_batch_size: '8', gradient_accumulation_steps: '4' },
    })
    expect(content).toContain('data_files: "/out/my pairs.jsonl"')
    expect(command('/out/my pairs.trl-dpo.yaml')).toBe("trl dpo --config '/out/my pairs.trl-dpo.yaml'")
  })

  it('names the settings that the plan or TRL does not have', () => {
    const { content } = named(sourceOf({ objective: { kind: 'ppo' } }), 'unpaired', '.trl-kto.yaml')
    for (const key of settingsOf(content).keys()) expect(TRL).toContain(key)
    expect(content).toMatch(/# The run trained with PPO, so its plan has no settings of KTO/)
    expect(content).toMatch(
      /# Settings of the run without a counterpart in TRL:\n(.*\n)*# - gpo\.\*: critical steps \(undecided\)/,
    )
    const simpo = named(sourceOf({ objective: { kind: 'simpo' } }), 'pairs', '.trl-dpo.yaml').content
    expect(simpo).toMatch(/# For SimPO: CPOTrainer .* simpo_gamma 1\.375, cpo_alpha 0/)
  })

  it('is told that its own command loads no GGUF file', () => {
    const note = /# A GGUF file is loaded by train\.py .*\nmodel_name_or_path: "\/models\/base\.gguf"/
    const { content } = named({ ...sourceOf({}), base: '/models/base.gguf' }, 'pairs', '.trl-dpo.yaml')
    expect(content).toMatch(note)
    expect(named(sourceOf({}), 'pairs', '.trl-dpo.yaml').content).not.toContain('GGUF')
  })

  it('gets the steps that SFT took, not passes that nobody counted', () => {
    const source = sourceOf({ objective: { kind: 'sft' }, budget: { iterations: 30, promptsPerIteration: 16 } })
    const { content } = named(source, 'pairs', '.trl-dpo.yaml')
    const settings = settingsOf(content)
    for (const key of settings.keys()) expect(TRL).toContain(key)
    expect(settings.get('max_steps')).toBe('30')
    expect(settings.has('num_train_epochs')).toBe(false)
    expect(settings.get('gradient_accumulation_steps')).toBe('2')
    expect(content).toContain('30 optimiser steps of 16 rows: 480 / rows passes over its data')
  })

  it('gets KTO’s weights', () => {
    const source = sourceOf({ objective: { kind: 'kto', beta: 0.3, desirableWeight: 2, undesirableWeight: 0.5 } })
    const settings = settingsOf(named(source, 'unpaired', '.trl-kto.yaml').content)
    expect(Object.fromEntries(settings)).toMatchObject({
      beta: '0.3',
      desirable_weight: '2',
      undesirable_weight: '0.5',
    })
  })
})

describe('verl', () => {
  it('gets GRPO', () => {
    const source = sourceOf({
      objective: { kind: 'grpo', kl: 0.02, clip: 0.1, minibatches: 4 },
      budget: { promptsPerIteration: 64, trainedPerPrompt: 8, iterations: 33 },
      rollout: { maxNewTokens: 100, topK: 20 },
    })
    const { content, command } = named(source, 'pairs', '.verl.yaml')
    for (const line of [
      'adv_estimator: "grpo"',
      'ppo_mini_batch_size: 16',
      'clip_ratio: 0.1',
      'loss_agg_mode: "seq-mean-token-mean"',
      'kl_loss_coef: 0.02',
      'kl_loss_type: "low_var_kl"',
      'n: 8',
      'top_k: 20',
      'max_prompt_length: 412',
      'max_response_length: 100',
      'total_training_steps: 33',
      'train_files: "???"',
    ])
      expect(content).toMatch(new RegExp(`^ +${line.replaceAll('?', '\\?')}$`, 'm'))
    expect(content).not.toMatch(/^critic:/m)
    expect(content).toMatch(/# gpo\.\* has no counterpart/)
    expect(command('/out/x.verl.yaml')).toBe('python3 -m verl.trainer.main_ppo --config-path /out --config-name x.verl')
  })

  it('gets PPO with its critic', () => {
    const { content } = named(sourceOf({ objective: { kind: 'ppo', kl: 0.05, lambda: 0.9 } }), 'unpaired', '.verl.yaml')
    expect(content).toMatch(/adv_estimator: "gae"\n {2}gamma: 1\n {2}lam: 0\.9\n {2}use_kl_in_reward: true/)
    expect(content).toMatch(/^critic:\n {2}# .*\n {2}model:\n {4}path: "\/models\/base"/m)
  })

  it('is left alone by other objectives, and stepwise records have no configuration', () => {
    expect(trainerConfigs('pairs', sourceOf({})).map(({ suffix }) => suffix)).toEqual(['.trl-dpo.yaml'])
    expect(trainerConfigs('stepwise', sourceOf({ objective: { kind: 'grpo' } }))).toEqual([])
  })
})

it('a text cannot leave its line: neither as a value nor as a comment', () => {
  const key = 'a"\n- b: #\u0085\u2028\u007f'
  const written = yamlOf([comment('one\nkey: 1\u2028two: 2\u0085three: 3'), { key, number: 1e21, none: null }])
  expect(written).toBe(
    '# one\n# key: 1\n# two: 2\n# three: 3\nkey: "a\\"\\n- b: #\\u0085\\u2028\\u007f"\nnumber: 1.0e+21\nnone: null\n',
  )
  expect(parse(written)).toEqual({ key, number: 1e21, none: null })
})

it('comments stand above the setting that follows, in nested maps too, and at the end', () => {
  const inner = mapOf([comment('in front'), { a: 1, skipped: undefined }, comment('behind')])
  expect(yamlOf([{ inner, list: ['no', 1e-7] }, comment('last')])).toBe(
    'inner:\n  # in front\n  a: 1\n  # behind\nlist: ["no", 1.0e-7]\n# last\n',
  )
})

const python = process.env['GPO_PYTHON']
const READ = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin.buffer.read().decode())))'

it.skipIf(!python).each(['dpo', 'kto', 'ppo', 'grpo'] as const)('Python reads a %s run’s files the same', (kind) => {
  const source = sourceOf({
    model: { path: 'no: "1e-7" #\u0085\u2028\u007f' },
    objective: { kind },
    optimiser: { learningRate: 1e-7 },
  })
  const files = (['pairs', 'unpaired'] as const).flatMap((format) => trainerConfigs(format, source))
  expect(files.length).toBeGreaterThan(0)
  for (const { content } of files) {
    const read = execFileSync(python ?? '', ['-c', READ], { input: content, encoding: 'utf8' })
    expect(JSON.parse(read)).toEqual(parse(content))
  }
})

it('both name the modules with adapters as the checkpoint does', () => {
  const adapted = { ...sourceOf({ adaptation: { kind: 'lora' } }), isFused: true }
  const grpo = { ...sourceOf({ adaptation: { kind: 'lora' }, objective: { kind: 'grpo' } }), isFused: true }
  for (const { content } of [named(adapted, 'pairs', '.trl-dpo.yaml'), named(grpo, 'pairs', '.verl.yaml')]) {
    expect(content).toMatch(/qkv_proj/)
    expect(content).not.toMatch(/\bq_proj/)
  }
})
