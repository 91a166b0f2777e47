import { Anchor, MultiSelect, NumberInput, Select, SimpleGrid, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { formatTime } from '@renderer/lib/format'
import { draftOf } from '@shared/plan/draft'
import { type DescribedLeaf, fullLabel } from '@shared/plan/fields'
import type { RunListItem } from '@shared/schemas/run'
import type { Study } from '@shared/schemas/study'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { sweepable, sweepValues } from './words'

interface FromRunProps {
  readonly isSweep: boolean
  readonly runs: readonly RunListItem[]
  readonly isPending: boolean
  readonly run: string | null
  readonly onRun: (run: string) => void
  readonly onMade: (document: Study | null) => void
}

const SEEDS = 5
/** Milliseconds after the last key. */
const TYPING = 300

/** A study that is made from a run's plan. */
export function FromRun({ isSweep, runs, isPending, run, onRun, onMade }: FromRunProps) {
  const [seeds, setSeeds] = useState(SEEDS)
  const [sweep, setSweep] = useState<Sweep | null>(null)
  if (isPending) return <LoadingRows rows={2} />
  if (run === null)
    return (
      <Text size="sm">
        There is no run yet whose plan could be compared. <Anchor href="#/new">Set up a run</Anchor> first, or take an
        experiment from a file.
      </Text>
    )
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <Select
          label="Run whose plan is compared"
          data={runs.map(({ id, name, startedAt, createdAt }) => ({
            value: id,
            label: `${name} · ${formatTime(startedAt ?? createdAt)}`,
          }))}
          value={run}
          searchable
          limit={100}
          allowDeselect={false}
          onChange={(value) => value && onRun(value)}
          nothingFoundMessage="No run has that name"
        />
        <NumberInput
          label="Seeds of each arm"
          description="More seeds, narrower intervals; 5 is a good start"
          inputWrapperOrder={['label', 'input', 'description']}
          value={seeds}
          min={1}
          max={100}
          allowDecimal={false}
          onChange={(value) => typeof value === 'number' && value >= 1 && setSeeds(value)}
        />
      </SimpleGrid>
      {isSweep ? (
        <>
          <SweepFields key={run} run={run} onChange={setSweep} />
          {sweep && <MadeSweep {...{ run, seeds, sweep, onMade }} />}
        </>
      ) : (
        <MadeGuidance {...{ run, seeds, onMade }} />
      )}
    </>
  )
}

interface MadeProps {
  readonly run: string
  readonly seeds: number
  readonly onMade: (document: Study | null) => void
}

function MadeGuidance({ run, seeds, onMade }: MadeProps) {
  const { data, error } = useQuery(queries.studies.ofRun.queryOptions({ input: { run, seeds } }))
  return <Made document={data?.document ?? null} error={error} onMade={onMade} />
}

function MadeSweep({ run, seeds, sweep, onMade }: MadeProps & { readonly sweep: Sweep }) {
  const { setting, values } = sweep
  const { data, error } = useQuery(
    queries.studies.sweepOfRun.queryOptions({ input: { run, seeds, setting, values: [...values] } }),
  )
  return <Made document={data?.document ?? null} error={error} onMade={onMade} />
}

interface MadeStudyProps {
  readonly document: Study | null
  readonly error: unknown
  readonly onMade: (document: Study | null) => void
}

function Made({ document, error, onMade }: MadeStudyProps) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another document is news, not another function of the parent
  useEffect(() => onMade(document), [document])
  return error ? <ErrorState error={error} title="No experiment can be made of this" /> : null
}

interface Sweep {
  readonly setting: string
  readonly values: ReturnType<typeof sweepValues>
}

interface SweepFieldsProps {
  readonly run: string
  readonly onChange: (sweep: Sweep | null) => void
}

/** A setting of the run's plan, and the values that are tried. */
function SweepFields({ run, onChange }: SweepFieldsProps) {
  const { data } = useQuery(queries.runs.get.queryOptions({ input: { id: run } }))
  const [path, setPath] = useState<string | null>(null)
  const [text, setText] = useState('')
  const [typed] = useDebouncedValue(text, TYPING)
  const settings = useMemo(() => (data ? sweepable(draftOf(data.run.plan)) : []), [data])
  const setting = settings.find((one) => one.path === path) ?? null
  // biome-ignore lint/correctness/useExhaustiveDependencies: only other values are news, not another function of the parent
  useEffect(() => {
    const values = setting ? sweepValues(setting, typed) : []
    onChange(setting && values.length > 0 ? { setting: setting.path, values } : null)
  }, [setting, typed])
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
      <Select
        label="Setting"
        placeholder="Learning rate, group size …"
        data={settings.map((one) => ({ value: one.path, label: fullLabel(one) }))}
        value={path}
        searchable
        onChange={(value) => {
          setPath(value)
          setText('')
        }}
        nothingFoundMessage="No setting of this plan matches"
        maxDropdownHeight={320}
      />
      {setting && <ValuesField setting={setting} text={text} onChange={setText} />}
    </SimpleGrid>
  )
}

interface ValuesFieldProps {
  readonly setting: DescribedLeaf
  readonly text: string
  readonly onChange: (text: string) => void
}

function ValuesField({ setting, text, onChange }: ValuesFieldProps) {
  const { leaf, options, what } = setting
  const choices = leaf.type === 'boolean' ? ['true', 'false'] : leaf.options
  const labels: Readonly<Record<string, string>> =
    leaf.type === 'boolean' ? { true: 'on', false: 'off' } : (options ?? {})
  const shared = {
    label: 'Values to try',
    description: what,
    inputWrapperOrder: ['label', 'input', 'description'] as const,
  }
  if (choices.length > 0 && leaf.type !== 'choices')
    return (
      <MultiSelect
        {...shared}
        inputWrapperOrder={[...shared.inputWrapperOrder]}
        data={choices.map((value) => ({ value, label: labels[value] ?? value }))}
        value={text.split(',').filter(Boolean)}
        onChange={(values) => onChange(values.join(','))}
      />
    )
  return (
    <TextInput
      {...shared}
      inputWrapperOrder={[...shared.inputWrapperOrder]}
      placeholder="1e-5, 3e-5, 1e-4"
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
