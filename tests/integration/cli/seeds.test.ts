import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gpo, metricsOf, planOf, show, temporaryFolder, tensorsOf, writePlan, writeRows } from '../../support/gpo'

const folder = temporaryFolder()
const rows = writeRows(folder)

/** The last checkpoint's tensors and the metrics of a run of two iterations. */
async function outcome(plan: string, seed: number) {
  const home = temporaryFolder()
  const { code } = await gpo(home, 'train', plan, '--set', `seed=${seed}`)
  expect(code).toBe(0)
  const run = await show(home)
  return { tensors: tensorsOf(join(run.folder, run.checkpoints.at(-1)!.path)), metrics: metricsOf(home, run.id) }
}

const ADAPTATIONS = [{ kind: 'full' }, { kind: 'lora', r: 2 }] as const

describe.each(ADAPTATIONS)('a run ($kind)', (adaptation) => {
  it('is decided by its plan and seed', async () => {
    const plan = writePlan(temporaryFolder(), planOf(rows, { objective: { kind: 'grpo' }, adaptation }))
    const [first, again, other] = [await outcome(plan, 1), await outcome(plan, 1), await outcome(plan, 2)]
    expect(again).toEqual(first)
    expect(Object.keys(first.tensors).toSorted()).toEqual(['optimiser.safetensors', 'trainable.safetensors'])
    for (const name of Object.keys(first.tensors))
      expect(other.tensors[name]!.equals(first.tensors[name]!), name).toBe(false)
    expect(other.metrics['entropy']).not.toEqual(first.metrics['entropy'])
  })
})
