/** Details of an adapter's folder. */
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from '@main/formats/peft'
import type { Checksums, ModelDetails, ModelItem } from '@shared/contract/models'
import { baseFolderOf } from './adapter'
import { filesOf, sentenceOf } from './look'

const count = (n: number) => n.toLocaleString('en-US')

/** Facts from its files, and whether its base is available. */
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
        { label: 'Parameters', value: parameters === null ? 'unknown' : count(parameters) },
        { label: 'Trained on', value: adapter.base ?? 'not given' },
      ]
    : []
  const found = base
    ? `${base}: the adapter can be used and trained further`
    : 'not in the list under that name; choose the base yourself when a run starts from this adapter'
  return {
    folder: path,
    facts,
    checks: [
      {
        label: 'Adapter',
        isGood: problem === null,
        finding:
          problem ??
          `${ADAPTER_CONFIG} and the headers of ${ADAPTER_WEIGHTS} were read; whether it fits its base is checked when they are used together`,
      },
      ...(adapter ? [{ label: 'Base model', isGood: base !== null, finding: found }] : []),
    ],
    files: sentenceOf(() => filesOf(path).files).value ?? [],
    chatTemplate: null,
    checksums,
  }
}
