/** The session of `gpo serve` in a browser: whoever opened the link has it, in every tab, and no other server on this machine gets it. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey } from './support/journey'
import { loopback } from './support/loopback'

const heading = (page: Page) => page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor()
const refused = (page: Page) => page.getByText('was not opened by the link that `gpo serve` printed')

journey(
  'a session is in every tab of the browser that opened the link, and in no cookie',
  async ({ page }) => {
    await heading(page)
    expect(new URL(page.url()).hash).not.toContain('session')
    expect(await page.context().cookies()).toEqual([])
    const address = new URL('/', page.url()).href

    const tab = await page.context().newPage()
    await tab.goto(address)
    await heading(tab)
    await new Promise((resolve) => setTimeout(resolve, 2000)) // a refused socket would be told of by now
    expect(await refused(tab).count()).toBe(0)

    const stranger = await page.context().browser()!.newContext()
    const outside = await stranger.newPage()
    await outside.goto(address)
    await refused(outside).waitFor()
    await stranger.close()

    // Another program of this machine: the browser sends it what it has for this host.
    let sent = ''
    const other = await loopback((_path, response) => {
      sent += JSON.stringify(response.req.headers)
      response.end()
    })
    await tab.goto(other.url)
    other.close()
    expect(sent).toContain('user-agent')
    expect(sent).not.toMatch(/cookie|session/i)
  },
  { hosts: ['browser'] },
)
