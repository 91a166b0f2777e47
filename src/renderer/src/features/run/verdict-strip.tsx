/** The verdicts on one prompt's answers over the iterations, as a row of cells. */
import { UnstyledButton } from '@mantine/core'
import type { FollowedPrompt } from '@shared/schemas/run'
import type { VerdictStatus } from '@shared/schemas/verifier'
import type { MouseEvent } from 'react'

const HEIGHT = 14
const FILL: Readonly<Record<VerdictStatus, string>> = {
  correct: 'var(--helped)',
  wrong: 'var(--hurt)',
  unparseable: 'var(--chart-grid)',
  truncated: 'var(--chart-grid)',
  timeout: 'var(--chart-grid)',
}
/** A correct answer is also taller than another: colour is only a second hint. */
const sizeOf = (status: VerdictStatus) => (status === 'correct' ? HEIGHT : HEIGHT / 2)

interface VerdictStripProps {
  readonly label: string
  readonly verdicts: FollowedPrompt['verdicts']
  /** The iteration that is marked. */
  readonly shown: number
  readonly onShow: (iteration: number) => void
}

export function VerdictStrip({ label, verdicts, shown, onShow }: VerdictStripProps) {
  const right = verdicts.filter(({ status }) => status === 'correct').length
  const at = verdicts.findIndex(({ iteration }) => iteration === shown)
  const width = verdicts.length
  /** A click shows the iteration under it; Enter the next one at which the verdict changes. */
  const show = (event: MouseEvent<HTMLButtonElement>) => {
    if (event.detail === 0) return onShow(nextChange(verdicts, at))
    const box = event.currentTarget.getBoundingClientRect()
    const index = Math.floor(((event.clientX - box.left) / box.width) * width)
    const found = verdicts[Math.min(width - 1, Math.max(0, index))]
    if (found) onShow(found.iteration)
  }
  return (
    <UnstyledButton
      display="block"
      w="100%"
      my={2}
      aria-label={`${label}: ${right} of ${width} answers correct, iteration ${verdicts[0]?.iteration ?? 0} to ${verdicts.at(-1)?.iteration ?? 0}; go to the next change`}
      title="Each cell is an iteration: tall and blue where the answer is correct"
      onClick={show}
    >
      <svg
        width="100%"
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden
        style={{ display: 'block' }}
      >
        {runsOf(verdicts).map(({ from, count, status }) => (
          <rect
            key={from}
            x={from}
            y={HEIGHT - sizeOf(status)}
            width={count}
            height={sizeOf(status)}
            fill={FILL[status]}
          />
        ))}
        {at >= 0 && (
          <rect
            x={at}
            y={0.5}
            width={1}
            height={HEIGHT - 1}
            fill="none"
            stroke="var(--mantine-color-text)"
            strokeWidth={2}
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
    </UnstyledButton>
  )
}

/** The iteration after a place at which the verdict differs from the one before it; begins again after the last. */
function nextChange(verdicts: FollowedPrompt['verdicts'], at: number): number {
  const isChange = (i: number) => i > 0 && verdicts[i]?.status !== verdicts[i - 1]?.status
  const later = verdicts.findIndex((_, i) => i > at && isChange(i))
  const found = later >= 0 ? later : verdicts.findIndex((_, i) => isChange(i))
  return verdicts[Math.max(0, found)]?.iteration ?? 0
}

interface SameVerdicts {
  readonly from: number
  readonly count: number
  readonly status: VerdictStatus
}

/** Neighbours with the same verdict are one rectangle: a long run has few of them. */
function runsOf(verdicts: FollowedPrompt['verdicts']): readonly SameVerdicts[] {
  const runs: SameVerdicts[] = []
  for (const [i, { status }] of verdicts.entries()) {
    const last = runs.at(-1)
    if (last?.status === status) runs[runs.length - 1] = { ...last, count: last.count + 1 }
    else runs.push({ from: i, count: 1, status })
  }
  return runs
}
