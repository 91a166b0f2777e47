/** An adapter in PEFT's layout: what we write is read, and what cannot be computed is refused by its name. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportAdapter } from '@main/export/adapter'
import { adapterTensors, type LoraConfig, loraScale } from '@main/formats/adapter-shapes'
import { checkAdapter, peftName, readAdapter, readPeftConfig } from '@main/formats/peft'
import { writeSafetensors } from '@main/formats/safetensors-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { tinyConfig } from '../../support/tiny-model'

const home = mkdtempSync(join(tmpdir(), 'gpo-peft-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const adaptation: LoraConfig = {
  ...{ kind: 'lora', r: 4, alpha: 6, rslora: true, dropout: 0.05, base: 'float32' },
  targets: ['q_proj', 'down_proj'],
}
const shapes = adapterTensors(tinyConfig, adaptation)
const tensors = [...shapes].map(([name, shape], t) => {
  const size = shape.reduce((a, b) => a * b, 1)
  return { name, shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(t + i)) }
})
const whole = join(home, 'whole')
exportAdapter({ baseModel: '/models/base', adaptation, tensors, out: whole, dtype: 'F32' })

let made = 0
/** A copy whose config or tensors were changed. */
function changed(config: Record<string, unknown>, own = tensors): string {
  const folder = join(home, `changed-${made++}`)
  cpSync(whole, folder, { recursive: true })
  const file = join(folder, 'adapter_config.json')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...config }))
  const named = own.map((tensor) => ({ ...tensor, name: peftName(tensor.name) }))
  writeSafetensors(join(folder, 'adapter_model.safetensors'), named, 'F32')
  return folder
}

it('reads what is written: settings and tensors', () => {
  const { base, ...settings } = readPeftConfig(whole)
  expect(base).toBe('/models/base')
  expect({ kind: 'lora', base: 'float32', ...settings }).toEqual(adaptation)
  expect(readAdapter(whole, shapes)).toEqual(new Map(tensors.map(({ name, ...tensor }) => [name, tensor])))
})

it('knows both scales', () => {
  expect(loraScale({ r: 16, alpha: 32, rslora: false })).toBe(2)
  expect(loraScale({ r: 16, alpha: 32, rslora: true })).toBe(8)
})

it('understands the ways in which PEFT names projections', () => {
  expect(readPeftConfig(changed({ target_modules: 'all-linear' })).targets).toHaveLength(7)
  expect(readPeftConfig(changed({ target_modules: ['mlp.down_proj', 'self_attn.q_proj'] })).targets).toEqual([
    'q_proj',
    'down_proj',
  ])
})

it('knows matrices that hold several projections', () => {
  expect(readPeftConfig(changed({ target_modules: ['qkv_proj', 'o_proj'] })).targets).toEqual([
    ...['q_proj', 'k_proj', 'v_proj', 'o_proj'],
  ])
  expect(readPeftConfig(changed({ target_modules: ['mlp.gate_up_proj'] })).targets).toEqual(['gate_proj', 'up_proj'])
})

it('has one adapter where the checkpoint has one matrix, for all of its projections or none', () => {
  const fused = { ...tinyConfig, isFused: true }
  const names = (targets: LoraConfig['targets']) => adapterTensors(fused, { r: 4, targets })
  const found = names(['q_proj', 'k_proj', 'v_proj', 'down_proj'])
  const [first, , third] = [...found].map(([name, shape]) => [name, ...shape])
  expect(first).toEqual(['model.layers.0.self_attn.qkv_proj.lora_A.weight', 4, 16])
  expect(third).toEqual(['model.layers.0.mlp.down_proj.lora_A.weight', 4, 24])
  expect(found.get('model.layers.1.self_attn.qkv_proj.lora_B.weight')).toEqual([32, 4])
  expect(() => names(['q_proj', 'v_proj'])).toThrow(/one matrix of this model \(qkv_proj\): add k_proj/)
})

it('takes keys that change nothing as they are', () => {
  const nothing = {
    use_dora: false,
    alora_invocation_tokens: null,
    rank_pattern: {},
    layers_to_transform: [],
    later: null,
  }
  const about = {
    peft_version: '0.19.1',
    runtime_config: { a: 1 },
    init_lora_weights: 'gaussian',
    megatron_core: 'megatron.core',
  }
  expect(readPeftConfig(changed({ ...nothing, ...about })).r).toBe(4)
  expect(readPeftConfig(changed({ init_lora_weights: true, eva_config: { rho: 2 }, r: null })).r).toBe(8)
})

