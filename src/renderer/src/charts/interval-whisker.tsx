interface IntervalWhiskerProps {
  /** In [0, 1]. */
  readonly value: number
  readonly interval: readonly [number, number]
  /** A reference on the same scale, drawn as a tick. */
  readonly base: number | null
  readonly width?: number
}

/** A share with its interval on a scale from 0 to 1. The numbers are shown beside it. */
export function IntervalWhisker({ value, interval, base, width = 84 }: IntervalWhiskerProps) {
  const x = (share: number) => 3 + share * (width - 6)
  const [low, high] = interval
  return (
    <svg width={width} height={14} aria-hidden style={{ display: 'block' }}>
      <line x1={x(0)} x2={x(1)} y1={7} y2={7} stroke="var(--line)" />
      {base !== null && <line x1={x(base)} x2={x(base)} y1={2} y2={12} stroke="var(--quiet)" strokeDasharray="2 1.5" />}
      <line x1={x(low)} x2={x(high)} y1={7} y2={7} stroke="var(--helped)" strokeWidth={2} />
      <line x1={x(low)} x2={x(low)} y1={4} y2={10} stroke="var(--helped)" strokeWidth={1.5} />
      <line x1={x(high)} x2={x(high)} y1={4} y2={10} stroke="var(--helped)" strokeWidth={1.5} />
      <circle cx={x(value)} cy={7} r={3} fill="var(--helped)" />
    </svg>
  )
}
