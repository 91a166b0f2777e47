/** Columns with JSON. A database may be damaged, edited, or of another version: one bad value breaks only itself. */
import type { z } from 'zod'

/** `undefined` where the text is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The value, or `instead` where the schema does not accept it. */
export function jsonColumn<T>(text: string, schema: z.ZodType<T>, instead: T): T {
  const parsed = schema.safeParse(jsonOf(text))
  return parsed.success ? parsed.data : instead
}

/** SQL of a value in the plan of a run; NULL where the plan is no JSON. */
export const planValue = (path: string, table = 'runs'): string =>
  `CASE WHEN json_valid(${table}.plan) THEN ${table}.plan ->> '${path}' END`
