import { advantageColour } from './value-colour'

interface AdvantageBarProps {
  /** A ∈ [−1, 1]. */
  readonly advantage: number
  readonly width?: number
}

/** A around its zero line: to the right what helped, to the left what hurt. Show the number beside it. */
export function AdvantageBar({ advantage, width = 64 }: AdvantageBarProps) {
  const half = width / 2
  const size = Math.min(1, Math.abs(advantage)) * (half - 1)
  return (
    <svg width={width} height={12} aria-hidden style={{ display: 'block', flexShrink: 0 }}>
      <rect
        x={advantage < 0 ? half - size : half}
        y={2}
        width={size}
        height={8}
        fill={advantageColour(advantage)}
        rx="1"
      />
      <line x1={half} x2={half} y1={0} y2={12} stroke="var(--quiet)" strokeWidth="1" />
    </svg>
  )
}
