import { Portal, Text } from '@mantine/core'
import { TokenLabel } from '@renderer/components/token-label'
import { formatPercent } from '@renderer/lib/format'
import type { GeneratedToken } from '@shared/contract/playground'
import classes from './playground.module.css'

interface TokenCardProps {
  readonly token: GeneratedToken
  readonly index: number
  /** Where the token is on the screen. */
  readonly rect: DOMRect
}

const WIDTH = 280
const HEIGHT = 250
const GAP = 6

/** One digit after the point, but never 0 % or 100 % for a value between them. */
const percent = (probability: number) =>
  probability > 0 && probability < 5e-4
    ? '< 0.1 %'
    : probability < 1 && probability > 0.9995
      ? '> 99.9 %'
      : formatPercent(probability)

/** Spaces and line ends made visible. */
const shown = (text: string) => JSON.stringify(text).slice(1, -1).replaceAll(' ', '␣')

function placeOf(rect: DOMRect): { readonly left: number; readonly top: number } {
  const left = Math.max(GAP, Math.min(rect.left, window.innerWidth - WIDTH - GAP))
  const isBelow = rect.bottom + GAP + HEIGHT < window.innerHeight
  return { left, top: isBelow ? rect.bottom + GAP : Math.max(GAP, rect.top - HEIGHT - GAP) }
}

/** The alternatives to one token. */
export function TokenCard({ token, index, rect }: TokenCardProps) {
  const { id, label, probability, alternatives } = token
  const rank = alternatives.findIndex((one) => one.id === id)
  return (
    <Portal>
      <div className={classes.card} style={placeOf(rect)} role="status">
        <Text size="sm" mb={4}>
          Token {index + 1}:{' '}
          <span className="mono">
            <TokenLabel label={label} shown={shown} />
          </span>
          , {percent(probability)}
          {rank < 0 ? ', not among the most probable' : ''}
        </Text>
        <table style={{ width: '100%', fontSize: 'var(--mantine-font-size-xs)', borderSpacing: '6px 1px' }}>
          <thead>
            <tr className="quiet">
              <th style={{ textAlign: 'left', fontWeight: 400 }}>Text</th>
              <th className="numeric" style={{ fontWeight: 400 }}>
                Id
              </th>
              <th className="numeric" style={{ fontWeight: 400 }}>
                Probability
              </th>
              <td style={{ width: 70 }} />
            </tr>
          </thead>
          <tbody>
            {alternatives.map((one) => (
              <tr key={one.id} style={one.id === id ? { fontWeight: 700 } : undefined}>
                <td className="mono clip" style={{ maxWidth: 80 }}>
                  <TokenLabel label={one} shown={shown} />
                </td>
                <td className="numeric">{one.id}</td>
                <td className="numeric">{percent(one.probability)}</td>
                <td>
                  <div className={classes.bar} style={{ width: `${Math.max(1, 100 * one.probability)}%` }} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Portal>
  )
}
