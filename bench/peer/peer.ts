/**
 * PyTorch as a peer: starts peer.py once, gives it a model's weights through a file and asks it for measurements, one at a time, so that its
 * turns alternate with ours. It does not know what is measured.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { resourcesFolder } from '@main/paths'
import type { BenchModel } from '../models'

export interface Peer {
  /** Versions and threads. */
  readonly description: string
  /** Whether `torch.compile` works there. */
  readonly compiles: boolean
  /** Whether transformers is there. */
  readonly generates: boolean
  load(model: BenchModel): Promise<void>
  ask(request: object): Promise<Record<string, unknown>>
  close(): void
}

const keepsSettings = process.env['BENCH_KEEP_OPENBLAS'] === '1'

/** Otherwise the shell's choice of BLAS kernels would be measured instead of OpenBLAS's own detection of the processor. */
function environment(): NodeJS.ProcessEnv {
  if (keepsSettings) return process.env
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OPENBLAS_')))
}

function findPython(): string | null {
  const candidates = [process.env['BENCH_PYTHON'] ?? '', process.env['GPO_PYTHON'] ?? '', '/usr/bin/python3', 'python3']
  return (
    candidates.find(
      (python) => python && spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
    ) ?? null
  )
}

/** Weights one after the other in a file of little-endian float32, with names and shapes in the request. */
function writeModel(folder: string, { config, weights }: BenchModel): object {
  const file = join(folder, 'weights.bin')
  const output = openSync(file, 'w')
  for (const { data } of weights.values()) writeSync(output, data)
  closeSync(output)
  return { do: 'load', file, config, tensors: [...weights].map(([name, { shape }]) => [name, shape]) }
}

function createPeer(child: ChildProcess, folder: string): Omit<Peer, 'description' | 'compiles' | 'generates'> {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]() // stdout is a pipe
  const ask = async (request: object) => {
    child.stdin!.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await lines.next()
    if (done) throw new Error('the PyTorch peer ended early; its message is above')
    return JSON.parse(value) as Record<string, unknown>
  }
  return {
    ask,
    async load(model) {
      await ask(writeModel(folder, model))
    },
    close() {
      child.stdin!.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The peer, or the reason why it is not available. */
export async function startPeer(): Promise<Peer | string> {
  const python = findPython()
  if (python === null) return 'no Python with PyTorch was found: set BENCH_PYTHON to one'
  const script = join(resourcesFolder(), '../bench/peer/peer.py')
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'], env: environment() })
  const peer = createPeer(child, mkdtempSync(join(tmpdir(), 'gpo-bench-peer-')))
  const { description, compiles, generates } = await peer.ask({ do: 'describe' })
  const kernels = keepsSettings ? "with the shell's OPENBLAS settings" : 'without OPENBLAS settings'
  return {
    ...peer,
    description: `${description}, ${kernels}`,
    compiles: compiles === true,
    generates: generates === true,
  }
}
