import { Text, Tooltip } from '@mantine/core'
import { formatCount, formatDuration } from '@renderer/lib/format'
import { isGuided } from '@renderer/lib/run-names'
import type { ActiveRun } from '@shared/contract/runs'
import type { MetricName } from '@shared/metrics'
import { PHASES, type Phase, type PhaseEvent } from '@shared/schemas/events'
import type { MetricSummary, RunRecord } from '@shared/schemas/run'

const GUIDED: readonly Phase[] = ['rollouts', 'segment', 'values', 'select', 'reset', 'update']
const PLAIN: readonly Phase[] = ['rollouts', 'update']

function phasesOf(run: RunRecord, now: Phase | undefined): readonly Phase[] {
  const sampling = isGuided(run) ? GUIDED : PLAIN
  const collecting = sampling.filter((phase) => phase !== 'update')
  const usual = run.objective === 'sft' ? (['update'] as const) : run.objective === 'collect' ? collecting : sampling
  if (now === undefined || usual.includes(now)) return usual
  // Loading comes first; evaluation and checkpoint come last, and not in every iteration.
  return now === 'load' ? ['load', ...usual] : [...usual, now]
}

const MEANINGS: Readonly<Record<Phase, string>> = {
  load: 'Reads model and data, and compiles what will be computed',
  rollouts: 'Samples answers to the prompts, and the verifier judges them',
  segment: 'Cuts the answers into steps',
  values: 'Samples continuations from the states between the steps: the share of right ones is a state’s value',
  select: 'Chooses each trajectory’s critical step by the plan’s rule',
  reset: 'Samples new answers that begin before the critical step',
  update: 'Changes the weights: gradients and optimiser steps',
  evaluation: 'Answers the held-out rows with the most likely tokens and counts the right ones',
  checkpoint: 'Writes the weights and all that is needed to go on from here',
}

function brief(seconds: number): string {
  if (seconds < 0.01) return '0.0 s'
  return seconds < 1 ? `${seconds.toFixed(2)} s` : formatDuration(seconds)
}

interface PhaseStripProps {
  readonly run: RunRecord
  readonly active: ActiveRun | null
  readonly metrics: readonly MetricSummary[]
}

/** The phases of an iteration in order: the current one with its progress, and how long each took last time. */
export function PhaseStrip({ run, active, metrics }: PhaseStripProps) {
  const lastOf = (name: MetricName) => metrics.find((metric) => metric.name === name)?.last ?? null
  const seconds = (phase: Phase) => lastOf(`time/${phase}`) ?? active?.phaseSeconds[phase] ?? null
  const phase = active?.phase ?? null
  const usual = phasesOf(run, phase?.phase)
  // Of the data's own pairs nothing is sampled: a phase without a time, where others have one, does not exist.
  const timed = usual.filter((one) => one === phase?.phase || seconds(one) !== null)
  const phases = lastOf('step_time') === null ? usual : timed
  const longest = Math.max(...phases.map((one) => seconds(one) ?? 0)) || 1
  const whole = lastOf('step_time')
  const isUnderWay = phase !== null && phase.iteration > (active?.iteration ?? 0)
  const shareOf = (one: Phase) => {
    if (phase?.phase === one) return phase.done / Math.max(1, phase.total)
    return isUnderWay && PHASES.indexOf(one) < PHASES.indexOf(phase.phase) ? 1 : 0
  }
  return (
    <section className="panel phase-strip" aria-label="Phases of an iteration">
      {phases.map((one) => (
        <PhaseCell
          key={one}
          name={one}
          isNow={phase?.phase === one}
          share={shareOf(one)}
          seconds={seconds(one)}
          width={(seconds(one) ?? 0) / longest}
        />
      ))}
      <Text size="xs" className="quiet" px="sm" py={5} style={{ alignSelf: 'center', flexShrink: 0 }}>
        {[
          phase && active?.state === 'running' ? nowOf(phase) : '',
          whole === null ? '' : `${brief(whole)} per iteration`,
        ]
          .filter((part) => part !== '')
          .join(' · ')}
      </Text>
    </section>
  )
}

interface PhaseCellProps {
  readonly name: Phase
  readonly isNow: boolean
  /** Done, 0 to 1. */
  readonly share: number
  readonly seconds: number | null
  /** Seconds relative to the longest phase. */
  readonly width: number
}

function PhaseCell({ name, isNow, share, seconds, width }: PhaseCellProps) {
  return (
    <div className="phase" style={{ flexGrow: Math.max(0.02, width) }} aria-current={isNow ? 'step' : undefined}>
      <div className="phase-words">
        <Tooltip label={MEANINGS[name]} multiline maw={280}>
          <Text span size="xs" className={isNow ? undefined : 'quiet'} fw={isNow ? 600 : 400}>
            {name}
          </Text>
        </Tooltip>
        {seconds !== null && (
          <Text span size="xs" className="quiet">
            {brief(seconds)}
          </Text>
        )}
      </div>
      <div className="phase-bar">
        <div style={{ width: `${100 * share}%` }} />
      </div>
    </div>
  )
}

function nowOf({ done, total, tokens, seconds }: PhaseEvent): string {
  const items = total > 1 ? `${formatCount(done)} of ${formatCount(total)}` : ''
  const rate = tokens > 0 && seconds > 0.2 ? `${formatCount(tokens / seconds)} tokens/s` : ''
  return [items, rate].filter((part) => part !== '').join(' · ')
}
