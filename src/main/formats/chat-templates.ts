/**
 * The chat templates of a model's folder, by name. As in transformers 5, separate files (`chat_template.jinja`,
 * `additional_chat_templates/NAME.jinja`) go before what tokenizer_config.json has (a text, or a list of {name, template}); last comes
 * `chat_template.json`, which processors wrote.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { GpoError } from '@shared/errors'
import { type Json, readJsonObject } from './config-json'
import { refuseStrangeFile } from './regular-file'

/** The name of the one that is used where none is named. */
export const DEFAULT_TEMPLATE = 'default'
export const TEMPLATE_FILE = 'chat_template.jinja'
export const TEMPLATE_FOLDER = 'additional_chat_templates'
export const LEGACY_TEMPLATE_FILE = 'chat_template.json'

/** Bytes; no template is a hundredth of that. */
const MAX_BYTES = 4_000_000
const ENDING = '.jinja'

export type ChatTemplates = ReadonlyMap<string, string>
type Named = readonly [name: string, source: string]

function readTemplate(file: string): string {
  refuseStrangeFile(file, 'model')
  try {
    const { size } = statSync(file)
    if (size > MAX_BYTES) throw new GpoError('model', `${file} has ${size} bytes; a chat template has a few thousand`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof GpoError) throw error
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new GpoError('model', `${file} could not be read (${code}): download the tokenizer again`)
  }
}

/** Paths below a model's folder, as they lie there. */
export function templateFiles(folder: string): string[] {
  const more = join(folder, TEMPLATE_FOLDER)
  const isFolder = existsSync(more) && statSync(more).isDirectory() // below a GGUF file there is nothing: older Nodes throw for it otherwise
  const names = isFolder ? readdirSync(more).filter((name) => name.endsWith(ENDING)).sort() : [] // biome-ignore format: one line
  return [TEMPLATE_FILE, ...names.map((name) => `${TEMPLATE_FOLDER}/${name}`)].filter((name) => existsSync(join(folder, name))) // biome-ignore format: one line
}

const nameOf = (file: string) =>
  file === TEMPLATE_FILE ? DEFAULT_TEMPLATE : file.slice(TEMPLATE_FOLDER.length + 1, -ENDING.length)

/** A text, a list of {name, template}, or a table of texts. */
function named(value: unknown): Named[] {
  if (typeof value === 'string') return [[DEFAULT_TEMPLATE, value]]
  if (Array.isArray(value))
    return value.flatMap((entry: { name?: unknown; template?: unknown } | null) =>
      typeof entry?.name === 'string' && typeof entry.template === 'string' ? [[entry.name, entry.template]] : [],
    )
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
}

/**
 * @param config tokenizer_config.json
 * @throws GpoError('model') for a file that cannot be read
 */
export function chatTemplatesOf(folder: string, config: Json): ChatTemplates {
  const files = templateFiles(folder).map((file): Named => [nameOf(file), readTemplate(join(folder, file))])
  if (files.length > 0) return new Map(files)
  const own = named(config['chat_template'])
  if (own.length > 0) return new Map(own)
  const legacy = join(folder, LEGACY_TEMPLATE_FILE)
  return new Map(existsSync(legacy) ? named(readJsonObject(legacy)['chat_template']) : [])
}

/** With the tokenizer_config.json that lies in the folder. */
export function chatTemplatesIn(folder: string): ChatTemplates {
  const file = join(folder, 'tokenizer_config.json')
  return chatTemplatesOf(folder, existsSync(file) ? readJsonObject(file) : {})
}
