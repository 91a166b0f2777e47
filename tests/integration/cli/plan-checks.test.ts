/** What the page "New run" refuses or warns of, `gpo train` does too; and `gpo resume` refuses changed inputs. */
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanInput } from '@shared/schemas/plan'
import { describe, expect, inject, it } from 'vitest'
import {
  expectFailure,
  gpo,
  jsonLines,
  planOf,
  show,
  start,
  temporaryFolder,
  until,
  writePlan,
  writeRows,
} from '../../support/gpo'

const folder = temporaryFolder()
const rows = writeRows(folder)
const ppo = planOf(rows, { objective: { kind: 'ppo' } })

const train = (home: string, changes: Partial<PlanInput>) =>
  gpo(home, 'train', writePlan(home, { ...ppo, ...changes }), '--json')

describe('a plan is refused before it runs', () => {
  const group = { ...ppo.budget, trainedPerPrompt: 1 }
  const grams = join(folder, 'grams.jsonl')
  writeFileSync(grams, '{"prompt":"how much?","answer":"grams"}\n'.repeat(4))
  it.each<readonly [string, Partial<PlanInput>, RegExp]>([
    [
      'a template without {prompt}',
      { data: { ...ppo.data, template: 'no placeholder' } },
      /data\.template: Without {prompt}/,
    ],
    ['a group of one', { objective: { kind: 'grpo' }, budget: group }, /budget\.trainedPerPrompt: A group of one/],
    [
      'a step pattern that is none',
      { gpo: { ...ppo.gpo, segmentation: { splitter: 'regex', pattern: '(' } } },
      /gpo\.segmentation\.pattern: It is not a regular expression/,
    ],
    [
      'references that the verifier cannot read',
      { data: { train: { path: grams } }, verifier: { kind: 'number' } },
      /verifier\.kind: The verifier does not accept 100 % of the rows’ own answers/,
    ],
    ['a chat template that the model lacks', { data: { ...ppo.data, chatTemplate: true } }, /data\.chatTemplate/],
  ])('%s', async (_, changes, message) => {
    const home = temporaryFolder()
    expectFailure(await train(home, changes), 2, message)
    expect(jsonLines(await gpo(home, 'runs', '--json'))).toEqual([])
  })
})

it('what is seldom meant is a warning, and the run goes on', async () => {
  const home = temporaryFolder()
  const ended = await train(home, {
    rollout: { ...ppo.rollout, temperature: 0.2 },
    data: { ...ppo.data, eval: { path: rows } },
  })
  expect(ended.stderr).toMatch(/warning: rollout\.temperature: Rollouts hardly differ/)
  expect(ended.stderr).toMatch(/warning: data\.eval\.path: These rows are trained on/)
  expect(ended.code).toBe(0)
})

describe.skipIf(process.platform === 'win32')('a run that goes on', () => {
  it('is refused where its data and weights are others now, unless that is allowed', async () => {
    const home = temporaryFolder()
    const own = writeRows(home)
    const model = join(home, 'model')
    cpSync(inject('model'), model, { recursive: true })
    const plan = { ...ppo, model: { path: model }, data: { train: { path: own } } }
    const file = writePlan(home, { ...plan, budget: { ...ppo.budget, iterations: 12 } })
    const { child, said, ended } = start(home, ['train', file, '--json'])
    await until(() => said().stdout.includes('"type":"metrics","iteration":2'), 'the second iteration')
    child.kill('SIGINT')
    expect((await ended).code).toBe(0)
    const before = await show(home)
    expect(before.status).toBe('stopped')

    appendFileSync(own, '{"prompt":"9+9=","answer":"e"}\n')
    const weights = join(model, 'model.safetensors')
    const bytes = readFileSync(weights)
    bytes[bytes.length - 4] = bytes[bytes.length - 4]! ^ 1
    writeFileSync(weights, bytes)
    const refused = await gpo(home, 'resume', 'last', '--json')
    const same = /base weights .*model\.safetensors has other content of the same/
    expectFailure(refused, 2, /training data .*rows\.jsonl had [\d,]+ bytes and has/, same, /--allow-changed/)
    expect(await show(home)).toEqual(before)

    const allowed = await gpo(home, 'resume', 'last', '--allow-changed', '--json')
    expect(allowed.stderr).toMatch(/warning: changed since the run began; the new version is used: training data/)
    expect(allowed.code).toBe(0)
    expect((await show(home)).status).toBe('completed')
  })
})
