/**
 * Makes the bundled base model: random weights, then supervised fine-tuning on generated solutions with the program's own SFT recipe, then
 * export. About 5 minutes on two cores.
 *
 *   npm run make-tiny-model -- [--iterations N] [--keep FOLDER]
 *
 * It is stopped early on purpose: the model knows the form of every task but makes mistakes in single steps, which training can improve.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { trainAndExport } from './tasks/train-and-export.ts'

const root = resolve(import.meta.dirname, '..')
const model = join(root, 'resources/models/tiny')

const { values: flags } = parseArgs({
  options: { iterations: { type: 'string', default: '940' }, keep: { type: 'string' } },
})

const D = 128
const LAYERS = 4
const HEADS = 4
const KV_HEADS = 2
const FEED_FORWARD = 352
const VOCABULARY = 324

const CONFIG = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: VOCABULARY,
  hidden_size: D,
  intermediate_size: FEED_FORWARD,
  num_hidden_layers: LAYERS,
  num_attention_heads: HEADS,
  num_key_value_heads: KV_HEADS,
  head_dim: D / HEADS,
  hidden_act: 'silu',
  max_position_embeddings: 256,
  rope_theta: 10_000,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
  pad_token_id: 0,
  torch_dtype: 'float32',
}

/** Mulberry32 and Box–Muller: this script runs without the engine. */
function createNormal(seed: number): () => number {
  let state = seed
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

function shapes(): [string, number[]][] {
  const kv = (KV_HEADS * D) / HEADS
  const layer = (i: number): [string, number[]][] => [
    [`model.layers.${i}.self_attn.q_proj.weight`, [D, D]],
    [`model.layers.${i}.self_attn.k_proj.weight`, [kv, D]],
    [`model.layers.${i}.self_attn.v_proj.weight`, [kv, D]],
    [`model.layers.${i}.self_attn.o_proj.weight`, [D, D]],
    [`model.layers.${i}.mlp.gate_proj.weight`, [FEED_FORWARD, D]],
    [`model.layers.${i}.mlp.up_proj.weight`, [FEED_FORWARD, D]],
    [`model.layers.${i}.mlp.down_proj.weight`, [D, FEED_FORWARD]],
    [`model.layers.${i}.input_layernorm.weight`, [D]],
    [`model.layers.${i}.post_attention_layernorm.weight`, [D]],
  ]
  return [
    ['model.embed_tokens.weight', [VOCABULARY, D]],
    ...Array.from({ length: LAYERS }, (_, i) => layer(i)).flat(),
    ['model.norm.weight', [D]],
  ]
}

/** Standard deviation 0.04; 0.014 for the projections that end in the residual stream. */
function deviation(name: string): number {
  return /o_proj|down_proj/.test(name) ? 0.014 : 0.04
}

function writeRandomWeights(file: string): void {
  const normal = createNormal(1)
  const header: Record<string, unknown> = {}
  const chunks: Buffer[] = []
  let offset = 0
  for (const [name, shape] of shapes()) {
    const size = shape.reduce((a, b) => a * b, 1)
    const values = Float32Array.from({ length: size }, () => (shape.length === 1 ? 1 : deviation(name) * normal()))
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] }
    offset += values.byteLength
    chunks.push(Buffer.from(values.buffer))
  }
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  writeFileSync(file, Buffer.concat([length, json, ...chunks]))
}

const work = flags.keep ? resolve(flags.keep) : mkdtempSync(join(tmpdir(), 'gpo-tiny-'))
mkdirSync(join(work, 'start'), { recursive: true })
for (const name of ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'generation_config.json']) {
  copyFileSync(join(model, name), join(work, 'start', name))
}
writeFileSync(join(work, 'start/config.json'), `${JSON.stringify(CONFIG, null, 2)}\n`)
writeRandomWeights(join(work, 'start/model.safetensors'))

trainAndExport({
  name: 'tiny base model',
  start: join(work, 'start'),
  mix: 'chain-arithmetic=4,shuffled-objects=0.35,boolean-expressions=0.3',
  seed: 1,
  learningRate: 2e-3,
  warmupSteps: 50,
  iterations: Number(flags.iterations),
  work,
  out: model,
})
if (!flags.keep) rmSync(work, { recursive: true, force: true })
