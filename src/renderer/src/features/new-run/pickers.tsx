/** The pickers of the model and the data, from the library. */
import { Group, Select, Text } from '@mantine/core'
import { formatCount, plural } from '@renderer/lib/format'
import type { DatasetItem } from '@shared/contract/datasets'
import type { ModelItem } from '@shared/contract/models'
import type { DescribedLeaf } from '@shared/plan/fields'
import { inputProps, type SettingIds } from './controls'
import { usePlanForm } from './form'
import { adapterValues, datasetValues } from './use-draft'

interface PickerProps {
  readonly setting: DescribedLeaf
  readonly ids: SettingIds
}

interface Choice {
  readonly value: string
  readonly label: string
  readonly group: string
  readonly facts: string
  readonly isDisabled: boolean
}

function grouped(choices: readonly Choice[]) {
  const groups = [...new Set(choices.map(({ group }) => group))]
  return groups.map((group) => ({
    group,
    items: choices
      .filter((choice) => choice.group === group)
      .map(({ value, label, isDisabled }) => ({ value, label, disabled: isDisabled })),
  }))
}

/** A path in the plan stays visible, even if the library does not have it. */
function withOwn(choices: readonly Choice[], value: unknown): readonly Choice[] {
  if (typeof value !== 'string' || choices.some((choice) => choice.value === value)) return choices
  return [...choices, { value, label: value, group: 'Not in the library', facts: '', isDisabled: false }]
}

interface PickProps extends PickerProps {
  readonly choices: readonly Choice[]
  readonly onPick: (value: string | null) => void
  readonly isClearable?: boolean
}

function Pick({ setting, ids, choices, onPick, isClearable = false }: PickProps) {
  const { draft, issues } = usePlanForm()
  const value = draft[setting.leaf.id]
  const all = withOwn(choices, value)
  const facts = new Map(all.map((choice) => [choice.value, choice.facts]))
  const own = typeof value === 'string' ? value : null
  return (
    <>
      <Select
        {...inputProps(ids)}
        data={grouped(all)}
        value={own}
        placeholder={isClearable ? 'none' : 'Choose'}
        searchable
        clearable={isClearable}
        allowDeselect={false}
        maxDropdownHeight={360}
        nothingFoundMessage="No match"
        error={issues.some(({ path, severity }) => path === setting.leaf.path && severity === 'error')}
        onChange={onPick}
        renderOption={({ option }) => (
          <Group justify="space-between" wrap="nowrap" gap="sm" w="100%">
            <Text size="sm" className="clip">
              {option.label}
            </Text>
            <Text size="xs" className="quiet" style={{ whiteSpace: 'nowrap' }}>
              {facts.get(String(option.value))}
            </Text>
          </Group>
        )}
      />
      {own !== null && facts.get(own) && (
        <Text size="xs" className="quiet clip" mt={2}>
          {facts.get(own)}
        </Text>
      )}
    </>
  )
}

const millions = (n: number) => (n >= 1e9 ? `${(n / 1e9).toFixed(1)} B` : `${(n / 1e6).toPrecision(3)} M`)

const modelFacts = ({ problem, parameters, context, architecture }: ModelItem) =>
  problem !== null
    ? 'cannot be used'
    : [
        ...(parameters === null ? [] : [`${millions(parameters)} parameters`]),
        ...(context === null ? [] : [`context ${formatCount(context)}`]),
        ...(architecture === null ? [] : [architecture.replace(/ForCausalLM$/, '')]),
      ].join(' · ')

export function ModelPicker({ setting, ids }: PickerProps) {
  const { models, set } = usePlanForm()
  const choices = models.flatMap((item) =>
    item.kind === 'adapter'
      ? []
      : [
          {
            ...{ value: item.path, label: item.name, facts: modelFacts(item), isDisabled: item.problem !== null },
            group: MODEL_GROUPS[item.kind],
          },
        ],
  )
  return <Pick setting={setting} ids={ids} choices={choices} onPick={(path) => path && set(setting.leaf.id, path)} />
}

const MODEL_GROUPS = { bundled: 'Bundled', folder: 'From disk', run: 'Fine-tuned by runs' } as const

const adapterFacts = ({ problem, adapter }: ModelItem) =>
  problem !== null || !adapter
    ? 'cannot be used'
    : `r ${adapter.r} · α ${adapter.alpha} · ${adapter.targets.map((name) => name.replace('_proj', '')).join(', ')}`

/** Choosing an adapter also sets its rank, scale and projections; without an adapter they return to the defaults. */
export function AdapterPicker({ setting, ids }: PickerProps) {
  const { models, merge } = usePlanForm()
  const adapters = models.filter(({ kind }) => kind === 'adapter')
  const choices = adapters.map((item) => ({
    ...{ value: item.path, label: item.name, facts: adapterFacts(item), isDisabled: item.problem !== null },
    group: 'Adapters',
  }))
  const pick = (path: string | null) => merge(adapterValues(adapters.find((item) => item.path === path)))
  return <Pick setting={setting} ids={ids} choices={choices} onPick={pick} isClearable />
}

const KINDS = {
  verifiable: 'prompts and answers',
  preference: 'pairs',
  unpaired: 'labelled',
  completion: 'completions',
}

const datasetFacts = ({ problem, usable, recordKind }: DatasetItem) =>
  problem !== null
    ? 'cannot be used'
    : [...(usable === null ? [] : [plural(usable, 'row')]), ...(recordKind === null ? [] : [KINDS[recordKind]])].join(
        ' · ',
      )

const datasetChoice = (item: DatasetItem): Choice => ({
  ...{ value: item.path, label: item.name, facts: datasetFacts(item), isDisabled: item.problem !== null },
  group: item.kind === 'bundled' ? 'Bundled' : 'From disk',
})

/** Choosing a dataset also sets its columns, its verifier and its evaluation part. */
export function TrainPicker({ setting, ids }: PickerProps) {
  const { datasets, merge } = usePlanForm()
  const pick = (path: string | null) => {
    const item = datasets.find((dataset) => dataset.path === path)
    if (item) merge(datasetValues(item))
    else if (path) merge({ 'data.train.path': path })
  }
  return <Pick setting={setting} ids={ids} choices={datasets.map(datasetChoice)} onPick={pick} />
}

export function EvaluationPicker({ setting, ids }: PickerProps) {
  const { datasets, merge } = usePlanForm()
  const parts = datasets.flatMap(({ evaluationPath, path, name, kind }) =>
    evaluationPath === null || evaluationPath === path
      ? []
      : [{ value: evaluationPath, label: `${name}, test part`, facts: '', isDisabled: false, group: groupOf(kind) }],
  )
  const pick = (path: string | null) => {
    const columns = datasets.find((dataset) => dataset.path === path)?.columns ?? {}
    const hasColumns = Object.keys(columns).length > 0
    merge({
      'data.eval.path': path ?? undefined,
      'data.eval.limit': undefined,
      'data.eval.part': undefined,
      'data.eval.columns': hasColumns ? (columns as Readonly<Record<string, string>>) : undefined,
    })
  }
  const choices = [...parts, ...datasets.map(datasetChoice)]
  return <Pick setting={setting} ids={ids} choices={choices} onPick={pick} isClearable />
}

const groupOf = (kind: DatasetItem['kind']) => (kind === 'bundled' ? 'Bundled' : 'From disk')
