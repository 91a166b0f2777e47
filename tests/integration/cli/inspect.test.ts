/** `--inspect-trainer` on the commands that compute; the others refuse it. */
import { expect, it } from 'vitest'
import { expectFailure, gpo, planOf, temporaryFolder, writePlan, writeRows } from '../../support/gpo'

const home = temporaryFolder()
const plan = writePlan(home, planOf(writeRows(home), { objective: { kind: 'grpo' } }))
const WHERE = 'process \\d+, can be debugged at ws://127\\.0\\.0\\.1:\\d+/'

it('says where the trainer listens, and trains', async () => {
  const { code, stdout, stderr } = await gpo(home, 'train', plan, '--json', '--inspect-trainer', '0')
  expect(stderr).toMatch(new RegExp(`^trainer, ${WHERE}`, 'm'))
  expect(stdout).not.toContain('debugged')
  expect(code).toBe(0)
})

it('says where a job listens', async () => {
  const job = ['score', '--model', 'bundled:tiny', '--prompt', '1', '--completion', '2']
  const { code, stderr } = await gpo(home, ...job, '--inspect-trainer=0')
  expect(stderr).toMatch(new RegExp(`^score, ${WHERE}`, 'm'))
  expect(code).toBe(0)
})

it('a plan in the place of a port is named, and a command without such a process has no such option', async () => {
  const misread = await gpo(home, 'train', '--inspect-trainer', plan)
  expectFailure(misread, 2, `${JSON.stringify(plan)} is not a port: write --inspect-trainer=9230`)
  expectFailure(await gpo(home, 'runs', '--inspect-trainer'), 2, "unknown option '--inspect-trainer'")
})
