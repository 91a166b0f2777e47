import type { RunColour } from './run-colours'

/** A run's line style, as in the charts. */
export const RunSwatch = ({ colour }: { readonly colour: RunColour }) => (
  <svg width={22} height={10} aria-hidden style={{ flexShrink: 0 }}>
    <line
      x1={0}
      x2={22}
      y1={5}
      y2={5}
      stroke={`var(${colour.variable})`}
      strokeWidth={3}
      strokeDasharray={colour.dash.join(' ') || undefined}
    />
  </svg>
)
