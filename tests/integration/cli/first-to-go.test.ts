/** When memory runs out, the system ends the process that computes, and not the one that keeps the records. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { planOf, start, temporaryFolder, until, writePlan, writeRows } from '../../support/gpo'

const scoreOf = (pid: number) => Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'))
const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

describe.skipIf(process.platform !== 'linux')('a trainer', () => {
  it('is ended by the system before the program that follows it', async () => {
    const folder = temporaryFolder()
    const plan = planOf(writeRows(folder), { objective: { kind: 'grpo' }, budget: { iterations: 1000 } })
    const { child, ended } = start(temporaryFolder(), ['train', writePlan(folder, plan)])
    const own = scoreOf(child.pid!)
    const trainer = () => childrenOf(child.pid!)[0]
    await until(() => trainer() !== undefined && scoreOf(trainer()!) > own, 'the trainer is marked')
    expect(scoreOf(trainer()!)).toBe(600)
    expect(scoreOf(child.pid!)).toBe(own)
    child.kill('SIGINT')
    child.kill('SIGINT')
    await ended
  })
})
