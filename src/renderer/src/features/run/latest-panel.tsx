import { Anchor, Group, Text, Title } from '@mantine/core'
import { StepStrip } from '@renderer/charts/step-strip'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { VerdictMark } from '@renderer/components/status'
import { queries } from '@renderer/lib/api'
import { formatCount, formatNumber, formatSigned } from '@renderer/lib/format'
import type { TrajectoryRow } from '@shared/schemas/run'
import { keepPreviousData, useQuery } from '@tanstack/react-query'

const SHOWN = 9

/** The newest trajectories: verdict, step values and the beginning of the answer; each opens in the explorer. */
export function LatestPanel({ run }: { readonly run: string }) {
  const { data, error, isPending, refetch } = useQuery({
    ...queries.explorer.list.queryOptions({ input: { run, order: 'newest', limit: SHOWN } }),
    placeholderData: keepPreviousData,
  })
  return (
    <section className="panel run-latest" aria-labelledby="latest" style={{ padding: '8px 12px' }}>
      <Group justify="space-between" mb={4}>
        <Title order={2} id="latest" fz="sm">
          Latest trajectories
        </Title>
        <Anchor size="sm" href={`#/explorer/${run}`}>
          Open in the explorer
        </Anchor>
      </Group>
      {isPending && <LoadingRows rows={3} />}
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      <ul className="latest-list">
        {data?.rows.map((row) => (
          <li key={row.id}>
            <Trajectory run={run} row={row} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Trajectory({ run, row }: { readonly run: string; readonly row: TrajectoryRow }) {
  const { status, values, critical, excerpt, iteration, reward, steps } = row
  const step = critical
    ? ` · critical step ${critical.step + 1} of ${steps}${critical.advantage === null ? '' : `, A ${formatSigned(critical.advantage)}`}`
    : ''
  return (
    <Anchor href={`#/explorer/${run}/${row.id}`} underline="never" c="inherit" className="latest-row">
      <VerdictMark status={status} isIconOnly />
      {values.length > 1 && <StepStrip values={values} critical={critical?.step ?? null} width={72} />}
      <div style={{ minWidth: 0 }}>
        <Text size="xs" className="clip mono" lh={1.3}>
          {excerpt.trim()}
        </Text>
        <Text size="xs" className="quiet clip" lh={1.3}>
          {`it. ${formatCount(iteration)} · reward ${formatNumber(reward)}${step}`}
        </Text>
      </div>
    </Anchor>
  )
}
