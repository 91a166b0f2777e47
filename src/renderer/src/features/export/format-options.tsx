import { Group, Input, NumberInput, SegmentedControl, Select, Text } from '@mantine/core'
import { accuracyWords, afterWords } from '@renderer/lib/accuracy-words'
import { formatPercent } from '@renderer/lib/format'
import { accuracyOf } from '@shared/best-evaluation'
import type { ExportCheckpoint, ExportDtype, ExportOptions } from '@shared/contract/exports'
import type { ReactNode } from 'react'
import { type Choices, checkpointOf, dtypesOf, hasWeights } from './formats'

interface FormatOptionsProps {
  readonly choices: Choices
  readonly options: ExportOptions
  readonly onChange: (change: Partial<Choices>) => void
}

interface LabelledProps {
  readonly label: string
  readonly hint: string
  readonly children: ReactNode
}

/** A label above a control that has none. */
function Labelled({ label, hint, children }: LabelledProps) {
  return (
    <Input.Wrapper
      label={label}
      description={hint}
      labelElement="div"
      size="xs"
      maw={340}
      inputWrapperOrder={['label', 'input', 'description']}
    >
      <div style={{ margin: '3px 0' }}>{children}</div>
    </Input.Wrapper>
  )
}

function checkpointLabel({ iteration, evaluation, isLast, isBest }: ExportCheckpoint): string {
  const marks = [isLast && 'last', isBest && 'best'].filter(Boolean).join(', ')
  const accuracy = accuracyOf(evaluation)
  const told = accuracy === null ? 'not evaluated' : `${formatPercent(accuracy)} of ${evaluation?.n} rows`
  return `Iteration ${iteration} · ${told}${marks === '' ? '' : ` · ${marks}`}`
}

const DTYPE_HINTS: Readonly<Record<ExportDtype, string>> = {
  F32: '4 bytes per weight; exactly what was trained.',
  F16: '2 bytes per weight; weights above 65,504 do not fit.',
  Q8_0: 'About 1 byte per weight: 32 signed bytes share a scale. llama.cpp calls it nearly lossless.',
  BF16: '2 bytes per weight; the range of F32 with 3 digits. Most models are published in it.',
}

/** Which checkpoint is the best, and how sure that is. */
function bestWords({ best, checkpoints }: ExportOptions): string {
  if (!best) return 'The weights after that iteration. The run was not evaluated on held-out rows.'
  const isKept = checkpoints.some(({ isBest }) => isBest)
  return `The weights after that iteration. Best: ${accuracyWords(best)}, ${afterWords(best)}${isKept ? '' : '; its checkpoint was not kept'}.`
}

function TensorOptions({ choices, options, onChange }: FormatOptionsProps) {
  const checkpoint = checkpointOf(choices, options.checkpoints)
  const dtypes = dtypesOf(choices.format)
  const dtype = dtypes.includes(choices.dtype) ? choices.dtype : 'BF16'
  return (
    <Group align="flex-start" gap="xl">
      <Select
        label="Checkpoint"
        w={330}
        allowDeselect={false}
        value={checkpoint === null ? null : String(checkpoint)}
        onChange={(value) => onChange({ checkpoint: Number(value) })}
        data={options.checkpoints
          .toReversed()
          .map((one) => ({ value: String(one.iteration), label: checkpointLabel(one) }))}
        description={bestWords(options)}
        inputWrapperOrder={['label', 'input', 'description']}
      />
      <Labelled label="Precision" hint={DTYPE_HINTS[dtype]}>
        <SegmentedControl
          aria-label="Precision"
          value={dtype}
          onChange={(dtype) => onChange({ dtype: dtype as ExportDtype })}
          data={[...dtypes]}
        />
      </Labelled>
    </Group>
  )
}

function StatesChoice({ choices, options, onChange }: FormatOptionsProps) {
  if (!options.isGuided)
    return (
      <Text size="sm" className="quiet" maw={420}>
        The run did not use GPO: each prompt has one state, the prompt itself. Its continuations are the trajectories of
        an iteration.
      </Text>
    )
  return (
    <Labelled
      label="States"
      hint={
        choices.states === 'critical'
          ? 'Only the state before the critical step: what the method trains on.'
          : 'Every state that has continuations.'
      }
    >
      <SegmentedControl
        aria-label="States"
        value={choices.states}
        onChange={(states) => onChange({ states: states as Choices['states'] })}
        data={[
          { value: 'critical', label: 'Before the critical step' },
          { value: 'all', label: 'All' },
        ]}
      />
    </Labelled>
  )
}

function PairOptions(props: FormatOptionsProps) {
  const { choices, options, onChange } = props
  return (
    <Group align="flex-start" gap="xl">
      <StatesChoice {...props} />
      <NumberInput
        label="Most pairs per state"
        description="The best with the worst, then the next"
        inputWrapperOrder={['label', 'input', 'description']}
        w={190}
        min={1}
        max={1000}
        allowDecimal={false}
        value={choices.perState}
        onChange={(value) => onChange({ perState: typeof value === 'number' && value >= 1 ? value : 1 })}
      />
      {options.savedPairs > 0 && (
        <Labelled label="Which pairs" hint={`${options.savedPairs} saved by hand in the explorer.`}>
          <SegmentedControl
            aria-label="Which pairs"
            value={choices.source}
            onChange={(source) => onChange({ source: source as Choices['source'] })}
            data={[
              { value: 'both', label: 'Both' },
              { value: 'recorded', label: 'From trajectories' },
              { value: 'saved', label: 'Saved by hand' },
            ]}
          />
        </Labelled>
      )}
    </Group>
  )
}

/** The options of a format. */
export function FormatOptions(props: FormatOptionsProps) {
  const { format } = props.choices
  if (hasWeights(format)) return <TensorOptions {...props} />
  if (format === 'pairs' || format === 'trl' || format === 'cluster') return <PairOptions {...props} />
  if (format === 'unpaired') return <StatesChoice {...props} />
  const text =
    format === 'stepwise'
      ? 'A step’s label says whether any continuation after it was correct; its value is the share that were.'
      : format === 'tensorboard'
        ? 'Steps are iterations. Held-out accuracy is called eval/accuracy; all other names are those of the charts.'
        : format === 'collection'
          ? 'One shard an iteration. `gpo collect` writes the same while it samples, and an interrupted one goes on.'
          : 'It contains no weights, so it stays small. Its plan names the paths of model and data on this machine.'
  return (
    <Text size="sm" className="quiet" maw={720}>
      {text}
    </Text>
  )
}
