/** Tokens of a trajectory with a number each, cut at the ends of its steps. Pure. */
import type { OverlayToken } from '@shared/contract/explorer'

export const OVERLAYS = ['probability', 'entropy', 'divergence', 'advantage'] as const
export type OverlayKind = (typeof OVERLAYS)[number]

export const OVERLAY_WORDS: Readonly<Record<OverlayKind, string>> = {
  probability: 'probability',
  entropy: 'entropy',
  divergence: 'KL from the base',
  advantage: 'advantage',
}

export interface Span {
  readonly text: string
  readonly token: OverlayToken
}

/**
 * A token that reaches into the next step is cut there.
 * @param steps texts that joined are the completion
 */
export function spansBySteps(tokens: readonly OverlayToken[], steps: readonly string[]): Span[][] {
  let next = 0
  let rest = ''
  return steps.map((step) => {
    const spans: Span[] = []
    let left = step
    while (left !== '' && (rest !== '' || next < tokens.length)) {
      if (rest === '') rest = tokens[next++]!.text
      const text = rest.slice(0, left.length)
      if (text !== '') spans.push({ text, token: tokens[next - 1]! })
      rest = rest.slice(text.length)
      left = left.slice(text.length)
    }
    return spans
  })
}

/** 0: as expected, 1: the most of this trajectory. @param most of all its tokens */
export function weightOf(kind: Exclude<OverlayKind, 'advantage'>, token: OverlayToken, most: number): number {
  if (kind === 'probability') return 1 - token.probability
  return most > 0 ? token[kind] / most : 0
}

export const mostOf = (kind: OverlayKind, tokens: readonly OverlayToken[]): number =>
  kind === 'entropy' || kind === 'divergence' ? tokens.reduce((most, token) => Math.max(most, token[kind]), 0) : 1

export const tokenWords = ({ probability, entropy, divergence }: OverlayToken): string =>
  `probability ${probability < 0.001 ? '< 0.001' : probability.toFixed(3)}, entropy ${entropy.toFixed(2)} nats, KL from the base ${divergence.toFixed(3)} nats`
