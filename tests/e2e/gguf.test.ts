/** A GGUF file of someone's own: added, trained with LoRA, exported as GGUF and as an adapter, tried beside what it was; and a broken one. */
import { copyFileSync, existsSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { openGguf } from '@main/formats/gguf/model'
import { readPeftConfig } from '@main/formats/peft'
import { expect } from 'vitest'
import { writeTinyGguf } from '../support/gguf-model'
import { show } from '../support/gpo'
import { answerOpenDialog, answerSaveDialog } from './support/dialogs'
import { type Journey, journey } from './support/journey'
import { fillNumbers } from './support/plan-form'

const GOOD = 'small.gguf'
const BROKEN = 'broken.gguf'

async function addModel({ page, electron }: Journey, path: string): Promise<void> {
  if (electron) {
    await answerOpenDialog(electron, path)
    await page.getByRole('button', { name: 'Add a GGUF file' }).click()
    return
  }
  await page.getByRole('button', { name: 'Add a folder' }).click()
  await page.getByLabel('Path on this machine').fill(path)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
}

async function exportAs(walk: Journey, format: string, out: string): Promise<void> {
  const { page, electron } = walk
  await page.getByRole('radio', { name: format, exact: true }).click()
  if (electron) {
    await answerSaveDialog(electron, out)
    await page.getByRole('button', { name: 'Choose where…' }).click()
  } else await page.getByLabel('Path on this machine').fill(out)
  await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByRole('region', { name: 'Result' }).getByText(out).first().waitFor({ timeout: 60_000 })
}

/** Says what is wrong with the file, where and what to do; nothing can be started from it. */
async function meetBroken(walk: Journey): Promise<void> {
  const { page, home } = walk
  await addModel(walk, join(home, BROKEN))
  const problem = page.getByText(/broken\.gguf .*ends? .*/).first()
  await problem.waitFor()
  const text = await problem.innerText()
  expect(text, 'the value').toMatch(/\d[\d,]* bytes/)
  expect(text, 'the cure').toMatch(/download|copy/i)
  expect(await page.getByRole('button', { name: 'Use in a new run' }).isDisabled()).toBe(true)
}

async function trainLora(walk: Journey): Promise<void> {
  const { page, home } = walk
  await page.getByRole('button', { name: 'Use in a new run' }).click()
  await page.getByRole('heading', { level: 1, name: 'New run' }).waitFor()
  const model = page.getByRole('combobox', { name: 'Model', exact: true })
  await expect.poll(() => model.inputValue()).toBe(GOOD)
  await page.getByText('The file keeps its weights as Q8_0; all are trained').first().waitFor()
  await page.getByText('LoRA', { exact: true }).click()
  await fillNumbers(page, [
    [/^Iterations/, '1'],
    [/^Prompts per iteration/, '4'],
    [/^Longest completion/, '16'],
  ])
  await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByText('completed', { exact: true }).first().waitFor({ timeout: 120_000 })
  const { plan } = await show(home)
  expect(plan).toMatchObject({ model: { path: join(home, GOOD) }, adaptation: { kind: 'lora' } })
}

async function exportBoth(walk: Journey): Promise<void> {
  const { page, home } = walk
  await page.getByRole('link', { name: 'Export', exact: true }).last().click()
  await page.getByRole('heading', { level: 1, name: 'Export' }).waitFor()
  const [merged, adapter] = [join(home, 'tuned.gguf'), join(home, 'tuned-adapter')]
  await exportAs(walk, 'GGUF file', merged)
  await exportAs(walk, 'LoRA adapter', adapter)
  const [before, after] = [join(home, GOOD), merged].map((path) => [...openGguf(path).tensors.keys()].sort())
  expect(after).toEqual(before)
  expect(readPeftConfig(adapter).r).toBeGreaterThan(0)
  expect(existsSync(join(adapter, 'adapter_model.safetensors'))).toBe(true)
}

/** Before and after the run, side by side; greedy and seeded, so that the same is said again. */
async function tryBoth({ page, go }: Journey): Promise<void> {
  await go('/models')
  await page.getByRole('button', { name: GOOD, exact: true }).click()
  await page.getByRole('button', { name: 'Try in the playground' }).click()
  await page.getByLabel('Prompt').fill('Ann,Bob;Ann key;Ann-Bob?')
  const length = page.getByRole('textbox', { name: 'Max new tokens' })
  await length.fill('12')
  await length.blur()
  await page.getByRole('button', { name: 'Generate' }).click()
  for (const side of ['left', 'right'])
    await page.getByLabel(new RegExp(`^Answer of the ${side} model: \\d+`)).waitFor()
}

journey(
  'a GGUF file: a broken one is refused in words, a good one is trained, exported and tried',
  async (walk) => {
    await walk.go('/models')
    await meetBroken(walk)
    await addModel(walk, join(walk.home, GOOD))
    await walk.page.getByRole('button', { name: GOOD, exact: true }).click()
    await walk.page.getByText(/Q8_0 \(2,048\)/).waitFor()
    await trainLora(walk)
    await exportBoth(walk)
    await tryBoth(walk)
  },
  {
    timeout: 300_000,
    prepare(home) {
      const { file } = writeTinyGguf(home, 'Q8_0')
      for (const name of [GOOD, BROKEN]) copyFileSync(file, join(home, name))
      truncateSync(join(home, BROKEN), readFileSync(file).length - 5000)
    },
  },
)
