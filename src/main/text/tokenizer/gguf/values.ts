/** Values of a GGUF file's metadata by key, each of the kind it must be. */
import type { GgufMetadata, GgufValue } from '../../../formats/gguf/metadata'
import { damaged, shown } from '../../../formats/safetensors-header'

export interface Values {
  /** For errors. */
  readonly file: string
  readonly keys: () => readonly string[]
  /** Null where the file has no such key. @throws GpoError('model') for a value of another kind */
  readonly text: (key: string) => string | null
  readonly flag: (key: string) => boolean | null
  readonly number: (key: string) => number | null
  readonly texts: (key: string) => readonly string[] | null
  readonly numbers: (key: string) => ArrayLike<number> | null
}

const isTexts = (value: GgufValue): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

const isNumbers = (value: GgufValue): value is Int32Array | Float32Array | Float64Array => ArrayBuffer.isView(value)

function kindOf(value: GgufValue): string {
  if (ArrayBuffer.isView(value)) return 'a list of numbers'
  if (Array.isArray(value)) return 'a list of something else'
  return `the ${typeof value} ${shown(value)}`
}

export function valuesOf(file: string, metadata: GgufMetadata): Values {
  const get =
    <T extends GgufValue>(expected: string, isRight: (value: GgufValue) => value is T) =>
    (key: string): T | null => {
      const value = metadata.get(key)
      if (value === undefined) return null
      if (isRight(value)) return value
      throw damaged(file, `has ${kindOf(value)} as ${shown(key)}, expected ${expected}`)
    }
  return {
    file,
    keys: () => [...metadata.keys()],
    text: get('a text', (value): value is string => typeof value === 'string'),
    flag: get('true or false', (value): value is boolean => typeof value === 'boolean'),
    number: get('a number', (value): value is number => typeof value === 'number'),
    texts: get('a list of texts', isTexts),
    numbers: get('a list of numbers', isNumbers),
  }
}
