/** The process that shows the pages, window or server: started, told of new code, ended and started again. */
import { type ChildProcess, spawn } from 'node:child_process'

/** Milliseconds a run has to reach its next safe point before its process is ended all the same. */
const PATIENCE = 5000

export interface HostOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** What src/main/dev/loop.ts reads, but for the run that was stopped. */
  readonly settings: object
  /** Called when it has ended by itself. */
  readonly onEnd: (code: number | null) => void
}

export interface DevHost {
  /** With the newest code; a run that was running goes on. */
  restart(): Promise<void>
  newTrainer(): void
  end(): Promise<void>
}

export function createHost({ command, args, env, settings, onEnd }: HostOptions): DevHost {
  let child: ChildProcess | null = null
  let running: string | null = null

  function start(stopped: string | null): void {
    const own = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...env, GPO_DEV: JSON.stringify({ ...settings, stopped }) },
    })
    child = own
    running = null
    own.on('message', (message: { running: string | null }) => {
      running = message.running
    })
    own.on('error', (error) => process.stderr.write(`dev: ${error.message}\n`))
    own.on('exit', (code) => {
      if (child !== own) return // ended by us
      child = null
      onEnd(code)
    })
  }

  async function end(): Promise<void> {
    const own = child
    child = null
    if (!own) return
    const gone = new Promise<void>((resolve) => own.once('exit', () => resolve()))
    own.send('end', () => {}) // if it ends meanwhile, its exit says so
    const impatience = setTimeout(() => own.kill('SIGKILL'), PATIENCE)
    await gone
    clearTimeout(impatience)
  }

  return {
    async restart() {
      const stopped = running
      await end()
      start(stopped)
    },
    newTrainer: () => void child?.send('new-trainer', () => {}),
    end,
  }
}
