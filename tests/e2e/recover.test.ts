/** A trainer that is killed, and a program that is killed: nothing is lost, and the run resumes. */
import { expect } from 'vitest'
import { metricsOf, show, until } from '../support/gpo'
import { type Journey, journey } from './support/journey'
import { computing, descendants, isAlive } from './support/processes'
import { smallPlan } from './support/runs'
import { reached, startRun } from './support/start'

const NAME = 'killed twice'
const ITERATIONS = 5

/** The one process that trains. */
function trainerOf({ pid }: Journey): number {
  const found = computing(pid)
  expect(found).toHaveLength(1)
  return found[0]!
}

/** The page says that the run was interrupted, why, and where it would resume. @returns the iteration of its newest checkpoint */
async function readInterruption({ page }: Journey, why: RegExp): Promise<number> {
  const notice = page.getByRole('alert').filter({ hasText: 'The run was interrupted' })
  await notice.waitFor()
  const text = await notice.innerText()
  expect(text).toMatch(why)
  return Number(/The checkpoint of iteration (\d+) is kept .*; resuming continues from there/.exec(text)?.[1])
}

const resume = async (walk: Journey) => {
  await walk.page.getByRole('button', { name: 'Resume', exact: true }).click()
  await walk.page.getByRole('button', { name: 'Pause', exact: true }).waitFor()
}

journey(
  'a run whose trainer was killed, and then the whole program, is interrupted, resumes and ends',
  async (walk) => {
    await startRun(walk, smallPlan({ name: NAME, budget: { iterations: ITERATIONS, promptsPerIteration: 4 } }))
    await reached(walk, NAME, 2) // the checkpoint of an iteration follows its metrics: that of the first is written now
    process.kill(trainerOf(walk), 'SIGKILL')
    const first = await readInterruption(walk, /killed \(SIGKILL\)/)
    expect(first).toBeGreaterThanOrEqual(1)
    expect(first).toBeLessThan(ITERATIONS)
    expect(computing(walk.pid)).toEqual([])

    await resume(walk)
    await reached(walk, NAME, first + 2)
    const own = descendants(walk.pid)
    expect(own).toContain(trainerOf(walk))
    process.kill(walk.pid, 'SIGKILL')
    await until(() => !own.some(isAlive), 'a trainer and a window without their program end')
    await walk.restart()
    walk.problems.length = 0 // of the page that lost its program

    // After the next start the table says so, and nothing trains by itself.
    const row = walk.page.getByRole('row').filter({ hasText: NAME })
    await row.getByText('interrupted').waitFor()
    expect(computing(walk.pid)).toEqual([])
    await row.getByRole('link', { name: NAME }).click()
    const second = await readInterruption(walk, /program/)
    expect(second).toBeGreaterThanOrEqual(first + 1)

    await resume(walk)
    await walk.page.getByText('completed', { exact: true }).first().waitFor({ timeout: 120_000 })
    expect(computing(walk.pid)).toEqual([])
    const { id, status } = await show(walk.home)
    expect(status).toBe('completed')
    const iterations = Object.keys(metricsOf(walk.home, id)['reward'] ?? {}).map(Number)
    expect(iterations, 'each iteration is recorded once').toEqual([1, 2, 3, 4, 5])
  },
  { timeout: 300_000 },
)
