/** A trajectory with its steps, values and critical step as text. */
import { wilsonInterval } from '@shared/interval'
import { advantagesOf } from '@shared/method/critical-step'
import type { StateRecord, TrajectoryRecord } from '@shared/schemas/trajectory'

const BAR = 8

const bar = (value: number | null) =>
  value === null ? ''.padEnd(BAR, '·') : '▮'.repeat(Math.round(value * BAR)).padEnd(BAR, '▯')

function valueText({ successes, samples, value }: StateRecord): string {
  if (value === null) return 'not visited'
  if (samples === 0) return `${value.toFixed(2)} (known)`
  const [low, high] = wilsonInterval(successes, samples)
  return `${value.toFixed(2)} (${successes}/${samples}, 90 % ${low.toFixed(2)}–${high.toFixed(2)})`
}

const signed = (value: number) => (value >= 0 ? `+${value.toFixed(2)}` : value.toFixed(2))

/** One line per step: V before it, its advantage, and ⚑ for the critical step. */
export function trajectoryLines(trajectory: TrajectoryRecord): string[] {
  const { prompt, reference, status, steps, states, critical } = trajectory
  const gains = advantagesOf(states)
  const lines = [`${prompt.trimEnd()}   [${status}, the answer is ${reference}]`]
  steps.forEach((step, i) => {
    const before = states[i]!
    const gain = gains[i]!
    const mark = critical?.step === i ? '⚑' : ' '
    const advantage = gain === null ? 'A     ·' : `A ${signed(gain)}`
    const text = step.text.trimEnd().replaceAll('\n', ' ⏎ ')
    const confidence =
      critical?.step === i ? `   probability of being the critical step ${critical.confidence.toFixed(2)}` : ''
    lines.push(
      `${mark} ${String(i + 1).padStart(2)}  V ${bar(before.value)} ${valueText(before).padEnd(30)} ${advantage}  ${text}${confidence}`,
    )
  })
  const last = states.at(-1)
  if (last) lines.push(`      V ${bar(last.value)} ${valueText(last)}`)
  return lines
}
