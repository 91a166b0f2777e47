import type { GeneratedToken } from '@shared/contract/playground'
import { type KeyboardEvent, memo, type SyntheticEvent, useRef, useState } from 'react'
import classes from './playground.module.css'
import { TokenCard } from './token-card'

interface TokenTextProps {
  readonly tokens: readonly GeneratedToken[]
  /** Index of the first token that differs from the other side; null while they agree. */
  readonly difference: number | null
  readonly label: string
}

/** Percentage of the shade behind a token of probability 0. */
const DARKEST = 38

const shadeOf = (probability: number) =>
  `color-mix(in srgb, var(--quiet) ${((1 - probability) * DARKEST).toFixed(1)}%, transparent)`

interface TokenProps {
  readonly token: GeneratedToken
  readonly index: number
  readonly isSelected: boolean
  readonly isDifferent: boolean
}

const Token = memo(function Token({ token, index, isSelected, isDifferent }: TokenProps) {
  const { text, label, isStop, probability } = token
  const names = [classes.token, isStop && classes.stop, isDifferent && classes.differs].filter(Boolean).join(' ')
  return (
    <span
      className={names}
      style={{ background: shadeOf(probability) }}
      data-index={index}
      data-selected={isSelected || undefined}
    >
      {isStop ? label.text : text}
    </span>
  )
})

interface Selected {
  readonly index: number
  readonly rect: DOMRect
}

const indexOf = ({ target }: SyntheticEvent): number | null => {
  const index = (target as HTMLElement).dataset?.['index']
  return index === undefined ? null : Number(index)
}

/** A completion, each token shaded by its probability; pointing at one, or the arrow keys, show its alternatives. */
export function TokenText({ tokens, difference, label }: TokenTextProps) {
  const holder = useRef<HTMLDivElement>(null)
  const [selected, setSelected] = useState<Selected | null>(null)

  const select = (index: number | null) => {
    const element = holder.current?.querySelector(`[data-index="${index}"]`)
    setSelected(element && index !== null ? { index, rect: element.getBoundingClientRect() } : null)
    return element
  }
  const move = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 }
    const step = steps[event.key]
    if (event.key === 'Escape') setSelected(null)
    if (step === undefined || tokens.length === 0) return
    event.preventDefault()
    const from = selected?.index ?? (step > 0 ? -1 : tokens.length)
    const index = Math.max(0, Math.min(tokens.length - 1, from + step))
    holder.current?.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block: 'nearest' })
    select(index)
  }
  const token = selected ? tokens[selected.index] : undefined
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of tokens in running text is not a fieldset
    <div
      ref={holder}
      className={`${classes.text} model-text`}
      role="group"
      aria-label={`${label}: ${tokens.length} tokens; the arrow keys go through them`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go through the tokens
      tabIndex={0}
      onKeyDown={move}
      onMouseOver={(event) => select(indexOf(event))}
      onFocus={() => {}}
      onMouseLeave={() => setSelected(null)}
      onBlur={() => setSelected(null)}
      onScroll={() => setSelected(null)}
    >
      {tokens.map((one, index) => (
        <Token
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place in the text
          key={index}
          token={one}
          index={index}
          isSelected={selected?.index === index}
          isDifferent={difference === index}
        />
      ))}
      {selected && token && <TokenCard token={token} index={selected.index} rect={selected.rect} />}
    </div>
  )
}
