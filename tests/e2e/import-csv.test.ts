/** A spreadsheet of someone's own: other column names, commas and quotes in its fields, rows that are broken. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { answerOpenDialog } from './support/dialogs'
import { type Journey, journey } from './support/journey'
import { fillNumbers } from './support/plan-form'

const GOOD = [
  '1,"Dan,Gus,Eve;Gus coin;Dan-Gus;Eve-Dan;Gus-Eve;Dan-Gus?\n",Dan',
  '2,"Gus,Hal,Fay,Eve;Eve key;Gus-Eve;Fay-Eve;Gus-Hal;Eve-Gus;Fay-Hal?\n","Fay"',
  '3,"Bob,Cid,Dan;Dan ""cup"";Bob-Cid;Dan-Bob;Cid-Dan;Dan-Bob?\n",Dan',
  '4,"Ann,Bob;Ann key;Ann-Bob?\n",Bob',
]
/** Every good row takes two lines of the file, since its question ends with a line break. */
const FILE = [
  'nr,frage,loesung',
  GOOD[0],
  GOOD[1],
  '5,too few fields',
  GOOD[2],
  '6,"Ann,Bob;Bob key;Ann-Bob?",',
  GOOD[3],
  '7,Ann,Bob;Bob key;Ann-Bob?,Ann',
].join('\n')

async function addFile({ page, electron }: Journey, path: string): Promise<void> {
  const add = page.getByRole('button', { name: 'Add a dataset' })
  if (electron) {
    await answerOpenDialog(electron, path)
    await add.click()
    return
  }
  await add.click()
  await page.getByLabel('Path on this machine').fill(path)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
}

async function choose(page: Page, field: Locator, option: string): Promise<void> {
  await field.click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

journey(
  'a CSV with other column names: columns chosen, verifier tried, bad rows listed, trained on',
  async (walk) => {
    const { page, home } = walk
    const file = join(home, 'fragen.csv')
    writeFileSync(file, FILE)
    await walk.go('/datasets')
    await addFile(walk, file)

    // It says what is missing, until the columns have their parts.
    await page.getByText('It cannot be used yet').waitFor()
    expect(await page.getByRole('button', { name: 'Use in a new run' }).isDisabled()).toBe(true)
    await page.getByText('Choose the column with the prompt.').waitFor()
    await choose(page, page.getByRole('combobox', { name: 'Role of the column frage' }), 'Prompt')
    await page.getByText(/Choose the column with the reference answer/).waitFor()
    await choose(page, page.getByRole('combobox', { name: 'Role of the column loesung' }), 'Answer')
    await page.getByText('The columns were mapped by hand.').waitFor()
    await page.getByText('It cannot be used yet').waitFor({ state: 'detached' })
    await page.getByText(/7 rows · 4 usable/).waitFor()
    const rows = page.getByRole('region', { name: 'Rows of the file' })
    await rows.getByText('Bob,Cid,Dan;Dan "cup";Bob-Cid;Dan-Bob;Cid-Dan;Dan-Bob?').waitFor()

    // The verifier: tried on the rows' own answers, a wrong one said to be wrong, a right one taken.
    await page.getByRole('tab', { name: 'Verifier' }).click()
    const judged = page.getByRole('region', { name: 'Judged rows' }).getByRole('row')
    await expect.poll(() => judged.count()).toBe(5)
    const kind = page.getByRole('combobox', { name: 'Verifier', exact: true })
    await choose(page, kind, 'Number')
    await expect.poll(() => judged.nth(1).innerText()).toMatch(/unparseable[\s\S]*Dan/)
    await choose(page, kind, 'Regular expression')
    await page.getByLabel('Pattern').fill('([A-Z][a-z]+)\\W*$')
    await expect
      .poll(async () => (await judged.allInnerTexts()).slice(1).every((row) => /correct/.test(row)))
      .toBe(true)
    expect(await judged.nth(2).innerText()).toMatch(/^4\s+correct\s+#### Fay\s+Fay\s+Fay$/)
    await page.getByRole('button', { name: 'Use this verifier' }).click()
    await page.getByRole('button', { name: 'Use this verifier', disabled: true }).waitFor()

    // What is left out, by its line in the file.
    await page.getByRole('tab', { name: /^Bad rows/ }).click()
    await page.getByText('3 of 7 rows are left out; the others are used.').waitFor()
    const bad = await page.getByRole('tabpanel').getByRole('row').allInnerTexts()
    expect(bad.slice(1)).toEqual([
      '6\thas 2 fields, the header has 3',
      '9\tcolumn "loesung" is empty',
      '12\thas 4 fields, the header has 3',
    ])

    // A run on it: ready at once, and trained on these rows.
    await page.getByRole('button', { name: 'Use in a new run' }).click()
    await page.getByRole('heading', { level: 1, name: 'New run' }).waitFor()
    await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
    await fillNumbers(page, [
      [/^Iterations/, '1'],
      [/^Prompts per iteration/, '4'],
    ])
    await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByText('completed', { exact: true }).first().waitFor({ timeout: 90_000 })
    await page.getByRole('link', { name: 'Explore critical steps' }).click()
    await page.getByText(/Question, row (2|4|7|10) of the data/).waitFor()
  },
  { timeout: 180_000 },
)
