/** The ids with a meaning in a GGUF file, and whether a text begins and ends with one. */
import { damaged } from '../../../formats/safetensors-header'
import type { Values } from './values'
import { KEY, KINDS, type Vocabulary } from './vocabulary'

export interface SpecialTokens {
  /** Null where there is none. */
  readonly bos: number | null
  readonly eos: number | null
  readonly unknown: number | null
  readonly padding: number | null
  /** End of a turn, and of a message to a tool. */
  readonly eot: number | null
  readonly eom: number | null
  readonly addsBos: boolean
  readonly addsEos: boolean
}

export interface Defaults {
  readonly bos: number | null
  readonly eos: number | null
  readonly unknown: number | null
  readonly addsBos: boolean
}

/** How "none" is written where a number must be: -1, also as if it had no sign. */
const NONE = [-1, 2 ** 32 - 1]

function idOf(values: Values, name: string, tokens: number): number | null {
  const key = `${KEY}${name}_token_id`
  const id = values.number(key)
  if (id === null || NONE.includes(id)) return null
  if (Number.isInteger(id) && id >= 0 && id < tokens) return id
  throw damaged(values.file, `has ${key} ${id}, but its ${tokens} tokens end at ${tokens - 1}`)
}

function adds(values: Values, name: string, id: number | null, byDefault: boolean): boolean {
  const key = `${KEY}add_${name}_token`
  const value = values.flag(key) ?? byDefault
  if (value && id === null)
    throw damaged(values.file, `begins or ends texts with a token (${key}), but has no ${KEY}${name}_token_id`)
  return value
}

/** A default is an id that only means something where the vocabulary agrees. */
const agreed = ({ kinds }: Vocabulary, id: number | null): number | null =>
  id !== null && (kinds[id] === KINDS.control || kinds[id] === KINDS.unknown) ? id : null

/** @throws GpoError('model') for an id that no token has */
export function specialTokensOf(values: Values, vocabulary: Vocabulary, defaults: Defaults): SpecialTokens {
  const id = (name: string) => idOf(values, name, vocabulary.tokens.length)
  const bos = id('bos') ?? agreed(vocabulary, defaults.bos)
  const eos = id('eos') ?? agreed(vocabulary, defaults.eos)
  return {
    bos,
    eos,
    unknown: id('unknown') ?? agreed(vocabulary, defaults.unknown),
    padding: id('padding'),
    eot: id('eot'),
    eom: id('eom'),
    addsBos: adds(values, 'bos', bos, defaults.addsBos),
    addsEos: adds(values, 'eos', eos, false),
  }
}
