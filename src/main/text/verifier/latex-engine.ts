/**
 * Asks whether two formulas are mathematically the same, in a thread of its own, and waits for the answer. The computer algebra system
 * has a time limit too, but does not keep it; a thread can be ended at any instruction and has its own memory limit, so the caller is back
 * after the time it allowed, whatever the formulas are. The thread starts with the first question (half a second that does not count as
 * comparison time) and again after each timeout; it does not keep the process alive.
 */
import { createRequire } from 'node:module'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { GpoError } from '@shared/errors'
import type { Comparison } from './kind'
import { LATEX_WORKER } from './latex-worker'

const START_MS = 60_000
const MEMORY_MB = 512
const REMEMBERED = 4096

interface Thread {
  readonly worker: Worker
  readonly port: MessagePort
  /** Answers given so far. */
  readonly answers: Int32Array<SharedArrayBuffer>
}

interface Answer {
  readonly isReady?: boolean
  readonly isEqual?: boolean
  readonly failure?: string
}

let thread: Thread | null = null
const remembered = new Map<string, Comparison>()

/** Blocks until answer number `count`; null after `milliseconds`. */
function answerOf({ port, answers }: Thread, count: number, milliseconds: number): Answer | null {
  Atomics.wait(answers, 0, count - 1, milliseconds)
  return (receiveMessageOnPort(port)?.message as Answer | undefined) ?? null // only the thread's program writes to the port
}

function stop({ worker, port }: Thread): void {
  thread = null
  port.close()
  void worker.terminate()
}

function start(): Thread {
  const require = createRequire(import.meta.url)
  const enginePath = require.resolve('@cortex-js/compute-engine')
  const answers = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(LATEX_WORKER, {
    eval: true,
    execArgv: [],
    workerData: { enginePath, port: port2, answers },
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  worker.on('error', () => {}) // out of memory: the question that caused it ends as a timeout
  worker.unref()
  port1.unref()
  const started: Thread = { worker, port: port1, answers }
  const ready = answerOf(started, 1, START_MS)
  if (ready?.isReady) return started
  stop(started)
  const why = ready?.failure ?? `it did not answer within ${START_MS / 1000} s`
  throw new GpoError(
    'backend',
    `The comparison of formulas did not start: ${why}. Reinstall the application, or use the number verifier`,
  )
}

function ask(left: string, right: string, milliseconds: number): Comparison {
  thread ??= start()
  const count = Atomics.load(thread.answers, 0) + 1
  thread.port.postMessage({ left, right })
  const answer = answerOf(thread, count, milliseconds)
  if (answer) return answer.isEqual ? 'equal' : 'different'
  stop(thread)
  return 'timeout'
}

/**
 * Whether two LaTeX formulas are equal for all values of their variables. Answers are remembered (rollouts repeat them); timeouts are not.
 * @throws GpoError('backend') if the computer algebra system cannot be loaded
 */
export function compareFormulas(left: string, right: string, milliseconds: number): Comparison {
  const key = `${left}\n${right}`
  const known = remembered.get(key)
  if (known) return known
  const outcome = ask(left, right, milliseconds)
  if (remembered.size >= REMEMBERED) remembered.clear()
  if (outcome !== 'timeout') remembered.set(key, outcome)
  return outcome
}
