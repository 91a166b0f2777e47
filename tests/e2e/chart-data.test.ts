/** Every chart has a name and, for those who do not see it, its numbers as a table. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey } from './support/journey'
import { train } from './support/runs'
import { writeStudy } from './support/studies'

const POSITIONS = 'Critical steps by iteration and relative position'

let run: string
let study: string

/** The cells of a table below its head, as numbers where they are. */
const cellsOf = async (table: Locator): Promise<string[][]> => {
  const rows = await table.getByRole('row').all()
  return Promise.all(rows.slice(1).map((row) => row.locator('th, td').allTextContents()))
}

const sum = (cells: readonly (string | undefined)[]) => cells.reduce((total, cell) => total + Number(cell), 0)

/** Charts on canvas, each with a name; beside each is the button that leads to its numbers. */
async function expectNamed(page: Page, least: number): Promise<void> {
  const charts = page.getByRole('img').filter({ has: page.locator('canvas') })
  await expect.poll(() => charts.count()).toBeGreaterThanOrEqual(least)
  expect(await page.locator('canvas').count(), 'a canvas without a name').toBe(await charts.count())
  for (const chart of await charts.all()) {
    const name = (await chart.getAttribute('aria-label')) ?? ''
    expect(name).toMatch(/\w+ \w+/)
    const panel = page.locator('.panel').filter({ has: page.getByRole('img', { name, exact: true }) })
    const numbers = panel.getByRole('button', { name: /: picture, CSV, table$|^(Show|Hide) the numbers$/ })
    expect(await numbers.count(), `numbers of ${name}`).toBe(1)
  }
}

async function openTable(page: Page, title: string): Promise<string[][]> {
  await page.getByRole('button', { name: `${title}: picture, CSV, table` }).click()
  await page.getByRole('menuitem', { name: 'Show as table' }).click()
  const table = page.getByRole('table', { name: title })
  await table.waitFor()
  const cells = await cellsOf(table)
  await page.keyboard.press('Escape')
  await table.waitFor({ state: 'detached' })
  return cells
}

journey(
  'every chart has a name and a table of its numbers',
  async ({ page, go }) => {
    // The table of runs: the small curves say where they begin and end.
    const small = page.getByRole('img', { name: /^The mean reward over the run, from [\d.]+ to [\d.]+$/ })
    await small.first().waitFor()

    await go(`/runs/${run}`)
    await page.getByRole('img', { name: /^Reward, iterations/ }).waitFor()
    await expectNamed(page, 6)
    expect((await openTable(page, 'Reward')).map(([iteration]) => iteration)).toEqual(['1', '2'])
    const shown = await cellsOf(page.getByRole('table', { name: POSITIONS }))
    expect(shown.map(([iteration]) => iteration)).toEqual(['1', '2'])

    await go(`/compare/${run}`)
    await page.getByRole('img', { name: 'Accuracy, held out of 1 run over iteration' }).waitFor()
    await expectNamed(page, 4)
    expect((await openTable(page, 'Accuracy, held out')).length).toBeGreaterThan(1)

    await go(`/explorer/${run}`)
    const steps = page.getByRole('button', { name: /^Step \d+/ })
    await steps.first().waitFor()
    const values = page.getByRole('table', { name: 'V along the trajectory' })
    await expect.poll(async () => (await cellsOf(values)).length).toBe((await steps.count()) + 1)
    await page.getByRole('img', { name: /^Values of the states/ }).waitFor()
    const total = await page.getByRole('region', { name: 'All critical steps' }).locator('p').first().innerText()
    const positions = await cellsOf(page.getByRole('table', { name: POSITIONS }))
    expect(sum(positions.flatMap(([, ...counts]) => counts))).toBe(Number(/\d+/.exec(total)?.[0]))
    const advantages = await cellsOf(
      page.getByRole('table', { name: 'Advantages of critical steps by relative position' }),
    )
    expect(advantages).toHaveLength(10)
    expect(sum(advantages.map(([, count]) => count))).toBe(
      await page
        .getByRole('img', { name: /^Advantage against relative position/ })
        .locator('circle')
        .count(),
    )

    await go('/datasets')
    await page
      .getByRole('button', { name: /shuffled-objects/ })
      .first()
      .click()
    await page.getByRole('tab', { name: 'Tokens' }).click()
    const lengths = page.getByRole('table', { name: /^Prompt: \d+ to \d+ tokens/ })
    await lengths.waitFor()
    expect(sum((await cellsOf(lengths)).map(([, rows]) => rows?.replaceAll(',', '')))).toBeGreaterThan(100)
    await page.getByRole('img', { name: /^Prompt: \d+ to \d+ tokens/ }).waitFor()

    await go(`/experiments/${study}`)
    await page.getByRole('img', { name: /^Mean accuracy of 3 arms/ }).waitFor()
    await expectNamed(page, 1)
    await page.getByRole('button', { name: 'Show the numbers' }).click()
    expect((await cellsOf(page.getByRole('table', { name: 'Numbers of the chart' }))).length).toBe(9)
  },
  {
    hosts: ['browser'],
    async prepare(home) {
      run = await train(home, { gpo: { criticalStep: 'maxAbs', samples: 2 } })
      study = writeStudy(home)
    },
  },
)
