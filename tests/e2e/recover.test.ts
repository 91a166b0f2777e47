/** A trainer that is killed, and a program that is killed: nothing is lost, and the run goes on. */
import { expect } from 'vitest'
import type { Journey } from './support/journey'
import { journey } from './support/journey'
import { computing } from './support/processes'

async function begin({ page }: Pick<Journey, 'page'>): Promise<void> {
  await page.getByRole('button', { name: /Train the example/ }).click()
  await page.getByRole('heading', { level: 1, name: /demo: gpo-ppo/ }).waitFor()
}

/** Waits until so many iterations are done. */
const reached = ({ page }: Pick<Journey, 'page'>, iteration: number) =>
  expect
    .poll(
      async () =>
        Number(/iteration (\d+)\//.exec(await page.getByRole('button', { name: /^Open demo/ }).innerText())?.[1]),
      {
        timeout: 120_000,
        interval: 250,
      },
    )
    .toBeGreaterThanOrEqual(iteration)

const interrupted = ({ page }: Pick<Journey, 'page'>) =>
  page.getByText('The run was interrupted').waitFor({ timeout: 30_000 })

journey(
  'a run whose trainer was killed is interrupted, and resumes',
  async (walk) => {
    const { page } = walk
    await begin(walk)
    await reached(walk, 2)
    const trainers = computing(walk.pid)
    expect(trainers).toHaveLength(1)
    process.kill(trainers[0]!, 'SIGKILL')
    await interrupted(walk)
    await page
      .getByText(/ended by SIGKILL/)
      .first()
      .waitFor()

    // The whole program goes, too: it is still so after another start.
    await walk.restart()
    await walk.page.getByText('interrupted').first().waitFor()
    await walk.page
      .getByRole('link', { name: /demo: gpo-ppo/ })
      .first()
      .click()
    await interrupted(walk)
    await walk.page.getByRole('button', { name: 'Resume' }).click()
    await reached(walk, 3)
    await walk.page.getByRole('button', { name: 'Stop', exact: true }).click()
    await walk.page
      .getByText(/^stopped$/)
      .first()
      .waitFor({ timeout: 60_000 })
    expect(computing(walk.pid)).toEqual([])
  },
  { timeout: 300_000 },
)
