/** Questions that the explorer answers: where is this text, how do two branches differ, what did other runs do here, which steps are critical. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { journey } from './support/journey'
import { trainedOnce } from './support/runs'
import { copyOf } from './support/views'

// Every prompt is guided, so that there are values that differ.
const trained = trainedOnce({ name: 'explored', gpo: { criticalStep: 'undecided', when: 'always', samples: 4 } })
let run = ''

journey(
  'find, compare, judge and share trajectories',
  async ({ page, go }) => {
    await go(`/explorer/${run}`)
    const list = page.getByRole('listbox', { name: 'Trajectories' })
    await list.getByRole('option').first().waitFor()

    // Words are found with their surroundings, also where only a continuation has them.
    const words = page.getByLabel(/^Words to look for/)
    await words.fill('"#### "')
    await list.locator('mark').first().waitFor()
    expect(await list.locator('mark').first().innerText()).toBe('####')
    await words.fill('nowhere to be found')
    await page.getByText('No trajectory fits these filters.').waitFor()
    await page.getByRole('button', { name: 'Show all trajectories' }).click()
    await expect.poll(() => words.inputValue()).toBe('')
    await list.getByRole('option').first().waitFor()

    // Tokens coloured by what the weights say of them.
    const colours = page.getByRole('combobox', { name: 'Colour tokens by' })
    for (const [kind, legend] of [
      ['KL from the base', 'The darker, the further from the model before training.'],
      ['probability', 'The darker, the less likely the token was.'],
    ] as const) {
      await colours.click()
      await page.getByRole('option', { name: `coloured by ${kind}` }).click()
      await page.getByText(legend).waitFor({ timeout: 60_000 })
      expect(
        await page.getByTitle(/^probability [\d<. ]+, entropy [\d.]+ nats, KL from the base [\d.]+ nats$/).count(),
      ).toBeGreaterThan(10)
    }
    await colours.click()
    await page.getByRole('option', { name: 'tokens not coloured' }).click()

    // Two continuations of one state beside each other.
    await page.getByRole('button', { name: /, the critical step/ }).click()
    await page.getByRole('button', { name: 'Choose as the better one of a pair' }).first().click()
    await page.getByRole('button', { name: 'Choose as the worse one of a pair' }).nth(1).click()
    await page.getByRole('button', { name: 'Side by side' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('region', { name: 'The better one' }).waitFor()
    await dialog.getByText(/^They (part in line|are the same)/).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })

    // The same prompt in another run.
    const prompt = page.getByRole('region', { name: 'This prompt over training' })
    await prompt.getByTitle('Compare it with the one shown').first().click()
    await dialog.getByRole('region', { name: /^This run, iteration/ }).waitFor()
    await dialog.getByText('They are the same.').waitFor() // the other run is a copy
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })

    // What kinds of steps are critical, and those of one kind.
    await page.getByRole('button', { name: 'what kinds of steps?' }).click()
    const kinds = dialog.getByRole('table', { name: 'Kinds of critical steps' })
    await kinds.getByText(/->/).first().waitFor()
    await kinds.getByRole('button', { name: /^Find/ }).first().click()
    await dialog.waitFor({ state: 'detached' })
    await list.locator('mark').first().waitFor()
    expect(await words.inputValue()).not.toBe('')
    await page.getByRole('button', { name: 'Show all trajectories' }).click()

    // Judged blind: nothing is shown before the choice, the agreement after it.
    await page.getByRole('button', { name: 'judge blind' }).click()
    await dialog.getByRole('region', { name: 'Left answer' }).waitFor()
    await dialog.getByText('Nothing was judged yet.').waitFor()
    expect(await dialog.innerText()).not.toMatch(/correct|wrong|V \d/)
    await page.keyboard.press('1')
    await dialog.getByText(/^The last pair: left V .* 1 judged: [01] of 1 choices/).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })

    const saved = async (name: string) => {
      const saving = page.waitForEvent('download')
      await page.getByRole('button', { name }).click()
      return readFileSync(await (await saving).path(), 'utf8')
    }
    const html = await saved('Save as HTML')
    expect(html).toContain('<h2>Question</h2>')
    expect(html).not.toContain('<script')
    const picture = await saved('Save the picture of All critical steps')
    expect(picture.match(/<svg/g)?.length).toBe(3) // the file, and two charts in it
    expect(picture).not.toContain('var(')
    expect(picture).toMatch(/fill="#[0-9a-f]{6}"/)
  },
  {
    hosts: ['browser'],
    async prepare(home) {
      run = (await trained(home))[0]!
      await copyOf(home, run)
    },
  },
)
