import { Box, Group, Text, UnstyledButton } from '@mantine/core'
import { StepStrip } from '@renderer/charts/step-strip'
import { VerdictMark } from '@renderer/components/status'
import { rowNumber } from '@shared/row-number'
import type { TrajectoryRow } from '@shared/schemas/run'
import classes from './explorer.module.css'

interface FollowStripProps {
  readonly rows: readonly TrajectoryRow[]
  readonly selected: number
  readonly onSelect: (id: number) => void
}

/** One prompt over training: each of its trajectories with its verdict and values. */
export function FollowStrip({ rows, selected, onSelect }: FollowStripProps) {
  return (
    <Box className={classes['column']} component="section" aria-label="This prompt over training">
      <Text size="xs" fw={600} px={10} pt={6}>
        This prompt over training{' '}
        <Text span size="xs" className="quiet" fw={400}>
          row {rows[0] && rowNumber(rows[0].row)},{' '}
          {rows.length === 1 ? 'sampled once so far' : `sampled ${rows.length} times`}
        </Text>
      </Text>
      <Box className={classes['strip']}>
        {rows.map((row) => (
          <UnstyledButton
            key={row.id}
            className={classes['visit']}
            data-selected={row.id === selected || undefined}
            aria-current={row.id === selected}
            onClick={() => onSelect(row.id)}
          >
            <Group gap={4} wrap="nowrap">
              <Text size="xs">it. {row.iteration}</Text>
              <VerdictMark status={row.status} isIconOnly />
            </Group>
            <StepStrip values={row.values} critical={row.critical?.step ?? null} width={64} />
          </UnstyledButton>
        ))}
      </Box>
    </Box>
  )
}
