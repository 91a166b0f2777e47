import { ActionIcon, Box, Group, Text, UnstyledButton } from '@mantine/core'
import { StepStrip } from '@renderer/charts/step-strip'
import { ErrorState } from '@renderer/components/states'
import { VerdictMark } from '@renderer/components/status'
import type { ExplorerTrajectory, PromptElsewhere } from '@shared/contract/explorer'
import { rowNumber } from '@shared/row-number'
import type { TrajectoryRow } from '@shared/schemas/run'
import { IconArrowsDiff } from '@tabler/icons-react'
import { memo, useState } from 'react'
import classes from './explorer.module.css'
import { useTrajectory } from './queries'
import { SideBySide } from './side-by-side'

interface FollowStripProps {
  readonly run: string
  readonly shown: ExplorerTrajectory
  readonly rows: readonly TrajectoryRow[]
  /** The same prompt in other runs. */
  readonly elsewhere: readonly PromptElsewhere[]
  readonly onSelect: (id: number) => void
}

interface Compared {
  readonly id: number
  readonly run: string
  /** Null: the run that is shown. */
  readonly name: string | null
}

/** One prompt over training, in this run and in others: each of its trajectories with its verdict and values. There can be hundreds. */
export const FollowStrip = memo(function FollowStrip({ run, shown, rows, elsewhere, onSelect }: FollowStripProps) {
  const [compared, setCompared] = useState<Compared | null>(null)
  return (
    <Box
      className={`${classes['column']} ${classes['follow']}`}
      component="section"
      aria-label="This prompt over training"
    >
      <Text size="xs" fw={600} px={10} pt={6}>
        This prompt over training{' '}
        <Text span size="xs" className="quiet" fw={400}>
          row {rows[0] && rowNumber(rows[0].row)},{' '}
          {rows.length === 1 ? 'sampled once so far' : `sampled ${rows.length} times`}
        </Text>
      </Text>
      <Box className={classes['strip']}>
        {rows.map((row) => (
          <Visit
            key={row.id}
            row={row}
            isShown={row.id === shown.id}
            onOpen={() => onSelect(row.id)}
            onCompare={() => setCompared({ id: row.id, run, name: null })}
          />
        ))}
      </Box>
      {elsewhere.map((other) => (
        <Box key={other.run}>
          <Text size="xs" className="clip" px={10} pt={2} title={other.name}>
            <span className="quiet">in </span>
            {other.name}
          </Text>
          <Box className={classes['strip']}>
            {other.rows.map((row) => (
              <Visit
                key={row.id}
                row={row}
                isShown={false}
                onOpen={() => setCompared({ id: row.id, run: other.run, name: other.name })}
              />
            ))}
          </Box>
        </Box>
      ))}
      {compared && <Comparison run={run} shown={shown} compared={compared} onClose={() => setCompared(null)} />}
    </Box>
  )
})

interface VisitProps {
  readonly row: TrajectoryRow
  readonly isShown: boolean
  readonly onOpen: () => void
  /** Absent: opening it compares. */
  readonly onCompare?: () => void
}

function Visit({ row, isShown, onOpen, onCompare }: VisitProps) {
  return (
    <Box className={classes['visit']} data-selected={isShown || undefined}>
      <UnstyledButton
        aria-current={isShown}
        onClick={onOpen}
        title={onCompare ? 'Show it' : 'Compare it with the one shown'}
      >
        <Group gap={4} wrap="nowrap">
          <Text size="xs">it. {row.iteration}</Text>
          <VerdictMark status={row.status} isIconOnly />
        </Group>
        <StepStrip values={row.values} critical={row.critical?.step ?? null} width={64} />
      </UnstyledButton>
      {onCompare && !isShown && (
        <ActionIcon
          size="xs"
          variant="subtle"
          color="gray"
          title="Compare with the one shown"
          aria-label={`Compare iteration ${row.iteration} with the one shown`}
          onClick={onCompare}
        >
          <IconArrowsDiff size={13} />
        </ActionIcon>
      )}
    </Box>
  )
}

interface ComparisonProps extends Pick<FollowStripProps, 'run' | 'shown'> {
  readonly compared: Compared
  readonly onClose: () => void
}

/** The trajectory that is shown beside another one of the same prompt. */
function Comparison({ run, shown, compared, onClose }: ComparisonProps) {
  const { data: other, error } = useTrajectory(compared.id)
  if (error) return <ErrorState error={error} />
  if (other?.id !== compared.id) return null // still the one that was read before
  const branch = (
    { id, iteration, text, status, states, critical }: ExplorerTrajectory,
    of: string,
    name: string | null,
  ) => ({
    ...{ text, status, critical: critical?.step ?? null },
    name: `${name === null ? 'This run' : name}, iteration ${iteration}`,
    values: states.map(({ value }) => value),
    href: `#/explorer/${of}/${id}`,
  })
  return (
    <SideBySide
      title={`Row ${rowNumber(shown.row)} of the data, twice`}
      left={branch(shown, run, null)}
      right={branch(other, compared.run, compared.name)}
      onClose={onClose}
    />
  )
}
