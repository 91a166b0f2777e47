import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunSummary } from '@shared/schemas/run'
import { describe, expect, it } from 'vitest'
import {
  expectFailure,
  expectSoundDatabase,
  filesOf,
  gpo,
  jsonLines,
  planOf,
  temporaryFolder,
  writePlan,
  writeRows,
} from '../../support/gpo'
import { type ModelChanges, writeTinyModel } from '../../support/model-folder'

const folder = temporaryFolder()
const rows = writeRows(folder)

/** Both a run and a generation are refused: before the run is created if headers show the problem, else the run fails without a checkpoint. */
async function refused(model: string, ...messages: readonly RegExp[]): Promise<void> {
  const home = temporaryFolder()
  const file = writePlan(home, { ...planOf(rows, { objective: { kind: 'ppo' } }), model: { path: model } })
  expectFailure(await gpo(home, 'train', file), 4, ...messages)
  const begun = jsonLines<RunSummary>(await gpo(home, 'runs', '--json'))
  for (const run of begun) {
    expect(run).toMatchObject({ status: 'failed', iteration: 0, error: { code: 'model' } })
    expect(filesOf(run.folder)).toEqual([])
  }
  expectSoundDatabase(home)
  const asked = await gpo(home, 'score', '--model', model, '--prompt', '1+1=', '--completion', '2', '--json')
  expectFailure(asked, 4, ...messages)
  expect(asked.stdout).toBe('')
}

const modelWith = (name: string, changes?: ModelChanges) => writeTinyModel(join(folder, name), changes)
const weightsOf = (model: string) => join(model, 'model.safetensors')

/** A file with this header and a few bytes of data. */
function headerOnly(file: string, header: string, length = header.length): void {
  const begin = Buffer.alloc(8)
  begin.writeBigUInt64LE(BigInt(length))
  writeFileSync(file, Buffer.concat([begin, Buffer.from(header), Buffer.alloc(64)]))
}

describe('weights that cannot be used', () => {
  it('are cut off', () => {
    const file = weightsOf(modelWith('cut'))
    writeFileSync(file, readFileSync(file).subarray(0, 20_000))
    return refused(join(folder, 'cut'), /model\.safetensors/, /20,000 bytes/, /again/)
  })

  it('have a header longer than the file', () => {
    headerOnly(weightsOf(modelWith('header')), '{}', 123_456)
    return refused(join(folder, 'header'), /model\.safetensors/, /123,456/)
  })

  it('have tensors that overlap', () => {
    const tensor = (begin: number) => ({ dtype: 'F32', shape: [2], data_offsets: [begin, begin + 8] })
    headerOnly(weightsOf(modelWith('overlap')), JSON.stringify({ one: tensor(0), two: tensor(4) }))
    return refused(join(folder, 'overlap'), /model\.safetensors/, /two/, /overlap/)
  })

  it('have another shape than config.json says; both are named', () => {
    const model = modelWith('shape', {
      weights: (all) => all.set('model.norm.weight', { shape: [8], data: new Float32Array(8) }),
    })
    return refused(model, /model\.norm\.weight/, /\[16\]/, /\[8\]/)
  })

  it('lack a tensor', () => {
    const model = modelWith('missing', { weights: (all) => void all.delete('model.layers.1.mlp.up_proj.weight') })
    return refused(model, /model\.layers\.1\.mlp\.up_proj\.weight/, /missing/)
  })

  it('hold a NaN; tensor and place are named', () => {
    const model = modelWith('nan')
    const bytes = readFileSync(weightsOf(model))
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString()) as Record<
      string,
      { data_offsets: [number, number] }
    >
    const begin = 8 + Number(bytes.readBigUInt64LE()) + header['model.norm.weight']!.data_offsets[0]
    bytes.writeFloatLE(Number.NaN, begin + 4 * 5)
    writeFileSync(weightsOf(model), bytes)
    return refused(model, /model\.norm\.weight/, /NaN at index 5/)
  })
})

describe('a model that cannot be used', () => {
  it('has a tokenizer with tokens beyond the embedding', () => {
    const model = modelWith('tokens', {
      config: { vocab_size: 300 },
      weights: (all) => all.set('model.embed_tokens.weight', { shape: [300, 16], data: new Float32Array(4800) }),
    })
    return refused(model, /id 323/, /300 rows/, /tokenizer that belongs to this model/)
  })

  it('has an architecture that is not known; the known ones are named', () => {
    const model = modelWith('architecture', { config: { architectures: ['MambaForCausalLM'] } })
    return refused(model, /MambaForCausalLM/, /LlamaForCausalLM/)
  })

  it('has a config.json that is not JSON', () => {
    const model = modelWith('json')
    writeFileSync(join(model, 'config.json'), '{')
    return refused(model, /config\.json/, /JSON/)
  })

  it('is a folder without a model', async () => {
    const home = temporaryFolder()
    const plan = planOf(rows, { objective: { kind: 'ppo' } })
    const file = writePlan(home, { ...plan, model: { path: home } })
    expectFailure(
      await gpo(home, 'train', file),
      4,
      /has no config\.json: a model is a folder in Hugging Face layout.*or a \.gguf file/,
    )
    const asked = await gpo(home, 'score', '--model', home, '--prompt', 'a', '--completion', 'b')
    expectFailure(asked, 4, /has no config\.json/)
  })

  it('is bundled under no such name', async () => {
    const home = temporaryFolder()
    const file = writePlan(home, planOf(rows, { objective: { kind: 'ppo' } }))
    const ended = await gpo(home, 'train', file, '--set', 'model.path=bundled:huge')
    expectFailure(ended, 8, /no bundled model "bundled:huge"; there are: bundled:tiny/)
  })
})
