/** Models and data as the options of a select, under their headings, in the order of their lists. */
import type { ModelReference, PlaygroundModel, RowSource, RowSourceChoice } from '@shared/contract/playground'

export const keyOf = (reference: ModelReference | RowSource): string => JSON.stringify(reference)

export interface Option {
  readonly value: string
  readonly label: string
  readonly disabled: boolean
}

interface Group {
  readonly group: string
  readonly items: Option[]
}

function grouped(options: readonly { readonly group: string; readonly option: Option }[]): Group[] {
  const groups = new Map<string, Option[]>()
  for (const { group, option } of options) groups.set(group, [...(groups.get(group) ?? []), option])
  return [...groups].map(([group, items]) => ({ group, items }))
}

export const modelOptions = (models: readonly PlaygroundModel[]): Group[] =>
  grouped(
    models.map(({ reference, label, group, problem }) => ({
      group,
      option: {
        value: keyOf(reference),
        label: problem ? `${label} (cannot be used)` : label,
        disabled: problem !== null,
      },
    })),
  )

export const sourceOptions = (sources: readonly RowSourceChoice[]): Group[] =>
  grouped(
    sources.map(({ source, label, group }) => ({ group, option: { value: keyOf(source), label, disabled: false } })),
  )
