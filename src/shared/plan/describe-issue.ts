/** A schema's complaint as a sentence: the key, the value found and what is expected. Pure. */
import type { z } from 'zod'
import { shown } from '../shown'

/** Of unknown ones, that are named. */
const MAX_KEYS = 10

type Json = Record<string, unknown>

const isNode = (value: unknown): value is Json => typeof value === 'object' && value !== null

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, key) => (isNode(inner) ? inner[String(key)] : undefined), value)

/** @param whole what the whole is called, where it is all that is wrong */
export function describeIssue(issue: z.core.$ZodIssue, raw: unknown, whole = 'the plan'): string {
  const where = issue.path.join('.') || whole
  if (issue.code === 'unrecognized_keys') {
    const place = issue.path.length > 0 ? `${issue.path.join('.')}.` : ''
    return `unknown key ${issue.keys
      .slice(0, MAX_KEYS)
      .map((key) => shown(place + key))
      .join(', ')}: remove it or correct its spelling`
  }
  const found = shown(valueAt(raw, issue.path), 80)
  const wanted = issue.message.replace(/^Invalid input: /, '').replace(/, received \w+$/, '')
  return `${where} is ${found}: ${wanted}`
}
