import { ActionIcon, Group, MultiSelect, NumberInput, Pill, Select, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import type { Range, TrajectoryFilter, TrajectoryOrder } from '@shared/schemas/run'
import { VERDICT_STATUSES, type VerdictStatus } from '@shared/schemas/verifier'
import { IconFilterOff } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'

interface FiltersProps {
  readonly filter: TrajectoryFilter
  readonly order: TrajectoryOrder
  readonly onFilter: (filter: TrajectoryFilter) => void
  readonly onOrder: (order: TrajectoryOrder) => void
}

const POSITIONS = {
  any: undefined,
  first: { max: 0.5 },
  second: { min: 0.5 },
} as const

const ORDERS = [
  { value: 'newest', label: 'newest first' },
  { value: 'oldest', label: 'oldest first' },
  { value: 'advantage', label: 'largest |A| first' },
]

const STATUS_OPTIONS = VERDICT_STATUSES.map((value) => ({ value, label: value === 'timeout' ? 'timed out' : value }))

/** A part that was chosen on the heat map. */
const CHOSEN = 'chosen'

function positionName({ position }: TrajectoryFilter): keyof typeof POSITIONS | typeof CHOSEN {
  if (position === undefined) return 'any'
  if (position.min !== undefined && position.max !== undefined) return CHOSEN
  return position.max === 0.5 ? 'first' : 'second'
}

const rangeWords = ({ min = 0, max = 1 }: Range) => `${Math.round(100 * min)} to ${Math.round(100 * max)} %`
const iterationWords = ({ min = 0, max = 0 }: Range) =>
  max === min ? `it. ${min}` : max >= Number.MAX_SAFE_INTEGER - 1 ? `it. ${min} and later` : `it. ${min} to ${max}`

/** Milliseconds without a key after which words are searched: a search takes less than that. */
const TYPING = 50

interface WordsFieldProps {
  readonly text: string
  readonly onText: (text: string) => void
}

/** What is typed is searched a moment later; what the filter gets from elsewhere is shown. */
function WordsField({ text, onText }: WordsFieldProps) {
  const [typed, setTyped] = useState(text)
  const sent = useRef(text)
  const send = useDebouncedCallback((next: string) => {
    sent.current = next
    onText(next)
  }, TYPING)
  useEffect(() => {
    if (text === sent.current) return
    sent.current = text
    setTyped(text)
  }, [text])
  return (
    <Tooltip label='All of these words, in prompts, answers and continuations; "in quotes" as they stand'>
      <TextInput
        placeholder="words to look for"
        aria-label="Words to look for in prompts, answers and continuations"
        value={typed}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value)
          send(currentTarget.value)
        }}
        w={180}
      />
    </Tooltip>
  )
}

/** Which trajectories are listed, and in which order. */
export function Filters({ filter, order, onFilter, onOrder }: FiltersProps) {
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  return (
    <Group gap="sm" align="center">
      <WordsField text={filter.text ?? ''} onText={(text) => onFilter({ ...filter, text: text || undefined })} />
      <MultiSelect
        data={STATUS_OPTIONS}
        value={[...(filter.statuses ?? [])]}
        onChange={(statuses) =>
          onFilter({ ...filter, statuses: statuses.length > 0 ? (statuses as VerdictStatus[]) : undefined })
        }
        placeholder={filter.statuses ? undefined : 'any status'}
        aria-label="Status of the answer"
        clearable
        w={filter.statuses && filter.statuses.length > 1 ? 240 : 150}
      />
      <NumberInput
        placeholder="any |A|"
        aria-label="Smallest absolute advantage of the critical step"
        value={filter.minAdvantage ?? ''}
        onChange={(value) => onFilter({ ...filter, minAdvantage: typeof value === 'number' ? value : undefined })}
        min={0}
        max={1}
        step={0.1}
        decimalScale={2}
        leftSection={filter.minAdvantage === undefined ? undefined : '≥'}
        w={100}
      />
      <Select
        data={[
          { value: 'any', label: 'critical anywhere' },
          { value: 'first', label: 'critical in first half' },
          { value: 'second', label: 'critical in second half' },
          ...(filter.position && positionName(filter) === CHOSEN
            ? [{ value: CHOSEN, label: `critical at ${rangeWords(filter.position)}` }]
            : []),
        ]}
        value={positionName(filter)}
        onChange={(value) =>
          value !== CHOSEN && onFilter({ ...filter, position: POSITIONS[(value ?? 'any') as keyof typeof POSITIONS] })
        }
        aria-label="Where the critical step lies"
        allowDeselect={false}
        w={168}
      />
      <NumberInput
        placeholder="all iterations"
        aria-label="Iteration"
        value={filter.iteration ?? ''}
        onChange={(value) => onFilter({ ...filter, iteration: typeof value === 'number' ? value : undefined })}
        min={0}
        leftSection={filter.iteration === undefined ? undefined : 'it.'}
        w={124}
      />
      {filter.iterations && (
        <Pill
          withRemoveButton
          onRemove={() => onFilter({ ...filter, iterations: undefined })}
          removeButtonProps={{ 'aria-label': 'Show all iterations', tabIndex: 0, 'aria-hidden': false }}
        >
          {iterationWords(filter.iterations)}
        </Pill>
      )}
      <Select
        data={ORDERS}
        value={order}
        onChange={(value) => onOrder((value ?? 'newest') as TrajectoryOrder)}
        aria-label="Order"
        allowDeselect={false}
        w={142}
      />
      <Tooltip label="Show all trajectories">
        <ActionIcon onClick={() => onFilter({})} disabled={!isFiltered} aria-label="Show all trajectories">
          <IconFilterOff size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  )
}
