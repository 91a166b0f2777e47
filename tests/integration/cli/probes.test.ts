/** The prompts that a run follows neither refuse a run nor dominate what it costs. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { gpo, jsonLines, type TrainLine, temporaryFolder, writePlan } from '../../support/gpo'

const home = temporaryFolder()

it('a run that samples nothing answers them with its evaluations, in as many tokens as the model has positions for', async () => {
  const data = join(home, 'pairs.jsonl')
  const pair = (n: number) => JSON.stringify({ prompt: `${n}+1=`, chosen: ` ${n + 1}`, rejected: ` ${n + 2}` })
  writeFileSync(data, Array.from({ length: 8 }, (_, n) => `${pair(n)}\n`).join(''))
  const plan = writePlan(home, {
    ...{ model: { path: 'bundled:tiny' }, data: { train: { path: data } }, objective: { kind: 'dpo' } },
    ...{ budget: { iterations: 3, promptsPerIteration: 2 }, rollout: { maxNewTokens: 256 } },
    gpo: { criticalStep: 'none' },
  })
  const ended = await gpo(home, 'train', plan, '--json')
  expect(ended.stderr).not.toMatch(/^gpo: /m)
  const answered = jsonLines<TrainLine>(ended).flatMap((event) => (event.type === 'probes' ? [event.iteration] : []))
  expect(answered).toEqual([0, 3])
})
