/** No finding of axe on any page, nor in what opens over it, in light and in dark: all of its rules, over all of the page. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey } from './support/journey'
import { train } from './support/runs'
import { writeStudy } from './support/studies'
import { addDataset, addEvaluations, copyOf, viewsOf } from './support/views'

const SCHEMES = ['light', 'dark'] as const

/** A finding of axe, with the details needed to locate it. */
async function findings(page: Page, where: string): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
    await settled(page)
    // The legacy mode, because axe otherwise opens another page, which Electron cannot do.
    const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'], preload: false })
    // In the second theme only colours differ.
    if (colorScheme !== SCHEMES[0]) axe.withRules(['color-contrast', 'link-in-text-block'])
    const { violations, passes } = await axe.analyze()
    expect(
      passes.map(({ id }) => id),
      `rules that looked at ${where}`,
    ).toContain('color-contrast')
    for (const { id, nodes } of violations)
      for (const { html, failureSummary } of nodes)
        found.push(`${where}, ${colorScheme}: ${id}\n${html}\n${failureSummary}`)
  }
  return found
}

/** Without animations, because half-transparent elements have another contrast. */
const settled = (page: Page) =>
  page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'))

async function expectNone(page: Page, found: readonly string[]): Promise<void> {
  await page.emulateMedia({ colorScheme: null })
  expect(found.join('\n\n')).toBe('')
}

let ids: readonly [run: string, other: string, study: string]

journey(
  'axe finds nothing on pages with data',
  async ({ page, go }) => {
    const found: string[] = []
    for (const { name, path, open } of viewsOf(...ids)) {
      await go('/nowhere')
      await go(path)
      await open(page)
      found.push(...(await findings(page, name)))
      await page.keyboard.press('Escape')
    }
    await expectNone(page, found)
  },
  {
    hosts: ['browser'],
    timeout: 300_000,
    async prepare(home) {
      const run = await train(home)
      ids = [run, await copyOf(home, run), writeStudy(home)]
      await addDataset(home)
      await addEvaluations(home)
    },
  },
)

journey(
  'axe finds nothing on pages without data',
  async ({ page, go }) => {
    const found: string[] = []
    for (const [path, title] of [
      ['/', 'Runs'],
      ['/experiments', 'Experiments'],
      ['/explorer', 'Explorer'],
      ['/evaluate', 'Evaluate'],
      ['/export', 'Export'],
      ['/settings', 'Settings'],
    ] as const) {
      await go(path)
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      found.push(...(await findings(page, title)))
    }
    await expectNone(page, found)
  },
  { hosts: ['electron'] },
)
