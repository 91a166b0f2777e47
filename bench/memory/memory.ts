/**
 * Memory: the peak of a training process, against the estimate shown before a run; and how much loading needs. Every case
 * runs in a separate process with the settings of a trainer.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALLOCATOR } from '@main/workers/fork'
import { CASES, type MemoryCase, MODELS } from './cases'
import { LOADING, type LoadingCase, measureLoading } from './loading'
import { measure } from './measure'
import { LARGE, writeModel } from './model'

/** A child process gets its case in this variable and answers on standard output. */
const TASK = 'BENCH_MEMORY_TASK'

interface Task {
  readonly folder: string
  readonly training?: MemoryCase
  readonly loading?: LoadingCase
}

function inProcess(task: Task): object {
  const { stdout, stderr, status } = spawnSync(process.execPath, [process.argv[1]!, 'memory'], {
    env: { ...ALLOCATOR, ...process.env, [TASK]: JSON.stringify(task) },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (status === 0) return (JSON.parse(stdout) as { memory: object }).memory
  throw new Error(`a case of the memory benchmark ended with ${status}: ${stderr.slice(-2000)}`)
}

async function child(task: Task): Promise<object> {
  if (task.training) return measure(task.training, task.folder)
  if (task.loading) return measureLoading(task.loading, task.folder)
  throw new Error('a task is a training or a loading')
}

export async function run(): Promise<object> {
  const given = process.env[TASK]
  if (given !== undefined) return child(JSON.parse(given) as Task)
  const only = process.env['BENCH_MEMORY_CASES']
  const isWanted = (name: string) => only === undefined || new RegExp(only).test(name)
  const root = mkdtempSync(join(tmpdir(), 'gpo-bench-memory-'))
  const progress = (name: string) => process.stderr.write(`  ${name}\n`)
  const reported = (result: object) => {
    progress(`  ${JSON.stringify(result)}`)
    return result
  }
  try {
    const written = new Set<string>()
    const folderOf = (model: MemoryCase['model']) => {
      if (model === 'given') return process.env['BENCH_MEMORY_MODEL'] ?? null
      const folder = join(root, model)
      if (!written.has(model)) writeModel(folder, MODELS[model], 'F32')
      written.add(model)
      return folder
    }
    const training = CASES.filter(({ name }) => isWanted(name)).flatMap((one) => {
      const folder = folderOf(one.model)
      if (folder === null) return []
      progress(one.name)
      return [reported(inProcess({ folder, training: one }))]
    })
    const loading = LOADING.filter(({ stored }) => isWanted(`loading ${stored}`)).map((one) => {
      progress(`loading ${one.stored} as ${one.precision}`)
      const folder = join(root, `load-${one.stored}`)
      if (!written.has(folder)) writeModel(folder, LARGE, one.stored, 4)
      written.add(folder)
      return inProcess({ folder, loading: one })
    })
    return { training, loading }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
