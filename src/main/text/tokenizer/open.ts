/** Opens a tokenizer.json with Hugging Face's library, with added tokens found as the reference finds them. */
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers'
import { describeError, GpoError } from '@shared/errors'
import { type AddedToken, addedTokensOf, createSplitter } from './added-tokens'
import { foreignPatterns, limitedBy } from './foreign-patterns'

type Json = Readonly<Record<string, unknown>>
type Limited = (work: (text: string) => string[]) => (text: string) => string[]

/** What this program uses of the library's inside; the names are those of its version in package.json. */
interface Inside {
  encode_text(text: string | null): string[] | null
  readonly normalizer: ((text: string) => string) | null
  readonly pre_tokenizer: ((text: string, options: { section_index: number }) => string[]) | null
  readonly model: ((words: readonly string[]) => string[]) & { readonly tokens_to_ids: Map<string, number> }
}

/** Names an added token among the tokens of a text, which no text can: it is the token alone. */
type Ids = ReadonlyMap<string, number>

export interface OpenTokenizer {
  readonly library: HuggingFaceTokenizer
  /** By content; of the vocabulary and of what was added to it. */
  readonly ids: Ids
}

/** The library puts added tokens into the model's vocabulary, where they would be found without obeying `single_word` and other flags. */
function takeOutAdded(inside: Inside, added: readonly AddedToken[], own: ReadonlySet<string>): Ids {
  const ids = new Map(inside.model.tokens_to_ids)
  for (const { content } of added) if (!own.has(content)) inside.model.tokens_to_ids.delete(content)
  return ids
}

function vocabularyOf({ model }: Json): ReadonlySet<string> {
  const { vocab } = model as { vocab: Record<string, number> | readonly (readonly [string, number])[] } // as checked before
  return new Set(Array.isArray(vocab) ? vocab.map(([token]) => token) : Object.keys(vocab))
}

function splitAsReference(inside: Inside, added: readonly AddedToken[], limited: Limited): void {
  const { normalizer, pre_tokenizer: preTokenizer, model } = inside
  const split = createSplitter(added, (text) => (normalizer === null ? text : normalizer(text)))
  const encodeText = limited((text: string) =>
    split(text).flatMap((section) => {
      if (section.kind === 'token') return [section.token.content]
      // The library asks for the number of a section where the reference asks whether the text starts there.
      const options = { section_index: section.at === 0 ? 0 : 1 }
      return model(preTokenizer === null ? [section.text] : preTokenizer(section.text, options))
    }),
  )
  inside.encode_text = (text) => (text === null ? null : encodeText(text))
}

/** @param json its vocabulary and added tokens were checked @throws GpoError('model') naming the file */
export function openTokenizerJson(file: string, json: Json, config: Json): OpenTokenizer {
  try {
    const library = new HuggingFaceTokenizer(json, { ...config })
    const inside = library as unknown as Inside
    const added = addedTokensOf(json['added_tokens'] as readonly Json[])
    const patterns = foreignPatterns([json['normalizer'], json['pre_tokenizer']])
    const ids = takeOutAdded(inside, added, vocabularyOf(json))
    splitAsReference(inside, added, (work) => limitedBy(file, patterns, work))
    library.decode = limitedBy(file, foreignPatterns(json['decoder']), library.decode.bind(library))
    return { library, ids }
  } catch (error) {
    const reason = describeError(error)
    throw new GpoError('model', `${file} could not be used: ${reason}; download the model's tokenizer again`)
  }
}
