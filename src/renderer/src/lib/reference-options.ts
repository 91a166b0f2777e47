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

export const isUsable = ({ problem }: PlaygroundModel): boolean => problem === null

/**
 * The model that an address asks for, else the newest fine-tuned one, else any.
 * @param wanted a path, a run's id, or `run:ID`; null for none
 */
export function wantedModel(models: readonly PlaygroundModel[], wanted: string | null): PlaygroundModel | undefined {
  const usable = models.filter(isUsable)
  const id = wanted?.replace(/^run:/, '')
  const asked = usable.find(
    ({ reference, path, label }) =>
      (reference.kind === 'run' && reference.id === id && reference.checkpoint !== null) ||
      path === wanted ||
      label === wanted,
  )
  return asked ?? usable.find(({ base }) => base !== null) ?? usable[0]
}
