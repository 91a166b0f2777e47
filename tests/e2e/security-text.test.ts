/** HTML and script in what a model or a file says is shown as the text it is, on every page that shows it. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { gpo } from '../support/gpo'
import { answerOpenDialog } from './support/dialogs'
import { IMAGE, writeClimbingBundle, writeHostileRun } from './support/hostile'
import { journey } from './support/journey'

let run: string

/** Nothing of the text has become an element, and nothing of it has run. */
async function expectText(page: Page, shown: RegExp | string): Promise<void> {
  await page.getByText(shown).first().waitFor()
  const made = 'img[src=x], main script, a[href^="javascript:"], [onerror]'
  expect(await page.evaluate((selector) => document.querySelectorAll(selector).length, made)).toBe(0)
  expect(await page.evaluate(() => String((window as { owned?: unknown }).owned))).toBe('undefined')
}

journey(
  'HTML and script in data are text',
  async ({ page, go }) => {
    await expectText(page, `run ${IMAGE}`)
    // Marks of direction in a name end where the name ends.
    const name = page.getByText(`run ${IMAGE}`).first()
    expect(await name.evaluate((element) => getComputedStyle(element).unicodeBidi)).toMatch(/isolate|plaintext/)
    await go(`/runs/${run}`)
    await expectText(page, `note ${IMAGE}`)
    await expectText(page, `error ${IMAGE}`)
    await go(`/explorer/${run}`)
    await expectText(page, `prompt ${IMAGE}`)
    await expectText(page, `first ${IMAGE}`)
    await page.getByRole('button', { name: /^Step 1/ }).click()
    await expectText(page, `other ${IMAGE}`)
    await page.getByText('Raw', { exact: true }).click()
    await expectText(page, /second <img/)
    await go(`/compare/${run}`)
    await expectText(page, `run ${IMAGE}`)

    await go('/datasets')
    await page.getByText('hostile.csv').first().click()
    await expectText(page, `cell ${IMAGE}`)
    await expectText(page, `more ${IMAGE}`)
    await page.getByRole('columnheader').filter({ hasText: IMAGE }).waitFor()
  },
  {
    async prepare(home) {
      run = writeHostileRun(home)
      const file = join(home, 'hostile.csv')
      writeFileSync(file, `prompt,answer,${IMAGE}\n"cell ${IMAGE}",1,"more ${IMAGE}"\n`)
      expect((await gpo(home, 'data', 'add', file)).code).toBe(0)
    },
  },
)

journey('a run bundle that leads out of its folder is refused, and nothing of it is written', async (walk) => {
  const { page, home, electron } = walk
  const bundle = writeClimbingBundle(home, '../../../../../../tmp/gpo-owned')
  // The logs of the processes that read files are not of the bundle.
  const inHome = () =>
    readdirSync(home)
      .filter((name) => name !== 'logs')
      .toSorted()
  const before = inHome()
  await walk.go('/export')
  if (electron) {
    await answerOpenDialog(electron, bundle)
    await page.getByRole('button', { name: 'Open a run bundle' }).click()
  } else {
    await page.getByRole('button', { name: 'Open a run bundle' }).click()
    await page.getByLabel('Path on this machine').fill(bundle)
    await page.getByRole('button', { name: 'Add', exact: true }).click()
  }
  await page
    .getByText(/names a file "\.\.\/\.\..*which is no name for a file of a bundle/)
    .first()
    .waitFor()
  expect(existsSync('/tmp/gpo-owned')).toBe(false)
  expect(inHome()).toEqual(before)
  const command = await gpo(home, 'import', bundle)
  expect([command.code, command.stdout]).toEqual([3, ''])
  expect(command.stderr).toContain('which is no name for a file of a bundle')
})
