interface SparklineProps {
  readonly values: readonly number[]
  readonly width?: number
  readonly height?: number
  readonly label: string
  /** Less prominent than the others of its column. */
  readonly isQuiet?: boolean
}

/** A curve without axes, for a row of a table. */
export function Sparkline({ values, width = 88, height = 22, label, isQuiet = false }: SparklineProps) {
  if (values.length < 2) return <span className="quiet">–</span>
  const min = Math.min(...values)
  const span = Math.max(...values) - min || 1
  const points = values
    .map((value, i) => {
      const x = 1 + (i / (values.length - 1)) * (width - 2)
      const y = 2 + (1 - (value - min) / span) * (height - 4)
      return `${x.toFixed(1)},${y.toFixed(1)}`
    })
    .join(' ')
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: 'block' }}>
      <polyline
        points={points}
        fill="none"
        stroke={isQuiet ? 'var(--quiet)' : 'var(--helped)'}
        strokeWidth="1.3"
        strokeLinejoin="round"
      />
    </svg>
  )
}
