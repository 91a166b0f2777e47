/** The chat templates in a GGUF file, by name. */
import { DEFAULT_TEMPLATE } from '../../../formats/chat-templates'
import { damaged, shown } from '../../../formats/safetensors-header'
import type { Values } from './values'

const DEFAULT_KEY = 'tokenizer.chat_template'
const NAMED_KEYS = `${DEFAULT_KEY}.`
const LIST = 'tokenizer.chat_templates'

type Named = readonly [name: string, source: string]

function checkList(values: Values, named: readonly Named[]): void {
  const missing = (values.texts(LIST) ?? []).filter(
    (name) => name !== DEFAULT_TEMPLATE && !named.some(([own]) => own === name),
  )
  if (missing.length > 0)
    throw damaged(values.file, `lists the chat template ${shown(missing[0] ?? '')} in ${LIST}, but does not have it`)
}

/**
 * As `chat_template` in tokenizer_config.json: absent, a text, or a list of {name, template}.
 * @throws GpoError('model') for a name without a template
 */
export function chatTemplateJson(values: Values): object {
  const main = values.text(DEFAULT_KEY)
  const named = values
    .keys()
    .filter((key) => key.startsWith(NAMED_KEYS))
    .map((key): Named => [key.slice(NAMED_KEYS.length), values.text(key) ?? ''])
  checkList(values, named)
  if (named.length === 0) return main === null ? {} : { chat_template: main }
  const all: Named[] = main === null ? named : [[DEFAULT_TEMPLATE, main], ...named]
  return { chat_template: all.map(([name, template]) => ({ name, template })) }
}
