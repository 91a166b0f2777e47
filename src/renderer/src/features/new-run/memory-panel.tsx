/** How much memory each phase needs, against what the machine has. */
import { Box, Group, Text, Title, Tooltip } from '@mantine/core'
import { queries } from '@renderer/lib/api'
import { formatBytes, formatPercent } from '@renderer/lib/format'
import type { PlanFacts } from '@shared/plan/facts'
import { type MemoryPhase, memoryEstimate } from '@shared/plan/memory-estimate'
import type { Plan } from '@shared/schemas/plan'
import { useQuery } from '@tanstack/react-query'
import classes from './new-run.module.css'

const WORDS: Readonly<Record<MemoryPhase['phase'], string>> = {
  sampling: 'Rollouts',
  values: 'Values',
  gradients: 'Gradients',
  optimiser: 'Optimiser step',
}
const SHADES = ['var(--value-100)', 'var(--value-75)', 'var(--value-50)', 'var(--value-25)']

export function phasesOf(plan: Plan, { model, train }: PlanFacts): MemoryPhase[] {
  const isSft = plan.objective.kind === 'sft'
  const completionTokens = isSft ? (train.completion?.max ?? 0) + 1 : plan.rollout.maxNewTokens
  return memoryEstimate(plan, model, { promptTokens: train.prompt.max, completionTokens })
}

function Phase({ phase: { phase, parts, total }, memory }: { readonly phase: MemoryPhase; readonly memory: number }) {
  const scale = Math.max(memory, total)
  const details = parts.map(({ label, bytes }) => `${label} ${formatBytes(bytes)}`).join(' · ')
  return (
    <Tooltip label={details} events={{ hover: true, focus: true, touch: true }}>
      <Box tabIndex={0} mb={6}>
        <Group justify="space-between" gap="xs" wrap="nowrap">
          <Text size="xs">{WORDS[phase]}</Text>
          <Text size="xs" c={total > memory ? 'var(--hurt)' : undefined} fw={total > memory ? 600 : undefined}>
            {formatBytes(total)}
          </Text>
        </Group>
        <Box
          className={classes.bar}
          role="img"
          aria-label={`${WORDS[phase]}: ${formatBytes(total)}, ${formatPercent(total / memory, 0)} of the memory. ${details}`}
        >
          {parts.map(({ label, bytes }, i) => (
            <span key={label} style={{ width: `${(100 * bytes) / scale}%`, background: SHADES[i % SHADES.length] }} />
          ))}
        </Box>
      </Box>
    </Tooltip>
  )
}

/** Which settings to lower first. */
const CURES: Readonly<Record<MemoryPhase['phase'], string>> = {
  sampling: 'Lower the lanes, the prompts per iteration or the longest completion.',
  values: 'Lower the lanes or the longest completion.',
  gradients: 'Lower the tokens per pass, recompute layers, or train with LoRA.',
  optimiser: 'Train with LoRA.',
}

export function MemoryPanel({ plan, facts }: { readonly plan: Plan; readonly facts: PlanFacts }) {
  const info = useQuery(queries.system.info.queryOptions({}))
  const memory = info.data?.memoryBytes
  if (memory === undefined) return null
  const phases = phasesOf(plan, facts)
  const worst = phases.toSorted((a, b) => b.total - a.total)[0]
  return (
    <Box>
      <Group justify="space-between" mb={6} wrap="nowrap">
        <Title order={3} size="sm">
          Memory
        </Title>
        <Text size="xs" className="quiet">
          of {formatBytes(memory)} in this machine
        </Text>
      </Group>
      {phases.map((phase) => (
        <Phase key={phase.phase} phase={phase} memory={memory} />
      ))}
      {worst && worst.total > 0.85 * memory && (
        <Text size="xs" c="var(--hurt)" role="alert">
          {worst.total > memory ? 'It will not fit.' : 'Little is left for other programs.'} {CURES[worst.phase]}
        </Text>
      )}
    </Box>
  )
}
