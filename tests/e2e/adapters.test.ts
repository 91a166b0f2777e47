/** The next run starts from a trained result: as a whole model, and as an adapter added from disk. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { gpo, show } from '../support/gpo'
import { answerOpenDialog } from './support/dialogs'
import { journey } from './support/journey'
import { train } from './support/runs'

/** A short run, of which only the start is checked. */
const lora = {
  name: 'first steps',
  adaptation: { kind: 'lora', r: 3, alpha: 6 },
  evaluation: { everyIterations: 0 },
} as const

let first = ''
const adapterOf = (home: string) => join(home, 'my-adapter')

journey(
  'begin a run with what another has trained, then one with an adapter',
  async (walk) => {
    const { page, home } = walk
    const status = page
      .locator('main')
      .getByText(/^(completed|stopped)$/)
      .first()
    const field = (label: string) => page.locator('input').and(page.getByLabel(label, { exact: true }))
    const start = async () => {
      await page
        .getByRole('heading', { level: 2, name: 'Ready' })
        .or(page.getByText('Ready', { exact: true }))
        .first()
        .waitFor()
      await page.getByRole('button', { name: 'Start', exact: true }).click()
      await page.waitForURL(/#\/runs\/\w+/, { timeout: 90_000 })
      await status.waitFor({ timeout: 120_000 })
      return show(home)
    }

    // The fine-tuned model of a run, from the list of models.
    await walk.go('/models')
    await page.getByRole('button', { name: 'first steps', exact: true }).click()
    await page.getByRole('button', { name: 'Use in a new run' }).click()
    await page.getByRole('heading', { level: 1, name: 'New run' }).waitFor()
    await expect.poll(() => field('Model').inputValue()).toBe('first steps')
    await field('Iterations').fill('1')
    const second = await start()
    expect(second.plan.model.path).toContain(`first-steps-${first}-2`)
    expect(existsSync(join(second.plan.model.path, 'model.safetensors'))).toBe(true)

    // An adapter's folder is added, and its settings are taken over.
    await walk.go('/models')
    await page.getByRole('button', { name: 'first steps · iteration 2' }).waitFor()
    if (walk.electron) await answerOpenDialog(walk.electron, adapterOf(home))
    await page.getByRole('button', { name: 'Add a folder' }).click()
    if (!walk.electron) {
      await page.getByRole('textbox').last().fill(adapterOf(home))
      await page.keyboard.press('Enter')
    }
    await page.getByRole('button', { name: 'my-adapter' }).first().click()
    await page.getByText('LoRA, rank 3').waitFor()
    await page.getByRole('button', { name: 'Use in a new run' }).click()
    await expect.poll(() => field('Begin with an adapter').inputValue()).toBe('my-adapter')
    // It was trained on the bundled model; it would also fit another one of the same shape.
    expect(await page.getByText('r 3 · α 6').first().innerText()).toContain('q, k, v, o, gate, up, down')
    const third = await start()
    expect(third.plan.adaptation).toMatchObject({ kind: 'lora', from: adapterOf(home), r: 3, alpha: 6 })
  },
  {
    prepare: async (home) => {
      first = await train(home, { ...lora, adaptation: { ...lora.adaptation } })
      const ended = await gpo(home, 'export', 'last', '--format', 'adapter', '--dtype', 'F32', '--out', adapterOf(home))
      expect(ended.stderr).toBe('')
    },
    timeout: 400_000,
  },
)
