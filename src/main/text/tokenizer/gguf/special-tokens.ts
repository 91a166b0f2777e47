/** The ids with a meaning in a GGUF file, and whether a text begins and ends with one. */
import { NO_TOKEN } from '../../../formats/config-json'
import { damaged } from '../../../formats/safetensors-header'
import type { Values } from './values'
import { KEY, type Vocabulary } from './vocabulary'

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

/** Where the file does not say. */
export interface Defaults {
  readonly bos: number | null
  readonly eos: number | null
  readonly unknown: number | null
  readonly addsBos: boolean
}

function idOf(values: Values, name: string, tokens: number): number | null {
  const key = `${KEY}${name}_token_id`
  const id = values.number(key)
  if (id === null || NO_TOKEN.includes(id)) return null
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

/** @throws GpoError('model') for an id that no token has */
export function specialTokensOf(values: Values, vocabulary: Vocabulary, defaults: Defaults): SpecialTokens {
  const tokens = vocabulary.tokens.length
  const id = (name: string, byDefault: number | null = null) => {
    const own = idOf(values, name, tokens) ?? byDefault
    return own !== null && own < tokens ? own : null
  }
  const bos = id('bos', defaults.bos)
  const eos = id('eos', defaults.eos)
  return {
    bos,
    eos,
    unknown: id('unknown', defaults.unknown),
    padding: id('padding'),
    eot: id('eot'),
    eom: id('eom'),
    addsBos: adds(values, 'bos', bos, defaults.addsBos),
    addsEos: adds(values, 'eos', eos, false),
  }
}
