/** The journey of a person who starts the program for the first time. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { answerSaveDialog } from './support/dialogs'
import { journey } from './support/journey'
import { stopRun } from './support/start'

journey(
  'first start, train the example, watch it, open its critical step, reset by hand, export',
  async (walk) => {
    const { page, home } = walk

    // First start: the bundled model and data, and one button.
    await page.getByRole('heading', { name: /Train a small model/ }).waitFor()
    await page.getByRole('button', { name: /Train the example/ }).click()

    // It trains: the page of the run, and the bar above every page.
    await page.getByRole('heading', { level: 1, name: /^gpo-ppo · shuffled-objects/ }).waitFor()
    const bar = page.getByRole('button', { name: /^Open gpo-ppo/ })
    await bar.waitFor()
    await expect.poll(() => bar.innerText(), { timeout: 240_000, interval: 250 }).toMatch(/iteration [2-9]\/30/)
    await walk.go('/models')
    await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor()
    await bar.click()
    const reward = page.getByRole('heading', { name: 'Reward', exact: true })
    await reward.waitFor()
    await stopRun(page)
    await page
      .getByText(/^stopped$/)
      .first()
      .waitFor({ timeout: 180_000 })
    await page.getByText(/The checkpoint of iteration \d+ is kept/).waitFor()

    // Its critical step, in the explorer.
    await page.getByRole('link', { name: 'Explore critical steps' }).click()
    await page.getByRole('heading', { level: 1, name: 'Explorer' }).waitFor()
    const critical = page.getByRole('button', { name: /^Step \d+, the critical step/ })
    await critical.waitFor()
    await page.keyboard.press('c')
    await expect.poll(() => critical.getAttribute('aria-pressed')).toBe('true')

    // Reset by hand: sample from the state before it with the trained weights.
    await page.getByLabel('How many to sample').fill('6')
    await page.getByLabel('Sampling temperature').fill('2')
    await page.getByRole('button', { name: 'Sample 6 here' }).click()
    const byHand = page.getByRole('region', { name: 'Sampled by hand' })
    await byHand.getByText('Sampled by hand (6)').waitFor({ timeout: 180_000 })
    expect(await byHand.getByText(/of 6 correct/).innerText()).toMatch(/^[0-6] of 6 correct$/)
    // Two that differ make a pair; samples of a small model may all say the same.
    const texts = await byHand.locator('.model-text').allInnerTexts()
    const other = texts.findIndex((text) => text !== texts[0])
    await byHand.getByRole('button', { name: 'Choose as the better one of a pair' }).nth(0).click()
    await byHand.getByRole('button', { name: 'Choose as the worse one of a pair' }).nth(Math.max(1, other)).click()
    if (other > 0) {
      await page.getByRole('button', { name: 'Save as pair' }).click()
      await page.getByText('The pair was saved').waitFor()
    } else await page.getByText('both say the same').waitFor()

    // Export: the whole model.
    await page.getByRole('navigation').getByText('Export').click()
    await page.getByRole('heading', { level: 1, name: 'Export' }).waitFor()
    const out = join(home, 'model')
    if (walk.electron) {
      await answerSaveDialog(walk.electron, out)
      await page.getByRole('button', { name: 'Choose where…' }).click()
    } else await page.getByLabel('Path on this machine').fill(out)
    await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    await page.getByRole('region', { name: 'Result' }).getByText(out).first().waitFor({ timeout: 60_000 })
    expect(existsSync(join(out, 'model.safetensors'))).toBe(true)
    expect(JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'))).toMatchObject({ model_type: 'llama' })

    // What was exported is tried at once.
    await page.getByRole('button', { name: 'Open in playground' }).click()
    await page.getByRole('heading', { level: 1, name: 'Playground' }).waitFor()
    const values = () =>
      page.locator('main input').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value))
    await expect.poll(values).toContain('model')
  },
  { timeout: 540_000 },
)
