/**
 * A tokenizer from the metadata of a GGUF file, as the files a Hugging Face folder would have had. It gives the ids that llama.cpp gives. The
 * metadata is untrusted.
 */
import { GpoError } from '@shared/errors'
import type { GgufMetadata } from '../../../formats/gguf/metadata'
import { damaged, shown } from '../../../formats/safetensors-header'
import { byteLevelJson, ruleOf } from './byte-level'
import { chatTemplateJson } from './chat-templates'
import { turnEnds, withKindsByText } from './control-tokens'
import { sentencePieceJson } from './sentence-piece'
import { type Defaults, type SpecialTokens, specialTokensOf } from './special-tokens'
import { type Values, valuesOf } from './values'
import { KEY, KINDS, type Vocabulary, vocabularyOf } from './vocabulary'

type Json = Readonly<Record<string, unknown>>

export interface GgufTokenizer {
  /** tokenizer.json */
  readonly tokenizer: Json
  /** tokenizer_config.json */
  readonly config: Json
  /** generation_config.json: the tokens that end a completion. */
  readonly generation: Json
}

type Model = 'gpt2' | 'llama'

/** Ids that llama.cpp takes where the file has none: Falcon's, and Llama's. */
const SENTENCE_PIECE_DEFAULTS: Defaults = { bos: 1, eos: 2, unknown: 0, addsBos: true }
const byteLevelDefaults = (values: Values): Defaults => ({
  bos: 11,
  eos: 11,
  unknown: null,
  addsBos: ruleOf(values).addsBos ?? false,
})

function modelOf(values: Values): Model {
  const model = values.text(`${KEY}model`)
  if (model === 'gpt2' || model === 'llama') return model
  if (model === null) throw damaged(values.file, `has no ${KEY}model`)
  throw new GpoError(
    'model',
    `${values.file} has a tokenizer of the kind ${shown(model)} (${KEY}model); gpt2 (byte-level BPE) and llama (SentencePiece) can be used: choose another model`,
  )
}

/** Phi-3's take along the blanks behind them; llama.cpp knows them by the model's name. */
function takesBlanks(values: Values): (token: string) => boolean {
  const isPhi3 = /phi-?3/i.test(values.text('general.name') ?? '')
  return (token) => isPhi3 && !['<unk>', '<s>', '<|endoftext|>'].includes(token)
}

/** Found in a text as a whole, before anything is cut or merged. */
function addedTokens(values: Values, { tokens, kinds }: Vocabulary): Json[] {
  const isTaking = takesBlanks(values)
  return tokens.flatMap((content, id) => {
    const isSpecial = kinds[id] === KINDS.control || kinds[id] === KINDS.unknown
    if (!isSpecial && kinds[id] !== KINDS.userDefined) return []
    return [
      { id, content, single_word: false, lstrip: false, rstrip: isTaking(content), normalized: false, special: isSpecial },
    ] // biome-ignore format: one token a line
  })
}

/** Puts the tokens for the beginning and the end around a text, or around two. */
function postProcessor({ tokens }: Vocabulary, { bos, eos, addsBos, addsEos }: SpecialTokens): Json | null {
  const ids = [addsBos ? bos : null, addsEos ? eos : null]
  if (ids.every((id) => id === null)) return null
  const [first, last] = ids.map((id) => (id === null ? null : tokens[id]!)) // ids were checked
  const around = (sequence: string, type: number) => [
    ...(first ? [{ SpecialToken: { id: first, type_id: type } }] : []),
    { Sequence: { id: sequence, type_id: type } },
    ...(last ? [{ SpecialToken: { id: last, type_id: type } }] : []),
  ]
  const used = ids
    .filter((id) => id !== null)
    .map((id) => [tokens[id], { id: tokens[id], ids: [id], tokens: [tokens[id]] }])
  return {
    type: 'TemplateProcessing',
    single: around('A', 0),
    pair: [...around('A', 0), ...around('B', 1)],
    special_tokens: Object.fromEntries(used),
  }
}

function configJson(values: Values, { tokens }: Vocabulary, special: SpecialTokens): Json {
  const { bos, eos, unknown, padding, addsBos, addsEos } = special
  const named = { bos_token: bos, eos_token: eos, unk_token: unknown, pad_token: padding }
  const texts = Object.entries(named).flatMap(([name, id]) => (id === null ? [] : [[name, tokens[id]] as const]))
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    add_bos_token: addsBos,
    add_eos_token: addsEos,
    clean_up_tokenization_spaces: false,
    ...Object.fromEntries(texts),
    ...chatTemplateJson(values),
  }
}

function generationJson(vocabulary: Vocabulary, { bos, eos, padding, eot, eom }: SpecialTokens): Json {
  const ends = [eos, eot, eom].filter((id) => id !== null)
  return {
    ...(bos === null ? {} : { bos_token_id: bos }),
    ...(padding === null ? {} : { pad_token_id: padding }),
    eos_token_id: [...new Set([...ends, ...turnEnds(vocabulary)])],
  }
}

/**
 * @param file named in errors
 * @throws GpoError('model') naming what is missing, contradicts itself or is not known
 */
export function tokenizerOfGguf(file: string, metadata: GgufMetadata): GgufTokenizer {
  const values = valuesOf(file, metadata)
  const model = modelOf(values)
  const own = vocabularyOf(values)
  const vocabulary = withKindsByText(values, own)
  const isBytes = model === 'gpt2'
  const special = specialTokensOf(values, own, isBytes ? byteLevelDefaults(values) : SENTENCE_PIECE_DEFAULTS)
  const parts = isBytes ? byteLevelJson(values, vocabulary) : sentencePieceJson(values, vocabulary, special.unknown)
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: addedTokens(values, vocabulary),
      ...parts,
      post_processor: postProcessor(vocabulary, special),
    },
    config: configJson(values, vocabulary, special),
    generation: generationJson(own, special),
  }
}
