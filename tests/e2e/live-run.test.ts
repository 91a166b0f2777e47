/** A run while it trains: the explorer keeps what a person looks at, and what is asked of the run is said and done in order. */
import { expect } from 'vitest'
import { show } from '../support/gpo'
import { journey } from './support/journey'
import { smallPlan } from './support/runs'
import { reached, startRun } from './support/start'

const NAME = 'watched run'
const plan = smallPlan({
  name: NAME,
  budget: { iterations: 200, promptsPerIteration: 8 },
  evaluation: { everyIterations: 200, limit: 20 },
  checkpoint: { everyIterations: 200 },
})

journey(
  'the explorer of a live run stays where it is once it is touched; pause, evaluation and stop are done in order',
  async (walk) => {
    const { page, home, go } = walk
    await startRun(walk, plan)
    await reached(walk, NAME, 1)
    const { id } = await show(home)

    // Untouched it follows the run; after a key it does not.
    await go(`/explorer/${id}`)
    const list = page.getByRole('listbox', { name: 'Trajectories' })
    await list.getByRole('option').first().waitFor()
    await page.keyboard.press('j')
    const shown = () =>
      Promise.all([
        list.getByRole('option', { selected: true }).innerText(),
        list.getByRole('option').first().innerText(),
      ])
    const before = await shown()
    await expect.poll(() => page.url()).toMatch(/\/explorer\/[^/]+\/\d+$/)
    const address = page.url()
    const now = await page.getByRole('button', { name: `Open ${NAME}` }).innerText()
    await reached(walk, NAME, Number(/iteration (\d+)\//.exec(now)?.[1]) + 2)
    const waiting = page.getByRole('button', { name: /^\d+ new$/ })
    await waiting.waitFor()
    expect(await shown()).toEqual(before)
    await page.keyboard.press('j')
    expect(await shown()).toEqual(before)

    // What waited is shown when it is wanted, and the trajectory beside it stays.
    await waiting.click()
    await expect.poll(() => list.getByRole('option').first().innerText()).not.toBe(before[1])
    expect(page.url()).toBe(address)

    // A pause is said when it is asked and when it is there; what is asked meanwhile is done meanwhile.
    await go(`/runs/${id}`)
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await page
      .getByText(/after this iteration: pause/)
      .or(page.getByText('paused between two iterations'))
      .first()
      .waitFor()
    await page.getByText('paused between two iterations').waitFor({ timeout: 60_000 })
    const { iteration } = await show(home)
    await page.getByRole('button', { name: 'Evaluate now' }).click()
    await expect.poll(async () => (await show(home)).evaluations.at(-1)?.iteration, { timeout: 60_000 }).toBe(iteration)
    await page.getByText('paused between two iterations').waitFor()

    // A stop offers its ways; dropped, the iteration that has begun leaves nothing.
    await page.getByRole('button', { name: 'Resume', exact: true }).click()
    await reached(walk, NAME, iteration + 2)
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('menuitem', { name: /^After this iteration \(about/ }).waitFor()
    await page.getByRole('menuitem', { name: /^After this iteration.*then evaluate/ }).waitFor()
    await page.getByRole('menuitem', { name: /^Now, dropping this iteration/ }).click()
    await page.getByText(/^Stopped after iteration \d+\./).waitFor({ timeout: 60_000 })
    await page.getByText(/The checkpoint of iteration \d+ is kept/).waitFor()
  },
  { timeout: 240_000 },
)
