/** An adapter's folder looked at closely. */
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from '@main/formats/peft'
import type { Checksums, ModelDetails, ModelItem } from '@shared/contract/models'
import { baseFolderOf } from './adapter'
import { filesOf, sentenceOf } from './look'

const count = (n: number) => n.toLocaleString('en-US')

/** What its files say, and whether its base is here. */
export function inspectAdapter(
  { path, adapter, parameters, problem }: ModelItem,
  checksums: Checksums | null,
): ModelDetails {
  const base = adapter && sentenceOf(() => baseFolderOf(path)).value
  const facts = adapter
    ? [
        { label: 'Adapter', value: `LoRA, rank ${adapter.r}` },
        { label: 'Scale', value: `${adapter.alpha} / ${adapter.rslora ? '√' : ''}${adapter.r}` },
        { label: 'Projections', value: adapter.targets.join(', ') },
        { label: 'Parameters', value: parameters === null ? 'not known' : count(parameters) },
        { label: 'Trained on', value: adapter.base ?? 'not given' },
      ]
    : []
  const found = base
    ? `${base}: it can be tried, and trained further`
    : 'it is not here under that name; choose it yourself when a run begins with this adapter'
  return {
    folder: path,
    facts,
    checks: [
      {
        label: 'Adapter',
        isGood: problem === null,
        finding:
          problem ??
          `${ADAPTER_CONFIG} and the headers of ${ADAPTER_WEIGHTS} were read; whether it fits is seen with its base`,
      },
      ...(adapter ? [{ label: 'Base model', isGood: base !== null, finding: found }] : []),
    ],
    files: sentenceOf(() => filesOf(path).files).value ?? [],
    chatTemplate: null,
    checksums,
  }
}
