/** A model's chat template: turns a conversation into the text the model was trained on. Knows no token ids. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Template } from '@huggingface/jinja'
import { GpoError } from '@shared/errors'
import type { ChatMessage } from '@shared/schemas/dataset'

export type RenderChat = (
  messages: readonly ChatMessage[],
  options: { readonly addGenerationPrompt: boolean },
) => string

type Config = Readonly<Record<string, unknown>>

/** The template of a list that has several under names. */
function defaultOf(list: readonly unknown[]): unknown {
  const named = list as readonly ({ name?: unknown; template?: unknown } | null)[] // `?.` below takes whatever it is
  return named.find((entry) => entry?.name === 'default')?.template
}

function sourceOf(folder: string, config: Config): string | null {
  const file = join(folder, 'chat_template.jinja')
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const value = config['chat_template']
  const source = Array.isArray(value) ? defaultOf(value) : value
  return typeof source === 'string' ? source : null
}

function parse(folder: string, source: string): Template {
  try {
    return new Template(source)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new GpoError(
      'model',
      `the chat template of ${folder} is not valid Jinja: ${reason}; download the tokenizer again`,
    )
  }
}

/**
 * @param specialTokens `bos_token` and the like, as templates name them
 * @returns null where the model has no template
 * @throws GpoError('model') for a template that is not Jinja; the function returned throws GpoError('data') for a conversation that the
 * template refuses
 */
export function loadChatTemplate(
  folder: string,
  config: Config,
  specialTokens: Readonly<Record<string, string>>,
): RenderChat | null {
  const source = sourceOf(folder, config)
  if (source === null) return null
  const template = parse(folder, source)
  return (messages, { addGenerationPrompt }) => {
    const values = { messages, add_generation_prompt: addGenerationPrompt, tools: null, documents: null }
    try {
      return template.render({ ...specialTokens, ...values })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const roles = messages.map(({ role }) => role).join(', ')
      throw new GpoError('data', `the chat template of ${folder} refuses a conversation of ${roles}: ${reason}`)
    }
  }
}
