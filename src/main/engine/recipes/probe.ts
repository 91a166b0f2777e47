/** Greedy answers to a few fixed prompts, to see how they change while the model learns. */
import type { ProbesEvent } from '@shared/schemas/events'
import { rolloutsFromPrompts } from '../gpo/sampling'
import type { Run } from './run'
import { greedy, samplingOf } from './sampling'

/** @param iteration 0 before training */
export async function probe(run: Run, iteration: number): Promise<ProbesEvent> {
  const { tasks, maxNewTokens } = run.probes
  const sampling = { ...greedy(await samplingOf(run, iteration, 'evaluation')), maxNewTokens }
  const rollouts = await rolloutsFromPrompts(sampling, tasks, 1)
  const probes = rollouts.map(({ task, tokens, isTruncated, verdict }) => ({
    row: task.row,
    prompt: run.text.prompt(task.prompt),
    reference: task.reference,
    text: run.text.decode(isTruncated ? tokens : tokens.subarray(0, -1)),
    tokens: tokens.length,
    status: verdict.status,
    extracted: verdict.extracted,
  }))
  return { type: 'probes', iteration, probes }
}
