/** What a run began with: every change of content is noticed, and nothing else. */
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { checkSameInputs, completeFingerprints, differences, takeFingerprints } from '@main/runs/fingerprints'
import { newRun } from '@main/runs/prepare'
import { fingerprintsOfRun, keepFingerprints } from '@main/store/fingerprints'
import type { Store } from '@main/store/query'
import { planSchema } from '@shared/schemas/plan'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../../support/model-folder'
import { open, temporaryHome } from '../../support/scripted-run'
import { failureOf } from '../library/files'

let [home, model, data] = ['', '', '']
let store: Store
beforeEach(() => {
  home = temporaryHome()
  model = writeTinyModel(join(home, 'model'))
  data = join(home, 'rows.jsonl')
  writeFileSync(data, '{"prompt":"1+1=","answer":"2"}\n')
  store = open()
})

const planOf = (more: object = {}) =>
  planSchema.parse({
    model: { path: model },
    data: { train: { path: data } },
    objective: { kind: 'ppo' },
    ...more,
  })

/** Changes one byte, sets the file's dates back. */
function changeInPlace(file: string, at: number): void {
  const { atime, mtime } = statSync(file)
  const bytes = readFileSync(file)
  bytes[at] = bytes[at]! ^ 1
  writeFileSync(file, bytes)
  utimesSync(file, atime, mtime)
}

async function begun(plan = planOf()) {
  const run = newRun(store, plan)
  keepFingerprints(store, run.id, await takeFingerprints(store, plan))
  return run
}

describe('a run goes on', () => {
  it('with what it began with, and with files that were only touched, copied or joined by others', async () => {
    const run = await begun()
    expect(await checkSameInputs(store, run)).toEqual([])
    utimesSync(data, 1, 1)
    copyFileSync(join(model, 'config.json'), join(home, 'kept'))
    rmSync(join(model, 'config.json'))
    copyFileSync(join(home, 'kept'), join(model, 'config.json'))
    writeFileSync(join(model, 'README.md'), 'about')
    writeFileSync(join(model, 'optimizer.pt'), 'state')
    expect(await checkSameInputs(store, run)).toEqual([])
  })

  it('where nothing was noted, with a note, and is noted then', async () => {
    const run = newRun(store, planOf())
    expect((await checkSameInputs(store, run)).join()).toMatch(/were not recorded/)
    expect(fingerprintsOfRun(store, run.id)).toHaveLength(3)
    writeFileSync(data, '{"prompt":"1+1=","answer":"3"}\n')
    expect((await failureOf(checkSameInputs(store, run))).code).toBe('changed')
  })
})

describe('a run is refused', () => {
  it.each([
    [
      'training data of the same size and date',
      'rows.jsonl',
      /training data .*rows\.jsonl has other content of the same size, 31 bytes/,
    ],
    [
      'weights of the same size and date',
      'model/model.safetensors',
      /base weights .*model\.safetensors has other content/,
    ],
    ['a tokenizer of the same size', 'model/tokenizer.json', /tokenizer .*tokenizer\.json has other content/],
    ['a setting of the model', 'model/config.json', /base weights .*config\.json has other content/],
  ])('with %s', async (_, name, message) => {
    const run = await begun()
    changeInPlace(join(home, name), 25)
    const failure = await failureOf(checkSameInputs(store, run))
    expect(failure.code).toBe('changed')
    expect(failure.message).toMatch(message)
    expect(failure.message).toMatch(/resume with the changed ones$/)
    expect(failure.message.match(/\(\//g)).toHaveLength(1)
  })

  it('with a row more, a chat template more or a file less, all named at once', async () => {
    const run = await begun()
    appendFileSync(data, '{"prompt":"2+2=","answer":"4"}\n')
    writeFileSync(join(model, 'chat_template.jinja'), '{{ messages[0].content }}')
    rmSync(join(model, 'model.safetensors'))
    const { message } = await failureOf(checkSameInputs(store, run))
    expect(message).toMatch(/rows\.jsonl had 31 bytes and has 62/)
    expect(message).toMatch(/chat_template\.jinja is new/)
    expect(message).toMatch(/model\.safetensors is missing/)
  })

  it('with a file of a folder of data, or of an adapter, that is another', async () => {
    const folder = join(home, 'parts')
    mkdirSync(join(folder, 'a'), { recursive: true })
    for (const name of ['a/1.jsonl', 'a/2.jsonl']) copyFileSync(data, join(folder, name))
    const adapter = join(home, 'adapter')
    mkdirSync(adapter)
    writeFileSync(join(adapter, 'adapter_config.json'), '{}')
    const plan = planOf({
      data: { train: { path: folder }, eval: { path: data } },
      adaptation: { kind: 'lora', from: adapter },
    })
    const before = await takeFingerprints(store, plan)
    expect(before.map(({ part }) => part)).toEqual([
      'training data',
      'evaluation data',
      'base weights',
      'tokenizer',
      'adapter',
    ])
    changeInPlace(join(folder, 'a/2.jsonl'), 25)
    writeFileSync(join(adapter, 'adapter_config.json'), '[]')
    const found = differences(before, await takeFingerprints(store, plan))
    expect(found).toHaveLength(2)
    expect(found[0]).toMatch(/a\/2\.jsonl has other content/)
    expect(found[1]).toMatch(/^adapter .*adapter_config\.json/)
  })
})

describe('a large file', () => {
  const weightsOf = (id: string) =>
    fingerprintsOfRun(store, id)
      ?.find(({ part }) => part === 'base weights')
      ?.files.find(({ name }) => name === 'model.safetensors')
  const quiet = () => new AbortController().signal
  const writeOneByte = (file: string) => {
    const { atime, mtime } = statSync(file)
    const handle = openSync(file, 'r+')
    writeSync(handle, 'x', 299 << 20)
    closeSync(handle)
    utimesSync(file, atime, mtime)
  }
  let weights = ''
  beforeEach(() => {
    weights = join(model, 'model.safetensors')
    truncateSync(weights, 300 << 20)
  })

  it('is read while the run is under way, and known to the next run', async () => {
    const run = await begun()
    expect(weightsOf(run.id)?.sha256).toBeNull()
    await completeFingerprints(store, run.id, run.plan, quiet())
    expect(weightsOf(run.id)?.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(weightsOf((await begun()).id)?.sha256).toBe(weightsOf(run.id)?.sha256)
    writeOneByte(weights)
    const { message } = await failureOf(checkSameInputs(store, run))
    expect(message).toMatch(/model\.safetensors has other content of the same/)
  })

  it('that was not read completely counts as the same as long as its stamp is unchanged', async () => {
    const run = await begun()
    await completeFingerprints(store, run.id, run.plan, AbortSignal.abort())
    expect(weightsOf(run.id)?.sha256).toBeNull()
    expect(await checkSameInputs(store, run)).toEqual([])
    writeOneByte(weights)
    expect((await failureOf(checkSameInputs(store, run))).message).toMatch(/model\.safetensors was written again/)
  })

  it('that changes before it was read stays without a sum', async () => {
    const run = await begun()
    writeOneByte(weights)
    await completeFingerprints(store, run.id, run.plan, quiet())
    expect(weightsOf(run.id)?.sha256).toBeNull()
    expect((await failureOf(checkSameInputs(store, run))).code).toBe('changed')
  })
})

it('resumes with changed files if that is allowed, reports it, and records the new files', async () => {
  const run = await begun()
  changeInPlace(data, 25)
  expect((await checkSameInputs(store, run, { isChangeAllowed: true })).join()).toMatch(/training data .*rows\.jsonl/)
  expect(await checkSameInputs(store, run)).toEqual([])
})
