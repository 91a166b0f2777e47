import { valueColour } from './value-colour'

interface StepStripProps {
  /** V of each state, s_0 first; K + 1 for K steps; null where it is not known. */
  readonly values: readonly (number | null)[]
  /** Index of the critical step. */
  readonly critical: number | null
  readonly width?: number
  readonly height?: number
}

/** A trajectory at a glance: one bar per step, as high as the value after it; a flag marks the critical step. */
export function StepStrip({ values, critical, width = 84, height = 20 }: StepStripProps) {
  const after = values.slice(1)
  if (after.length === 0)
    return (
      <span className="quiet" style={{ width, flexShrink: 0, fontSize: 'var(--mantine-font-size-xs)' }}>
        no values
      </span>
    )
  const step = width / after.length
  const flag = 6
  const label = `Values after each step: ${after.map((value) => value?.toFixed(2) ?? 'not visited').join(', ')}${
    critical === null ? '' : `; critical step ${critical + 1}`
  }`
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: 'block', flexShrink: 0 }}>
      {after.map((value, i) => {
        const size = 2 + (value ?? 0) * (height - flag - 3)
        const key = `step-${i}`
        return (
          <g key={key}>
            <rect
              x={i * step + 0.5}
              y={height - size}
              width={Math.max(1, step - 1.5)}
              height={size}
              fill={value === null ? 'none' : valueColour(value)}
              stroke="var(--line)"
              strokeWidth="0.5"
            />
            {i === critical && (
              <path d={`M${i * step + step / 2 - 3},0 h6 l-3,${flag} z`} fill="var(--critical)" stroke="none" />
            )}
          </g>
        )
      })}
    </svg>
  )
}
