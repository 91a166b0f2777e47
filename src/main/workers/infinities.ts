/** JSON has no infinities, so they are sent between processes as words. Both sides use this module. */
import type { StandardRPCCustomJsonSerializer } from '@orpc/client/standard'

export const INFINITIES: readonly StandardRPCCustomJsonSerializer[] = [
  {
    type: 20, // the first number that is free
    condition: (value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY,
    serialize: String,
    deserialize(word) {
      if (word === 'Infinity' || word === '-Infinity') return Number(word)
      throw new TypeError(`${JSON.stringify(word)} is not an infinity`)
    },
  },
]
