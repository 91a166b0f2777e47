/** What a compromised page could try in the window: it has only the API, and foreign pages do not even have that. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { type Journey, journey } from './support/journey'
import { askInForeignWindow, askOverPort, request } from './support/port'
import { forgive } from './support/problems'

const ELECTRON = { hosts: ['electron'] } as const
const OURS = 'https://gpo-studio.invalid/'
const LIST = { messages: [request(1, '/runs/list')], answers: 1, milliseconds: 30_000 }
/** Long enough for an answer: those that come take some milliseconds. */
const SILENCE = { ...LIST, milliseconds: 1500 }

/** The page is where it was, in the only window, and the program answers it. */
async function expectSound({ page, electron }: Journey): Promise<void> {
  // Not a locator: it would wait for the end of navigations that were denied.
  const title = () => page.evaluate(() => document.querySelector('h1')?.textContent).catch(() => null)
  await expect.poll(title, { timeout: 30_000 }).toBe('Runs')
  expect(page.url()).toMatch(/^https:\/\/gpo-studio\.invalid\//)
  expect(await page.evaluate(askOverPort, LIST)).toEqual([expect.stringContaining('"json":[]')])
  const contents = await electron!.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((one) => one.getType()),
  )
  expect(contents).toEqual(['window'])
}

journey(
  'messages of foreign frames are not served',
  async (walk) => {
    const { page, electron } = walk
    // The same messages are answered here, so that silence below means refusal, not a wrong message.
    await expectSound(walk)

    // Other windows with our preload script: one shows our page, one another page.
    const preload = join(inject('built'), 'preload/index.cjs')
    expect(existsSync(preload)).toBe(true)
    for (const url of [OURS, 'data:text/html,<title>foreign</title>'])
      expect(await askInForeignWindow(electron!, { url, preload, asking: SILENCE }), url).toEqual([])

    // A frame in our page, and our page in a frame: it cannot be shown in one.
    await page.evaluate((ours) => {
      document.body.appendChild(document.createElement('iframe'))
      document.body.appendChild(document.createElement('iframe')).src = ours
    }, OURS)
    const frames = page.frames().filter((frame) => frame !== page.mainFrame())
    expect(frames.length).toBeGreaterThan(0)
    for (const frame of frames) {
      expect(frame.url()).not.toContain('gpo-studio')
      expect(await frame.evaluate(askOverPort, SILENCE)).toEqual([])
    }
    await expectSound(walk)
    forgive(walk, /Content Security Policy/)
  },
  ELECTRON,
)

const deep = '['.repeat(100_000)

journey(
  'unknown procedures, oversized and malformed messages get errors, and the program goes on',
  async (walk) => {
    const { page } = walk
    await expectSound(walk)
    const calls: readonly (readonly [procedure: string, input: unknown, status: number])[] = [
      ['/runs/format', {}, 404],
      ['/__proto__/toString', {}, 404],
      ['/constructor/constructor', { code: 'process.exit()' }, 404],
      ['/runs/get', { id: '../../etc/passwd' }, 400],
      ['/runs/get', { id: 7 }, 400],
      ['/runs/get', { id: 'x'.repeat(8 * 2 ** 20) }, 400],
      ['/system/changeSettings', { theme: 'x'.repeat(8 * 2 ** 20) }, 400],
      ['/models/add', { grant: '/etc/passwd' }, 400],
      ['/models/add', { grant: `grant-${'x'.repeat(24)}` }, 422],
      // Paths come from dialogs and drops here, never from the page.
      ['/system/typed', { path: '/etc/passwd' }, 422],
    ]
    for (const [procedure, input, status] of calls) {
      const asking = { messages: [request(1, procedure, input)], answers: 1, milliseconds: 30_000 }
      const [answer = '{}'] = await page.evaluate(askOverPort, asking)
      expect(JSON.parse(answer), procedure).toMatchObject({ i: '1', p: { s: status } })
      expect(answer).not.toMatch(/node_modules|\bat .+\.[cm]?[jt]s:/)
    }
    // What is not a request is not answered; the one after it is, on the same port.
    const noise = ['hello', '{"i":1,"p":{"u":"/runs/li', '7', 'null', '', deep, 7, null, {}, [], { i: 1 }]
    const messages = [...noise, '{"i":{},"t":"x","p":[]}', '{"i":"1","p":{"u":"file:///etc/passwd"}}']
    for (const message of messages) {
      const asking = { messages: [message, request(2, '/runs/list')], answers: 9, milliseconds: 300 }
      const answers = await page.evaluate(askOverPort, asking)
      expect(answers.filter((answer) => answer.includes('"i":"2"')).length, JSON.stringify(message).slice(0, 60)).toBe(
        1,
      )
    }
    await expectSound(walk)
  },
  ELECTRON,
)

