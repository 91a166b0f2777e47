/** One case in this separate process, whose peak is measured. */
import { inspectWeights } from '@main/formats/weights'
import { openSession } from '@main/trainer/session/session'
import { memoryEstimate } from '@shared/plan/memory-estimate'
import type { Example } from '@shared/schemas/dataset'
import { planSchema } from '@shared/schemas/plan'
import { rounded } from '../statistics'
import type { MemoryCase } from './cases'

const MB = (bytes: number) => Math.round(bytes / 1e6)
const peak = () => process.resourceUsage().maxRSS * 1024

/** Different sums, so that the verifier has answers to read; for SFT, a long answer to imitate. */
function examples(count: number, demonstration: number | undefined): Example[] {
  return Array.from({ length: count }, (_, row) => {
    const example = { row, prompt: `What is ${row} + ${row + 3}?\n`, reference: String(2 * row + 3) }
    if (demonstration === undefined) return example
    // The bundled tokenizer knows digits and spaces one by one.
    return { ...example, completion: Array.from({ length: demonstration / 2 }, (_, i) => (row + i) % 10).join(' ') }
  })
}

export async function measure({ name, plan: input, demonstration }: MemoryCase, folder: string): Promise<object> {
  const plan = planSchema.parse({
    ...input,
    backend: 'onnx',
    model: { path: folder },
    data: { train: { path: 'rows' } },
  })
  const start = process.memoryUsage.rss()
  const session = await openSession({
    plan,
    modelFolder: folder,
    resumeFrom: null,
    train: examples(64, demonstration),
    evaluation: [],
  })
  const loaded = { resident: process.memoryUsage.rss(), peak: peak() }
  const { config, run } = session
  const { parameters } = inspectWeights(folder, config)
  const lengths = {
    promptTokens: Math.max(...run.tasks.map(({ prompt }) => prompt.length), ...run.demonstrations.map((d) => d.start)),
    completionTokens: demonstration
      ? Math.max(...run.demonstrations.map(({ ids, start }) => ids.length - start))
      : plan.rollout.maxNewTokens,
  }
  const begin = performance.now()
  const peaks: number[] = []
  const arrays: number[] = []
  for (let iteration = 1; iteration <= plan.budget.iterations; iteration++) {
    await session.procedure.iterate(iteration)
    peaks.push(MB(peak()))
    arrays.push(MB(process.memoryUsage().arrayBuffers))
  }
  const shape = { ...config, parameters, context: config.maxPositions }
  const phases = memoryEstimate(plan, shape, lengths)
  const estimate = Math.max(...phases.map(({ total }) => total))
  return {
    name,
    parameters,
    ...lengths,
    startMB: MB(start),
    loadedMB: MB(loaded.resident),
    loadPeakMB: MB(loaded.peak),
    peakMB: peaks,
    hostArraysMB: arrays,
    estimateMB: MB(estimate),
    ratio: rounded(estimate / (peaks.at(-1)! * 1e6), 2),
    secondsPerIteration: rounded((performance.now() - begin) / 1000 / plan.budget.iterations, 2),
    phases: Object.fromEntries(
      phases.map(({ phase, parts }) => [phase, Object.fromEntries(parts.map((p) => [p.label, MB(p.bytes)]))]),
    ),
  }
}
