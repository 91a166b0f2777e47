/** What was recorded is looked at without a network and with no trainer running. */
import { expect } from 'vitest'
import { journey } from './support/journey'
import { computing } from './support/processes'
import { train } from './support/runs'

journey(
  'browse runs and critical steps with the trainer and the network off',
  async ({ page, pid, host }) => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.context().route(/^https?:\/\/(?!127\.0\.0\.1|gpo-studio\.invalid)/, (route) => route.abort())

    await page.getByRole('link', { name: 'seen offline' }).click()
    await page.getByRole('heading', { level: 1, name: 'seen offline' }).waitFor()
    await page.getByText('now 4', { exact: false }).first().waitFor()
    await page.getByRole('heading', { name: 'Reward', exact: true }).waitFor()

    await page.getByRole('link', { name: 'Explore critical steps' }).click()
    await page.getByRole('heading', { level: 1, name: 'Explorer' }).waitFor()
    const heading = page.getByText(/^Iteration \d+, trajectory \d+$/)
    await heading.waitFor()
    const steps = page.getByRole('button', { name: /^Step \d+/ })
    await steps.first().waitFor()
    // By keys: the critical step, another trajectory and back, steps up and down.
    await page.keyboard.press('c')
    const critical = page.getByRole('button', { name: /^Step \d+, the critical step/ })
    await expect.poll(() => critical.getAttribute('aria-pressed')).toBe('true')
    const first = await heading.innerText()
    await page.keyboard.press('l')
    await expect.poll(() => heading.innerText()).not.toBe(first)
    await page.keyboard.press('h')
    await expect.poll(() => heading.innerText()).toBe(first)
    await page.keyboard.press('c')
    await page.keyboard.press('j')
    const pressed = () =>
      steps.evaluateAll((all) => all.findIndex((one) => one.getAttribute('aria-pressed') === 'true'))
    const after = await pressed()
    await page.keyboard.press('k')
    await expect.poll(pressed).not.toBe(after)

    // The list reads text, too.
    const count = page.getByText(/^\d+ shown|^\d+ trajector/)
    await page.getByPlaceholder('text in prompt or answer').fill('nowhere in the data')
    await page.getByText('No trajectory fits').waitFor()
    await page.getByPlaceholder('text in prompt or answer').fill('')
    await count.first().waitFor()

    expect(computing(pid)).toEqual([])
    const foreign = asked.filter(
      (url) => !/^(https:\/\/gpo-studio\.invalid|http:\/\/127\.0\.0\.1|data:|blob:)/.test(url),
    )
    expect(foreign, `of ${asked.length} requests in ${host}`).toEqual([])
  },
  {
    timeout: 180_000,
    async prepare(home) {
      await train(home, { name: 'seen offline' })
    },
    // Whatever honours a proxy finds none there.
    env: () => ({ HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', HF_HUB_OFFLINE: '1' }),
  },
)
