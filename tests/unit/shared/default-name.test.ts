import { defaultName } from '@shared/plan/default-name'
import { planSchema } from '@shared/schemas/plan'
import { expect, it } from 'vitest'

const named = (model: string, train: string) =>
  defaultName(
    planSchema.parse({
      model: { path: model },
      data: { train: { path: train } },
      verifier: { kind: 'exact' },
      objective: { kind: 'grpo' },
      gpo: { criticalStep: 'none' },
    }),
  )

it.each([
  ['bundled:tiny', 'bundled:shuffled-objects', 'grpo · shuffled-objects · tiny'],
  ['/models/SmolLM2/', '/data/train.jsonl', 'grpo · train · SmolLM2'],
  ['C:\\models\\gemma.gguf', 'C:\\data\\questions.csv', 'grpo · questions · gemma'],
])('a run of %s on %s has its method, data and model as its name', (model, train, name) => {
  expect(named(model, train)).toBe(name)
})
