/** A model's chat templates: they turn a conversation into the text the model was trained on. Knows no token ids. */
import { Template } from '@huggingface/jinja'
import { describeError, GpoError } from '@shared/errors'
import type { ChatMessage } from '@shared/schemas/dataset'
import { type ChatTemplates, DEFAULT_TEMPLATE } from '../../formats/chat-templates'

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

function parse(folder: string, source: string): Template {
  try {
    return new Template(source)
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
    const values = { messages, add_generation_prompt: addGenerationPrompt, tools: null, documents: null }
    try {
      return template.render({ ...specialTokens, ...values })
    } catch (error) {
      const reason = describeError(error)
      const roles = messages.map(({ role }) => role).join(', ')
      throw new GpoError('data', `the chat template of ${folder} rejects a conversation of ${roles}: ${reason}`)
    }
  }
  return { names: [...sources.keys()], render }
}
