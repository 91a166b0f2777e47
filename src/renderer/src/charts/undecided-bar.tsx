interface UndecidedBarProps {
  /** V(1 − V), from 0 to ¼. */
  readonly undecided: number
  readonly width?: number
}

/** How undecided the outcome is in a state; full at V = ½. Show the number beside it. */
export function UndecidedBar({ undecided, width = 44 }: UndecidedBarProps) {
  const inner = width - 2
  return (
    <svg width={width} height={8} aria-hidden style={{ display: 'block', flexShrink: 0 }}>
      <rect x={1} y={1} width={inner} height={6} fill="none" stroke="var(--line)" strokeWidth="0.75" rx="1" />
      <rect x={1} y={1} width={inner * Math.min(1, 4 * undecided)} height={6} fill="var(--critical)" rx="1" />
    </svg>
  )
}
