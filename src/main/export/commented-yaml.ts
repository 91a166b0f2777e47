/** Configuration files in YAML with comments between the settings; `yaml` writes them. Pure. */
import { Document, isScalar, type ScalarTag, visit, YAMLMap, type Scalar as YAMLScalar } from 'yaml'

type Scalar = string | number | boolean | null
export type Value = Scalar | readonly Value[] | Block | YAMLMap

/** Settings; one that is undefined is left out. */
export interface Block {
  readonly [key: string]: Value | undefined
}

class Comment {
  constructor(readonly text: string) {}
}
export type Entry = Comment | Block

export const comment = (text: string): Entry => new Comment(text)

/** Readers of YAML 1.1, Python's among them, take 1e-7 for a text: it needs a point. */
const exponent: ScalarTag = {
  identify: (value) => typeof value === 'number' && String(value).includes('e'),
  default: true,
  tag: 'tag:yaml.org,2002:float',
  test: /^-?\d+(\.\d+)?e[+-]\d+$/,
  resolve: Number,
  stringify: ({ value }) => String(value).replace(/^(-?\d+)e/, '$1.0e'),
}

const newDocument = (contents: unknown) =>
  new Document(contents, { customTags: (tags) => [exponent, ...tags], aliasDuplicateObjects: false })

/** Line breaks are those of every version of YAML; a text of several lines stays a comment. */
const linesOf = (text: string) =>
  text
    .split(/[\r\n\u0085\u2028\u2029]+/)
    .map((line) => ` ${line}`)
    .join('\n')

/** One map of all settings, in their order. Comments stand above the setting that follows, or at the end. */
export function mapOf(entries: readonly Entry[]): YAMLMap {
  const document = newDocument(null)
  const map = new YAMLMap(document.schema)
  let above: string[] = []
  for (const entry of entries) {
    if (entry instanceof Comment) {
      above.push(linesOf(entry.text))
      continue
    }
    for (const [key, value] of Object.entries(entry)) {
      if (value === undefined) continue
      const pair = document.createPair<YAMLScalar<string>>(key, value)
      pair.key.commentBefore = above.join('\n') || null
      above = []
      map.items.push(pair)
    }
  }
  map.comment = above.join('\n') || null
  return map
}

/** What readers do not take as it is, or take for a line break. */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]/gu
const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Every text in double quotes, so that none is taken for a number, a date or a word like `no`. */
export function yamlOf(entries: readonly Entry[]): string {
  const document = newDocument(mapOf(entries))
  visit(document, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar)
    },
  })
  const text = document.toString({
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
    flowCollectionPadding: false,
    lineWidth: 0,
  })
  return text.replaceAll(UNPRINTABLE, escaped)
}
