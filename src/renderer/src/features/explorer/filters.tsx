import { ActionIcon, Group, MultiSelect, NumberInput, Select, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import type { TrajectoryFilter, TrajectoryOrder } from '@shared/schemas/run'
import { VERDICT_STATUSES, type VerdictStatus } from '@shared/schemas/verifier'
import { IconFilterOff } from '@tabler/icons-react'

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

function positionName({ position }: TrajectoryFilter): keyof typeof POSITIONS {
  if (position?.max === 0.5) return 'first'
  return position?.min === 0.5 ? 'second' : 'any'
}

/** Milliseconds without a key after which words are searched: a search takes less than that. */
const TYPING = 50

/** Which trajectories are listed, and in which order. */
export function Filters({ filter, order, onFilter, onOrder }: FiltersProps) {
  const setText = useDebouncedCallback((text: string) => onFilter({ ...filter, text: text || undefined }), TYPING)
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  return (
    <Group gap="sm" align="center">
      <Tooltip label='All of these words, in prompts, answers and continuations; "in quotes" as they stand'>
        <TextInput
          placeholder="words to look for"
          aria-label="Words to look for in prompts, answers and continuations"
          defaultValue={filter.text ?? ''}
          onChange={(event) => setText(event.currentTarget.value)}
          w={180}
        />
      </Tooltip>
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
        ]}
        value={positionName(filter)}
        onChange={(value) => onFilter({ ...filter, position: POSITIONS[(value ?? 'any') as keyof typeof POSITIONS] })}
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
