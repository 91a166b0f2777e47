/** Every page opens with its title, in an empty installation, by the keys of the left rail. */
import { expect } from 'vitest'
import { journey } from './support/journey'

const PAGES = [
  'Runs',
  'New run',
  'Experiments',
  'Explorer',
  'Models',
  'Datasets',
  'Playground',
  'Evaluate',
  'Export',
  'Settings',
]

journey('every page of an empty installation', async ({ page }) => {
  await page.getByRole('navigation').waitFor()
  for (const [i, title] of PAGES.entries()) {
    await page.keyboard.press(`Alt+${(i + 1) % 10}`)
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    expect(await page.title()).toBe(`${title} · GPO Studio`)
    await expect.poll(() => page.getByRole('navigation').locator('[aria-current=page]').innerText()).toBe(title)
  }
})
