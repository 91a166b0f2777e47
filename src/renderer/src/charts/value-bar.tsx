import { valueColour } from './value-colour'

interface ValueBarProps {
  readonly value: number
  /** Ends of the 90 % interval, drawn as a whisker. */
  readonly interval?: readonly [number, number] | undefined
  readonly width?: number
}

/** V ∈ [0, 1] as a bar with its interval. Show the number beside it. */
export function ValueBar({ value, interval, width = 72 }: ValueBarProps) {
  const inner = width - 2
  const [low, high] = interval ?? [value, value]
  return (
    <svg width={width} height={12} aria-hidden style={{ display: 'block', flexShrink: 0 }}>
      <rect x={1} y={2} width={inner} height={8} fill="var(--value-0)" stroke="var(--line)" strokeWidth="0.75" rx="1" />
      <rect
        x={1}
        y={2}
        width={Math.max(0, inner * value)}
        height={8}
        fill={valueColour(Math.max(0.25, value))}
        rx="1"
      />
      {high > low && (
        <g stroke="var(--quiet)" strokeWidth="1.2">
          <line x1={1 + inner * low} x2={1 + inner * high} y1={6} y2={6} />
          <line x1={1 + inner * low} x2={1 + inner * low} y1={3.5} y2={8.5} />
          <line x1={1 + inner * high} x2={1 + inner * high} y1={3.5} y2={8.5} />
        </g>
      )}
    </svg>
  )
}
