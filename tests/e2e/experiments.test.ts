/** An experiment in the window: set up, started, killed with the program, continued, and its verdict read. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { gpo, jsonLines, until } from '../support/gpo'
import { answerOpenDialog } from './support/dialogs'
import { type Journey, journey } from './support/journey'
import { computing, descendants, isAlive } from './support/processes'
import { smallPlan, train } from './support/runs'

const NAME = 'tiny question'

/** Opens the file on the page of a new experiment. */
async function openFile({ page, electron, go }: Journey, path: string): Promise<void> {
  await go('/experiments')
  await page.getByRole('heading', { name: 'Find out whether a change really helps' }).waitFor()
  await page.getByRole('button', { name: 'Set up an experiment' }).click()
  await page.getByText('From a file', { exact: true }).click()
  if (electron) await answerOpenDialog(electron, path)
  await page.getByRole('button', { name: 'Open a file…' }).click()
  if (electron) return
  await page.getByLabel('Path of an experiment on this machine').fill(path)
  await page.getByRole('button', { name: 'Open', exact: true }).click()
}

const progress = ({ page }: Journey, text: string) =>
  page.getByRole('region', { name: 'Progress' }).getByText(text, { exact: true }).waitFor({ timeout: 120_000 })

journey(
  'an experiment from a file is started, killed with the program, continued, and ends with a verdict',
  async (walk) => {
    const file = join(walk.home, 'experiment.json')
    const { name: _, seed: __, gpo: ___, ...plan } = smallPlan({ budget: { iterations: 2, promptsPerIteration: 4 } })
    const arms = [
      { name: 'without', changes: { 'gpo.criticalStep': 'none' } },
      { name: 'with', changes: { 'gpo.criticalStep': 'max' } },
    ]
    writeFileSync(file, JSON.stringify({ name: NAME, plan, arms, base: 'without', seeds: [1] }))
    await openFile(walk, file)
    await walk.page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
    const planned = walk.page.getByRole('table', { name: 'Arms of the experiment' })
    expect(await planned.innerText()).toContain('GPO: Critical step: Off')
    await walk.page.getByLabel('Question').fill('Does it help?')
    await walk.page.getByRole('button', { name: 'Start experiment' }).click()
    await walk.page.getByRole('heading', { level: 1, name: NAME }).waitFor()
    await walk.page.getByText('Does it help?').waitFor()
    await progress(walk, '1 of 2 runs done')

    const own = descendants(walk.pid)
    process.kill(walk.pid, 'SIGKILL')
    await until(() => !own.some(isAlive), 'a trainer and a window without their program end')
    await walk.restart()
    walk.problems.length = 0 // of the page that lost its program

    // Nothing trains by itself; the list says where it stands.
    await walk.go('/experiments')
    const row = walk.page.getByRole('row').filter({ hasText: NAME })
    await row.getByText('paused').waitFor()
    expect(computing(walk.pid)).toEqual([])
    await row.getByRole('link', { name: NAME }).click()
    await walk.page.getByRole('button', { name: 'Continue' }).click()
    await walk.page.getByRole('button', { name: 'Pause', exact: true }).waitFor()
    await progress(walk, '2 of 2 runs done')

    // The verdict in words, and what it is made of.
    const { page } = walk
    const verdict = page.getByRole('region', { name: 'Verdict', exact: true })
    expect(await verdict.innerText()).toMatch(/with(out)? .*points, 90 % interval .*, 1 seed/)
    const table = page.getByRole('table', { name: 'Arms and their accuracy' })
    for (const row of await table.getByRole('row').all())
      if ((await row.getByRole('rowheader').count()) > 0) expect(await row.innerText()).toContain('1 of 1')
    await page.getByRole('button', { name: 'Details of with', exact: true }).click()
    await page.getByText(/^Of 20 problems, over 1 seed/).waitFor()
    await page.getByRole('img', { name: /^Mean accuracy of 2 arms against updates/ }).waitFor()
    await page.getByText('Generated tokens', { exact: true }).click()
    await page.getByRole('img', { name: /^Mean accuracy of 2 arms against generated tokens/ }).waitFor()
    await page.getByRole('button', { name: 'Show the numbers' }).click()
    expect(await page.getByRole('table', { name: 'Numbers of the chart' }).getByRole('row').count()).toBeGreaterThan(4)

    // Its runs lead back to it.
    await page.getByRole('link', { name: 'Run of with with seed 1' }).click()
    await page.getByRole('link', { name: 'Its experiment' }).click()
    await page.getByRole('heading', { level: 1, name: NAME }).waitFor()

    await page.getByRole('button', { name: 'Rename the experiment' }).click()
    await page.getByRole('textbox', { name: 'Name of the experiment' }).fill('does it help?')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'does it help?' }).waitFor()

    // Removing asks first, and keeps the runs.
    await page.getByRole('button', { name: 'Remove…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('heading', { name: 'Find out whether a change really helps' }).waitFor()
    expect(jsonLines(await gpo(walk.home, 'runs', '--json'))).toHaveLength(2)
  },
  { timeout: 300_000 },
)

let run: string

journey(
  'a run asks whether guidance helps, and a setting is swept',
  async ({ page, go }) => {
    await page.getByRole('button', { name: /^Actions for/ }).click()
    await page.getByRole('menuitem', { name: 'Does guidance help here?' }).click()
    await page.getByRole('heading', { level: 1, name: 'New experiment' }).waitFor()
    await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
    const start = page.getByRole('region', { name: 'Ready' })
    expect(await start.innerText()).toMatch(/10 runs/)

    await page.getByText('Which value is best?', { exact: true }).click()
    await page.getByRole('combobox', { name: 'Setting', exact: true }).fill('Learning rate')
    await page.getByRole('option', { name: 'Optimiser: Learning rate', exact: true }).click()
    await page.getByLabel('Values to try').fill('1e-5, 2e-5')
    await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
    expect(await page.getByRole('table', { name: 'Arms of the experiment' }).innerText()).toMatch(
      /learningRate 0\.00002/,
    )

    // The same from the run's own page; a value that is none is said.
    await go(`/runs/${run}`)
    await page.getByRole('link', { name: 'Does guidance help here?' }).click()
    await page.getByLabel('Iterations of each run').fill('2')
    await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
  },
  {
    hosts: ['browser'],
    async prepare(home) {
      run = await train(home)
    },
  },
)
