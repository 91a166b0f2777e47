/** Exports and imports in the terminal. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { loadDataset } from '@main/library/datasets/load'
import { createGenerators } from '@main/workers/generators'
import type { JobOf } from '@main/workers/job'
import type { ExportResult, ScoreResult } from '@main/workers/results'
import type { GeneratedToken } from '@shared/contract/playground'
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import {
  expectFailure,
  expectSoundDatabase,
  gpo,
  jsonLines,
  metricsOf,
  planOf,
  type Shown,
  show,
  start,
  temporaryFolder,
  until,
  writePlan,
  writeRows,
} from '../../support/gpo'
import { writeTinyModel } from '../../support/model-folder'

const home = temporaryFolder()
const rows = writeRows(home)
let run: Shown

beforeAll(async () => {
  const plan = planOf(rows, {
    objective: { kind: 'dpo' },
    adaptation: { kind: 'lora', r: 2, alpha: 8 },
    gpo: { samples: 4, segmentation: { minStepTokens: 3, splitter: 'window', windowTokens: 4 } },
    data: { train: { path: rows }, eval: { path: rows } },
    evaluation: { everyIterations: 1, limit: 4 },
  })
  const ended = await gpo(home, 'train', writePlan(home, plan), '--json')
  expect(ended.stderr).not.toMatch(/^gpo: /m)
  run = await show(home)
})

interface Exported extends ExportResult {
  readonly run: string
  readonly format: string
  readonly count: number
  readonly verified: string
  readonly next: readonly { readonly code: string }[]
}

async function exported(out: string, ...args: readonly string[]): Promise<Exported> {
  const ended = await gpo(home, 'export', 'last', '--out', out, '--json', ...args)
  expect(ended.stderr).toBe('')
  expect(ended.code).toBe(0)
  return jsonLines<Exported>(ended)[0]!
}

/** JSON Lines of a file. */
const recordsOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('gpo export', () => {
  it('writes an adapter that PEFT can read, and says how it was verified', async () => {
    const out = join(home, 'adapter')
    const result = await exported(out, '--format', 'adapter', '--dtype', 'BF16')
    expect(result).toMatchObject({ run: run.id, format: 'adapter', out, tensors: 28 })
    expect(result.maxDifference).toBeGreaterThan(0)
    expect(result.verified).toMatch(/28 tensors.*Merged into the base model/)
    expect(readdirSync(out).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors'])
    expect(result.bytes).toBe(readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0))
  })

  it('takes the last checkpoint, the best, or the one that is named', async () => {
    const scored = async (model: string) =>
      jsonLines<ScoreResult>(
        await gpo(
          home,
          'score',
          '--model',
          model,
          '--prompt',
          '1+1=',
          '--completion',
          'e',
          '--json',
          '--backend',
          'onnx',
        ),
      )[0]!.logprobs
    const named = async (which: string) => {
      const out = join(home, `checkpoint-${which}`)
      await exported(out, '--checkpoint', which)
      return scored(out)
    }
    const [first, second, last] = [await named('1'), await named('2'), await named('last')]
    expect(last).toEqual(second)
    expect(first).not.toEqual(second)
    const best = run.evaluations
      .filter(({ iteration }) => iteration > 0)
      .toSorted((a, b) => b.accuracy - a.accuracy || a.iteration - b.iteration)[0]!.iteration
    expect(await named('best')).toEqual(best === 1 ? first : second)
    const absent = await gpo(home, 'export', 'last', '--out', join(home, 'none'), '--checkpoint', '7')
    expectFailure(absent, 8, /no checkpoint 7; choose last, or one of 1, 2/)
  })

  it('writes a card with what was measured, of the size that was told', async () => {
    const out = join(home, 'with-card')
    const { bytes } = await exported(out, '--checkpoint', '1', '--dtype', 'F32')
    expect(bytes).toBe(readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0))
    const card = readFileSync(join(out, 'README.md'), 'utf8')
    const first = run.evaluations.find(({ iteration }) => iteration === 1)
    expect(card).toContain(`| 1 | ${first?.n} | ${first?.correct} |`)
    expect(card).not.toContain('\n| 2 |')
    expect(card).toContain(run.id)
  })

  it('writes data that can be trained on again', async () => {
    const files = ['pairs', 'unpaired', 'stepwise'].map((format) => [format, join(home, `${format}.jsonl`)] as const)
    for (const [format, file] of files) {
      const { count, bytes } = await exported(file, '--format', format, '--states', 'all')
      expect(recordsOf(file)).toHaveLength(count)
      expect(bytes).toBe(statSync(file).size)
    }
    for (const [name, key] of [
      ['pairs.trl-dpo.yaml', 'beta: 0.1'],
      ['unpaired.trl-kto.yaml', 'desirable_weight: 1'],
    ] as const) {
      const config = readFileSync(join(home, name), 'utf8')
      expect(config).toContain(key)
      expect(config).toContain(`data_files: ${JSON.stringify(join(home, `${name.split('.')[0]}.jsonl`))}`)
    }
    const [pairs, unpaired, stepwise] = files.map(([, file]) => recordsOf(file))
    expect(Object.keys(pairs![0]!)).toEqual(['prompt', 'chosen', 'rejected'])
    expect(Object.keys(unpaired![0]!)).toEqual(['prompt', 'completion', 'label'])
    expect(Object.keys(stepwise![0]!)).toEqual(['prompt', 'completions', 'labels', 'values'])
    for (const [i, kind] of (['preference', 'unpaired'] as const).entries()) {
      const read = await loadDataset(files[i]![1])
      expect(read.kind).toBe(kind)
      // A random model may write invalid text; everything else can be read.
      for (const { reason } of read.badRows) expect(reason).toMatch(/NUL character/)
    }
  })

  it('touches no file that is there already', async () => {
    const file = join(home, 'mine.jsonl')
    writeFileSync(file, 'mine')
    for (const format of ['pairs', 'bundle']) {
      const ended = await gpo(home, 'export', 'last', '--out', file, '--format', format)
      expectFailure(ended, 2, /mine\.jsonl exists already: choose another name/)
    }
    expect(readFileSync(file, 'utf8')).toBe('mine')
    mkdirSync(join(home, 'folder'))
    expectFailure(
      await gpo(home, 'export', 'last', '--out', join(home, 'folder'), '--format', 'bundle'),
      2,
      /is a folder/,
    )
  })

  it.skipIf(process.platform === 'win32')('leaves nothing behind when it is interrupted', async () => {
    const place = temporaryFolder()
    const large = writeTinyModel(join(home, 'large'), { intermediateSize: 100_000 })
    const { child, ended } = start(home, ['export', large, '--out', join(place, 'out'), '--format', 'safetensors'])
    await until(() => readdirSync(place).length > 0, 'the folder that is filled first')
    child.kill('SIGINT')
    const { code, stderr } = await ended
    expect(stderr).toMatch(/stopped; nothing was changed/)
    expect(code).toBe(130)
    expect(readdirSync(place)).toEqual([])
  })
})

