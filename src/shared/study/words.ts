/** Numbers of a study in words. Pure. */
import type { Budget } from '../schemas/study'

/** What a budget counts, in a sentence, and what an axis says besides. */
export const BUDGET_WORDS: Readonly<Record<Budget, { readonly label: string; readonly unit: string }>> = {
  updates: { label: 'updates', unit: 'optimiser steps' },
  trained: { label: 'trained tokens', unit: 'each counted once' },
  generated: { label: 'generated tokens', unit: 'those for values included' },
  seconds: { label: 'seconds', unit: 'of training' },
}

const MINUS = '−'
const signed = (text: string, value: number) => (value < 0 ? `${MINUS}${text}` : text)

/** A share as points: 0.0624 → "6.2", −0.02 → "−2.0". */
export function points(share: number): string {
  const rounded = Math.round(1000 * share) / 10
  return signed(Math.abs(rounded).toFixed(1), rounded)
}

/** With a sign in front of positive ones too. */
export const signedPoints = (share: number): string => `${Math.round(1000 * share) > 0 ? '+' : ''}${points(share)}`

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** 0.9 → "90 %", 0.995 → "99.5 %". */
export const level = (confidence: number): string => `${Number((100 * confidence).toFixed(2))} %`

const SCALES = [
  [1e9, 'billion'],
  [1e6, 'million'],
] as const

/** 1,234,567 → "1.23 million", 812 → "812". */
export function amount(value: number): string {
  const scale = SCALES.find(([size]) => value >= size)
  if (scale) return `${(value / scale[0]).toPrecision(3)} ${scale[1]}`
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`
