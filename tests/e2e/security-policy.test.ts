/** What script in a page could do under both hosts: the headers of the pages let only the program's own files run. */
import { expect } from 'vitest'
import { journey } from './support/journey'
import { forgive } from './support/problems'

journey(
  'the policy of the pages allows no inline and no generated script, and nothing from elsewhere',
  async (walk) => {
    const { page } = walk
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor()
    const policy = await page.evaluate(async () => (await fetch('/')).headers.get('content-security-policy') ?? '')
    expect(policy).toMatch(/(^|; )default-src 'none'(;|$)/)
    expect(policy).toMatch(/(^|; )script-src 'self'(;|$)/)
    expect(policy).not.toContain('unsafe-eval')

    const tried = await page.evaluate(async () => {
      const thrown = (work: () => unknown) => {
        try {
          return String(work())
        } catch (error) {
          return (error as Error).name
        }
      }
      document.body.insertAdjacentHTML('beforeend', `<img src="nothing" onerror="window.owned = 'handler'">`)
      const script = document.createElement('script')
      script.textContent = `window.owned = 'inline'`
      document.body.append(script)
      document.body.append(Object.assign(document.createElement('script'), { src: 'https://example.com/x.js' }))
      document.body.append(
        Object.assign(document.createElement('script'), { src: 'data:text/javascript,window.owned=1' }),
      )
      const link = Object.assign(document.createElement('a'), { href: `javascript:window.owned='link'` })
      document.body.append(link)
      link.click()
      await new Promise((resolve) => setTimeout(resolve, 500))
      return [
        thrown(() => Reflect.get(window, 'eval')('1 + 1')),
        thrown(() => new Function('return 1')()),
        String((window as unknown as { owned?: unknown }).owned),
      ]
    })
    expect(tried.slice(0, 2)).toEqual(['EvalError', 'EvalError'])
    expect(tried[2]).toBe('undefined')
    expect(walk.problems.some((problem) => problem.includes('Content Security Policy'))).toBe(true)
    forgive(walk, /Content Security Policy|Failed to load resource|ERR_BLOCKED_BY/)
  },
)
