import { Box, Group, Text } from '@mantine/core'
import { AdvantageScatter } from '@renderer/charts/advantage-scatter'
import { PositionHeat } from '@renderer/charts/position-heat'
import { formatCount } from '@renderer/lib/format'
import type { CriticalPositions } from '@shared/contract/explorer'
import classes from './explorer.module.css'

interface PositionsPanelProps {
  readonly positions: CriticalPositions
  readonly onOpen: (id: number) => void
}

/** Where critical steps lie during the run, and how large their advantages are. */
export function PositionsPanel({ positions, onOpen }: PositionsPanelProps) {
  if (positions.total === 0) return null
  return (
    <Box className={classes['column']} component="section" aria-label="All critical steps">
      <Text size="xs" fw={600} px={10} pt={6}>
        All critical steps{' '}
        <Text span size="xs" className="quiet" fw={400}>
          {formatCount(positions.total)}
        </Text>
      </Text>
      <Group gap="md" px={10} pb={4}>
        <PositionHeat columns={positions.columns} />
        <AdvantageScatter points={positions.points} onOpen={onOpen} />
      </Group>
    </Box>
  )
}
