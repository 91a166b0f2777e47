/** The most important tasks, done with the keyboard alone. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { gpo } from '../support/gpo'
import { journey } from './support/journey'
import { arrowTo, expectNoTrap, tabTo } from './support/keyboard'
import { train } from './support/runs'

let run: string

journey(
  'compare, explore, find, export and start by keyboard',
  async ({ page, home, go }) => {
    const { keyboard } = page
    const title = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()

    // The focus goes to the heading of each page; the table is five tabs from there at most, and the first tab of all skips to the page.
    const focusedTag = () => page.evaluate(() => document.activeElement?.tagName)
    await keyboard.press('Alt+5')
    await title('Models')
    await expect.poll(focusedTag, { timeout: 10_000 }).toBe('H1')
    await keyboard.press('Alt+1')
    await title('Runs')
    await expect.poll(focusedTag, { timeout: 10_000 }).toBe('H1')
    const inTable = () => page.evaluate(() => document.activeElement?.closest('table') !== null)
    let tabs = 0
    for (; tabs < 20 && !(await inTable()); tabs++) await keyboard.press('Tab')
    expect(tabs).toBeLessThanOrEqual(5)
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await tabTo(page, /^Skip to the page$/)
    await keyboard.press('Enter')
    await expect.poll(focusedTag, { timeout: 10_000 }).toBe('H1')

    // Tick two runs and compare them.
    await page.getByRole('row').nth(2).waitFor()
    await tabTo(page, /^Choose the columns$/)
    await tabTo(page, /^Runs$/)
    for (const key of ['Home', 'Space', 'ArrowDown', 'Space']) await keyboard.press(key)
    await page.getByText('2 selected').waitFor()
    await keyboard.press('c')
    await title(/Compar/)

    // To the critical step of a run.
    await keyboard.press('Alt+4')
    await title('Explorer')
    await go(`/explorer/${run}`) // the newest was imported and has no weights to sample with
    const critical = page.getByRole('button', { name: /, the critical step/ })
    await critical.waitFor()
    await keyboard.press('k')
    await keyboard.press('c')
    await expect.poll(() => critical.getAttribute('aria-pressed')).toBe('true')
    await tabTo(page, /^Sample \d+ here/)

    // The palette: Escape gives the focus back, Enter opens what was found.
    const search = page.getByRole('combobox', { name: 'Find a page, an action, a setting or a run' })
    await keyboard.press('Control+k')
    await search.waitFor()
    await keyboard.press('Escape')
    await search.waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toMatch(/^Sample \d+ here/)
    await keyboard.press('Control+k')
    await search.waitFor()
    await keyboard.type('export')
    await page.getByRole('option', { name: 'Export', selected: true }).waitFor()
    await keyboard.press('Enter')
    await title('Export')
    await expect.poll(focusedTag, { timeout: 10_000 }).toBe('H1')

    // Export the newest run's pairs.
    const out = join(home, 'pairs.jsonl')
    await tabTo(page, /^Path on this machine/)
    await keyboard.press('Control+a')
    await keyboard.type(out)
    await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
    await tabTo(page, /^Export$/)
    await keyboard.press('Enter')
    await page.getByRole('region', { name: 'Result' }).getByText(out).first().waitFor({ timeout: 60_000 })
    await expect.poll(() => existsSync(out), { timeout: 30_000 }).toBe(true)
    expect(JSON.parse(readFileSync(out, 'utf8').split('\n')[0]!)).toHaveProperty('chosen')

    // Start a run, and stop it.
    await keyboard.press('Alt+2')
    await title('New run')
    await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
    expect(await expectNoTrap(page)).toBeGreaterThan(20)
    await tabTo(page, /^Start$/)
    await keyboard.press('Enter')
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
    await tabTo(page, /^Stop$/)
    await keyboard.press('Enter')
    await page
      .getByRole('menuitem', { name: /^After this iteration/ })
      .first()
      .waitFor()
    await arrowTo(page, 'ArrowDown', /^After this iteration/) // a menu takes the focus a moment after it is shown
    await keyboard.press('Enter')
    await page
      .getByText(/^stop(ping|ped)/)
      .first()
      .waitFor({ timeout: 60_000 })
  },
  {
    hosts: ['browser'],
    async prepare(home) {
      run = await train(home)
      const bundle = join(home, 'run.gpo')
      expect((await gpo(home, 'export', 'last', '--format', 'bundle', '--out', bundle)).code).toBe(0)
      expect((await gpo(home, 'import', bundle)).code).toBe(0)
    },
  },
)
