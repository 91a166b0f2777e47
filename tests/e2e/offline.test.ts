/** Recorded runs can be viewed without a network and without a running trainer. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { show } from '../support/gpo'
import { type Journey, journey } from './support/journey'
import type { Loopback } from './support/loopback'
import { silentHub, watchRequests } from './support/network'
import { pixelsOf } from './support/pixels'
import { computing } from './support/processes'
import { trainedOnce } from './support/runs'

const trained = trainedOnce({ name: 'seen offline' })
let hub: Loopback
beforeAll(async () => {
  hub = await silentHub()
})
afterAll(() => hub.close())

/** The run's page shows what the database contains. */
async function readCurves({ page, home }: Journey): Promise<void> {
  await page.getByRole('link', { name: 'seen offline' }).click()
  await page.getByRole('heading', { level: 1, name: 'seen offline' }).waitFor()
  const { evaluations } = await show(home)
  const share = `now ${(100 * evaluations.at(-1)!.accuracy).toPrecision(3).replace(/\.0+$/, '')} %`
  const accuracy = page.getByRole('img', { name: /^Accuracy, held out/ })
  await accuracy.waitFor()
  expect(await accuracy.getAttribute('aria-label')).toContain(share)
  const reward = page.getByRole('img', { name: /^Reward, iterations/ })
  const line = await page.evaluate(() => getComputedStyle(document.body).getPropertyValue('--run-1').trim())
  expect(line).not.toBe('')
  await expect.poll(async () => (await pixelsOf(reward, [line]))[0]).toBeGreaterThan(40)
}

/** By keys: the critical step, steps up and down, another trajectory and back. */
async function walkByKeys(page: Page): Promise<void> {
  const heading = page.getByText(/^Iteration \d+, trajectory \d+$/)
  const steps = page.getByRole('button', { name: /^Step \d+/ })
  const critical = page.getByRole('button', { name: /^Step \d+, the critical step/ })
  const pressed = () => steps.evaluateAll((all) => all.findIndex((one) => one.getAttribute('aria-pressed') === 'true'))
  await heading.waitFor()
  await critical.waitFor()
  const count = await steps.count()
  expect(count).toBeGreaterThan(2)

  for (let i = 0; i < count; i++) await page.keyboard.press('k')
  await expect.poll(pressed).toBe(0)
  await page.keyboard.press('j')
  await expect.poll(pressed).toBe(1)
  await page.keyboard.press('j')
  await expect.poll(pressed).toBe(2)
  await page.keyboard.press('k')
  await expect.poll(pressed).toBe(1)
  for (let i = 0; i < count; i++) await page.keyboard.press('j')
  await expect.poll(pressed).toBe(count - 1)
  await page.keyboard.press('c')
  await expect.poll(() => critical.getAttribute('aria-pressed')).toBe('true')

  const first = await heading.innerText()
  await page.keyboard.press('l')
  await expect.poll(() => heading.innerText()).not.toBe(first)
  await page.keyboard.press('h')
  await expect.poll(() => heading.innerText()).toBe(first)
}

async function filterByText(page: Page): Promise<void> {
  const text = page.getByPlaceholder('words to look for')
  await text.fill('nowhere in the data')
  await page.getByText('No trajectory fits these filters.').waitFor()
  await text.fill('')
  await page.getByText(/^Iteration \d+, trajectory \d+$/).waitFor()
}

journey(
  'browse runs and critical steps with the trainer and the network off',
  async (walk) => {
    const { page, pid, host } = walk
    const requests = watchRequests(page)
    await page.reload()

    await readCurves(walk)
    await page.getByRole('link', { name: 'Explore critical steps' }).click()
    await page.getByRole('heading', { level: 1, name: 'Explorer' }).waitFor()
    await walkByKeys(page)
    await filterByText(page)
    for (const title of ['Models', 'Datasets', 'Playground', 'Export', 'Settings', 'New run', 'Runs']) {
      await page.getByRole('navigation').getByText(title, { exact: true }).click()
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      expect(await page.getByRole('alert').allInnerTexts()).toEqual([])
    }
    await walk.go('/hub/models')
    await page.getByRole('heading', { level: 1, name: 'Hugging Face Hub' }).waitFor()

    expect(computing(pid)).toEqual([])
    expect(requests.all.length, 'the page itself was requested').toBeGreaterThan(2)
    expect(requests.foreign, `of ${requests.all.length} requests in ${host}`).toEqual([])
    expect(hub.asked, 'the Hub was not contacted yet').toEqual([])

    // To show that the check works: a requested search is detected.
    await page.getByRole('textbox', { name: /^Search models/ }).fill('anything')
    await page.keyboard.press('Enter')
    await expect.poll(() => hub.asked.length).toBeGreaterThan(0)
    hub.asked.length = 0
  },
  {
    timeout: 180_000,
    async prepare(home) {
      await trained(home)
    },
    // Any other program that honours a proxy finds none.
    env: () => ({ HF_ENDPOINT: hub.url, HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' }),
  },
)
