/** Two models answer the same rows; a paired test says which is better, and their answers stand side by side. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { journey } from './support/journey'
import { train } from './support/runs'

journey(
  'two models are evaluated on the same rows and compared',
  async ({ page, go, host }) => {
    await go('/evaluate')
    await page.getByRole('heading', { level: 1, name: 'Evaluate' }).waitFor()
    // The newest run's checkpoint and its base are chosen, with the rows that the run held out.
    await page.getByRole('button', { name: 'Evaluate 2 models' }).waitFor()
    await page.getByLabel('Rows', { exact: true }).fill('20')
    await page.getByLabel('Samples per row').fill('4')
    await page.getByRole('button', { name: 'Evaluate 2 models' }).click()
    const table = page.getByRole('table', { name: 'Evaluations' })
    await expect
      .poll(() => table.getByText('90 % interval').count(), { timeout: 60_000, message: 'both are evaluated' })
      .toBe(2)
    expect(await table.getByText(/pass@4/).count()).toBe(2)

    // One by itself: its figures, and its rows by outcome.
    await table.getByRole('link').first().click()
    await page.getByText('Greedy accuracy').waitFor()
    await page.getByText('majority@4').waitFor()
    const [, right] =
      /(\d+) of 20 rows/.exec(
        await page
          .getByText(/of 20 rows, 90 %/)
          .first()
          .innerText(),
      ) ?? []
    await page.getByText('Correct', { exact: true }).click()
    await page.getByText(new RegExp(`^${right} rows?$`)).waitFor()
    await page.getByRole('region', { name: /^Answer of/ }).waitFor()
    if (host === 'browser') {
      const saving = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Rows as CSV' }).click()
      const csv = readFileSync(await (await saving).path(), 'utf8')
      expect(csv.split('\r\n')[0]).toBe(
        'row,prompt,reference,completion,status,answer,tokens,samples_correct,majority_answer,majority_correct',
      )
      expect(csv.match(/,correct,/g)?.length).toBe(Number(right))
    }

    // Both: the counts add up, and the rows of each group are listed.
    await page.getByRole('link', { name: 'All evaluations' }).click()
    for (const box of await table.getByRole('checkbox').all()) await box.check()
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await page.getByText(/McNemar's exact test: p/).waitFor()
    const counts = await page.getByRole('table', { name: 'Rows by who was right' }).getByRole('cell').allInnerTexts()
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(20)
    await page.getByText(/^Both right/).click()
    await page.getByText(new RegExp(`^${counts[0]} rows?$`)).waitFor()
    if (Number(counts[0]) > 0) {
      await page.getByRole('region', { name: /^Answer of A/ }).waitFor()
      await page.getByRole('region', { name: /^Answer of B/ }).waitFor()
    }
  },
  { prepare: async (home) => void (await train(home)), timeout: 240_000 },
)
