/** A model's chat templates: they turn a conversation into the text the model was trained on. Knows no token ids. */
import { Template } from '@huggingface/jinja'
import { describeError, GpoError } from '@shared/errors'
import type { ChatMessage } from '@shared/schemas/dataset'
import { type ChatTemplates, DEFAULT_TEMPLATE } from '../../formats/chat-templates'
import { withinTime } from '../time-limit'

export type RenderChat = (
  messages: readonly ChatMessage[],
  options: {
    readonly addGenerationPrompt: boolean
    /** Name of the template; absent: the default one. */
    readonly template?: string | undefined
  },
) => string

export interface ChatRenderer {
  /** Names, at least one. */
  readonly names: readonly string[]
  /** @throws GpoError('model') for a name there is no template of, ('data') for a conversation that the template refuses */
  readonly render: RenderChat
}

/** Wall-clock time; a conversation takes well under a millisecond, a long one some of them. */
const LIMIT_MS = 2000
/** Numbers in a `range`, which are all made before the first is used. */
const MAX_RANGE = 100_000
/** Characters of a rendered conversation. */
const MAX_TEXT = 10_000_000

/** Jinja's `range`, with a limit. */
function limitedRange(first: number, last?: number, step = 1): number[] {
  const [start, stop] = last === undefined ? [0, first] : [first, last]
  const length = Math.max(0, Math.ceil((stop - start) / step))
  if (step === 0 || !(length <= MAX_RANGE))
    throw new Error(`a range from ${start} to ${stop} in steps of ${step} has over ${MAX_RANGE} numbers`)
  return Array.from({ length }, (_, i) => start + i * step)
}

/** A template comes with a model, from anyone: it is interrupted where it takes too long. */
function renderWithin(template: Template, values: Readonly<Record<string, unknown>>): string {
  const rendered = withinTime(LIMIT_MS, () => template.render({ ...values, limitedRange }))
  if (rendered === 'timeout') throw new Error(`it took over ${LIMIT_MS} ms; use the model's published template`)
  const { length } = rendered.value
  if (length > MAX_TEXT) throw new Error(`it makes a text of ${length} characters of it, at most ${MAX_TEXT} are used`)
  return rendered.value
}

/** Comes before every template: a value cannot have the name of something that is built in. */
const PRELUDE = new Template('{% set range = limitedRange %}').parsed.body

function parse(folder: string, source: string): Template {
  try {
    const template = new Template(source)
    template.parsed.body.unshift(...PRELUDE)
    return template
  } catch (error) {
    const reason = describeError(error)
    throw new GpoError(
      'model',
      `the chat template of ${folder} is not valid Jinja: ${reason}; download the tokenizer again`,
    )
  }
}

/** Parses the default template at once, others on first use. */
function createFind(folder: string, sources: ChatTemplates): (name?: string) => Template {
  const parsed = new Map<string, Template>()
  const find = (name = DEFAULT_TEMPLATE) => {
    const source = sources.get(name)
    if (source === undefined) {
      const names = [...sources.keys()].join(', ').slice(0, 300)
      throw new GpoError('model', `${folder} has no chat template "${name}": data.chatTemplateName is one of ${names}`)
    }
    const template = parsed.get(name) ?? parse(folder, source)
    parsed.set(name, template)
    return template
  }
  if (sources.has(DEFAULT_TEMPLATE)) find()
  return find
}

/**
 * @param folder named in errors
 * @param specialTokens `bos_token` and similar, as templates name them
 * @returns null where the model has no template
 * @throws GpoError('model') for a template that is not Jinja
 */
export function loadChatTemplate(
  folder: string,
  sources: ChatTemplates,
  specialTokens: Readonly<Record<string, string>>,
): ChatRenderer | null {
  if (sources.size === 0) return null
  const find = createFind(folder, sources)
  const render: RenderChat = (messages, { addGenerationPrompt, template: name }) => {
    const template = find(name)
    const values = {
      ...specialTokens,
      messages,
      add_generation_prompt: addGenerationPrompt,
      tools: null,
      documents: null,
    }
    try {
      return renderWithin(template, values)
    } catch (error) {
      const reason = describeError(error)
      const roles = messages.map(({ role }) => role).join(', ')
      throw new GpoError('data', `the chat template of ${folder} rejects a conversation of ${roles}: ${reason}`)
    }
  }
  return { names: [...sources.keys()], render }
}