describe('refused by its name:', () => {
  it.each([
    [{ use_dora: true }, /"use_dora" is true.*not supported/],
    [{ bias: 'lora_only' }, /"bias" is "lora_only"/],
    [{ modules_to_save: ['lm_head'] }, /"modules_to_save" is \["lm_head"\]/],
    [{ rank_pattern: { q_proj: 8 } }, /"rank_pattern"/],
    [{ alpha_pattern: { q_proj: 8 } }, /"alpha_pattern"/],
    [{ layers_to_transform: [0] }, /"layers_to_transform" is \[0\]/],
    [{ fan_in_fan_out: true }, /"fan_in_fan_out"/],
    [{ lora_bias: true }, /"lora_bias"/],
    [{ alora_invocation_tokens: [1, 2] }, /"alora_invocation_tokens" is \[1,2\]: activated LoRA \(aLoRA\)/],
    [{ trainable_token_indices: [3] }, /"trainable_token_indices".*single tokens/],
    [{ exclude_modules: ['layers.0'] }, /"exclude_modules"/],
    [{ layer_replication: [[0, 2]] }, /"layer_replication"/],
    [{ use_qalora: true, qalora_group_size: 16 }, /"use_qalora"/],
    [{ kasa_config: { beta: 1 } }, /"kasa_config".*KaSA/],
    [{ a_later_variant: true }, /"a_later_variant" is true: a setting that this program does not know/],
    [{ init_lora_weights: 'mica' }, /"init_lora_weights" is "mica"/],
    [{ init_lora_weights: 'corda' }, /"init_lora_weights" is "corda"/],
    [{ init_lora_weights: 'pissa_niter_4' }, /"init_lora_weights" is "pissa_niter_4"/],
    [{ peft_type: 'IA3' }, /"peft_type" is "IA3"; LORA/],
    [{ target_modules: ['q_proj', 'lm_head'] }, /"target_modules" names "lm_head"/],
    [{ target_modules: '.*q_proj' }, /"target_modules" is ".\*q_proj", expected a list/],
    [{ r: 0 }, /"r" is 0/],
    [{ r: 'many' }, /"r" is "many"/],
    [{ lora_alpha: -1 }, /"lora_alpha" is -1/],
    [{ lora_alpha: 0 }, /"lora_alpha" is 0/],
    [{ use_rslora: 'yes' }, /"use_rslora" is "yes"/],
  ])('%j', (config, message) => {
    expect(() => readPeftConfig(changed(config))).toThrow(message)
  })

  it('a missing tensor, one of another shape, one too many', () => {
    expect(() => checkAdapter(changed({}, tensors.slice(1)), shapes)).toThrow(
      /base_model\.model\.model\.layers\.0\.self_attn\.q_proj\.lora_A\.weight is missing.*\[4, 16\]/,
    )
    const wider = { ...tensors[0]!, shape: [4, 17], data: new Float32Array(68) }
    expect(() => checkAdapter(changed({}, [wider, ...tensors.slice(1)]), shapes)).toThrow(
      /q_proj\.lora_A\.weight is \[4, 17\].*\[4, 16\]: choose the model it was trained on/,
    )
    const another = { name: 'model.layers.9.self_attn.q_proj.lora_A.weight', shape: [1], data: new Float32Array(1) }
    expect(() => checkAdapter(changed({}, [...tensors, another]), shapes)).toThrow(/layers\.9\.self_attn.*no place/)
  })

  it('pickled weights, no weights, no config', () => {
    const folder = changed({})
    renameSync(join(folder, 'adapter_model.safetensors'), join(folder, 'adapter_model.bin'))
    expect(() => checkAdapter(folder, shapes)).toThrow(/may run code.*PeftModel.*safe_serialization=True/)
    rmSync(join(folder, 'adapter_model.bin'))
    expect(() => checkAdapter(folder, shapes)).toThrow(/has no adapter_model\.safetensors/)
    rmSync(join(folder, 'adapter_config.json'))
    expect(() => readPeftConfig(folder)).toThrow(/has no adapter_config\.json/)
  })
})
