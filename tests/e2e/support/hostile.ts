/** Data of someone who wants to run script in the window, or to write where nothing should be written. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '@main/store/open'
import { changeRunNotes } from '@main/store/run-notes'
import { createRun, endRun, newRunId, startRun } from '@main/store/runs'
import { insertTrajectories } from '@main/store/trajectories'
import { planSchema } from '@shared/schemas/plan'
import { Header } from 'tar/header'

export const IMAGE = '<img src=x onerror=window.owned=1>'
const SCRIPT = '<script>window.owned=2</script>'
const LINK =
  '[link](javascript:window.owned=3) $\\href{javascript:window.owned=4}{go}$ <a href="javascript:window.owned=5">x</a>'
export const HOSTILE = `${IMAGE}${SCRIPT} ${LINK}`

/** A run in which every text is hostile. @returns its id */
export function writeHostileRun(home: string): string {
  const store = openStore(join(home, 'runs.db'))
  try {
    const plan = planSchema.parse({
      model: { path: 'bundled:tiny' },
      data: { train: { path: 'bundled:chain-arithmetic' } },
      objective: { kind: 'dpo' },
      budget: { iterations: 1 },
    })
    const { id } = createRun(store, { id: newRunId(), name: `run ${IMAGE}`, plan })
    const owner = { pid: process.pid, startedAt: '1' }
    startRun(store, id, owner)
    insertTrajectories(store, id, [
      {
        iteration: 1,
        index: 0,
        row: 0,
        prompt: `prompt ${HOSTILE}`,
        reference: IMAGE,
        text: `first ${HOSTILE}\nsecond ${HOSTILE}`,
        tokens: 9,
        reward: 0,
        status: 'wrong',
        extracted: IMAGE,
        steps: [
          { start: 0, end: 4, text: `first ${HOSTILE}\n` },
          { start: 4, end: 9, text: `second ${HOSTILE}` },
        ],
        states: [
          { successes: 3, samples: 4, value: 0.75 },
          { successes: 1, samples: 4, value: 0.25 },
          { successes: 0, samples: 0, value: 0 },
        ],
        critical: { rule: 'max', step: 0, advantage: -0.5, confidence: 0.9 },
        continuations: [
          {
            state: 0,
            purpose: 'value',
            trained: false,
            tokens: 3,
            text: `other ${HOSTILE}`,
            reward: 0,
            status: 'wrong',
          },
        ],
      },
    ])
    changeRunNotes(store, id, { note: `note ${HOSTILE}`, tags: [IMAGE] })
    endRun(store, id, owner, { status: 'failed', error: { code: 'internal', message: `error ${HOSTILE}` } })
    return id
  } finally {
    store.close()
  }
}

/** A run bundle with a file whose name leads outside. @returns its path */
export function writeClimbingBundle(home: string, target: string): string {
  const header = new Header({ path: target, size: 5, type: 'File' })
  header.encode()
  const file = join(home, 'climbing.gpo')
  writeFileSync(file, Buffer.concat([header.block!, Buffer.from('owned'.padEnd(3 * 512, '\0'))]))
  return file
}
