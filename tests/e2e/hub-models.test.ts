/** First real models, and a repository with several GGUF files: which one is asked, before anything is downloaded. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FIRST_MODELS } from '@shared/first-models'
import { afterAll, beforeAll, expect } from 'vitest'
import { writeTinyGguf } from '../support/gguf-model'
import { ggufHub } from './support/gguf-hub'
import { journey } from './support/journey'
import type { Loopback } from './support/loopback'

const ID = 'someone/small-GGUF'
const NAMES = [
  'small-Q4_K_M.gguf',
  'small-Q8_0.gguf',
  'small-IQ2_XXS.gguf',
  'small-F16-00001-of-00002.gguf',
  'small-F16-00002-of-00002.gguf',
]
let hub: Loopback
beforeAll(async () => {
  const { file } = writeTinyGguf(mkdtempSync(join(tmpdir(), 'gpo-e2e-hub-')), 'Q8_0')
  hub = await ggufHub(ID, NAMES, readFileSync(file))
})
afterAll(() => hub.close())

journey(
  'a suggested model fills the field, and one of several GGUF files is chosen and downloaded',
  async ({ page, go }) => {
    hub.asked.length = 0
    await go('/hub/models')
    const field = page.getByRole('textbox', { name: /^Search models/ })
    for (const { label, id } of FIRST_MODELS) {
      await page.getByRole('button', { name: label, exact: true }).click()
      expect(await field.inputValue()).toBe(id)
    }
    expect(hub.asked, 'the network is not used for it').toEqual([])

    await field.fill(ID)
    await page.getByRole('button', { name: 'Open this repository' }).click()
    const forms = page.getByRole('table', { name: 'Forms of the model' }).getByRole('row')
    await expect.poll(() => forms.count()).toBe(5)
    const rows = (await forms.allInnerTexts()).slice(1).map((row) => row.replace(/\s+/g, ' '))
    expect(rows[0]).toMatch(/^small-Q4_K_M\.gguf Q4_K_M 31\.8 kB$/)
    expect(rows[2]).toContain('IQ2_XXS, which is not read here')
    expect(rows[3], 'both parts are one entry').toMatch(/F16-00001-of-00002\.gguf in 2 parts F16 63\.6 kB/)
    expect(await page.getByRole('radio', { name: /Q8_0/ }).isChecked()).toBe(true)
    expect(await page.getByRole('radio', { name: /IQ2_XXS/ }).isDisabled()).toBe(true)
    expect(
      hub.asked.filter((path) => path.includes('/resolve/')),
      'nothing is downloaded yet',
    ).toEqual([])

    await page.getByRole('radio', { name: /Q4_K_M/ }).check()
    const files = page.getByRole('table', { name: 'Files' })
    await files.getByText('small-Q4_K_M.gguf').waitFor()
    await page.getByRole('button', { name: /^Download 31\.8 kB/ }).click()
    await page.getByText('It is on the list now.').waitFor()
    expect(hub.asked.filter((path) => path.includes('/resolve/'))).toEqual([expect.stringMatching(/Q4_K_M\.gguf$/)])
    await page.getByRole('button', { name: 'Show models' }).click()
    await page.getByRole('button', { name: 'small-Q4_K_M.gguf', exact: true }).click()
    await page.getByText('LlamaForCausalLM').waitFor()
  },
  { timeout: 120_000, env: (home) => ({ HF_ENDPOINT: hub.url, HF_HOME: join(home, 'hf') }) },
)
