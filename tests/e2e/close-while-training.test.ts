/** While a run trains: the window answers, asks before it closes, and shows the run again afterwards. */
import type { ElectronApplication } from 'playwright-core'
import { expect } from 'vitest'
import { show } from '../support/gpo'
import { clickThrough } from './support/delays'
import { type Journey, journey } from './support/journey'
import { computing } from './support/processes'
import { smallPlan } from './support/runs'
import { reached, startRun, stopRun } from './support/start'

const NAME = 'long run'
/** More iterations than a journey waits for. */
const plan = smallPlan({ name: NAME, budget: { iterations: 200, promptsPerIteration: 8 } })

/** Milliseconds; a busy machine is slow, but a window that waits for its trainer is slower still. */
const GENEROUS = 2_000

async function expectAnswers({ page, pid, host }: Journey): Promise<void> {
  const rail = ['Models', 'Runs', 'Datasets', 'Explorer', 'Settings', 'Runs']
  await clickThrough(page, rail) // first loads are not measured
  const { clicks, longestFrame } = await clickThrough(page, [...rail, ...rail])
  expect(computing(pid), 'it trains meanwhile').toHaveLength(1)
  const middle = clicks[clicks.length >> 1]!.ms
  const longest = clicks.at(-1)!
  const times = `${Math.round(middle)} ms (median of ${clicks.length}), ${Math.round(longest.ms)} ms at most (${longest.title})`
  console.log(
    `${host}, while training: a click paints its page after ${times}; longest time between frames ${Math.round(longestFrame)} ms`,
  )
  expect(middle).toBeLessThan(GENEROUS)
}

interface Question {
  readonly message: string
  readonly detail?: string
  readonly buttons?: string[]
}

/** Tries to close the window. @param response the button that is pressed @returns what was asked */
async function closeWindow(electron: ElectronApplication, response: number): Promise<Question[]> {
  return electron.evaluate(async ({ dialog, BrowserWindow }, button) => {
    const asked: Question[] = []
    const answered = new Promise<void>((done) => {
      dialog.showMessageBox = async (...given: unknown[]) => {
        asked.push(given.at(-1) as Question)
        setTimeout(done)
        return { response: button, checkboxChecked: false }
      }
    })
    BrowserWindow.getAllWindows()[0]?.close()
    await answered
    return asked
  }, response)
}

/** The iteration that the bar above every page shows. */
const iterationOf = async ({ page }: Pick<Journey, 'page'>): Promise<number> =>
  Number(/iteration (\d+)\//.exec(await page.getByRole('button', { name: `Open ${NAME}` }).innerText())?.[1])

journey(
  'closing the window during a run asks; the next start shows the run',
  async (walk) => {
    await startRun(walk, plan)
    await reached(walk, NAME, 1)
    await expectAnswers(walk)

    const { electron } = walk
    if (!electron) throw new Error('only a window can be closed')
    const before = await iterationOf(walk)
    const [question, ...others] = await closeWindow(electron, 2)
    expect(others).toEqual([])
    expect(question?.message).toBe(`"${NAME}" is running.`)
    expect(question?.detail).toMatch(/^It is at iteration \d+ of 200\./)
    expect(question?.buttons).toEqual([
      'Keep training in the background',
      'Stop after this iteration and close',
      'Cancel',
    ])
    await reached(walk, NAME, before + 1)

    const child = electron.process()
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    await closeWindow(electron, 1).catch(() => []) // the answer may get lost with the window
    await ended
    expect(child.exitCode).toBe(0)
    const { status, iteration } = await show(walk.home)
    expect(status).toBe('stopped')
    expect(iteration).toBeGreaterThan(before)

    await walk.restart()
    const row = walk.page.getByRole('row').filter({ hasText: NAME })
    await row.getByText('stopped', { exact: true }).waitFor()
    await row.getByRole('link', { name: NAME }).click()
    await walk.page.getByText(`The checkpoint of iteration ${iteration} is kept`).waitFor()
    await walk.page.getByRole('button', { name: 'Resume', exact: true }).waitFor()
  },
  { hosts: ['electron'], timeout: 240_000 },
)

journey(
  'a run goes on in the background, and the program ends after it',
  async (walk) => {
    await startRun(walk, smallPlan({ name: NAME, budget: { iterations: 12, promptsPerIteration: 8 } }))
    await reached(walk, NAME, 1)
    const { electron } = walk
    if (!electron) throw new Error('only a window can be closed')
    const child = electron.process()
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    await closeWindow(electron, 0)
    const isVisible = () => electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
    await expect.poll(isVisible).toBe(false)
    await ended
    expect(child.exitCode).toBe(0)
    expect(await show(walk.home)).toMatchObject({ status: 'completed', iteration: 12 })
    await walk.restart()
  },
  { hosts: ['electron'], timeout: 240_000 },
)

journey(
  'a browser that is closed during a run does not end it; another page shows it',
  async (walk) => {
    await startRun(walk, plan)
    await reached(walk, NAME, 1)
    await expectAnswers(walk)

    const before = await iterationOf(walk)
    const context = walk.page.context()
    const address = new URL(walk.page.url()).origin
    await walk.page.close()
    const page = await context.newPage()
    await page.goto(address)
    await reached({ page }, NAME, before + 1)
    expect(computing(walk.pid)).toHaveLength(1)
    await page.getByRole('button', { name: `Open ${NAME}` }).click()
    await page.getByRole('heading', { level: 1, name: NAME }).waitFor()
    await stopRun(page)
    await page.getByText('stopped', { exact: true }).first().waitFor({ timeout: 60_000 })
  },
  { hosts: ['browser'], timeout: 240_000 },
)
