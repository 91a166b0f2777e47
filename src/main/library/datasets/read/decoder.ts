/**
 * Where Parquet is decoded: a process of its own, which may run out of memory alone. Node starts one from a text; an installed program has no Node to
 * start, so its host names a worker. A utility process of Electron can start none: it is itself one that may end, and decodes in a thread. The
 * process that reads datasets is also one that may end, and decodes by itself.
 */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { jobLog } from '@main/paths'
import type { Fork } from '@main/workers/fork'
import { DIE_WITH_PARENT } from '@main/workers/watchdog'
import { decodeParquet, type ParquetReply, type ParquetRequest } from './parquet-child'

/** Heap of what decodes. One row group must fit. */
export const MAX_HEAP_MB = 2048

export interface Decoder {
  send(request: ParquetRequest): void
  onReply(listener: (reply: ParquetReply) => void): void
  /** Called once, when it has ended and its last reply was delivered. */
  onGone(listener: () => void): void
  /** Also while it is busy. */
  kill(): void
}

const DECODE = `const decode = ${decodeParquet.toString()}`

const IN_PROCESS = `${DIE_WITH_PARENT}
${DECODE}
process.on('disconnect', () => process.exit(0))
process.once('message', (request) => {
  const send = (reply) => new Promise((resolve) => process.send(reply, () => resolve()))
  decode(request, (address) => import(address), send).then(() => process.disconnect())
})`

const IN_THREAD = `const { parentPort } = require('node:worker_threads')
${DECODE}
parentPort.once('message', (request) => void decode(request, (address) => import(address), async (reply) => parentPort.postMessage(reply)))`

function byNode(): Decoder {
  const flags = [`--max-old-space-size=${MAX_HEAP_MB}`, '--input-type=commonjs', '--eval', IN_PROCESS]
  const child = spawn(process.execPath, flags, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    env: { PATH: process.env.PATH, SYSTEMROOT: process.env.SYSTEMROOT },
  })
  return {
    send: (request) => void child.send(request, () => {}), // one that cannot be reached also closes, which is reported
    onReply: (listener) => void child.on('message', (reply) => listener(reply as ParquetReply)),
    onGone: (listener) => {
      child.once('error', listener)
      child.once('close', listener)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

function byThread(): Decoder {
  const resourceLimits = { maxOldGenerationSizeMb: MAX_HEAP_MB }
  const thread = new Worker(IN_THREAD, { eval: true, execArgv: [], stdout: true, stderr: true, resourceLimits })
  return {
    send: (request) => thread.postMessage(request),
    onReply: (listener) => void thread.on('message', listener),
    onGone: (listener) => {
      thread.once('error', listener)
      thread.once('exit', listener)
    },
    kill: () => void thread.terminate(),
  }
}

const byWorker =
  (fork: Fork, workerPath: string): (() => Decoder) =>
  () => {
    const child = fork(workerPath, jobLog('parquet'), { execArgv: [`--max-old-space-size=${MAX_HEAP_MB}`] })
    return {
      send: child.send,
      onReply: (listener) => child.onMessage((reply) => listener(reply as ParquetReply)), // both are one program
      onGone: (listener) => child.onExit(() => listener()),
      kill: child.kill,
    }
  }

let start = 'parentPort' in process ? byThread : byNode

export const startDecoder = (): Decoder => start()

/** @param workerPath built from parquet-worker.ts */
export function decodeParquetBy(fork: Fork, workerPath: string): void {
  start = byWorker(fork, workerPath)
}

let isHere = false

export const isDecodedHere = (): boolean => isHere

/** In this process, which something else ends where it takes too much time or memory. */
export function decodeParquetHere(): void {
  isHere = true
}

/** Every reply up to the end; the next one is made when the one before was taken. */
export async function* decodedHere(path: string, wanted: ParquetRequest['wanted']): AsyncGenerator<ParquetReply> {
  const request = { hyparquet: 'hyparquet', compressors: 'hyparquet-compressors', path, wanted }
  // By name: what an installed program's archive contains has an address only for `import` itself.
  const load = (name: string) => (name === request.hyparquet ? import('hyparquet') : import('hyparquet-compressors'))
  let put: (reply: ParquetReply) => void = () => {}
  let goOn: () => void = () => {}
  const another = () =>
    new Promise<ParquetReply>((resolve) => {
      put = resolve
    })
  let next = another()
  const send = (reply: ParquetReply) =>
    new Promise<void>((resolve) => {
      goOn = resolve
      put(reply)
    })
  void decodeParquet(request, load, send)
  for (let reply = await next; reply.type !== 'end'; reply = await next) {
    next = another()
    yield reply
    goOn()
  }
}

/** Where the packages that decode are, for a process without a search path of its own. */
export const decodingPackages = () => ({
  hyparquet: addressOf('hyparquet'),
  compressors: addressOf('hyparquet-compressors'),
})

function addressOf(name: string): string {
  return pathToFileURL(createRequire(import.meta.url).resolve(name)).href
}
