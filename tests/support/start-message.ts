/** A valid start message for tests to change. */
import { type StartMessage, startMessage } from '@main/workers/protocol'
import { planSchema } from '@shared/schemas/plan'

export function startOf(name: string, change: Partial<Omit<StartMessage, 'version'>> = {}): StartMessage {
  const plan = planSchema.parse({
    name,
    model: { path: 'bundled:tiny' },
    data: { train: { path: 'rows.jsonl' } },
    objective: { kind: 'grpo' },
    verifier: { kind: 'number' },
    budget: { iterations: 3 },
  })
  return startMessage({
    servers: [],
    plan,
    runFolder: '/runs/1',
    modelFolder: '/models/tiny',
    resumeFrom: null,
    train: [{ row: 0, prompt: '1+1=', reference: '2' }],
    evaluation: [],
    ...change,
  })
}
