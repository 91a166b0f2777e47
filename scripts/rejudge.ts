/**
 * `npx node scripts/run.mjs scripts/rejudge.ts RUNS.DB`: judges every completion that runs recorded, trajectories and their continuations, with
 * the verifiers of this source tree. Prints a line for each run and for each verdict that differs from the recorded one. An older file is
 * migrated to this version, so pass a copy.
 */
import { openStore } from '@main/store/open'
import { all } from '@main/store/query'
import { getTrajectory } from '@main/store/trajectories'
import { createVerifier } from '@main/text/verifier'
import { planSchema } from '@shared/schemas/plan'

interface Judged {
  readonly text: string
  readonly tokens: number
  readonly status: string
}

const [path] = process.argv.slice(2)
if (!path) throw new Error('give the path of a copy of runs.db')
const store = openStore(path)
for (const run of all<{ key: number; id: string; plan: string }>(store, 'SELECT key, id, plan FROM runs')) {
  const { verifier, rollout } = planSchema.parse(JSON.parse(run.plan))
  const { verify } = createVerifier(verifier)
  const ids = all<{ id: number }>(store, 'SELECT id FROM trajectories WHERE run = ? ORDER BY id', run.key)
  let judged = 0
  const changed: object[] = []
  for (const { id } of ids) {
    const { steps, continuations, reference, ...trajectory } = getTrajectory(store, id)
    const continued = continuations.map(({ state, text, tokens, status }): Judged => {
      const kept = steps.slice(0, state)
      return { text: kept.map((step) => step.text).join('') + text, tokens: (kept.at(-1)?.end ?? 0) + tokens, status }
    })
    for (const { text, tokens, status } of [trajectory, ...continued]) {
      const now = verify(text, reference, tokens >= rollout.maxNewTokens)
      judged++
      if (now.status !== status) changed.push({ run: run.id, id, reference, text, recorded: status, now })
    }
  }
  console.log(
    JSON.stringify({ run: run.id, verifier: verifier.kind, trajectories: ids.length, judged, changed: changed.length }),
  )
  for (const line of changed) console.log(JSON.stringify(line))
}
