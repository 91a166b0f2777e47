import { Text, VisuallyHidden } from '@mantine/core'
import type { ActiveRun } from '@shared/contract/runs'
import { PHASES, type Phase } from '@shared/schemas/events'
import type { MetricSummary, RunRecord } from '@shared/schemas/run'
import { formatCount, formatDuration } from '../../lib/format'
import { isGuided } from '../../lib/run-names'

const GUIDED: readonly Phase[] = ['rollouts', 'segment', 'values', 'select', 'reset', 'update']
const PLAIN: readonly Phase[] = ['rollouts', 'update']

function phasesOf(run: RunRecord, now: Phase | undefined): readonly Phase[] {
  const usual = run.objective === 'sft' ? (['update'] as const) : isGuided(run) ? GUIDED : PLAIN
  if (now === undefined || usual.includes(now)) return usual
  // Loading comes first; evaluation and checkpoint come last, and only now and then.
  return now === 'load' ? ['load', ...usual] : [...usual, now]
}

/** Two digits are enough, and below a hundredth nobody cares. */
const brief = (seconds: number) =>
  seconds < 0.01 ? '< 0.01 s' : seconds < 1 ? `${seconds.toFixed(2)} s` : formatDuration(seconds)

interface PhaseStripProps {
  readonly run: RunRecord
  readonly active: ActiveRun | null
  readonly metrics: readonly MetricSummary[]
}

/** The phases of an iteration in their order: which is under way and how far, and how long each took last time. */
export function PhaseStrip({ run, active, metrics }: PhaseStripProps) {
  const seconds = (phase: Phase) =>
    metrics.find(({ name }) => name === `time/${phase}`)?.last ?? active?.phaseSeconds[phase] ?? null
  const phase = active?.phase ?? null
  const phases = phasesOf(run, phase?.phase)
  const whole = metrics.find(({ name }) => name === 'step_time')?.last
  const longest = Math.max(...phases.map((one) => seconds(one) ?? 0))
  const isDone = (one: Phase) =>
    phase !== null && phase.iteration > (active?.iteration ?? 0) && PHASES.indexOf(one) < PHASES.indexOf(phase.phase)
  return (
    <div className="panel" style={{ display: 'flex', alignItems: 'stretch', marginBottom: 8, overflow: 'hidden' }}>
      <VisuallyHidden>Phases of an iteration</VisuallyHidden>
      {phases.map((one) => {
        const last = seconds(one)
        const isNow = phase?.phase === one
        const share = isNow ? phase.done / Math.max(1, phase.total) : isDone(one) ? 1 : 0
        return (
          <div
            key={one}
            style={{
              flex: `${Math.max(0.06, (last ?? 0) / (longest || 1))} 1 84px`,
              padding: '5px 10px',
              borderRight: '1px solid var(--line)',
              minWidth: 0,
            }}
          >
            <Text
              size="xs"
              className={isNow ? undefined : 'quiet'}
              fw={isNow ? 600 : 400}
              style={{ whiteSpace: 'nowrap' }}
            >
              {one}
              {last !== null && <span style={{ float: 'right' }}>{brief(last)}</span>}
            </Text>
            <div style={{ height: 4, marginTop: 3, borderRadius: 2, background: 'var(--chart-grid)' }}>
              <div style={{ width: `${100 * share}%`, height: '100%', borderRadius: 2, background: 'var(--helped)' }} />
            </div>
          </div>
        )
      })}
      <div style={{ padding: '5px 10px', minWidth: 196, alignSelf: 'center' }}>
        <Text size="xs" className="quiet" style={{ whiteSpace: 'nowrap' }}>
          {phase && active?.state !== 'paused'
            ? nowOf(phase.done, phase.total, phase.tokens, phase.seconds)
            : 'newest iteration'}
          {whole !== undefined && (
            <span style={{ float: 'right', paddingLeft: 12 }}>{`${brief(whole)} per iteration`}</span>
          )}
        </Text>
      </div>
    </div>
  )
}

function nowOf(done: number, total: number, tokens: number, seconds: number): string {
  const items = total > 1 ? `${formatCount(done)} of ${formatCount(total)}` : ''
  const rate = tokens > 0 && seconds > 0.2 ? `${formatCount(tokens / seconds)} tokens/s` : ''
  return [items, rate].filter((part) => part !== '').join(' · ')
}
