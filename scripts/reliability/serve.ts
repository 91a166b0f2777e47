/**
 * What anyone on the same machine can throw at `gpo serve`: slow connections that never finish, bytes that are no request, requests without and with
 * odd parts, WebSockets without a session, and over one with a session random frames. The start page and a call must be answered all the while.
 *
 * `node scripts/run.mjs scripts/reliability/serve.ts --slow 1500 --requests 5000 --frames 20000 --seed 1`; Linux. Prints JSON.
 */
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { SESSION_FRAGMENT, SOCKET_PROTOCOL } from '@shared/serve-session'
import { WebSocket } from 'ws'
import { buildFrozen, numbersOf, pause, prepareWork, randomNumbers, startGpo } from './program'

const { slow, requests, frames, seed } = numbersOf({ slow: 1500, requests: 5000, frames: 20_000, seed: 1 })
const random = randomNumbers(seed)
const below = (n: number) => Math.floor(random() * n)
const bytes = (n: number) => Buffer.from(Array.from({ length: n }, () => below(256)))
const { folder } = prepareWork(1)
const { child, ended } = startGpo(buildFrozen('serve'), join(folder, 'home'), 'serve', '--json')
const problems: string[] = []
const residentMB = () =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024)

const [line] = (await once(child.stdout!, 'data')) as [Buffer]
const link = new URL((JSON.parse(line.toString('utf8').split('\n')[0]!) as { url: string }).url)
const port = Number(link.port)

const answerTo = (path: string): Promise<{ status: number; location: string; ms: number }> =>
  new Promise((resolve, reject) => {
    const begin = performance.now()
    const asked = get(
      { host: '127.0.0.1', port, path, headers: { host: link.host }, timeout: 30_000, agent: false },
      (response) => {
        response.resume()
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? '',
            ms: performance.now() - begin,
          }),
        )
      },
    )
    asked.on('error', reject)
    asked.on('timeout', () => asked.destroy(new Error('no answer in 30 s')))
  })

const { location } = await answerTo(link.pathname + link.search)
const session = location.slice(location.indexOf(SESSION_FRAGMENT) + SESSION_FRAGMENT.length)

async function open(protocols = [SOCKET_PROTOCOL, session]): Promise<WebSocket | null> {
  const socket = new WebSocket(`ws://${link.host}/api`, protocols, { origin: link.origin })
  socket.on('error', () => {})
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once('open', () => resolve(true))
    socket.once('close', () => resolve(false))
  })
  return isOpen ? socket : null
}

const LIST = JSON.stringify({ i: '1', p: { u: '/runs/list', b: { json: {} } } })
let slowest = 0

/** The page and the list of runs are still there. */
async function expectSound(after: string): Promise<void> {
  try {
    const { status, ms } = await answerTo('/')
    slowest = Math.max(slowest, ms)
    if (status !== 200) problems.push(`${after}: the start page is answered with ${status}`)
    const socket = await open()
    if (socket === null) return void problems.push(`${after}: a session is refused`)
    socket.send(LIST)
    const heard = await Promise.race([
      once(socket, 'message').then(([data]) => String(data)),
      pause(30_000).then(() => null),
    ])
    if (heard === null || !heard.includes('"json":[]'))
      problems.push(`${after}: the list of runs is answered with ${heard}`)
    socket.close()
  } catch (error) {
    problems.push(`${after}: ${error}`)
  }
}

/** Opens a connection, sends something and counts how it ends. */
const outcomes = { slowOpen: 0, slowClosed: 0, answered: 0, closed: 0, framesSent: 0, socketsClosed: 0, refused: 0 }
function dial(content: Uint8Array | string): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(content)
  return socket
}

await expectSound('at the beginning')
const before = residentMB()

const held = Array.from({ length: slow }, () => dial('GET / HTTP/1.1\r\nHost: x\r\nX-'))
for (const socket of held) socket.once('close', () => outcomes.slowClosed++)
await pause(1000)
await expectSound(`with ${slow} slow connections`)
outcomes.slowOpen = held.filter((socket) => !socket.destroyed).length
for (const socket of held) socket.destroy()

const METHODS = ['GET', 'POST', 'OPTIONS', 'TRACE', 'CONNECT', 'FOO', '']
const HOSTS = [link.host, 'evil.example', '127.0.0.1', '', `${link.host}, evil`]
const PATHS = [
  '/',
  '/../../etc/passwd',
  '/api',
  '/%00',
  '/assets/%2e%2e/',
  '//x',
  `/${'a'.repeat(9000)}`,
  '*',
  link.pathname,
]
const pick = <T>(all: readonly T[]): T => all[below(all.length)]!
const oddRequest = (): string =>
  `${pick(METHODS)} ${pick(PATHS)} HTTP/${pick(['1.1', '1.0', '9.9', ''])}\r\nHost: ${pick(HOSTS)}\r\n${random() < 0.3 ? 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' : ''}${random() < 0.3 ? `Content-Length: ${pick(['-1', '5', '99999999999', 'x'])}\r\n` : ''}${bytes(below(20)).toString('latin1')}\r\n\r\n`
for (let done = 0; done < requests; done += 50) {
  const sockets = Array.from({ length: Math.min(50, requests - done) }, () =>
    dial(random() < 0.5 ? oddRequest() : bytes(1 + below(400))),
  )
  await Promise.all(
    sockets.map(async (socket) => {
      const end = await Promise.race([
        once(socket, 'data').then(() => 'answered' as const),
        once(socket, 'close').then(() => 'closed' as const),
        pause(2000).then(() => null),
      ])
      if (end !== null) outcomes[end]++
      socket.destroy()
    }),
  )
}
await expectSound(`after ${requests} requests`)

if ((await open([SOCKET_PROTOCOL, 'x'.repeat(session.length)])) === null) outcomes.refused++
else problems.push('a WebSocket with a wrong session is let in')

const CALLS = ['/runs/list', '/runs/get', '/runs/start', '/__proto__/toString', '/system/info', '/', '']
const oddFrame = (): Uint8Array | string => {
  const kind = below(4)
  if (kind === 0) return bytes(below(2000))
  if (kind === 1) return '['.repeat(below(50_000))
  if (kind === 2)
    return JSON.stringify({
      i: pick(['1', 7, null, {}]),
      p: { u: pick(CALLS), b: pick([null, 7, { json: { id: pick([1, '../x', null]) } }, []]) },
    })
  return LIST.slice(0, below(LIST.length))
}
let socket: WebSocket | null = null
for (let i = 0; i < frames; i++) {
  if (socket === null || socket.readyState !== WebSocket.OPEN) {
    if (socket !== null) outcomes.socketsClosed++
    socket = await open()
    if (socket === null) {
      problems.push(`frame ${i}: a session is refused`)
      break
    }
  }
  socket.send(oddFrame())
  outcomes.framesSent++
  if (i % 50 === 0) await pause(5)
}
socket?.close()
await expectSound(`after ${frames} frames`)

const after = residentMB()
child.kill('SIGINT')
const { code, said } = await ended
if (code !== 0) problems.push(`it ended with code ${code}`)
if (/unexpected error|^\s+at /m.test(said)) problems.push(`it reported: ${said.slice(-600)}`)
const memory = { beforeMB: before, afterMB: after }
process.stdout.write(
  `${JSON.stringify({ slow, requests, frames, outcomes, slowestPageMs: Math.round(slowest), memory, problems }, null, 2)}\n`,
)
rmSync(folder, { recursive: true, force: true })
process.exitCode = problems.length === 0 ? 0 : 1
