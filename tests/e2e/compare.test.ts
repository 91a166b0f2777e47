/** Two finished runs side by side: their curves, where their plans differ, how they ended. */
import { expect } from 'vitest'
import { journey } from './support/journey'
import { train } from './support/runs'

journey(
  'compare two runs that differ in the critical step alone',
  async ({ page }) => {
    await page.getByLabel('Select guided').check()
    await page.getByLabel('Select plain').check()
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Compare 2 runs' }).waitFor()

    const differences = page.getByRole('table', { name: 'Differences of the plans' })
    await differences.waitFor()
    const settings = await differences.getByRole('rowheader').allInnerTexts()
    expect(settings).toEqual(['gpo.criticalStep'])
    const cells = await differences.getByRole('cell').allInnerTexts()
    expect(cells.toSorted()).toEqual(['max', 'none'])

    const ends = page.getByRole('table', { name: 'Runs and their final metrics' })
    for (const name of ['guided', 'plain']) {
      const row = ends.getByRole('row').filter({ hasText: name })
      // Accuracy on 20 rows, with Wilson's interval at its side.
      expect(await row.innerText()).toMatch(/\d+\.\d–\d+\.\d %, 20/)
    }
    const reward = page.getByRole('region', { name: 'reward', exact: true })
    await reward.getByRole('img', { name: /reward of 2 runs over/ }).waitFor()
    await page.getByRole('button', { name: 'Show plain in the charts' }).click()
    await reward.getByRole('img', { name: /reward of 1 runs? over/ }).waitFor()
  },
  {
    timeout: 180_000,
    async prepare(home) {
      await train(home, { name: 'guided' })
      await train(home, { name: 'plain', gpo: { criticalStep: 'none' } })
    },
  },
)
