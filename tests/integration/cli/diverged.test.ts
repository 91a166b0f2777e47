import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  expectFailure,
  expectSoundDatabase,
  filesOf,
  gpo,
  jsonLines,
  planOf,
  show,
  type TrainLine,
  temporaryFolder,
  writePlan,
} from '../../support/gpo'
import { writeTinyModel } from '../../support/model-folder'

/**
 * The largest learning rate there is, and a model whose last norm multiplies by 10³⁶: its first logits and gradients fit into a 32-bit float,
 * those after a step do not.
 */
function divergingPlan(home: string): string {
  const model = writeTinyModel(join(home, 'model'), {
    weights: (all) => all.get('model.norm.weight')!.data.fill(1e36),
  })
  const rows = join(home, 'rows.jsonl')
  const lines = [1, 2, 3, 4].map((i) => JSON.stringify({ prompt: `${i}+${i}=`, completion: `the sum is ${2 * i}` }))
  writeFileSync(rows, lines.join('\n'))
  return writePlan(home, {
    ...planOf(rows, {
      objective: { kind: 'sft' },
      optimiser: { learningRate: 1 },
      budget: { iterations: 100 },
      checkpoint: { everyIterations: 1, keepLast: 2 },
    }),
    model: { path: model },
  })
}

describe('a run whose learning rate is too high', () => {
  it('stops as failed, keeps its last good checkpoint and names it', async () => {
    const home = temporaryFolder()
    const ended = await gpo(home, 'train', divergingPlan(home), '--json')
    expectFailure(ended, 6, /(loss|gradient norm) became (NaN|Infinity) at a learning rate of 1: try a smaller one/)
    const kept = Number(/The checkpoint of iteration (\d+) is kept\./.exec(ended.stderr)?.[1])
    const run = await show(home)
    expect(run).toMatchObject({ status: 'failed', error: { code: 'training' }, owner: null })
    expect(run.iteration).toBeGreaterThanOrEqual(kept)
    expect(run.iteration).toBeLessThanOrEqual(kept + 1)
    expect(run.checkpoints.at(-1)).toMatchObject({ iteration: kept })
    expect(filesOf(run.folder)).toEqual(run.checkpoints.map(({ path }) => path))
    for (const { last, min, max } of run.metrics)
      for (const value of [last, min, max]) expect(value).toEqual(expect.any(Number))
    expect(jsonLines<TrainLine>(ended).at(-1)).toMatchObject({ type: 'failed', code: 'training' })
    expectSoundDatabase(home)

    const out = join(home, 'exported')
    const exported = await gpo(home, 'export', 'last', '--out', out, '--json')
    expect(exported.stderr).toBe('')
    expect(exported.code).toBe(0)
  })
})
