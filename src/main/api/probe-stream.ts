/** A probe as a stream of events; whoever stops reading ends its process. */
import type { Services } from '@main/api/services'
import { withOwnAdapter } from '@main/library/models/adapter'
import { findModelByPath } from '@main/library/models/list'
import { loadPlanData } from '@main/library/plans/facts'
import { askedOf } from '@main/workers/job'
import { runJob } from '@main/workers/job-client'
import type { ProbeEvent } from '@shared/contract/plans'
import { GpoError } from '@shared/errors'
import type { Plan } from '@shared/schemas/plan'

/** Most rows for a probe; it never needs as many. */
const MAX_ROWS = 512

/** Speed does not depend on the weights, so for a run's model the weights it started from are measured. */
async function probeJob(store: Services['store'], wanted: Plan) {
  const plan = withOwnAdapter(wanted)
  const { examples } = await loadPlanData(plan.data.train)
  const rows = examples.slice(0, MAX_ROWS).map(askedOf)
  return { kind: 'probe' as const, folder: findModelByPath(store, plan.model.path).folder, plan, examples: rows }
}

/** Of the progress that arrives while the reader is busy, only the newest is sent. */
export async function* probeStream(
  { store, jobWorkerPath, fork, runs }: Services,
  plan: Plan,
  signal: AbortSignal | undefined,
): AsyncGenerator<ProbeEvent, void> {
  if (runs.state().active)
    throw new GpoError('usage', 'A run is training, which would distort the measurement. Measure when it has ended.')
  const stop = new AbortController()
  let newest: ProbeEvent | null = null
  let isEnded = false
  let wake = () => {}
  const work = runJob({
    workerPath: jobWorkerPath,
    fork,
    job: await probeJob(store, plan),
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    onProgress: ({ label, done, total }) => {
      newest = { type: 'progress', label, done, total }
      wake()
    },
  })
  const settle = () => {
    isEnded = true
    wake()
  }
  work.then(settle, settle)
  try {
    while (!isEnded) {
      const event: ProbeEvent | null = newest
      newest = null
      if (event) yield event
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
    yield { type: 'done', ...(await work) }
  } finally {
    stop.abort()
  }
}