describe('gpo export --format bundle and gpo import', () => {
  it('carry a run to another installation, read-only', async () => {
    const file = join(home, 'run.gpo')
    const { count, verified } = await exported(file, '--format', 'bundle')
    expect(verified).toContain('Read back like an import')
    const other = temporaryFolder()
    const [imported] = jsonLines<{ id: string; trajectories: number }>(await gpo(other, 'import', file, '--json'))
    expect(imported!.trajectories).toBe(count)
    const there = await show(other)
    expect(there).toMatchObject({ id: imported!.id, isReadOnly: true, plan: run.plan, status: 'completed' })
    expect(there.evaluations).toEqual(run.evaluations)
    expect(there.checkpoints).toEqual([])
    expect(metricsOf(other, there.id)).toEqual(metricsOf(home, run.id))
    expectFailure(await gpo(other, 'resume', 'last'), 2, /read-only/)
    const out = join(other, 'weights')
    expectFailure(await gpo(other, 'export', 'last', '--out', out), 8, /no checkpoint/)
    expectFailure(await gpo(other, 'export', 'last', '--out', out, '--format', 'adapter'), 8, /no checkpoint/)
    expect((await gpo(other, 'export', 'last', '--out', join(other, 'again.gpo'), '--format', 'bundle')).code).toBe(0)
    expectSoundDatabase(other)
  })

  it('refuse what is not a bundle, and make no run of it', async () => {
    const other = temporaryFolder()
    expectFailure(await gpo(other, 'import', rows), 3, /rows\.jsonl .*it is damaged or not a run bundle/)
    expectFailure(await gpo(other, 'import', join(other, 'absent.gpo')), 3, /absent\.gpo cannot be opened/)
    expect(jsonLines(await gpo(other, 'runs', '--json'))).toEqual([])
  })
})

type GenerateRequest = JobOf<'generate'>['request']

describe('the processes of the playground', () => {
  const request: GenerateRequest = {
    prompt: '1+1=',
    chatTemplate: false,
    seed: 4,
    temperature: 1,
    topP: 1,
    topK: 0,
    maxNewTokens: 20,
    alternatives: 3,
    judge: { verifier: { kind: 'regex', pattern: '[et]', flags: '' }, reference: 'e' },
  }

  function generators() {
    const made = createGenerators({ workerPath: join(dirname(inject('program')), 'job-worker.cjs') })
    onTestFinished(() => made.close())
    const model = { folder: inject('model'), checkpoint: null }
    return (changes: Partial<GenerateRequest> = {}, signal?: AbortSignal) => {
      const tokens: GeneratedToken[] = []
      const text = made.generate({
        model,
        backend: 'onnx',
        request: { ...request, ...changes },
        onToken: (token) => tokens.push(token),
        signal,
      })
      return { tokens, text }
    }
  }

  it('tell each token with its probability and what else could have stood there', async () => {
    const ask = generators()
    const { tokens, text } = ask()
    const result = await text
    expect(tokens).toHaveLength(result.tokens)
    expect(tokens.map((token) => token.text).join('')).toBe(result.text)
    expect(result.verdict?.status).toMatch(/correct|wrong|unparseable|truncated/)
    for (const { id, probability, alternatives } of tokens) {
      expect(alternatives).toHaveLength(3)
      expect(alternatives.map((one) => one.probability)).toEqual(
        alternatives.map((one) => one.probability).toSorted((a, b) => b - a),
      )
      const same = alternatives.find((one) => one.id === id)
      if (same) expect(same.probability).toBe(probability)
      else expect(probability).toBeLessThanOrEqual(alternatives[2]!.probability)
    }
    const again = ask()
    expect((await again.text).text).toBe(result.text)
  })

  it('stop at the next token when asked, and go on with the next prompt', async () => {
    const ask = generators()
    const abort = new AbortController()
    const long = ask({ maxNewTokens: 100 }, abort.signal)
    await until(() => long.tokens.length > 0, 'the first token')
    abort.abort()
    const { reason, tokens } = await long.text
    expect(['stopped', 'end']).toContain(reason)
    expect(tokens).toBeLessThanOrEqual(100)
    expect((await ask().text).reason).toMatch(/end|length/)
  })

  it('say what is wrong with a prompt', async () => {
    const ask = generators()
    await expect(ask({ prompt: '1+1='.repeat(200) }).text).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/the model has 128 positions: shorten it/),
    })
  })
})
