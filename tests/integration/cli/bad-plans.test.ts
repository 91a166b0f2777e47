import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectFailure, gpo, planOf, temporaryFolder, writePlan, writeRows } from '../../support/gpo'

const home = temporaryFolder()
const rows = writeRows(home)
const plan = planOf(rows, { objective: { kind: 'ppo' } })

async function refused(file: string, args: readonly string[], ...messages: readonly RegExp[]): Promise<void> {
  const ended = await gpo(home, 'train', file, '--json', ...args)
  expectFailure(ended, 2, ...messages)
  expect(ended.stdout).toBe('')
  expect(existsSync(join(home, 'runs.db'))).toBe(false)
}

describe('a plan that cannot be used', () => {
  it('names an unknown key', () => {
    const file = writePlan(home, { ...plan, optimiser: { learningrate: 1e-3 } })
    return refused(file, [], /plan\.json: unknown key "optimiser\.learningrate": remove it or correct its spelling/)
  })

  it('names an unknown key of --set', () => {
    return refused(writePlan(home, plan), ['--set', 'gpo.sample=4'], /unknown key "gpo\.sample": remove it/)
  })

  it('names a value out of its range, and the range', () => {
    const file = writePlan(home, { ...plan, rollout: { temperature: -1 } })
    return refused(file, [], /rollout\.temperature is -1: .*>0/)
  })

  it('names a value of --set out of its range, and the range', () => {
    return refused(writePlan(home, plan), ['--set', 'optimiser.learningRate=1e30'], /learningRate is 1e\+30: .*<=1/)
  })

  it('lists every problem at once', () => {
    const file = writePlan(home, { ...plan, seed: 'one', budget: { iterations: 0 } })
    return refused(file, [], /seed is "one": /, /budget\.iterations is 0: .*>=1/)
  })

  it('names the kinds where an objective is none', () => {
    const file = writePlan(home, { ...plan, objective: { kind: 'dop' } })
    return refused(file, [], /objective\.kind is "dop".*dpo/)
  })

  it('names what is missing', () => {
    const { model: _, ...rest } = plan
    return refused(writePlan(home, rest), [], /model is missing/)
  })

  it('says that a setting is not a setting', () => {
    return refused(writePlan(home, plan), ['--set', 'seed'], /--set seed: write it as key=value/)
  })

  it('says that a setting would change no plan', () => {
    const message = /--set __proto__\.x=1: __proto__ is not a setting of a plan/
    return refused(writePlan(home, plan), ['--set', '__proto__.x=1'], message)
  })

  it('says that a file is not JSON, and where', () => {
    const file = join(home, 'broken.json')
    writeFileSync(file, '{"model": ')
    return refused(file, [], /broken\.json is not JSON: /)
  })

  it('says that a file holds something else', () => {
    return refused(writePlan(home, [1, 2], 'list.json'), [], /list\.json holds \[1,2\], expected an object/)
  })

  it('says that a file does not exist', () => {
    return refused(join(home, 'none.json'), [], /none\.json does not exist: give the path of a JSON plan/)
  })

  it('says that a folder is not a plan', () => {
    return refused(home, [], /is a folder: give the path of a JSON plan/)
  })
})