/** Every way in which a page can try to navigate elsewhere; each runs in the page. */
const WAYS: readonly ((url: string) => unknown)[] = [
  (url) => window.location.assign(url),
  (url) => Object.assign(document.createElement('a'), { href: url }).click(),
  (url) => Object.assign(document.createElement('a'), { href: url, target: '_blank' }).click(),
  (url) => {
    const form = Object.assign(document.createElement('form'), { action: url, method: 'post' })
    document.body.append(form)
    form.submit()
  },
  (url) => document.head.insertAdjacentHTML('beforeend', `<meta http-equiv="refresh" content="0; url=${url}">`),
  (url) => document.body.insertAdjacentHTML('beforeend', `<webview src="${url}"></webview>`),
  (url) => document.body.append(Object.assign(document.createElement('iframe'), { src: url })),
]

journey(
  'nothing leads out of the window',
  async (walk) => {
    const { page, electron } = walk
    await expectSound(walk)
    const seen: string[] = []
    page.on('framenavigated', (frame) => frame === page.mainFrame() && seen.push(frame.url()))
    const elsewhere = [
      'https://example.com/',
      `${OURS}other`,
      'http://127.0.0.1:1/',
      'file:///etc/passwd',
      'data:text/html,x',
    ]
    for (const url of elsewhere) {
      expect(await page.evaluate((to) => window.open(to), url), url).toBeNull()
      for (const way of WAYS) {
        await page.evaluate(way, url)
        await new Promise((resolve) => setTimeout(resolve, 100)) // a successful one would prevent the next
      }
    }
    expect(seen).toEqual([])
    await expectSound(walk)
    // Electron lets a page become empty; it does not stay so.
    await page.evaluate(() => window.location.assign('about:blank'))
    await expect.poll(() => seen, { timeout: 30_000 }).toEqual(['about:blank', OURS])
    await expectSound(walk)

    const reached = await page.evaluate(
      (urls) => Promise.all(urls.map((url) => fetch(url, { mode: 'no-cors' }).then(String, () => 'refused'))),
      ['https://example.com/', 'http://127.0.0.1:1/', 'file:///etc/passwd'],
    )
    expect(reached).toEqual(['refused', 'refused', 'refused'])
    // Without a page's policy, the window's applies: http is refused, and https is always answered by the program.
    const outside = await electron!.evaluate(async ({ session }) => {
      const get = (url: string) => session.defaultSession.fetch(url).then((answer) => answer.text(), String)
      return [await get('http://127.0.0.1:9/'), await get('https://example.com/')]
    })
    expect(outside).toEqual([expect.stringContaining('ERR_BLOCKED_BY_CLIENT'), 'There is no such page.'])
    forgive(walk, /Content Security Policy|Not allowed to|ERR_BLOCKED_BY|is not allowed/)
  },
  ELECTRON,
)

journey(
  'the page has no Node, no generated code and no permissions',
  async (walk) => {
    const { page, electron } = walk
    await expectSound(walk)
    const names = ['process', 'require', 'module', 'Buffer', 'global', '__dirname', 'electron', 'ipcRenderer']
    const kinds = await page.evaluate((all) => all.map((name) => typeof (window as never)[name]), names)
    expect(kinds).toEqual(names.map(() => 'undefined'))

    const preferences = await electron!.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
        getLastWebPreferences(): Readonly<Record<string, unknown>>
      }
      return contents.getLastWebPreferences()
    })
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false })
    for (const name of ['nodeIntegrationInSubFrames', 'nodeIntegrationInWorker', 'webviewTag', 'experimentalFeatures'])
      expect(preferences[name] ?? false, name).toBe(false)
    expect(preferences['webSecurity'] ?? true).toBe(true)
    expect(preferences['allowRunningInsecureContent'] ?? false).toBe(false)
    expect(preferences['enableBlinkFeatures'] ?? '').toBe('')

    // A file created by the page has no path, so dropping it gives nothing.
    const dropped = await page.evaluate(
      () =>
        new Promise<unknown>((resolve) => {
          window.addEventListener('message', ({ data }) => data?.type === 'gpo:dropped' && resolve(data.chosen))
          const dataTransfer = new DataTransfer()
          dataTransfer.items.add(new File(['x'], '/etc/passwd'))
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }))
        }),
    )
    expect(dropped).toEqual([])

    const asked = await page.evaluate(async () => {
      const failed = (work: Promise<unknown>) =>
        work.then(
          () => 'allowed',
          () => 'refused',
        )
      const position = new Promise((found, refused) => navigator.geolocation.getCurrentPosition(found, refused))
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'] as PermissionName[]
      return {
        position: await failed(position),
        clipboard: await failed(navigator.clipboard.readText()),
        media: await failed(navigator.mediaDevices.getUserMedia({ audio: true, video: true })),
        screen: await failed(navigator.mediaDevices.getDisplayMedia()),
        notifications: await Notification.requestPermission(),
        states: await Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state)),
      }
    })
    expect(asked).toEqual({
      position: 'refused',
      clipboard: 'refused',
      media: 'refused',
      screen: 'refused',
      notifications: 'denied',
      states: ['denied', 'denied', 'denied', 'denied', 'denied'],
    })
    forgive(walk, /Permissions policy violation/)
  },
  ELECTRON,
)
