import { ActionIcon, Table, Text, Title, Tooltip } from '@mantine/core'
import { IntervalWhisker } from '@renderer/charts/interval-whisker'
import { RunSwatch } from '@renderer/charts/run-swatch'
import type { StudyCell } from '@shared/contract/studies'
import type { Study } from '@shared/schemas/study'
import type { ArmResult, Comparison, StudyResults, TaskResult } from '@shared/study/results'
import { level, percent, points, signedPoints } from '@shared/study/words'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useMemo } from 'react'
import { ArmChanges } from './arm-changes'
import { armColour } from './arm-curves'
import { plansOf } from './words'

interface ArmsTableProps {
  readonly document: Study
  readonly results: StudyResults
  readonly result: TaskResult
  readonly cells: readonly StudyCell[]
  /** The arm whose details are open. */
  readonly chosen: string | null
  readonly onChoose: (arm: string | null) => void
}

/** The arms of a task: accuracy, and the paired difference to the base. */
export function ArmsTable({ document, results, result, cells, chosen, onChoose }: ArmsTableProps) {
  const sure = level(results.confidence)
  const plans = useMemo(() => plansOf(document), [document])
  const base = result.arms.find(({ arm }) => arm === document.base)?.mean ?? null
  return (
    <section className="panel experiments-panel" aria-labelledby="arms">
      <Title order={2} id="arms" mb={4}>
        Arms
      </Title>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard */}
      <section className="experiments-scroll" aria-label="Arms, scrollable" tabIndex={0}>
        <Table aria-label="Arms and their accuracy" className="experiments-table" miw={690} horizontalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Arm and what it changes</Table.Th>
              <Table.Th className="numeric">Accuracy</Table.Th>
              <Table.Th>
                <Tooltip
                  label={`In ${sure} of such experiments the interval contains the true mean over seeds. The dashed tick is the base.`}
                >
                  <span>{sure} interval</span>
                </Tooltip>
              </Table.Th>
              <Table.Th className="numeric">
                <Tooltip label="Accuracy before training">
                  <span>Before</span>
                </Tooltip>
              </Table.Th>
              <Table.Th className="numeric">
                <Tooltip
                  label={`Accuracy of the arm minus that of ${document.base}, on the same seeds and problems, in percentage points`}
                >
                  <span>Difference, points</span>
                </Tooltip>
              </Table.Th>
              <Table.Th className="numeric">Seeds done</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {result.arms.map((arm) => (
              <Row
                key={arm.arm}
                {...{ document, arm, base, plans, isOpen: chosen === arm.arm }}
                comparison={result.comparisons.find((one) => one.arm === arm.arm && one.basis === 'measure')}
                failed={cells.filter((cell) => isOf(cell, result, arm) && cell.status === 'failed').length}
                leftOut={cells.filter((cell) => isOf(cell, result, arm) && cell.status === 'leftOut').length}
                onToggle={() => onChoose(chosen === arm.arm ? null : arm.arm)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </section>
  )
}

const isOf = (cell: StudyCell, { task }: TaskResult, { arm }: ArmResult) => cell.task === task && cell.arm === arm

interface RowProps {
  readonly document: Study
  readonly arm: ArmResult
  /** Mean of the base. */
  readonly base: number | null
  readonly comparison: Comparison | undefined
  readonly plans: ReturnType<typeof plansOf>
  readonly failed: number
  readonly leftOut: number
  readonly isOpen: boolean
  readonly onToggle: () => void
}

const NONE = <span className="quiet">–</span>

function Row({ document, arm: result, base, comparison, plans, failed, leftOut, isOpen, onToggle }: RowProps) {
  const { arm, mean, interval, intervalOver, count, before, seeds, missing } = result
  const found = document.arms.find(({ name }) => name === arm)
  const isBase = arm === document.base
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        <div className="experiments-arm">
          <ActionIcon size="xs" aria-expanded={isOpen} aria-label={`Details of ${arm}`} onClick={onToggle}>
            <Chevron size={14} />
          </ActionIcon>
          <RunSwatch
            colour={armColour(
              document.arms.map(({ name }) => name),
              arm,
            )}
          />
          <Text span size="sm" fw={600} className="experiments-wrap">
            {arm}
          </Text>
          {isBase && (
            <Text span size="xs" className="quiet">
              base
            </Text>
          )}
        </div>
        {found && <ArmChanges arm={found} plans={plans} />}
      </Table.Th>
      <Table.Td className="numeric">{mean === null ? NONE : <b>{percent(mean)}</b>}</Table.Td>
      <Table.Td>
        {interval && mean !== null ? (
          <>
            <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
              {percent(interval.low)} to {percent(interval.high)}
            </Text>
            <IntervalWhisker
              value={mean}
              interval={[interval.low, interval.high]}
              base={isBase ? null : base}
              width={110}
            />
            <Text size="xs" className="quiet">
              over {intervalOver}
            </Text>
          </>
        ) : (
          NONE
        )}
      </Table.Td>
      <Table.Td className="numeric quiet">{before === null ? NONE : percent(before)}</Table.Td>
      <Table.Td className="numeric">
        {isBase ? <span className="quiet">base</span> : <Difference {...{ comparison }} />}
      </Table.Td>
      <Table.Td className="numeric">
        {count} of {seeds.length}
        {failed > 0 && (
          <Text size="xs" c="var(--hurt)" title={missing.join('\n')}>
            {failed} failed
          </Text>
        )}
        {leftOut > 0 && (
          <Text size="xs" className="quiet" title={missing.join('\n')}>
            {leftOut} left out
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function Difference({ comparison }: { readonly comparison: Comparison | undefined }) {
  if (!comparison || comparison.difference === null) return NONE
  const { difference, interval } = comparison
  return (
    <>
      <b>{signedPoints(difference)}</b>
      {interval && (
        <Text size="xs" style={{ whiteSpace: 'nowrap' }}>
          {points(interval.low)} to {points(interval.high)}
        </Text>
      )}
    </>
  )
}
