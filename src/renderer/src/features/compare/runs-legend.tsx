/** The runs with their final metrics; this table is also the legend of the charts. */

import { ActionIcon, Table, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { IntervalWhisker } from '@renderer/charts/interval-whisker'
import { RunSwatch } from '@renderer/charts/run-swatch'
import { RunStatusMark } from '@renderer/components/status'
import { messageOf } from '@renderer/lib/errors'
import { formatCount, formatDuration, formatPercent } from '@renderer/lib/format'
import { formatOf } from '@renderer/lib/metric-format'
import { gpoMode, isGuided, methodName } from '@renderer/lib/run-names'
import { bestEvaluation } from '@shared/best-evaluation'
import type { RunDetails } from '@shared/contract/runs'
import { wilsonInterval } from '@shared/interval'
import { ACCURACY } from '@shared/metrics'
import { IconEye, IconEyeOff, IconX } from '@tabler/icons-react'
import { curveTitle } from './comparison'
import type { ComparedRun, RunCurves } from './use-comparison'

interface RunsLegendProps {
  readonly runs: readonly ComparedRun[]
  readonly curves: ReadonlyMap<string, RunCurves>
  readonly metrics: readonly string[]
  readonly hidden: ReadonlySet<string>
  readonly onToggle: (id: string) => void
  readonly onRemove: (id: string) => void
}

export function RunsLegend({ runs, curves, metrics, hidden, onToggle, onRemove }: RunsLegendProps) {
  const shown = metrics.filter((name) => name !== ACCURACY)
  return (
    <div className="panel compare-scroll">
      <Table aria-label="Runs and their final metrics" className="compare-table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Run</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th className="numeric">Iterations</Table.Th>
            <Table.Th>Method</Table.Th>
            <Table.Th className="numeric">Accuracy base</Table.Th>
            <Table.Th className="numeric">best</Table.Th>
            <Table.Th className="numeric">last</Table.Th>
            <Table.Th>
              <Tooltip label="Wilson's score interval of the last accuracy; the dashed tick is the accuracy before training">
                <span>90 % interval, rows</span>
              </Tooltip>
            </Table.Th>
            <Table.Th className="numeric">
              <Tooltip label="Tokens trained on, each counted once">
                <span>Trained tokens</span>
              </Tooltip>
            </Table.Th>
            <Table.Th className="numeric">
              <Tooltip label="All tokens that were sampled, those for values included: what guidance costs">
                <span>Sampled tokens</span>
              </Tooltip>
            </Table.Th>
            <Table.Th className="numeric">
              <Tooltip label="Training time, without evaluations and checkpoints">
                <span>Time</span>
              </Tooltip>
            </Table.Th>
            {shown.map((name) => (
              <Table.Th key={name} className="numeric">
                <Tooltip label={`Last value of ${name}`}>
                  <span>{curveTitle(name)}</span>
                </Tooltip>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => {
            const isHidden = hidden.has(run.id)
            const name = run.details?.run.name ?? run.id
            const Eye = isHidden ? IconEyeOff : IconEye
            return (
              <Table.Tr key={run.id} style={{ opacity: isHidden ? 0.55 : 1 }}>
                <Table.Th scope="row" fw={500}>
                  <div className="compare-run">
                    <Tooltip label={isHidden ? 'Show in the charts' : 'Hide in the charts'}>
                      <UnstyledButton
                        onClick={() => onToggle(run.id)}
                        aria-pressed={!isHidden}
                        aria-label={`Show ${name} in the charts`}
                        className="compare-toggle"
                      >
                        <Eye size={15} color="var(--quiet)" />
                        <RunSwatch colour={run.colour} />
                      </UnstyledButton>
                    </Tooltip>
                    <a href={`#/runs/${run.id}`} className="clip" title={name}>
                      {name}
                    </a>
                    <Tooltip label="Remove from the comparison">
                      <ActionIcon
                        size="xs"
                        ml="auto"
                        aria-label={`Remove ${name} from the comparison`}
                        onClick={() => onRemove(run.id)}
                      >
                        <IconX size={13} />
                      </ActionIcon>
                    </Tooltip>
                  </div>
                </Table.Th>
                <RunCells run={run} curves={curves.get(run.id)} metrics={shown} />
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </div>
  )
}

interface RunCellsProps {
  readonly run: ComparedRun
  readonly curves: RunCurves | undefined
  readonly metrics: readonly string[]
}

const NONE = <span className="quiet">–</span>

function RunCells({ run: { details, error }, curves, metrics }: RunCellsProps) {
  if (!details)
    return (
      <Table.Td colSpan={9 + metrics.length}>
        <Text size="sm" className="quiet">
          {error ? messageOf(error) : 'Loading…'}
        </Text>
      </Table.Td>
    )
  const { run } = details
  const method = { objective: run.objective, criticalStep: run.criticalStep }
  const totals = curves?.totals
  return (
    <>
      <Table.Td>
        <RunStatusMark status={run.status} />
      </Table.Td>
      <Table.Td className="numeric">
        {run.iteration}
        <span className="quiet">/{run.iterations}</span>
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        {methodName(method)}
        {isGuided(method) && <span className="quiet"> {gpoMode(method)}</span>}
      </Table.Td>
      <AccuracyCells details={details} />
      <Table.Td className="numeric">{totals?.tokens.length ? formatCount(totals.tokens.at(-1)!) : NONE}</Table.Td>
      <Table.Td className="numeric">{totals?.sampled?.length ? formatCount(totals.sampled.at(-1)!) : NONE}</Table.Td>
      <Table.Td className="numeric">{totals?.seconds.length ? formatDuration(totals.seconds.at(-1)!) : NONE}</Table.Td>
      {metrics.map((name) => {
        const metric = details.metrics.find((one) => one.name === name)
        return (
          <Table.Td key={name} className="numeric">
            {metric ? formatOf(name)(metric.last) : NONE}
          </Table.Td>
        )
      })}
    </>
  )
}

function AccuracyCells({ details: { evaluations } }: { readonly details: RunDetails }) {
  const last = evaluations.at(-1)
  if (!last)
    return (
      <>
        <Table.Td className="numeric">{NONE}</Table.Td>
        <Table.Td className="numeric">{NONE}</Table.Td>
        <Table.Td className="numeric">{NONE}</Table.Td>
        <Table.Td>
          <span className="quiet">not evaluated</span>
        </Table.Td>
      </>
    )
  const base = evaluations.find(({ iteration }) => iteration === 0)?.accuracy ?? null
  const best = bestEvaluation(evaluations)
  const interval = wilsonInterval(last.correct, last.n)
  return (
    <>
      <Table.Td className="numeric quiet">{base === null ? '–' : formatPercent(base)}</Table.Td>
      <Table.Td className="numeric">
        {best ? formatPercent(best.accuracy) : NONE}
        {best && <span className="quiet"> it. {best.iteration}</span>}
      </Table.Td>
      <Table.Td className="numeric">
        <b>{formatPercent(last.accuracy)}</b>
      </Table.Td>
      <Table.Td>
        <div className="compare-interval">
          <IntervalWhisker value={last.accuracy} interval={interval} base={base} />
          <Text span size="xs" className="quiet" style={{ whiteSpace: 'nowrap' }}>
            {(100 * interval[0]).toFixed(1)}–{(100 * interval[1]).toFixed(1)} %, {formatCount(last.n)}
          </Text>
        </div>
      </Table.Td>
    </>
  )
}
