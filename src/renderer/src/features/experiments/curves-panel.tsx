import { Button, Group, SegmentedControl, Table, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Chart } from '@renderer/charts/chart'
import { RunSwatch } from '@renderer/charts/run-swatch'
import { formatClock, formatCount, formatNumber, formatPercent } from '@renderer/lib/format'
import { BUDGETS, type Budget, type Study } from '@shared/schemas/study'
import type { ArmCurve, TaskResult } from '@shared/study/results'
import { amount, BUDGET_WORDS, level, percent } from '@shared/study/words'
import { useMemo, useState } from 'react'
import { type ArmsModel, armColour, armsModel, readArms } from './arm-curves'
import { Verdicts } from './verdict-panel'

const HEIGHT = 280

/** As an axis has room for. */
const AXIS: Readonly<Record<Budget, { readonly choice: string; readonly label: string }>> = {
  updates: { choice: 'Updates', label: 'updates (optimiser steps)' },
  trained: { choice: 'Trained tokens', label: 'trained tokens (each counted once)' },
  generated: { choice: 'Generated tokens', label: 'generated tokens (those for values included)' },
  seconds: { choice: 'Seconds', label: 'training time (seconds)' },
}

const axisNumber = (value: number): string =>
  value >= 1e6 ? `${formatNumber(value / 1e6)} M` : Number.isInteger(value) ? formatCount(value) : formatNumber(value)

const spent = (value: number, budget: Budget): string =>
  budget === 'seconds' && value >= 60
    ? `${formatClock(value)} (h:min:s)`
    : `${amount(value)} ${BUDGET_WORDS[budget].label}`

interface CurvesPanelProps {
  readonly document: Study
  readonly result: TaskResult
  readonly budget: Budget
  readonly onBudget: (budget: Budget) => void
}

/** Mean and band of each arm against what was spent; the comparison at an equal amount below it. */
export function CurvesPanel({ document, result, budget, onBudget }: CurvesPanelProps) {
  const [index, setIndex] = useState<number | null>(null)
  const [isTable, table] = useDisclosure()
  const arms = useMemo(() => document.arms.map(({ name }) => name), [document])
  const curves = result.curves[budget]
  const model = useMemo(() => armsModel(curves, arms), [curves, arms])
  const { label } = BUDGET_WORDS[budget]
  const verdicts = result.verdicts.filter(({ basis, finding }) => basis === budget && finding !== 'unknown')
  return (
    <section className="panel experiments-panel" aria-labelledby="curves">
      <Group justify="space-between" gap="sm">
        <Title order={2} id="curves">
          Accuracy against {label}
        </Title>
        <SegmentedControl
          value={budget}
          onChange={(value) => onBudget(value as Budget)}
          data={BUDGETS.map((value) => ({ value, label: AXIS[value].choice }))}
          aria-label="Horizontal axis: what is spent"
          style={{ maxWidth: '100%', overflowX: 'auto' }}
        />
      </Group>
      {model.x.length === 0 ? (
        <Text size="sm" className="quiet" py="md">
          {Object.values(result.curves).some((one) => one.some(({ points }) => points.length > 0))
            ? `These runs did not record ${label}.`
            : 'The curves begin with the first evaluation.'}
        </Text>
      ) : (
        <>
          <Legend {...{ model, arms, index, budget }} />
          <Chart
            x={model.x}
            lines={model.lines}
            height={HEIGHT}
            label={`Mean accuracy of ${model.means.length} arms against ${label}, with ${level(document.measure.confidence)} intervals; the numbers are in the table below`}
            xLabel={AXIS[budget].label}
            yLabel="accuracy on held-out problems"
            hasFractions={model.hasFractions}
            formatX={axisNumber}
            formatY={(value) => formatPercent(value, 0)}
            onHover={setIndex}
          />
          {verdicts.length > 0 && <Verdicts verdicts={verdicts} />}
          <Button variant="subtle" size="compact-xs" mt={6} aria-expanded={isTable} onClick={table.toggle}>
            {isTable ? 'Hide the numbers' : 'Show the numbers'}
          </Button>
          {isTable && <Numbers {...{ curves, budget }} confidence={document.measure.confidence} />}
        </>
      )}
    </section>
  )
}

interface LegendProps {
  readonly model: ArmsModel
  readonly arms: readonly string[]
  readonly index: number | null
  readonly budget: Budget
}

/** Which line is which arm; the values under the pointer. */
function Legend({ model, arms, index, budget }: LegendProps) {
  const values = index === null ? [] : readArms(model, index)
  const at = index === null ? undefined : model.x[index]
  return (
    <Group gap="md" my={6} style={{ rowGap: 2 }}>
      {model.means.map(({ arm }) => {
        const value = values.find((one) => one.arm === arm)?.value
        return (
          <div key={arm} className="experiments-arm" style={{ maxWidth: '100%' }}>
            <RunSwatch colour={armColour(arms, arm)} />
            <Text span size="sm" className="clip">
              {arm}
              {value !== undefined && ` ${percent(value)}`}
            </Text>
          </div>
        )
      })}
      <Text size="sm" className="quiet">
        {at === undefined ? 'Line: mean over seeds. Band: interval over seeds.' : `at ${spent(at, budget)}`}
      </Text>
    </Group>
  )
}

interface NumbersProps {
  readonly curves: readonly ArmCurve[]
  readonly budget: Budget
  readonly confidence: number
}

/** The data of the chart. */
const Numbers = ({ curves, budget, confidence }: NumbersProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard
  <section className="experiments-scroll" aria-label="Numbers of the chart, scrollable" tabIndex={0}>
    <Table aria-label="Numbers of the chart" miw={620} verticalSpacing={2}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Arm</Table.Th>
          <Table.Th className="numeric">Iteration</Table.Th>
          <Table.Th className="numeric">{AXIS[budget].choice}</Table.Th>
          <Table.Th className="numeric">Accuracy</Table.Th>
          <Table.Th className="numeric">{level(confidence)} interval</Table.Th>
          <Table.Th className="numeric">Seeds</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {curves.flatMap(({ arm, points }) =>
          points.map(({ iteration, x, mean, low, high, seeds }) => (
            <Table.Tr key={`${arm} ${iteration}`}>
              <Table.Th scope="row" fw={400}>
                {arm}
              </Table.Th>
              <Table.Td className="numeric">{formatCount(iteration)}</Table.Td>
              <Table.Td className="numeric">{amount(x)}</Table.Td>
              <Table.Td className="numeric">{percent(mean)}</Table.Td>
              <Table.Td className="numeric">
                {percent(low)} to {percent(high)}
              </Table.Td>
              <Table.Td className="numeric">{seeds}</Table.Td>
            </Table.Tr>
          )),
        )}
      </Table.Tbody>
    </Table>
  </section>
)
