/** Chooses the backend: opens candidates in order, self-tests each, and records why one is not used. */
import { GpoError } from '@shared/errors'
import type { BackendReport, Doctor } from '@shared/schemas/backend'
import type { BackendName } from '@shared/schemas/plan'
import type { Backend } from '../tensor/backend'
import { type Tensor2D, tf } from '../tensor/tf'
import { CANDIDATES, type Candidate, type Opened } from './candidates'
import { selfTest } from './self-test'

const unavailable = (name: BackendName, reason: string, selfTest: number | null = null): BackendReport => ({
  name,
  isAvailable: false,
  reason,
  device: null,
  memory: null,
  selfTest,
  gflops: null,
})

interface Probed {
  readonly report: BackendReport
  readonly opened: Opened | null
}

async function probe(candidate: Candidate, isAskedFor: boolean, threads?: number): Promise<Probed> {
  const { name } = candidate
  let opened: Opened
  try {
    opened = await candidate.open({ isAskedFor, threads })
  } catch (error) {
    return { report: unavailable(name, (error as Error).message), opened: null }
  }
  try {
    const { worst, isPassed } = await selfTest(opened.backend)
    if (!isPassed) {
      await opened.backend.close()
      const reason = `its self-test is off by ${worst.toExponential(1)} (at most 1e-4 is allowed), so it is not used`
      return { report: unavailable(name, reason, worst), opened: null }
    }
    const { device } = opened.backend
    const report = {
      name,
      isAvailable: true,
      reason: null,
      device,
      memory: opened.memory,
      selfTest: worst,
      gflops: null,
    }
    return { report, opened }
  } catch (error) {
    await opened.backend.close()
    return { report: unavailable(name, `its self-test failed: ${(error as Error).message}`), opened: null }
  }
}

/** GFLOP/s of an n × n float32 matrix product, the best of several. */
export async function measureMatmul(backend: Backend, n: number, times = 6): Promise<number> {
  const a = backend.tensor(new Float32Array(n * n).fill(0.5), [n, n])
  const b = backend.tensor(new Float32Array(n * n).fill(0.25), [n, n])
  const program = backend.program('matmul', (x) => ({ c: tf.matMul(x['a'] as Tensor2D, x['b'] as Tensor2D) }))
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) {
    const begin = performance.now()
    const out = await program.run({ a, b })
    await backend.read(out['c']!) // a device may compute only when its result is awaited
    if (i > 0) best = Math.min(best, performance.now() - begin)
  }
  backend.dispose(a)
  backend.dispose(b)
  return (2 * n ** 3) / (best * 1e6)
}

/** Opens, tests and measures every candidate, one after the other. */
export async function examine(): Promise<Doctor> {
  const candidates: BackendReport[] = []
  let chosen: BackendName | null = null
  for (const candidate of CANDIDATES) {
    const { report, opened } = await probe(candidate, false)
    if (!opened) {
      candidates.push(report)
      continue
    }
    candidates.push({ ...report, gflops: await measureMatmul(opened.backend, candidate.name === 'cpu' ? 128 : 512) })
    if (candidate.isAutomatic) chosen ??= candidate.name
    await opened.backend.close()
  }
  return { candidates, chosen }
}

/**
 * @param wanted a backend by name, or `auto`: the first candidate that works
 * @throws GpoError('backend') with every reason when none can be used
 */
export async function openBackend(wanted: BackendName | 'auto', options: { threads?: number } = {}): Promise<Backend> {
  const candidates = CANDIDATES.filter(({ name, isAutomatic }) => (wanted === 'auto' ? isAutomatic : name === wanted))
  const reasons: string[] = []
  for (const candidate of candidates) {
    const { report, opened } = await probe(candidate, wanted !== 'auto', options.threads)
    if (opened) return opened.backend
    reasons.push(`${candidate.name}: ${report.reason}`)
  }
  throw new GpoError(
    'backend',
    `no usable backend for '${wanted}'. ${reasons.join('. ')}. \`gpo doctor\` lists all of them. Or set "backend": "auto"`,
  )
}
