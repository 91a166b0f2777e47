/** The cost of a plan: tokens are counted from the plan, time comes from measurements. */
import { Anchor, Box, Button, Group, Progress, Table, Text, Title } from '@mantine/core'
import { ratesOptions } from '@renderer/lib/cache'
import { formatBytes, formatDuration, formatNumber, plural } from '@renderer/lib/format'
import { useLive } from '@renderer/lib/live'
import { isPairwise } from '@shared/method/offline'
import { iterationTokens, timeEstimate } from '@shared/plan/cost-estimate'
import { isOffline, type PlanFacts } from '@shared/plan/facts'
import type { Plan } from '@shared/schemas/plan'
import { useQuery } from '@tanstack/react-query'
import { type Probe, useProbe } from './use-probe'

interface CostPanelProps {
  readonly plan: Plan
  readonly facts: PlanFacts | null
}

/** Tokens of the middle row's completion; of both of a pair. */
const trainedOfRow = ({ objective }: Plan, facts: PlanFacts | null): number =>
  (facts?.train.completion?.median ?? 0) * (isPairwise(objective.kind) ? 2 : 1)

const Row = ({ label, value }: { readonly label: string; readonly value: string }) => (
  <Table.Tr>
    <Table.Th fw={400} p={0} scope="row">
      <Text size="xs">{label}</Text>
    </Table.Th>
    <Table.Td p={0} className="numeric">
      <Text size="xs">{value}</Text>
    </Table.Td>
  </Table.Tr>
)

export function CostPanel({ plan, facts }: CostPanelProps) {
  const probe = useProbe(plan)
  const offline = facts === null ? plan.objective.kind === 'sft' : isOffline(plan, facts.train)
  const past = useQuery({ ...ratesOptions(plan, offline), staleTime: 30_000, refetchOnMount: 'always' })
  const rates = [probe.result?.rates, past.data?.rates].find((known) => known?.lengths.isOffline === offline) ?? null
  const lengths = rates?.lengths ?? {
    completionTokens: offline ? trainedOfRow(plan, facts) : plan.rollout.maxNewTokens,
    steps: plan.gpo.segmentation.maxSteps,
    isOffline: offline,
  }
  const tokens = iterationTokens(plan, lengths)
  const time = rates && timeEstimate(plan, rates, facts?.evaluation?.rows ?? null)
  const bound = rates ? '' : offline ? 'about ' : 'at most '
  const sampled = tokens.rollouts + tokens.values + tokens.reset
  const { iterations } = plan.budget
  return (
    <Box>
      <Group justify="space-between" mb={4} wrap="nowrap" align="baseline">
        <Title order={3} size="sm">
          Time and tokens
        </Title>
        {time && (
          <Text size="md" fw={600}>
            about {formatDuration(time.total)}
          </Text>
        )}
      </Group>
      <Table withRowBorders={false} verticalSpacing={0}>
        <Table.Tbody>
          {time && <Row label="Per iteration" value={formatDuration(time.iteration)} />}
          {time?.parts.map(({ label, seconds }) => (
            <Row key={label} label={`\u2003${label}`} value={formatDuration(seconds)} />
          ))}
          {time && time.evaluations > 0 && <Row label="All evaluations" value={formatDuration(time.evaluations)} />}
          {!offline && <Row label="Tokens sampled per iteration" value={`${bound}${formatNumber(sampled)}`} />}
          {tokens.trained > 0 && (
            <Row label="Tokens trained per iteration" value={`${bound}${formatNumber(tokens.trained)}`} />
          )}
          <Row
            label="Tokens in the whole run"
            value={`${bound}${formatNumber(iterations * (sampled + tokens.trained))}`}
          />
        </Table.Tbody>
      </Table>
      <Source probe={probe} run={past.data?.run ?? null} plan={plan} isReady={facts !== null} />
    </Box>
  )
}

interface SourceProps {
  readonly probe: Probe
  readonly run: { readonly id: string; readonly name: string; readonly iterations: number } | null
  readonly plan: Plan
  /** Model and data can be read. */
  readonly isReady: boolean
}

/** Where the rates are from, and how to measure them. */
function Source({ probe, run, plan, isReady }: SourceProps) {
  const { active } = useLive()
  const { result, progress, isRunning, error } = probe
  if (isRunning) {
    const label = progress?.label ?? 'Starting'
    return (
      <Box mt={6} aria-live="polite">
        <Group justify="space-between" wrap="nowrap">
          <Text size="xs" className="quiet">
            {label}
          </Text>
          <Button variant="subtle" size="compact-xs" onClick={probe.cancel}>
            Cancel
          </Button>
        </Group>
        <Progress
          size="sm"
          aria-label={label}
          value={progress && progress.total > 0 ? (100 * progress.done) / progress.total : 0}
        />
      </Box>
    )
  }
  return (
    <Box mt={6}>
      <Group justify="space-between" wrap="nowrap" gap="sm" align="flex-start">
        <Text size="xs" className="quiet" style={{ overflowWrap: 'anywhere' }}>
          {result ? (
            `Measured here: ${plural(result.prompts, 'prompt')}, ${result.device}, up to ${formatBytes(result.peakBytes)}.`
          ) : run ? (
            <>
              Based on{' '}
              <Anchor href={`#/runs/${run.id}`} size="xs">
                {run.name}
              </Anchor>
              , its last {plural(run.iterations, 'iteration')}.
            </>
          ) : (
            'No run with this model and backend yet: the time is unknown.'
          )}
        </Text>
        <Button
          variant="default"
          size="compact-xs"
          style={{ flexShrink: 0 }}
          disabled={active !== null || !isReady}
          onClick={() => probe.start(plan)}
        >
          {result ? 'Measure again' : 'Measure'}
        </Button>
      </Group>
      {active !== null && (
        <Text size="xs" className="quiet" mt={4}>
          Measuring is possible when the current run has ended.
        </Text>
      )}
      {error !== null && (
        <Text size="xs" c="var(--hurt)" role="alert" mt={4}>
          {error}
        </Text>
      )}
    </Box>
  )
}
