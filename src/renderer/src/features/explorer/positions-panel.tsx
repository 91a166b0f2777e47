import { Anchor, Box, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { AdvantageScatter } from '@renderer/charts/advantage-scatter'
import { PositionHeat, type PositionHeatProps } from '@renderer/charts/position-heat'
import { PictureButton } from '@renderer/components/picture-button'
import { formatCount } from '@renderer/lib/format'
import type { CriticalPositions } from '@shared/contract/explorer'
import type { TrajectoryFilter } from '@shared/schemas/run'
import { memo, useCallback, useRef } from 'react'
import classes from './explorer.module.css'
import { JudgeBlind } from './judge-blind'
import { Kinds } from './kinds'

interface PositionsPanelProps {
  readonly run: string
  readonly positions: CriticalPositions
  readonly onOpen: (id: number) => void
  readonly onFilter: (filter: TrajectoryFilter) => void
}

/** Where critical steps lie during the run, and how large their advantages are. Thousands of marks: drawn again only when they change. */
export const PositionsPanel = memo(function PositionsPanel(props: PositionsPanelProps) {
  const { run, positions, onOpen, onFilter } = props
  const [isAsking, asking] = useDisclosure(false)
  const [isJudging, judging] = useDisclosure(false)
  const holder = useRef<HTMLDivElement>(null)
  const onCell: PositionHeatProps['onCell'] = useCallback(
    (iterations, position) => onFilter({ iterations, position }),
    [onFilter],
  )
  if (positions.total === 0) return null
  return (
    <Box className={classes['column']} component="section" aria-label="All critical steps">
      <Group justify="space-between" wrap="nowrap" px={10} pt={6} gap="xs">
        <Text size="xs" fw={600}>
          All critical steps{' '}
          <Text span size="xs" className="quiet" fw={400}>
            {formatCount(positions.total)} ·{' '}
            <Anchor component="button" size="xs" onClick={asking.open}>
              what kinds of steps?
            </Anchor>{' '}
            ·{' '}
            <Anchor component="button" size="xs" onClick={judging.open}>
              judge blind
            </Anchor>
          </Text>
        </Text>
        <PictureButton title="All critical steps" holder={holder} />
      </Group>
      {isJudging && <JudgeBlind run={run} onClose={judging.close} />}
      {isAsking && (
        <Kinds
          run={run}
          onFind={(text) => {
            asking.close()
            onFilter({ text })
          }}
          onClose={asking.close}
        />
      )}
      <Group gap="md" px={10} pb={4} ref={holder}>
        <PositionHeat columns={positions.columns} onCell={onCell} />
        <AdvantageScatter points={positions.points} onOpen={onOpen} />
      </Group>
    </Box>
  )
})
