/** Servers with vLLM's interface over transformers and PEFT (tests/engines/vllm_subset.py), each a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const SCRIPT = join(root, 'tests/engines/vllm_subset.py')
export const TINY = join(root, 'resources/models/tiny')

export interface ServerState {
  readonly requests: number
  readonly adapters: readonly string[]
}

export interface TestServer {
  readonly address: string
  readonly process: ChildProcess
  state(): Promise<ServerState>
  /** Requests are accepted and not answered. */
  hang(): Promise<void>
  /** From now on, in one of the ways that the script knows. */
  goWrong(how: string): Promise<void>
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number } // it listens on a port
      server.close(() => done(port))
    })
  })
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )
}

/** @param options of the script, such as `--wrong`, `base` */
export async function startServer(python: string, options: readonly string[] = [], model = TINY): Promise<TestServer> {
  const port = await freePort()
  const child = spawn(python, [SCRIPT, model, '--port', String(port), ...options], { stdio: 'ignore' })
  const address = `http://127.0.0.1:${port}`
  const limit = performance.now() + 150_000
  while (!(await answers(`${address}/health`))) {
    if (performance.now() > limit || child.exitCode !== null) throw new Error('the server did not start')
    await new Promise((next) => setTimeout(next, 200))
  }
  return {
    address,
    process: child,
    state: async () => (await (await fetch(`${address}/test/state`)).json()) as ServerState,
    hang: async () => void (await fetch(`${address}/test/hang`, { method: 'POST' })),
    goWrong: async (how) => void (await fetch(`${address}/test/wrong/${how}`, { method: 'POST' })),
  }
}
