/** Trouble with storage in the window: another program locks the database, and a checkpoint is on disk that the database does not know. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { metricsOf, show } from '../support/gpo'
import { journey } from './support/journey'
import { smallPlan } from './support/runs'
import { reached, startRun, stopRun } from './support/start'

const NAME = 'locked for a while'
const ITERATIONS = 6

journey(
  'a run waits for a locked database and says so, and goes on from a checkpoint that only the disk has',
  async (walk) => {
    const { page, home } = walk
    await startRun(walk, smallPlan({ name: NAME, budget: { iterations: ITERATIONS, promptsPerIteration: 4 } }))
    await reached(walk, NAME, 1)
    const other = new Database(join(home, 'runs.db'), { timeout: 60_000 })
    const paused = page.getByRole('alert').filter({ hasText: 'The run is paused' })
    other.exec('BEGIN IMMEDIATE')
    try {
      await paused.waitFor({ timeout: 60_000 })
      expect(await paused.innerText()).toMatch(/another program/i)
    } finally {
      other.exec('ROLLBACK')
    }
    await paused.waitFor({ state: 'detached', timeout: 60_000 })
    await reached(walk, NAME, 2)
    await stopRun(page)
    await page.getByText(/^Stopped after iteration \d/).waitFor({ timeout: 60_000 })
    const { id, iteration } = await show(home)
    expect(iteration).toBeLessThan(ITERATIONS)

    // As if the program had ended between the checkpoint and its record.
    other.prepare('DELETE FROM checkpoints WHERE iteration = ?').run(iteration)
    other.close()
    await page.reload()
    const offer = page.getByRole('button', { name: `Resume from iteration ${iteration}` })
    await offer.waitFor()
    await offer.click()
    await page.getByText('completed', { exact: true }).first().waitFor({ timeout: 120_000 })
    const ended = await show(home)
    expect(ended).toMatchObject({ id, status: 'completed', iteration: ITERATIONS })
    const rewards = Object.keys(metricsOf(home, id)['reward'] ?? {}).map(Number)
    expect(rewards.at(-1)).toBe(ITERATIONS)
    expect(new Set(rewards).size).toBe(rewards.length)
  },
  { timeout: 300_000 },
)
