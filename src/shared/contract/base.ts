/** What every domain of the API is built from. */
import { oc, type } from '@orpc/contract'
import { z } from 'zod'

export { eventIterator, oc, type } from '@orpc/contract'

/** A procedure without input. */
export const asked = oc.input(z.strictObject({}).optional())

/** An output is only typed, not validated: it comes from this same program. */
export const done = type<void>()

/** A run's id: part of a folder's name. */
export const runId = z.string().regex(/^[\w-][\w.-]{0,99}$/, { error: 'expected the id of a run' })
export const shortText = z.string().max(1000)
