/** Evaluations that are kept, and their comparison, in a terminal. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EvaluationComparison } from '@shared/contract/evaluations'
import type { EvaluationSummary } from '@shared/schemas/evaluation'
import { expect, it } from 'vitest'
import { gpo, jsonLines, temporaryFolder } from '../../support/gpo'

const home = temporaryFolder()
const asked = [
  'eval',
  '--model',
  'bundled:tiny',
  '--data',
  'bundled:shuffled-objects/test',
  '--limit',
  '12',
  '--backend',
  'onnx',
]

it('keeps an evaluation, and compares two on the same rows', async () => {
  const long = await gpo(home, ...asked, '--samples', '2', '--save')
  expect(long.stderr).not.toMatch(/^gpo: /m)
  const id = /saved as (\S+):/.exec(long.stdout)?.[1] ?? ''
  const [cut] = jsonLines<{ id: string }>(await gpo(home, ...asked, '--max-new-tokens', '4', '--save', '--json'))
  const listed = jsonLines<EvaluationSummary>(await gpo(home, 'evaluations', '--json'))
  expect(listed.map((one) => one.id)).toEqual([cut!.id, id])
  expect(listed[1]).toMatchObject({
    state: 'done',
    model: 'tiny',
    data: 'shuffled-objects/test',
    result: { n: 12, sampled: { samples: 2 } },
  })

  const csv = join(home, 'rows.csv')
  const [compared] = jsonLines<EvaluationComparison>(
    await gpo(home, 'evaluations', cut!.id, id, '--json', '--csv', csv),
  )
  const { counts, greedy, warnings } = compared!
  // Nothing is right that was cut after four tokens.
  expect(counts).toMatchObject({ both: 0, onlyFirst: 0, onlySecond: listed[1]!.result!.greedy.correct })
  expect(greedy?.n).toBe(12)
  expect(warnings).toEqual([
    `Answers were cut at 4 tokens in the first and at ${listed[1]!.result!.maxNewTokens} in the second.`,
  ])
  expect(readFileSync(csv, 'utf8').trimEnd().split('\r\n').length).toBeGreaterThanOrEqual(13)
  const said = await gpo(home, 'evaluations', cut!.id, id)
  expect(said.stdout).toContain("McNemar's exact test: p")
})

it('says what is wrong', async () => {
  const three = await gpo(home, 'evaluations', 'a', 'b', 'c')
  expect([three.code, three.stderr]).toEqual([2, expect.stringContaining('3 evaluations were named')])
  const gone = await gpo(home, 'evaluations', 'nothing')
  expect([gone.code, gone.stderr]).toEqual([8, expect.stringContaining('there is no evaluation "nothing"')])
})
