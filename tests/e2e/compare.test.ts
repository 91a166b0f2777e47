/** Two finished runs, over one another. */
import { readFileSync } from 'node:fs'
import { wilsonInterval } from '@shared/interval'
import { expect } from 'vitest'
import { type Shown, show } from '../support/gpo'
import { journey } from './support/journey'
import { pixelsOf } from './support/pixels'
import { trainedOnce } from './support/runs'

const trained = trainedOnce(
  { name: 'guided', gpo: { criticalStep: 'undecided' } },
  { name: 'plain', gpo: { criticalStep: 'none' } },
)
let ids: readonly string[] = []

/** The last accuracy of a run and its interval as the table says them. */
function accuracyOf({ evaluations }: Shown): string[] {
  const { accuracy, correct, n } = evaluations.at(-1)!
  const [low, high] = wilsonInterval(correct, n).map((share) => (100 * share).toFixed(1))
  return [`${(100 * accuracy).toFixed(1)} %`, `${low}–${high} %, ${n}`]
}

journey(
  'compare two runs that differ in the critical step alone',
  async ({ page, home, host }) => {
    await page.getByRole('checkbox', { name: 'Select guided' }).check()
    await page.getByRole('checkbox', { name: 'Select plain' }).check()
    await page.getByText('2 selected').waitFor()
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('heading', { level: 1, name: 'Compare 2 runs' }).waitFor()

    // Final metrics, with the interval that the rows of the evaluation allow.
    const table = page.getByRole('table', { name: 'Runs and their final metrics' })
    for (const [i, name] of ['guided', 'plain'].entries()) {
      const row = table.getByRole('row').filter({ hasText: name })
      const shown = await show(home, ids[i])
      await expect.poll(() => row.innerText()).toContain('completed')
      for (const text of accuracyOf(shown)) expect(await row.innerText()).toContain(text)
    }

    // Only what differs, apart from the names.
    const plans = page.getByRole('table', { name: 'Differences of the plans' })
    const headers = await plans.getByRole('columnheader').allInnerTexts()
    expect(headers.slice(1).toSorted()).toEqual(['guided', 'plain'])
    expect(await plans.getByRole('rowheader').allInnerTexts()).toEqual(['GPO: Critical step'])
    const values = { guided: 'Most undecided', plain: 'Off' }
    const inOrder = headers.slice(1).map((name) => values[name as keyof typeof values])
    expect(await plans.getByRole('cell').allInnerTexts()).toEqual(inOrder)

    // Both lines lie in one chart; a run that is hidden leaves it.
    const reward = page.getByRole('img', { name: 'Reward: from the prompt of 2 runs over iteration', exact: true })
    await reward.waitFor()
    await page.getByRole('img', { name: 'Accuracy, held out of 2 runs over iteration' }).waitFor()
    const swatches = table.getByRole('row').locator('th line')
    const colours = await swatches.evaluateAll((lines) => lines.map((line) => getComputedStyle(line).stroke))
    expect(new Set(colours).size).toBe(2)
    await expect.poll(async () => Math.min(...(await pixelsOf(reward, colours)))).toBeGreaterThan(40)

    // A chart to take along: its values and, where files can be saved without a dialog, its CSV and its picture.
    const menu = page.getByRole('button', { name: 'Reward: from the prompt: picture, CSV, table' })
    await menu.click()
    await page.getByRole('menuitem', { name: 'Show as table' }).click()
    const chartTable = page.getByRole('table', { name: 'Reward: from the prompt' })
    await chartTable.waitFor()
    const heads = await chartTable.getByRole('columnheader').allInnerTexts()
    expect(heads.toSorted()).toEqual(['guided', 'iteration', 'plain'])
    await page.keyboard.press('Escape')
    await chartTable.waitFor({ state: 'detached' })
    if (host === 'browser')
      for (const [item, first] of [
        ['Save as CSV', 'iteration'],
        ['Save as PNG', '\u{FFFD}PNG'],
      ] as const) {
        await menu.click()
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('menuitem', { name: item }).click(),
        ])
        expect(readFileSync(await download.path(), 'utf8').startsWith(first)).toBe(true)
      }

    await table
      .getByRole('row')
      .nth(1)
      .getByRole('button', { name: /^Show .* in the charts$/ })
      .click()
    const alone = page.getByRole('img', { name: 'Reward: from the prompt of 1 run over iteration' })
    await alone.waitFor()
    await expect.poll(async () => (await pixelsOf(alone, colours))[0]).toBe(0)
    expect((await pixelsOf(alone, colours))[1]).toBeGreaterThan(40)

    // A link to a run's own page.
    await table.getByRole('link', { name: 'guided' }).click()
    await page.getByRole('heading', { level: 1, name: 'guided' }).waitFor()
  },
  {
    timeout: 180_000,
    async prepare(home) {
      ids = await trained(home)
    },
  },
)
